"""The file as it is kept: one answer to a row, no names, nothing but what is measured.

Texts and pictures that the workers were shown are not in it.
"""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from typing import Final

from costs.labels.answers import Answer, Approval, Batch

FIXED: Final = (
    "row",
    "item_id",
    "worker_id",
    "approved",
    "time",
    "reward",
    "gold",
)


def written(batch: Batch) -> bytes:
    """The batch as CSV in UTF-8; ``read_kept`` gives it back."""
    file = io.StringIO(newline="")
    rows = csv.writer(file, lineterminator="\n")
    rows.writerow([*FIXED, *batch.columns])
    for one in batch.answers:
        time = "" if one.seconds is None else f"{one.seconds:f}"
        rows.writerow(
            [
                one.row,
                one.item,
                one.worker,
                one.approval.value,
                time,
                f"{one.reward:f}",
                one.gold,
                *one.labels,
            ]
        )
    return file.getvalue().encode()


def read_kept(content: bytes, item_column: str = "item_id") -> Batch:
    """What ``written`` wrote. ValueError or KeyError for anything else."""
    header, *records = csv.reader(io.StringIO(content.decode(), newline=""))
    columns = tuple(header[len(FIXED) :])
    answers = []
    for record in records:
        row, item, worker, approved, time, reward, gold, *labels = record
        answers.append(
            Answer(
                row=int(row),
                item=item,
                worker=worker,
                labels=tuple(labels),
                reward=Decimal(reward),
                approval=Approval(approved),
                gold=gold,
                seconds=Decimal(time) if time else None,
            )
        )
    return Batch(columns, tuple(answers), item_column)
