"""Two files of the same rows read side by side: the paired test. No Django."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final, Self

import numpy as np

from evaluation.arrays import values_of
from evaluation.metrics.paired import mcnemar, paired_blocks
from evaluation.metrics.sums import stamps
from evaluation.metrics.tally import counted_rows, judged_rows
from evaluation.stripes import read
from projects.catalogue import Shape, Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pyarrow as pa
    from numpy.typing import NDArray

    from evaluation.stripes import Source
    from projects.catalogue import Terms

    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]

# So many stretches of time, or of neighbouring rows, are resampled at most.
MOST_UNITS: Final = 2_000
DAY: Final = 86_400_000_000
SAME_BUT_ROUNDED: Final = 1e-9
# What has to be equal, row by row, where both files have it.
OF_ROW: Final = {
    Shape.DETECTION: ("y_true", "timestamp", "segment"),
    Shape.FORECAST: ("y_true", "timestamp", "series_id", "segment", "horizon"),
    Shape.INVENTORY: ("demand", "period", "sku", "segment"),
}
OTHER_ROWS: Final = Text(
    ja="{row}行目の{column}が2つのファイルで違います。同じ行どうしでないと検定できません。",
    en="Row {row} has another {column} in the two files; only the same rows can be "
    "tested as pairs.",
)
OTHER_LENGTH: Final = Text(
    ja="2つのファイルの行数が違います。同じ行どうしでないと検定できません。",
    en="The files have different numbers of rows; only the same rows can be tested "
    "as pairs.",
)
STAND_FOR_MANY: Final = Text(
    ja="1行が複数の件を表すファイルでは、どの件とどの件が同じか分からないため、検定できません。",
    en="Where a row stands for several cases, nothing tells which case of one file is "
    "which of the other, so they cannot be tested as pairs.",
)
NO_TEST: Final = Text(
    ja="この種類の評価には、行どうしの検定がありません。",
    en="There is no paired test for this kind of run.",
)
TOO_FEW: Final = Text(
    ja="区間が5つ未満なので、偶然かどうかを言えません。",
    en="With fewer than five stretches of time, luck cannot be told from skill.",
)


class NotPaired(Exception):
    """The two files cannot be tested as pairs; ``why`` says it in both languages."""

    def __init__(self, why: Text) -> None:
        self.why = why
        super().__init__(why.en)


@dataclass(frozen=True, slots=True)
class Paired:
    """What came out: second against first.

    ``better`` and ``worse``: rows that only the second, or only the first, judged
    rightly (detection). ``value`` with its ends: how much larger the mean loss of the
    second is (forecast: units off; stock: units short).
    """

    test: str
    rows: int
    p_value: float
    better: int | None = None
    worse: int | None = None
    value: float | None = None
    low: float | None = None
    high: float | None = None

    # Any: what json gives and takes.
    def to_json(self) -> dict[str, Any]:
        """Plain values that ``from_json`` reads back."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """What ``to_json`` gave."""
        return cls(**stored)


def paired(
    first: Source,
    second: Source,
    rows: int,
    on_rows: Callable[[int], None] | None = None,
) -> Paired:
    """Read both files in step, never more than a batch of each, and test them.

    ``rows`` is about how many there are. NotPaired for files of other rows, rows with
    weights or a kind without such a test; FileRefused for a fault.
    """
    if first.shape not in OF_ROW:
        raise NotPaired(NO_TEST)
    if first.mapping.get("weight") or second.mapping.get("weight"):
        raise NotPaired(STAND_FOR_MANY)
    pairs = _in_step(first, second, on_rows)
    if first.shape == Shape.DETECTION:
        return _detection(pairs, first, second)
    return _losses(pairs, first.shape, rows)


Both = tuple["pa.RecordBatch", "pa.RecordBatch", int]


def _in_step(
    first: Source, second: Source, on_rows: Callable[[int], None] | None
) -> Iterator[Both]:
    sides = read(first, None), read(second, None)
    one, other = (next(side, None) for side in sides)
    row = 0
    while one is not None and other is not None:
        taken = min(one.num_rows, other.num_rows)
        left, right = one.slice(0, taken), other.slice(0, taken)
        _check_same(left, right, OF_ROW[first.shape], row)
        yield left, right, row
        row += taken
        if on_rows is not None:
            on_rows(taken)
        one, other = (
            batch.slice(taken) if batch.num_rows > taken else next(side, None)
            for batch, side in zip((one, other), sides, strict=True)
        )
    if one is not None or other is not None:
        raise NotPaired(OTHER_LENGTH)


def _check_same(
    one: pa.RecordBatch, other: pa.RecordBatch, names: tuple[str, ...], row: int
) -> None:
    for name in names:
        if name not in one.schema.names or name not in other.schema.names:
            continue
        left, right = one.column(name), other.column(name)
        if left.equals(right):
            continue
        a, b = (side.to_numpy(zero_copy_only=False) for side in (left, right))
        differ = a != b
        if np.issubdtype(a.dtype, np.floating) and np.issubdtype(b.dtype, np.floating):
            differ = ~np.isclose(a, b, SAME_BUT_ROUNDED, 0, equal_nan=True)
        if differ.any():
            # Row 1 of a file is its header.
            at = {"row": f"{row + int(differ.argmax()) + 2:,}", "column": name}
            raise NotPaired(
                Text(ja=OTHER_ROWS.ja.format(**at), en=OTHER_ROWS.en.format(**at))
            )


def _detection(pairs: Iterator[Both], first: Source, second: Source) -> Paired:
    better = worse = rows = 0
    for one, other, _row in pairs:
        left, counts = _right(one, first.terms)
        right, too = _right(other, second.terms)
        counts = counts & too
        better += int((right & ~left & counts).sum())
        worse += int((left & ~right & counts).sum())
        rows += int(counts.sum())
    p_value = mcnemar(worse, better)
    return Paired("mcnemar", rows, p_value, better=better, worse=worse)


def _right(batch: pa.RecordBatch, terms: Terms) -> tuple[Bools, Bools]:
    """Which rows were judged rightly, and which count at all, as in a measurement."""
    truth, said = judged_rows(batch, terms)
    kept = counted_rows(batch, terms)
    counts = np.ones(batch.num_rows, np.bool_) if kept is None else values_of(kept)
    return truth == said, counts


def _losses(pairs: Iterator[Both], shape: Shape, rows: int) -> Paired:
    """The mean loss of both by stretches of time: days, else neighbouring rows."""
    sums: dict[int, list[float]] = {}
    block, seen = max(16, -(-rows // MOST_UNITS)), 0
    when = "timestamp" if shape == Shape.FORECAST else "period"
    for one, other, row in pairs:
        seen += one.num_rows
        at = (row + np.arange(one.num_rows)) // block
        if when in one.schema.names:
            at = stamps(one, when) // DAY
        places, unit = np.unique(at, return_inverse=True)
        losses = [
            np.bincount(unit.ravel(), _loss(batch, shape), len(places))
            for batch in (one, other)
        ]
        for place, left, right in zip(places.tolist(), *losses, strict=True):
            held = sums.setdefault(place, [0.0, 0.0])
            held[0] += float(left)
            held[1] += float(right)
    ordered = np.array([sums[place] for place in sorted(sums)]).reshape(-1, 2)
    # A unit with more rows weighs more, so that the mean is the one over all rows.
    means = ordered * (len(ordered) / max(1, seen))
    found = paired_blocks(means[:, 1], means[:, 0])
    if found is None:
        raise NotPaired(TOO_FEW)
    return Paired(
        "blocks",
        seen,
        found.p_value,
        value=found.value,
        low=found.low,
        high=found.high,
    )


def _loss(batch: pa.RecordBatch, shape: Shape) -> Floats:
    """Units off of a forecast; units asked for and not there of stock."""
    found: Floats
    if shape == Shape.FORECAST:
        found = np.abs(_column(batch, "y_pred") - _column(batch, "y_true"))
    else:
        short = _column(batch, "demand") - _column(batch, "demand_met_from_stock")
        found = np.maximum(short, 0.0)
    return found


# Any: numbers, or names of classes.
def _column(batch: pa.RecordBatch, name: str) -> Any:
    return batch.column(name).to_numpy(zero_copy_only=False)
