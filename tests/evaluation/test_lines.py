"""A CSV is cut into blocks, and read as if it had not been."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.ingest import lines
from evaluation.ingest.ahead import THREADS, ahead
from evaluation.ingest.faults import Fault, FileRefused
from evaluation.ingest.inspect import Layout
from evaluation.ingest.lines import rows_of

if TYPE_CHECKING:
    from collections.abc import Iterator

CELLS = st.text('ab,"\n\x1e異', max_size=4)


def read(
    content: bytes, encoding: str = "utf-8-sig", columns: tuple[str, ...] = ("a", "b")
) -> tuple[list[tuple[str, ...]], list[int], list[Fault]]:
    """Cells, their numbers, and uneven rows."""
    layout = Layout("csv", encoding, ",", columns, (), None)
    cells: list[tuple[str, ...]] = []
    rows: list[int] = []
    ragged: list[Fault] = []
    with TemporaryDirectory() as folder:
        path = Path(folder) / "run.csv"
        path.write_bytes(content)
        used = {name: name for name in columns}
        for raw in rows_of(path, layout, used, ragged):
            cells += zip(*(c.to_pylist() for c in raw.cells.columns), strict=True)
            rows += [int(row) for row in raw.rows]
    return cells, rows, ragged


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "BLOCK_BYTES", 64)


@given(
    st.lists(st.tuples(CELLS, CELLS), max_size=60),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from(["utf-8", "cp932"]),
)
def test_blocks_change_no_cell(
    cells: list[tuple[str, str]], quoting: int, end: str, encoding: str
) -> None:
    # Whatever is at the end of a file, blank rows there are none.
    cells = [*cells, ("a", "b")]
    text = io.StringIO(newline="")
    csv.writer(text, quoting=quoting, lineterminator=end).writerows(
        [("a", "b"), *cells]
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lines, "BLOCK_BYTES", 64)
        found, rows, ragged = read(text.getvalue().encode(encoding), encoding)
    assert found == cells
    assert rows == list(range(2, len(cells) + 2))
    assert not ragged


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize("end", ["", "\n", "\r\n", "\n\n\n"])
def test_the_last_row_needs_no_line_break(end: str) -> None:
    found, rows, _ragged = read(("a,b\n" + "1,2\n" * 99 + f"3,4{end}").encode())
    assert found == [("1", "2")] * 99 + [("3", "4")]
    assert rows == list(range(2, 102))


@pytest.mark.usefixtures("small_blocks")
def test_uneven_rows_are_named_by_their_number_in_the_file() -> None:
    content = "a,b\n" + "1,2\n" * 50 + "1\n" + "1,2\n" * 50 + "1,2,3\n" + "1,2\n"
    found, rows, ragged = read(content.encode())
    assert len(found) == 101
    assert [fault.row for fault in ragged] == [52, 103]
    assert sorted({*rows, 52, 103}) == list(range(2, 105))


@pytest.mark.usefixtures("small_blocks")
def test_a_mark_of_byte_order_is_one_at_the_beginning_only() -> None:
    line = "\ufeff1,2345678901234567\n"
    found, _rows, _ragged = read(("\ufeffa,b\n" + line * 20).encode())
    assert found == [("\ufeff1", "2345678901234567")] * 20


@pytest.mark.usefixtures("small_blocks")
def test_a_line_longer_than_a_block_is_refused_after_the_rows_before_it() -> None:
    with pytest.raises(FileRefused) as refused:
        read(("a,b\n" + "1,2\n" * 40 + "1" * 900 + ",2\n").encode())
    assert [fault.code for fault in refused.value.faults] == ["line_too_long"]


def test_the_only_line_may_grow_in_being_read() -> None:
    # Half-width kana: one byte each in Shift_JIS, three in UTF-8.
    kana = "ﾉ" * 53
    found, rows, ragged = read(f"a,b\n1,{kana}".encode("cp932"), "cp932")
    assert found == [("1", kana)]
    assert rows == [2]
    assert not ragged


def test_work_done_ahead_keeps_its_order_and_ends_with_what_was_taken() -> None:
    taken: list[int] = []

    def items() -> Iterator[int]:
        for number in range(9):
            taken.append(number)
            yield number
        raise FileRefused([Fault("unreadable")])

    found = ahead(str, items())
    assert next(found) == "0"
    assert len(taken) == THREADS + 1
    rest: list[str] = []
    with pytest.raises(FileRefused):
        rest.extend(found)
    assert taken == list(range(9))


def test_work_that_fails_fails_in_its_turn() -> None:
    found = ahead(int, iter(["1", "2", "x", "4"]))
    assert [next(found), next(found)] == [1, 2]
    with pytest.raises(ValueError, match="x"):
        next(found)
