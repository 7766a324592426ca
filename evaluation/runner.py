"""One pass over a file: parts of batches, merged, finished. No Django in here."""

from __future__ import annotations

from collections import deque
from functools import reduce
from typing import TYPE_CHECKING, Final, TypeVar

from evaluation.metrics import SEED, Finished, detection, forecast
from projects.catalogue import Shape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Executor, Future

    import pyarrow as pa

__all__ = ["EVALUATOR_VERSION", "SEED", "NoRows", "evaluate"]

# Goes up whenever the same file could give another value or another interval.
EVALUATOR_VERSION: Final = "1.0.0"
# So many batches may wait for their turn; more would only fill the memory.
WAITING_BATCHES: Final = 8

Part = TypeVar("Part")


class NoRows(ValueError):
    """There was nothing to measure."""


def evaluate(
    batches: Iterable[pa.RecordBatch],
    shape: Shape,
    *,
    threshold: float | None = None,
    on_rows: Callable[[int], None] | None = None,
    executor: Executor | None = None,
) -> Finished:
    """Measure normalised batches, telling ``on_rows`` how many rows were taken so far.

    Serial unless an executor is given; the result is the same to the bit. NoRows when
    there is no row, ValueError for scores without a threshold and without predictions.
    """
    numbered = _numbered(batches, on_rows)
    if shape == Shape.DETECTION:
        counted = _parts(
            numbered, lambda b, _row: detection.part(b, threshold), executor
        )
        return detection.finish(_merged(detection.merge, counted), threshold)
    summed = _parts(numbered, forecast.part, executor)
    return forecast.finish(_merged(forecast.merge, summed))


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
    part: Callable[[pa.RecordBatch, int], Part],
    executor: Executor | None,
) -> Iterator[Part]:
    if executor is None:
        yield from (part(batch, row) for batch, row in numbered)
        return
    waiting: deque[Future[Part]] = deque()
    for batch, row in numbered:
        waiting.append(executor.submit(part, batch, row))
        if len(waiting) >= WAITING_BATCHES:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def _merged(merge: Callable[[Part, Part], Part], parts: Iterator[Part]) -> Part:
    first = next(parts, None)
    if first is None:
        raise NoRows("there is no row to measure")
    return reduce(merge, parts, first)
