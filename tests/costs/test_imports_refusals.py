"""What cannot be taken over is refused in one sentence that says where and what."""

from __future__ import annotations

import gzip
import io
import zipfile
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from costs.imports.busy import samples
from costs.imports.faults import MOST_FAULTS, FileRefused
from costs.imports.lines import lines, recognise
from costs.imports.stream import Caps
from tests.costs.files import CUR, CUR2, FOCUS, JOBS, as_csv


@pytest.fixture
def faults(tmp_path):
    """The faults a file is refused for; its format is recognised unless it is said."""

    def found(content, format=None, **said):
        path = tmp_path / "bill"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        with pytest.raises(FileRefused) as refused:
            list(lines(path, format or recognise(path), **said))
        return refused.value.faults

    return found


@pytest.fixture
def fault(faults):
    def only(content, format=None, **said):
        (one,) = faults(content, format, **said)
        return one

    return only


def zipped(name, content):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr(name, content)
    return held.getvalue()


@pytest.mark.parametrize(
    ("content", "code", "word"),
    [
        (b"", "empty", "empty"),
        (b" \r\n\t", "empty", "empty"),
        (b"\xff\xfe", "empty", "empty"),
        ("<!DOCTYPE html><html><body>Sign in</body></html>", "page", "web page"),
        ("\n  <html lang=ja>ログイン</html>", "page", "web page"),
        (zipped("bill.csv", as_csv(FOCUS)), "archive", "unpack it"),
        (gzip.compress(gzip.compress(b"a,b\n")), "archive", "unpack it"),
        (b"\x28\xb5\x2f\xfdzstd", "archive", "unpack it"),
        (b"\x01\x00\x02\x00binary", "not_text", "none of CSV"),
        (b"\x80\x81\xff\xff\xa0", "encoding", "UTF-8"),
        (as_csv(FOCUS)[:40], "unknown_format", "no known format"),
        ("a,b\n1,2\n", "unknown_format", "FOCUS"),
        ("\n\n,\n", "unknown_format", "no known format"),
        ('"' + "x" * 200_000, "long_line", "every quote"),
        (b"PAR1 broken", "broken", "damaged"),
        (gzip.compress(as_csv(FOCUS).encode())[:-20], "broken", "damaged"),
        (gzip.compress(b"a" * 500)[:12], "broken", "damaged"),
    ],
    # What is packed holds the time, so its bytes name no test.
    ids=lambda value: value[:20] if isinstance(value, str) else "bytes",
)
def test_what_is_no_file_of_costs_is_refused(fault, content, code, word):
    found = fault(content)
    assert found.code == code
    assert word in found.sentence("en")
    assert found.sentence("ja") != found.sentence("en")


def test_a_gzip_bomb_is_stopped_at_the_bytes_that_are_allowed(fault):
    rows = as_csv(FOCUS) + "x" * 5_000_000
    bomb = gzip.compress(rows.encode())
    assert len(bomb) < 10_000
    found = fault(bomb, "focus", caps=Caps(unpacked=1_000_000))
    assert found.code == "bomb"
    assert "1,000,000 bytes" in found.sentence("en")
    assert "1,000,000バイト" in found.sentence("ja")


def test_a_parquet_bomb_is_stopped_by_what_it_says_it_holds(fault, tmp_path):
    table = pa.table({name: [value] * 1000 for name, value in FOCUS.items()})
    pq.write_table(table, tmp_path / "bill")
    content = (tmp_path / "bill").read_bytes()
    found = fault(content, "focus", caps=Caps(unpacked=500))
    assert found.code == "bomb"


def test_a_broken_parquet_is_refused_wherever_it_breaks(faults, tmp_path):
    rows = {name: [value] * 1000 for name, value in FOCUS.items()}
    pq.write_table(pa.table(rows), tmp_path / "whole", compression="zstd")
    content = (tmp_path / "whole").read_bytes()
    broken = bytearray(content)
    broken[4:60] = b"\xff" * 56
    (found,) = faults(bytes(broken), "focus")
    assert (found.code, found.row) == ("broken", None)
    assert {one.code for one in faults(content[:-100])} == {"broken"}


@pytest.mark.parametrize(
    ("row", "format", "missing", "named"),
    [
        (FOCUS, "focus", "BilledCost", "BilledCost"),
        (FOCUS, "focus", "ProviderName", "ProviderName"),
        (CUR, "cur", "lineItem/UnblendedCost", "lineItem/UnblendedCost"),
        (CUR2, "cur2", "line_item_unblended_cost", "line_item_unblended_cost"),
    ],
)
def test_columns_that_are_missing_are_named_as_the_format_names_them(
    fault, row, format, missing, named
):
    held = {name: value for name, value in row.items() if name != missing}
    found = fault(as_csv(held))
    assert found.code == "missing_columns"
    assert found.sentence("en") == f"Row 1: It needs {named}; export it with them."
    assert f"列{named}が必要です" in found.sentence("ja")


def test_a_needed_column_that_is_there_twice_is_refused(fault):
    head, row = as_csv(FOCUS).splitlines()
    found = fault(f"{head},BilledCost\n{row},9\n")
    assert (found.code, found.column) == ("twice", "BilledCost")


def test_a_header_without_rows_is_refused(fault):
    assert fault(as_csv(FOCUS).splitlines()[0] + "\n").code == "no_rows"


@pytest.mark.parametrize(
    ("row", "column", "cell", "code"),
    [
        (FOCUS, "BillingCurrency", "YEN", "currency"),
        (FOCUS, "BillingCurrency", "", "empty_cell"),
        (FOCUS, "BilledCost", "NaN", "not_a_number"),
        (FOCUS, "BilledCost", "1e999", "too_large"),
        (FOCUS, "BilledCost", "1e-999", "too_large"),
        (FOCUS, "BilledCost", "1_000", "not_a_number"),
        (FOCUS, "BilledCost", "１００", "not_a_number"),
        (FOCUS, "BilledCost", "$3", "not_a_number"),
        (FOCUS, "BilledCost", "1.2.3", "not_a_number"),
        (FOCUS, "BilledCost", "NULL", "empty_cell"),
        (FOCUS, "EffectiveCost", "abc", "not_a_number"),
        (FOCUS, "ConsumedQuantity", "-1", "negative"),
        (FOCUS, "ChargeCategory", "Gift", "category"),
        (FOCUS, "ChargePeriodStart", "yesterday", "not_a_time"),
        (FOCUS, "ChargePeriodStart", "", "empty_cell"),
        (FOCUS, "ChargePeriodStart", "0001-01-01T00:00:00Z", "not_a_time"),
        (FOCUS, "ChargePeriodStart", "2026-02-30T00:00:00Z", "not_a_time"),
        (FOCUS, "ChargePeriodEnd", "2026-11-02T00:00:00Z", "backwards"),
        (FOCUS, "Tags", "{project: a}", "tags"),
        (FOCUS, "Tags", '["a"]', "tags"),
        (FOCUS, "Tags", "[" * 10_000, "tags"),
        (FOCUS, "ChargeDescription", "x" * 20_001, "long_cell"),
        (CUR, "lineItem/CurrencyCode", "ドル", "currency"),
        (CUR, "lineItem/UsageAmount", "-24", "negative"),
        (CUR, "lineItem/UnblendedCost", "Infinity", "not_a_number"),
        (CUR, "lineItem/UsageEndDate", "2026-11-02T00:00:00Z", "backwards"),
        (CUR, "lineItem/LineItemType", "", "empty_cell"),
        (CUR, "identity/LineItemId", "", "empty_cell"),
        (CUR2, "line_item_usage_start_date", "soon", "not_a_time"),
        (JOBS, "gpus", "many", "not_a_number"),
        (JOBS, "gpus", "-1", "negative"),
        (JOBS, "gpus", "100001", "too_many"),
        (JOBS, "gpus", "", "empty_cell"),
        (JOBS, "end", "2026-11-03T08:00:00+09:00", "backwards"),
        (JOBS, "start", "2026-11-03T09:00:00", "no_zone"),
        (JOBS, "start", "2026-11-03 25:00", "not_a_time"),
    ],
)
def test_a_cell_that_does_not_fit_is_named_with_its_row_and_column(
    fault, row, column, cell, code
):
    found = fault(as_csv(row, {}, {column: cell}))
    assert (found.code, found.row, found.column) == (code, 3, column)
    for language in ("ja", "en"):
        said = found.sentence(language)
        assert column in said
        assert len(said) < 400
    assert found.sentence("en").startswith(f"Row 3, column {column}")
    assert found.sentence("ja").startswith(f"3行目の列{column}")
    assert ("holds “" in found.sentence("en")) == bool(found.found)
    assert ("」が入っています。" in found.sentence("ja")) == bool(found.found)


def test_every_row_at_fault_is_told_up_to_a_hundred(faults):
    wrong = [{"BilledCost": "?"}] * 150
    found = faults(as_csv(FOCUS, {}, *wrong))
    assert len(found) == MOST_FAULTS
    assert [one.row for one in found] == list(range(3, 103))
    kept = found[0].to_json()
    assert (kept["row"], kept["column"]) == (3, "BilledCost")
    assert "“?”" in kept["en"]
    assert "「?」" in kept["ja"]


def test_lines_before_the_first_fault_are_given_and_none_after_it(tmp_path):
    path = tmp_path / "bill"
    path.write_text(as_csv(FOCUS, {}, {"BilledCost": "?"}, {}, {"Tags": "?"}))
    found = lines(path, "focus")
    assert next(found).row == 2
    with pytest.raises(FileRefused) as refused:
        next(found)
    assert [one.row for one in refused.value.faults] == [3, 5]


@pytest.mark.parametrize(("cells", "held"), [("1,2\n", 2), ("," * 40 + "\n", 41)])
def test_a_row_that_is_too_short_or_too_long_is_named(fault, cells, held):
    found = fault(as_csv(FOCUS, {}) + cells)
    assert (found.code, found.row) == ("uneven", 3)
    assert f"This row has {held} values" in found.sentence("en")


def test_faults_of_cells_and_what_ends_the_reading_are_told_together(faults):
    found = faults(as_csv(FOCUS, {"BilledCost": "?"}) + "1,2\n" * 3)
    assert [(one.code, one.row) for one in found][-1] == ("uneven", 3)


def test_bytes_that_are_not_utf_8_are_named_by_their_line(fault):
    good = as_csv(FOCUS, *[{}] * 4000).encode()
    found = fault(good + "é".encode("latin-1") + good)
    assert (found.code, found.row) == ("encoding", 4002)


def test_a_bill_in_shift_jis_is_refused(fault):
    content = as_csv(FOCUS, {"ServiceName": "計算機"}).encode("cp932")
    assert fault(content).code == "encoding"


def test_a_line_without_end_is_refused_before_it_fills_the_memory(fault):
    content = as_csv(FOCUS) + '"' + "x\n" * 3_000_000
    assert fault(content).code in ("long_line", "broken")


def test_a_format_that_nobody_reads_is_a_mistake_of_ours(tmp_path):
    path = tmp_path / "bill"
    path.write_text(as_csv(FOCUS))
    with pytest.raises(ValueError, match="cobol"):
        lines(path, "cobol")
    with pytest.raises(ValueError, match="cobol"):
        samples(path, "cobol")


def test_a_zone_that_is_told_makes_a_time_whole(tmp_path):
    path = tmp_path / "jobs"
    path.write_text(as_csv(JOBS, {"start": "2026/11/3 9:00"}))
    (line,) = lines(path, "scheduler", zone=ZoneInfo("Asia/Tokyo"))
    assert line.started_at.isoformat() == "2026-11-03T00:00:00+00:00"
