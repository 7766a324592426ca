"""The operating-point explorer: every stored point in words, and the curve drawn."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from evaluation.curve import (
    Curve,
    Region,
    Step,
    cheapest,
    curve_of,
    is_inside,
    monthly,
    stretches,
)
from evaluation.metrics.detected import FinishedDetection
from evaluation.metrics.stocked import FinishedInventory
from projects import marks
from projects.catalogue import Unit
from projects.charts import COLOURS, Chart, Table, figure
from projects.templatetags.figures import metric_text, percent, rounded, yen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evaluation.metrics import Finished
    from evaluation.models import ErrorAcceptance
    from projects.models import Agreement, ErrorBudget

IN_TABLE: Final = 20


@dataclass(frozen=True, slots=True)
class Words:
    """What the errors of this kind of work are called."""

    point: str
    alarms: str
    misses: str
    rare: str
    early: str


@dataclass(frozen=True, slots=True)
class Shown:
    """One point as the page says it; the script puts the same texts in place."""

    at: str
    alarms: str
    alarm_rate: str
    alarms_a_month: str
    misses: str
    miss_rate: str
    misses_a_month: str
    yen: str
    band: str
    inside: bool | None

    def texts(self) -> list[str | bool | None]:
        """In the order of the fields, as the script reads them."""
        return [getattr(self, name) for name in self.__slots__]


@dataclass(frozen=True, slots=True)
class Explorer:
    """All that the page of one run shows of its curve."""

    words: Words
    segment: str
    segments: tuple[str, ...]
    chosen: Step
    typed: str
    place: int
    last: int
    shown: Shown
    by_budget: bool
    is_priced: bool
    has_volume: bool
    signed: str
    cheapest: str
    is_silence_cheaper: bool
    data: dict[str, Any]
    chart: Chart


def words_of(finished: Finished) -> Words:
    """The names of the two errors and of the point between them."""
    if isinstance(finished, FinishedDetection):
        return Words(
            _("Operating point"),
            _("False alarms"),
            _("Misses"),
            _("warn rarely"),
            _("warn early"),
        )
    names = _("Units too many"), _("Units too few")
    if isinstance(finished, FinishedInventory):
        return Words(_("Stock level moved by"), *names, _("more"), _("less"))
    return Words(_("Forecast moved by"), *names, _("higher"), _("lower"))


def region_of(
    budget: ErrorBudget | None, accepted: ErrorAcceptance | None = None
) -> Region:
    """What the agreement allows a month; without a budget, what was accepted."""
    if budget is not None:
        per_alarm, per_miss = budget.false_alarms_per, budget.misses_per
        return Region(
            None
            if budget.false_alarms is None
            else monthly(budget.false_alarms, per_alarm),
            None if budget.misses is None else monthly(budget.misses, per_miss),
            budget.yen_a_month,
        )
    if accepted is not None:
        return Region(
            accepted.false_alarms_a_month, accepted.misses_a_month, accepted.yen_a_month
        )
    return Region()


def explorer(
    finished: Finished,
    agreement: Agreement,
    accepted: ErrorAcceptance | None,
    segments: Sequence[str],
    *,
    asked: str = "",
    segment: str = "",
) -> Explorer | None:
    """The curve at the point asked for, else at the signed one, else the cheapest.

    None where the file has no curve. An unknown segment is the whole file.
    """
    rows = agreement.rows_a_month
    curve = curve_of(finished, rows)
    if curve is None:
        return None
    curves = {"": curve}
    for name in segments:
        own = curve_of(finished, rows, name)
        if own is not None:
            curves[name] = own
    segment = segment if segment in curves else ""
    budget = getattr(agreement, "error_budget", None)
    region = region_of(budget, accepted)
    signed = signed_point(finished, accepted)
    inside = cheapest(curve, region)
    seen = curves[segment]
    chosen = chosen_step(seen, asked, signed, inside)
    words = words_of(finished)
    is_share = not isinstance(finished, FinishedDetection)
    shown = {
        name: [
            _shown(one, step, region if not name else Region(), is_share)
            for step in one.steps
        ]
        for name, one in curves.items()
    }
    place = seen.steps.index(chosen)
    return Explorer(
        words=words,
        segment=segment,
        segments=tuple(curves),
        chosen=chosen,
        typed=repr(chosen.at),
        place=place,
        last=len(seen.steps) - 1,
        shown=shown[segment][place],
        by_budget=budget is not None,
        is_priced=curve.is_priced,
        has_volume=curve.scale is not None,
        signed="" if signed is None else _at(signed, is_share),
        cheapest=_cheapest(curve, inside, chosen, region, is_share),
        is_silence_cheaper=_is_silence_cheaper(finished),
        data=_data(curves, shown, segment, place),
        chart=_chart(curves[segment], region, signed, inside, chosen, words, segment),
    )


def signed_point(finished: Finished, accepted: ErrorAcceptance | None) -> float | None:
    """The point in force: the one accepted, else the threshold of the agreement."""
    if accepted is not None:
        return accepted.point
    if isinstance(finished, FinishedDetection):
        return finished.terms.threshold
    return 0.0


def chosen_step(
    curve: Curve, asked: str, signed: float | None, inside: Step | None
) -> Step:
    """The stored point a reader means by what was typed; never a fault."""
    try:
        return curve.step(float(asked.replace("−", "-")))
    except ValueError:
        pass
    if signed is not None:
        return curve.step(signed)
    return curve.steps[len(curve.steps) // 2] if inside is None else inside


def _is_silence_cheaper(finished: Finished) -> bool:
    """Whether flagging nothing costs less than any point does."""
    if not isinstance(finished, FinishedDetection) or finished.ranking is None:
        return False
    cheapest_of_all = finished.ranking.cheapest
    return cheapest_of_all is not None and cheapest_of_all[0] is None


def _at(at: float, is_share: bool) -> str:
    if is_share:
        return f"+{percent(at * 100, 0)}" if at > 0 else percent(at * 100, 0)
    return rounded(at, 4)


def _count(count: float | Decimal, digits: int) -> str:
    return metric_text(count, Unit.NUMBER, digits)


def _shown(curve: Curve, step: Step, region: Region, is_share: bool) -> Shown:
    a_month = [
        "" if value is None else _count(value, 1)
        for value in map(curve.a_month, (step.false_alarms, step.misses))
    ]
    bill = curve.bill(step)
    band = ""
    if bill is not None and (bill.low, bill.high) != (bill.yen, bill.yen):
        band = f"{yen(bill.low)}–{yen(bill.high)}"
    return Shown(
        at=_at(step.at, is_share),
        alarms=_count(step.false_alarms, 0),
        alarm_rate=_rate(step.false_alarm_rate),
        alarms_a_month=a_month[0],
        misses=_count(step.misses, 0),
        miss_rate=_rate(step.miss_rate),
        misses_a_month=a_month[1],
        yen="" if bill is None else yen(bill.yen),
        band=band,
        inside=None if region.is_open else is_inside(curve, step, region),
    )


def _rate(rate: float | None) -> str:
    return "" if rate is None else metric_text(rate, Unit.SHARE, 1)


def _cheapest(
    curve: Curve, inside: Step | None, chosen: Step, region: Region, is_share: bool
) -> str:
    """One sentence on the point of least cost; empty where nothing has a price."""
    if curve.bill(chosen) is None:
        return ""
    if inside is None:
        return _("No point keeps what is allowed.")
    bill = curve.bill(inside)
    said = {
        "at": _at(inside.at, is_share),
        "cost": yen(bill.yen) if bill else "",
    }
    if region.is_open:
        return _("The cheapest point is %(at)s: %(cost)s.") % said
    return _("The cheapest point inside what is allowed is %(at)s: %(cost)s.") % said


# Any: plain values for the script.
def _data(
    curves: dict[str, Curve],
    shown: dict[str, list[Shown]],
    segment: str,
    place: int,
) -> dict[str, Any]:
    unit, _name = _yen_axis(curves[""])
    return {
        "segment": segment,
        "place": place,
        "views": {
            name: {
                "at": [step.at for step in curve.steps],
                "lines": _lines(curve, unit),
                "texts": [one.texts() for one in shown[name]],
            }
            for name, curve in curves.items()
        },
    }


def _lines(curve: Curve, unit: int) -> list[list[float]]:
    """What is drawn: the whole cost, misses and false alarms; counts without prices."""
    if not curve.is_priced:
        return [
            [step.misses for step in curve.steps],
            [step.false_alarms for step in curve.steps],
        ]
    parts = [curve.parts(step) or (Decimal(), Decimal()) for step in curve.steps]
    return [
        [round(float(a + m) / unit, 4) for a, m in parts],
        [round(float(m) / unit, 4) for _a, m in parts],
        [round(float(a) / unit, 4) for a, _m in parts],
    ]


def _yen_axis(curve: Curve) -> tuple[int, str]:
    """By how much yen are divided on the axis, and what stands beside it."""
    bills = [bill.yen for step in curve.steps if (bill := curve.bill(step))]
    most = max(bills, default=Decimal())
    japanese = (get_language() or "ja").startswith("ja")
    unit, name = 1, _("yen")
    if japanese and most >= marks.MAN:
        unit, name = marks.MAN, "万円"
    elif not japanese and most >= marks.MILLION:
        unit, name = marks.MILLION, "¥ M"
    if curve.scale is None:
        return unit, _("%(unit)s in this file") % {"unit": name}
    return unit, _("%(unit)s a month") % {"unit": name}


def _chart(
    curve: Curve,
    region: Region,
    signed: float | None,
    inside: Step | None,
    chosen: Step,
    words: Words,
    segment: str,
) -> Chart:
    unit, name = _yen_axis(curve)
    title = _("Cost of errors at every operating point")
    up = name if curve.is_priced else _("cases")
    names = (_("all errors"), words.misses, words.alarms)
    lines = _lines(curve, unit)
    drawn = figure(
        [step.at for step in curve.steps],
        tuple(zip(names[-len(lines) :], lines, strict=True)),
        f"{words.point} →",
        up,
    )
    allowed = () if segment or region.is_open else stretches(curve, region)
    place = curve.steps.index(chosen)
    for theme, colour in COLOURS.items():
        layout = drawn[theme]["layout"]
        # The first shape and the first note are the chosen point: the script moves it.
        layout["shapes"] = [
            marks.upright(chosen.at, colour["strong"], 2, "solid"),
            *(_between(start, end, colour) for start, end in allowed),
        ]
        layout["annotations"] = [
            _label(chosen.at, _("chosen"), colour["strong"], 1.0, "left")
        ]
        if signed is not None:
            layout["shapes"].append(marks.upright(signed, colour["accent"], 1.5, "dot"))
            label = _label(signed, _("signed"), colour["accent"], 0.9, "left")
            layout["annotations"].append(label)
        layout["hovermode"] = "x unified"
        drawn[theme]["data"].append(
            marks.dot(chosen.at, lines[0][place], colour["accent"], colour["surface"])
        )
        if inside is not None and curve.is_priced and not segment:
            at = curve.steps.index(inside)
            drawn[theme]["data"].append(
                marks.dot(inside.at, lines[0][at], colour["surface"], colour["accent"])
            )
    return Chart("curve", title, _spoken(curve, words), drawn, _table(curve, words))


def _spoken(curve: Curve, words: Words) -> str:
    said = {
        "from": rounded(curve.steps[0].at, 2),
        "to": rounded(curve.steps[-1].at, 2),
        "alarms": words.alarms,
        "misses": words.misses,
    }
    if curve.is_priced:
        return (
            _(
                "Cost of errors from %(from)s to %(to)s: %(alarms)s, %(misses)s; the "
                "table holds the numbers"
            )
            % said
        )
    return _("%(alarms)s and %(misses)s from %(from)s to %(to)s") % said


def _table(curve: Curve, words: Words) -> Table:
    head = [words.point, words.alarms, words.misses]
    if curve.is_priced:
        head.append(_("cost"))
    rows = []
    for step in curve.steps[:: max(1, len(curve.steps) // IN_TABLE)]:
        bill = curve.bill(step)
        cells = [
            rounded(step.at, 4),
            _count(step.false_alarms, 0),
            _count(step.misses, 0),
        ]
        rows.append(tuple(cells if bill is None else [*cells, yen(bill.yen)]))
    return Table(_("Cost of errors at every operating point"), tuple(head), tuple(rows))


# Any: what Plotly takes.
def _between(start: float, end: float, colour: dict[str, str]) -> dict[str, Any]:
    return {
        "type": "rect",
        "x0": start,
        "x1": end,
        "y0": 0,
        "y1": 1,
        "yref": "paper",
        "layer": "below",
        "fillcolor": colour["region"],
        "line": {"color": colour["accent"], "width": 1, "dash": "dot"},
    }


def _label(at: float, text: str, colour: str, up: float, side: str) -> dict[str, Any]:
    place = {"x": at, "y": up, "yref": "paper", "xanchor": side, "xshift": 4}
    return marks.words(text, colour, **place)
