"""One pass over batches, serial or in threads, gives one result."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pyarrow as pa
import pytest

from evaluation.runner import NoRows, evaluate
from projects.catalogue import Shape, Terms


def batches(shape: Shape, count: int = 30) -> list[pa.RecordBatch]:
    generator = np.random.default_rng(11)
    made = []
    for _ in range(count):
        if shape == Shape.DETECTION:
            real = generator.integers(0, 2, 500)
            columns = {
                "y_true": pa.array(real.astype(np.int8)),
                "y_score": pa.array(generator.normal(real)),
            }
        else:
            actual = generator.uniform(50, 100, 500)
            columns = {
                "y_true": pa.array(actual),
                "y_pred": pa.array(actual + generator.normal(size=500)),
            }
        columns["segment"] = pa.array(generator.choice(["A", "B", "C"], 500))
        made.append(pa.record_batch(columns))
    return made


@pytest.mark.parametrize("shape", [Shape.DETECTION, Shape.FORECAST])
def test_threads_give_the_bits_of_the_serial_pass(shape: Shape) -> None:
    serial = evaluate(batches(shape), shape, Terms(threshold=0.5))
    with ThreadPoolExecutor(2) as pool:
        assert (
            evaluate(batches(shape), shape, Terms(threshold=0.5), executor=pool)
            == serial
        )


def test_the_rows_taken_so_far_are_told() -> None:
    told: list[int] = []
    made = [*batches(Shape.FORECAST, 2), batches(Shape.FORECAST, 1)[0].slice(0, 0)]
    assert evaluate(made, Shape.FORECAST, on_rows=told.append).rows == 1_000
    assert told == [500, 1_000]


@pytest.mark.parametrize("shape", [Shape.DETECTION, Shape.FORECAST])
def test_nothing_to_measure_is_said(shape: Shape) -> None:
    with pytest.raises(NoRows):
        evaluate([], shape)
