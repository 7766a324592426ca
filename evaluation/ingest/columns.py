"""One column at a time: cells as somebody wrote them, to typed values and faults."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from evaluation.arrays import values_of
from evaluation.ingest.roles import Cell

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from numpy.typing import NDArray

# A row without a segment is seen together with its like.
NO_NAME: Final = "–"
LABELS: Final[dict[str, int]] = {
    **dict.fromkeys(("0", "0.0", "false", "正常", "ok", "normal"), 0),
    **dict.fromkeys(("1", "1.0", "true", "異常", "ng", "anomaly", "abnormal"), 1),
}
# 2026年7月, 2026年7月1日 13時, 2026年7月1日 13時05分.
JAPANESE_TIMES: Final = (
    (r"[年月]", "-"),
    (r"日\s*", " "),
    (r"時(\d+)分", r":\1"),
    (r"(\d)時\s*$", r"\1:00"),
    (r"^\s+|[\s-]+$", ""),
)
LATE: Final = re.compile(r"^([^ T]+[ T])24:00(?::00)?$")


@dataclass(frozen=True, slots=True)
class Typed:
    """The typed values, and the rows at fault under the code of each fault."""

    values: pa.Array
    wrong: dict[str, NDArray[np.bool_]]


def typed(cell: Cell, cells: pa.Array, classes: Collection[str] = ()) -> Typed:
    """Type the cells of a column; ``classes`` are the names a CLASS may have."""
    if pa.types.is_dictionary(cells.type) and cell not in (Cell.NAME, Cell.ID):
        cells = cells.dictionary_decode()
    match cell:
        case Cell.LABEL:
            return _label(cells)
        case Cell.FLAG:
            return _label(cells, empty_is=0)
        case Cell.CLASS:
            return _class(cells, classes)
        case Cell.NUMBER:
            return _number(cells, required=True)
        case Cell.SCORE:
            return _number(cells, required=False)
        case Cell.COUNT:
            return _count(cells)
        case Cell.WEIGHT:
            return _weight(cells)
        case Cell.TIME:
            return _time(cells)
        case Cell.NAME:
            return _name(cells, required=False)
        case Cell.ID:
            return _name(cells, required=True)


def _is_text(cells: pa.Array) -> bool:
    kinds = (pa.types.is_string, pa.types.is_large_string, pa.types.is_null)
    return any(kind(cells.type) for kind in kinds)


def as_text(cells: pa.Array) -> pa.Array:
    """Every cell as trimmed text; an empty one is null."""
    try:
        text = pc.cast(cells, pa.string())
    except pa.ArrowException:
        text = pa.array([None if c is None else str(c) for c in cells.to_pylist()])
    text = pc.utf8_trim_whitespace(text.cast(pa.string()))
    filled = pc.cast(pc.binary_length(text), pa.bool_())
    return pc.if_else(filled, text, pa.nulls(1, pa.string())[0])


def _mask(flags: pa.Array | Iterable[bool]) -> NDArray[np.bool_]:
    if isinstance(flags, pa.Array):
        flags = values_of(flags)
    return np.asarray(flags, dtype=np.bool_)


def _number(cells: pa.Array, *, required: bool) -> Typed:
    if pa.types.is_floating(cells.type) and not cells.null_count:
        plain = cells.cast(pa.float64())
        # A sum is finite only if all of it is; the rare overflow is looked at below.
        if np.isfinite(values_of(plain).sum()):
            return Typed(plain, {})
    bad = np.zeros(len(cells), np.bool_)
    if _is_text(cells):
        quick = _quick_number(cells)
        if quick is not None:
            return Typed(quick, {})
        cells = as_text(cells)
    empty = _mask(pc.is_null(cells))
    if pa.types.is_boolean(cells.type) or pa.types.is_temporal(cells.type):
        numbers, bad = np.full(len(cells), np.nan), ~empty
    else:
        try:
            numbers = values_of(pc.cast(cells, pa.float64(), safe=False))
        except pa.ArrowException:
            parsed = [_parsed(cell) for cell in as_text(cells).to_pylist()]
            bad = np.array([number is None for number in parsed]) & ~empty
            numbers = np.array([np.nan if n is None else n for n in parsed])
    wrong = {
        "not_a_number": bad,
        "not_finite": ~np.isfinite(numbers) & ~bad & ~empty,
    }
    if required:
        wrong["empty_cell"] = empty
    return Typed(pa.array(numbers, pa.float64()), wrong)


def _quick_number(cells: pa.Array) -> pa.Array | None:
    """Text of finite numbers and nothing else; None if it needs a closer look."""
    try:
        numbers = pc.cast(cells, pa.float64())
    except pa.ArrowException:
        return None
    return numbers if np.isfinite(values_of(numbers).sum()) else None


def _parsed(cell: str | None) -> float | None:
    # float() would also take 1_000, which nobody means as a number in a file.
    if cell is None or "_" in cell:
        return None
    try:
        return float(cell)
    except ValueError:
        return None


def _count(cells: pa.Array) -> Typed:
    found = _number(cells, required=True)
    numbers = values_of(found.values)
    return Typed(found.values, found.wrong | {"negative": numbers < 0})


def _weight(cells: pa.Array) -> Typed:
    """Whole numbers of 0 or more; one that is not counts for no case."""
    numbers = values_of(_number(cells, required=True).values)
    good = np.isfinite(numbers) & (numbers >= 0) & (np.floor(numbers) == numbers)
    return Typed(pa.array(np.where(good, numbers, 0.0)), {"bad_weight": ~good})


def _label(cells: pa.Array, empty_is: int | None = None) -> Typed:
    if pa.types.is_decimal(cells.type):
        # Its text would show as many zeros as the type has.
        cells = cells.cast(pa.float64())
    quick = _quick_label(cells)
    if quick is not None:
        return Typed(quick, {})
    coded = cells.dictionary_encode()
    # Only the few that differ are made text; what is not there comes last.
    named = [*as_text(coded.dictionary).to_pylist(), None]
    nothing = -1 if empty_is is None else empty_is
    values = np.array(
        [nothing if n is None else LABELS.get(n.lower(), -1) for n in named], np.int8
    )
    codes = coded.indices.fill_null(len(named) - 1).to_numpy()
    found = values[codes]
    empty = np.array([name is None for name in named])[codes]
    wrong = {"bad_label": (found < 0) & ~empty}
    if empty_is is None:
        wrong["empty_cell"] = empty
    return Typed(pa.array(np.maximum(found, 0)), wrong)


def _quick_label(cells: pa.Array) -> pa.Array | None:
    """Nothing else than zeros and ones; None if they need a closer look."""
    if cells.null_count or not len(cells):
        return None
    if pa.types.is_boolean(cells.type):
        return cells.cast(pa.int8())
    if _is_text(cells):
        longest = pc.max(pc.binary_length(cells)).as_py()
        try:
            cells = cells.cast(pa.int8()) if longest == 1 else cells
        except pa.ArrowException:
            return None
    if not pa.types.is_integer(cells.type):
        return None
    ends = pc.min_max(cells)
    inside = ends["min"].as_py() >= 0 and ends["max"].as_py() <= 1
    return cells.cast(pa.int8()) if inside else None


def _class(cells: pa.Array, classes: Collection[str]) -> Typed:
    text = as_text(cells)
    empty = _mask(pc.is_null(text))
    known = _mask(pc.is_in(text, value_set=pa.array(list(classes), pa.string())))
    return Typed(
        text.fill_null(NO_NAME), {"bad_class": ~known & ~empty, "empty_cell": empty}
    )


def _time(cells: pa.Array) -> Typed:
    if pa.types.is_timestamp(cells.type) or pa.types.is_date(cells.type):
        empty = _mask(pc.is_null(cells))
        times = pc.cast(cells, pa.timestamp("us"), safe=False)
        return Typed(times, {"empty_cell": empty})
    # Loaded late: it takes longer than measuring a million rows, and few files need it.
    import pandas as pd

    text = as_text(cells)
    empty = _mask(pc.is_null(text))
    series = pd.Series(text.to_pylist(), dtype="object")
    # pandas picks a resolution by what it reads; both ways of reading must agree.
    times = pd.to_datetime(
        series, errors="coerce", format="ISO8601", utc=True
    ).dt.as_unit("us")
    odd = _mask(times.isna().to_numpy()) & ~empty
    if odd.any():
        plain = series[odd]
        for written, read in JAPANESE_TIMES:
            plain = plain.str.replace(written, read, regex=True)
        # 24:00 is the end of the day, which is the next day's beginning.
        late = plain.str.match(LATE).astype(bool)
        plain = plain.str.replace(LATE, r"\g<1>00:00", regex=True)
        # A bare number is not a time, though it could be read as one.
        plain = plain.where(~plain.str.fullmatch(r"[\d.]+").astype(bool))
        mixed = pd.to_datetime(plain, errors="coerce", format="mixed", utc=True)
        mixed = mixed.dt.as_unit("us")
        times[odd] = mixed.where(~late, mixed + pd.Timedelta(days=1))
    bad = _mask(times.isna().to_numpy()) & ~empty
    values = times.dt.tz_localize(None).to_numpy().astype("datetime64[us]")
    typed_times = pa.array(values, pa.timestamp("us"), from_pandas=True)
    return Typed(typed_times, {"not_a_time": bad, "empty_cell": empty})


def _name(cells: pa.Array, *, required: bool) -> Typed:
    if _is_text(cells) and not required:
        cells = cells.dictionary_encode()
    if pa.types.is_dictionary(cells.type) and not cells.dictionary.null_count:
        return _coded_name(cells, required=required)
    return _plain_name(as_text(cells), required=required)


def _plain_name(text: pa.Array, *, required: bool) -> Typed:
    wrong = {"empty_cell": _mask(pc.is_null(text))} if required else {}
    return Typed(text.fill_null(NO_NAME), wrong)


def _coded_name(cells: pa.Array, *, required: bool) -> Typed:
    """The same for a dictionary: only its few names are made text."""
    text = as_text(cells.dictionary)
    odd = text.null_count or cells.null_count or len(text.unique()) < len(text)
    if odd:
        text = as_text(cells.dictionary_decode())
        return _plain_name(text, required=required)
    return Typed(pa.DictionaryArray.from_arrays(cells.indices, text), {})
