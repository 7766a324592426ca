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
EVALUATOR_VERSION: Final = "2.1.0"


class NoRows(ValueError):
    """There was nothing to measure."""


# Any: what a part holds is the business of its shape.
def part_with(
    measure: Measure, terms: Terms, *, history: Any = None, sketch: bool = False
) -> Callable[..., Any]:
    """How one batch is summed under these terms."""
    part: Callable[..., Any] = partial(measure.part, terms=terms)
    if measure.uses_history:
        part = partial(part, history=history)
    if measure.can_sketch and sketch:
        part = partial(part, sketch=True)
    return part


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
