"""The operating-point explorer: every stored point in words, and the curve drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from evaluation.curve import (
    Region,
    Step,
    cheapest,
    curve_of,
    is_inside,
    monthly,
)
from evaluation.curve_chart import (
    Seen,
    Words,
    at_text,
    count_text,
    curve_chart,
    lines_of,
)
from evaluation.metrics.detected import FinishedDetection
from evaluation.metrics.stocked import FinishedInventory
from evaluation.moved import lost
from projects.catalogue import Unit
from projects.templatetags.figures import metric_text, yen
from projects.templatetags.pictures import verdict_word
from projects.templatetags.times import japanese

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from evaluation.curve import Curve
    from evaluation.metrics import Finished
    from evaluation.models import ErrorAcceptance
    from projects.charts import Chart
    from projects.models import Agreement, Criterion, ErrorBudget


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
    acceptable: str
    lost: tuple[str, ...]
    lost_cheapest: tuple[str, ...]
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
    passing: Sequence[Criterion] = (),
) -> Explorer | None:
    """The curve at the point asked for, else at the signed one, else the cheapest.

    Of a segment everything is its own, and nothing limits it: what is allowed is so of
    the whole file. ``passing`` are the criteria that pass now. None where the file has
    no curve. An unknown segment is the whole.
    """
    rows = agreement.rows_a_month
    whole = curve_of(finished, rows)
    if whole is None:
        return None
    curves = {"": whole}
    for name in segments:
        own = curve_of(finished, rows, name)
        if own is not None:
            curves[name] = own
    segment = segment if segment in curves else ""
    curve = curves[segment]
    budget = getattr(agreement, "error_budget", None)
    seen = seen_of(
        finished, curve, segment, region_of(budget, accepted), accepted, asked
    )
    shown = [_shown(curve, step, seen) for step in curve.steps]
    place = curve.steps.index(seen.chosen)
    words = words_of(finished)
    acceptable = whole.step(seen.chosen.at).at
    best = None if seen.cheapest is None else whole.step(seen.cheapest.at).at
    return Explorer(
        words=words,
        segment=segment,
        segments=tuple(curves),
        chosen=seen.chosen,
        typed=repr(seen.chosen.at),
        place=place,
        last=len(curve.steps) - 1,
        shown=shown[place],
        by_budget=budget is not None,
        is_priced=curve.is_priced,
        has_volume=curve.scale is not None,
        signed="" if seen.signed is None else at_text(seen.signed, seen.is_share),
        acceptable=repr(acceptable),
        lost=lost_at(finished, acceptable, passing),
        lost_cheapest=()
        if best is None or best == acceptable or not curve.is_priced
        else lost_at(finished, best, passing),
        is_silence_cheaper=not segment and _is_silence_cheaper(finished),
        data={
            "place": place,
            "at": [step.at for step in curve.steps],
            "lines": lines_of(curve),
            "texts": [one.texts() for one in shown],
            "whole": [step.at for step in whole.steps] if segment else None,
        },
        chart=curve_chart(seen, words),
    )


def seen_of(
    finished: Finished,
    curve: Curve,
    segment: str,
    allowed: Region,
    accepted: ErrorAcceptance | None,
    asked: str,
) -> Seen:
    """The curve with the points that matter; of a segment nothing is allowed or not."""
    region = Region() if segment else allowed
    signed = signed_point(finished, accepted)
    best = cheapest(curve, region)
    return Seen(
        curve=curve,
        segment=segment,
        region=region,
        signed=signed,
        cheapest=best,
        chosen=chosen_step(curve, asked, signed, best),
        is_share=not isinstance(finished, FinishedDetection),
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


def _shown(curve: Curve, step: Step, seen: Seen) -> Shown:
    a_month = [
        "" if value is None else count_text(value, 1)
        for value in map(curve.a_month, (step.false_alarms, step.misses))
    ]
    bill = curve.bill(step)
    band = ""
    if bill is not None and (bill.low, bill.high) != (bill.yen, bill.yen):
        band = f"{yen(bill.low)}–{yen(bill.high)}"
    return Shown(
        at=at_text(step.at, seen.is_share),
        alarms=count_text(step.false_alarms, 0),
        alarm_rate=_rate(step.false_alarm_rate),
        alarms_a_month=a_month[0],
        misses=count_text(step.misses, 0),
        miss_rate=_rate(step.miss_rate),
        misses_a_month=a_month[1],
        yen="" if bill is None else yen(bill.yen),
        band=band,
        inside=None if seen.region.is_open else is_inside(curve, step, seen.region),
    )


def _rate(rate: float | None) -> str:
    return "" if rate is None else metric_text(rate, Unit.SHARE, 1)


def lost_at(
    finished: Finished, at: float, passing: Sequence[Criterion]
) -> tuple[str, ...]:
    """A sentence on the PASSes another point would lose, and one on those unknown."""
    found = lost(finished, at, [one.as_limit() for one in passing])
    said = []
    if found.judged:
        said.append(
            _("At %(at)s a PASS would be lost: %(criteria)s.")
            % {
                "at": at_text(at, is_share=False),
                "criteria": _listed(
                    _called(passing[place], verdict_word(one.outcome), one.segment)
                    for place, one in found.judged
                ),
            }
        )
    if found.untold:
        said.append(
            _("Not counted again at %(at)s, so perhaps no PASS there: %(criteria)s.")
            % {
                "at": at_text(at, is_share=False),
                "criteria": _listed(_called(passing[place]) for place in found.untold),
            }
        )
    return tuple(said)


def _called(criterion: Criterion, outcome: str = "", segment: str = "") -> str:
    """A criterion by its metric, the segment that decides, and its outcome there."""
    name = criterion.of.name.in_(get_language() or "ja")
    segment = segment or criterion.segment
    return " ".join(filter(None, [name, f"({segment})" if segment else "", outcome]))


def _listed(names: Iterable[str]) -> str:
    return ("、" if japanese() else ", ").join(names)
