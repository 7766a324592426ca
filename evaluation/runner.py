"""One pass over a file: parts of batches, merged, finished. No Django in here."""

from __future__ import annotations

from collections import deque
from functools import partial, reduce
from typing import TYPE_CHECKING, Any, Final

from evaluation import judge
from evaluation.metrics import BY_SHAPE, SEED, Finished
from projects.catalogue import Limit, Scope, Shape, Terms

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Executor, Future

    import pyarrow as pa

    from evaluation.metrics import Measure

__all__ = ["EVALUATOR_VERSION", "SEED", "NoRows", "evaluate", "judged", "part_with"]

# Goes up whenever the same file could give another value or another interval.
EVALUATOR_VERSION: Final = "2.0.0"
# So many batches may wait for their turn; more would only fill the memory.
WAITING_BATCHES: Final = 8


class NoRows(ValueError):
    """There was nothing to measure."""


# Any: what a part holds is the business of its shape.
def evaluate(
    batches: Iterable[pa.RecordBatch],
    shape: Shape,
    terms: Terms | None = None,
    *,
    history: Any = None,
    on_rows: Callable[[int], None] | None = None,
    executor: Executor | None = None,
) -> Finished:
    """Measure normalised batches, telling ``on_rows`` how many rows were taken so far.

    Serial unless an executor is given; the result is the same to the bit. ``history``
    is what a forecast is scaled by. NoRows when there is no row, ValueError for scores
    without a threshold and without predictions.
    """
    terms = terms or Terms()
    measure = BY_SHAPE[shape]
    part = part_with(measure, terms, history=history)
    parts = _parts(_numbered(batches, on_rows), part, executor)
    first = next(parts, None)
    if first is None:
        raise NoRows("there is no row to measure")
    return measure.finish(reduce(measure.merge, parts, first), terms, history)


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
    if limit.scope != Scope.WHOLE:
        segments = {
            name: finished.measured(limit.metric, name, confidence=confidence)
            for name in finished.segments()
        }
    return judge.judge_limit(limit, whole, segments)


def _numbered(
    batches: Iterable[pa.RecordBatch], on_rows: Callable[[int], None] | None
) -> Iterator[tuple[pa.RecordBatch, int]]:
    rows = 0
    for batch in batches:
        if batch.num_rows == 0:
            continue
        yield batch, rows
        rows += batch.num_rows
        if on_rows is not None:
            on_rows(rows)


def _parts(
    numbered: Iterator[tuple[pa.RecordBatch, int]],
    part: Callable[..., Any],
    executor: Executor | None,
) -> Iterator[Any]:
    if executor is None:
        yield from (part(batch, row) for batch, row in numbered)
        return
    waiting: deque[Future[Any]] = deque()
    for batch, row in numbered:
        waiting.append(executor.submit(part, batch, row))
        if len(waiting) >= WAITING_BATCHES:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()
