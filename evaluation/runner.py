"""How rows are summed under agreed terms, and limits judged on the outcome."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from evaluation import judge
from projects.catalogue import Limit, Scope

if TYPE_CHECKING:
    from collections.abc import Callable

    from evaluation.metrics import Finished, Measure
    from projects.catalogue import Terms

# Goes up whenever the same file could give another value or another interval.
EVALUATOR_VERSION: Final = "2.4.0"


class NoRows(ValueError):
    """There was nothing to measure."""


class Merged:
    """A tally of a shape that has none of its own: parts merged as they come."""

    # Any: what a part holds is the business of its shape.
    def __init__(self, measure: Measure, terms: Terms, history: Any = None) -> None:
        self._part: Callable[..., Any] = partial(measure.part, terms=terms)
        if measure.uses_history:
            self._part = partial(self._part, history=history)
        self._merge = measure.merge
        self._held: Any = None

    def add(self, batch: Any, first_row: int) -> None:
        """Sum one batch."""
        found = self._part(batch, first_row)
        self._held = found if self._held is None else self._merge(self._held, found)

    def part(self) -> Any:
        """What the batches add up to."""
        return self._held


def tally_of(
    measure: Measure, terms: Terms, *, history: Any = None, sketch: bool = False
) -> Any:
    """What batches are added to, to be summed under these terms."""
    if measure.tally is None:
        return Merged(measure, terms, history)
    return measure.tally(terms, sketch=sketch and measure.can_sketch)


def judged(limit: Limit, finished: Finished) -> judge.Judged:
    """One limit, judged on what was measured."""
    # Without a confidence the value decides; its interval is still shown at 95 %.
    confidence = limit.confidence or 0.95
    whole = finished.measured(limit.metric, confidence=confidence)
    segments: dict[str, judge.Measured] = {}
    names = finished.segments() if limit.scope == Scope.EACH else [limit.segment]
    if limit.scope != Scope.WHOLE:
        for name in names:
            # A segment that was promised may be missing from the file.
            with suppress(KeyError):
                segments[name] = finished.measured(limit.metric, name, confidence)
    return judge.judge_limit(limit, whole, segments)
