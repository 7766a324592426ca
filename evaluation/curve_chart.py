"""The curve of errors as a chart: its lines, its marks, its words and its table."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext as _

from evaluation.curve import stretches
from projects import marks
from projects.catalogue import Unit
from projects.charts import COLOURS, Chart, Table, figure
from projects.templatetags.figures import metric_text, percent, rounded, yen
from projects.templatetags.times import japanese

if TYPE_CHECKING:
    from evaluation.curve import Curve, Region, Step

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
class Seen:
    """One curve as it is looked at: of the whole file, or of one segment.

    ``region`` is what is allowed of it, ``cheapest`` the point of least cost in there;
    ``signed`` the point in force. ``is_share``: a point is how far a forecast is moved.
    """

    curve: Curve
    segment: str
    region: Region
    signed: float | None
    cheapest: Step | None
    chosen: Step
    is_share: bool


def at_text(at: float, is_share: bool) -> str:
    """A point as it is called: 0.3100, or +4% where a forecast is moved."""
    if is_share:
        return f"+{percent(at * 100, 0)}" if at > 0 else percent(at * 100, 0)
    return rounded(at, 4)


def count_text(count: float | Decimal, digits: int) -> str:
    return metric_text(count, Unit.NUMBER, digits)


def lines_of(curve: Curve) -> list[list[float]]:
    """What is drawn: the whole cost, misses and false alarms; counts without prices."""
    unit, _name = _yen_axis(curve)
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
    unit, name = marks.yen_axis(float(most), japanese=japanese())
    if curve.scale is None:
        return unit, _("%(unit)s in this file") % {"unit": name}
    return unit, _("%(unit)s a month") % {"unit": name}


def curve_chart(seen: Seen, words: Words) -> Chart:
    """The curve as it is looked at; everything of it speaks of the same rows."""
    curve = seen.curve
    _unit, name = _yen_axis(curve)
    names = (_("all errors"), words.misses, words.alarms)
    lines = lines_of(curve)
    drawn = figure(
        [step.at for step in curve.steps],
        tuple(zip(names[-len(lines) :], lines, strict=True)),
        f"{words.point} →",
        name if curve.is_priced else _("cases"),
    )
    for theme in COLOURS:
        _mark(drawn[theme], seen, theme, lines[0])
    return Chart(
        "curve",
        _title(seen, words),
        _spoken(seen, words),
        drawn,
        _table(seen, words),
    )


# Any: what Plotly takes.
def _mark(drawn: dict[str, Any], seen: Seen, theme: str, above: list[float]) -> None:
    """The points and the stretches that matter, put on one theme's lines."""
    curve, chosen, colour = seen.curve, seen.chosen, COLOURS[theme]
    layout, data = drawn["layout"], drawn["data"]
    allowed = () if seen.region.is_open else stretches(curve, seen.region)
    # The first shape and the first note are the chosen point: the script moves it.
    layout["shapes"] = [
        marks.upright(chosen.at, colour["strong"], 2, "solid"),
        *(_between(start, end, colour) for start, end in allowed),
    ]
    layout["annotations"] = [
        _label(chosen.at, _("chosen"), colour["strong"], 1.0, "left")
    ]
    if seen.signed is not None:
        signed = marks.upright(seen.signed, colour["accent"], 1.5, "dot")
        layout["shapes"].append(signed)
        label = _label(seen.signed, _("signed"), colour["accent"], 0.9, "left")
        layout["annotations"].append(label)
    layout["hovermode"] = "x unified"
    place = curve.steps.index(chosen)
    data.append(marks.dot(chosen.at, above[place], colour["accent"], colour["surface"]))
    best = seen.cheapest
    if best is not None and curve.is_priced:
        at = curve.steps.index(best)
        data.append(marks.dot(best.at, above[at], colour["surface"], colour["accent"]))


def _title(seen: Seen, words: Words) -> str:
    """What is found: the point of least cost, else the one of fewest errors."""
    curve = seen.curve
    if not curve.is_priced:
        fewest = min(curve.steps, key=lambda step: step.false_alarms + step.misses)
        return _of_segment(seen) + _(
            "Fewest errors at %(at)s: %(alarms)s %(a)s, %(misses)s %(b)s"
        ) % {
            "at": at_text(fewest.at, seen.is_share),
            "alarms": words.alarms,
            "a": count_text(fewest.false_alarms, 0),
            "misses": words.misses,
            "b": count_text(fewest.misses, 0),
        }
    if seen.cheapest is None:
        return _of_segment(seen) + _("No point keeps what is allowed.")
    bill = curve.bill(seen.cheapest)
    said = {
        "at": at_text(seen.cheapest.at, seen.is_share),
        "cost": yen(bill.yen if bill else None),
    }
    if seen.region.is_open:
        found = _("The cheapest point is %(at)s: %(cost)s.") % said
    else:
        found = (
            _("The cheapest point inside what is allowed is %(at)s: %(cost)s.") % said
        )
    return _of_segment(seen) + found


def _of_segment(seen: Seen) -> str:
    """The segment that is looked at, before what is said of it."""
    return f"{seen.segment} · " if seen.segment else ""


def _spoken(seen: Seen, words: Words) -> str:
    steps = seen.curve.steps
    said = {
        "from": at_text(steps[0].at, seen.is_share),
        "to": at_text(steps[-1].at, seen.is_share),
        "alarms": words.alarms,
        "misses": words.misses,
    }
    if not seen.curve.is_priced:
        drawn = _("%(alarms)s and %(misses)s from %(from)s to %(to)s") % said
        return _of_segment(seen) + drawn
    return _of_segment(seen) + (
        _(
            "Cost of errors from %(from)s to %(to)s: %(alarms)s, %(misses)s; the "
            "table holds the numbers"
        )
        % said
    )


def _table(seen: Seen, words: Words) -> Table:
    curve = seen.curve
    head = [words.point, words.alarms, words.misses]
    if curve.is_priced:
        head.append(_("cost"))
    rows = []
    for step in curve.steps[:: max(1, len(curve.steps) // IN_TABLE)]:
        bill = curve.bill(step)
        cells = [
            at_text(step.at, seen.is_share),
            count_text(step.false_alarms, 0),
            count_text(step.misses, 0),
        ]
        rows.append(tuple(cells if bill is None else [*cells, yen(bill.yen)]))
    title = _of_segment(seen) + _("Cost of errors at every operating point")
    return Table(title, tuple(head), tuple(rows))


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
