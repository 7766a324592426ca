"""What would become of an agreement's limits at another threshold. No Django."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from evaluation.curve import curve_of
from evaluation.judge import Outcome
from evaluation.metrics import counts, events
from evaluation.metrics.detected import FinishedDetection
from evaluation.runner import judged
from projects.catalogue import Scope

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from evaluation.judge import Judged
    from evaluation.metrics import Finished
    from projects.catalogue import Limit


@dataclass(frozen=True, slots=True)
class Lost:
    """Limits by their place among those given: no longer a PASS, and not to be told.

    Events are not counted again at another threshold.
    """

    judged: tuple[tuple[int, Judged], ...] = ()
    untold: tuple[int, ...] = ()


def lost(finished: Finished, at: float, passing: Sequence[Limit]) -> Lost:
    """Which limits that pass now would not at a stored threshold, by the same rule.

    Of scores in two classes only; between two stored points of a segment the next
    one's counts hold, as on its curve.
    """
    if not passing or not isinstance(finished, FinishedDetection):
        return Lost()
    there = moved(finished, at, segments=_segments(finished, passing))
    if there is None or there.confusion() == finished.confusion():
        return Lost()
    found: list[tuple[int, Judged]] = []
    untold: list[int] = []
    for place, limit in enumerate(passing):
        if limit.metric in counts.KEYS and _is_counted(limit, finished, there):
            one = judged(limit, there)
            if one.outcome != Outcome.PASS:
                found.append((place, one))
        elif limit.metric in (*counts.KEYS, *events.KEYS):
            untold.append(place)
    return Lost(tuple(found), tuple(untold))


def _is_counted(
    limit: Limit, finished: FinishedDetection, there: FinishedDetection
) -> bool:
    """Whether all the segments that the limit speaks of have scores to count by."""
    if limit.scope == Scope.NAMED:
        return limit.segment in there.by_segment
    return limit.scope == Scope.WHOLE or len(there.by_segment) == len(
        finished.by_segment
    )


def _segments(finished: FinishedDetection, passing: Sequence[Limit]) -> Iterable[str]:
    """The segments that are to be counted again: there may be thousands."""
    told = [one for one in passing if one.metric in counts.KEYS]
    if any(one.scope == Scope.EACH for one in told):
        return finished.segments()
    named = {one.segment for one in told}
    return [name for name in finished.segments() if name in named]


def moved(
    finished: FinishedDetection, at: float, *, segments: Iterable[str]
) -> FinishedDetection | None:
    """The same file as if this threshold had been agreed; None where it has no scores.

    Only counts are moved: the whole and those of the segments whose scores are kept.
    """
    whole = _cells(finished, at) if len(finished.classes) == 2 else None
    if whole is None:
        return None
    by_segment = {name: _cells(finished, at, name) for name in segments}
    return replace(
        finished,
        terms=replace(finished.terms, threshold=at),
        whole=whole,
        by_segment={name: one for name, one in by_segment.items() if one is not None},
        events=None,
    )


def _cells(
    finished: FinishedDetection, at: float, segment: str = ""
) -> tuple[int, int, int, int] | None:
    """True negatives, false alarms, misses and what is caught, as a result has them."""
    curve = curve_of(finished, segment=segment)
    if curve is None:
        return None
    step = curve.step(at)
    alarms, misses = int(step.false_alarms), int(step.misses)
    return int(step.calm) - alarms, alarms, misses, int(step.happened) - misses
