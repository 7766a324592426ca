"""Laws of the readers, whatever is in the file."""

from __future__ import annotations

import tempfile
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from costs.imports.busy import hourly, samples
from costs.imports.counting import Counting
from costs.imports.faults import FileRefused
from costs.imports.lines import FORMATS, SAMPLE_FORMATS, lines, recognise
from costs.imports.stream import Caps
from tests.costs.files import CUR, CUR2, FOCUS, JOBS, as_csv

CAPS = Caps(unpacked=1 << 20)
TOKYO = ZoneInfo("Asia/Tokyo")
money = st.decimals(-(10**12), 10**12, places=12)
cell = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        ["", "NULL", "1e999", "-0", "NaN", "1,5", '"', "\r", "9" * 40, "2026-11-03"]
    ),
)


def reading(content, format, zone=TOKYO):
    """What a file of this content gives, or the faults it is refused for."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "bill")
        path.write_bytes(content)
        try:
            format = format or recognise(path, CAPS)
            if format in SAMPLE_FORMATS:
                found = samples(path, format, zone=zone, resource="a", caps=CAPS)
                return list(hourly(found)), ()
            return list(lines(path, format, zone=zone, caps=CAPS)), ()
        except FileRefused as refused:
            return [], refused.faults


def sensible(found, faults):
    """Rows, or a refusal that can be read in both languages."""
    for fault in faults:
        for language in ("ja", "en"):
            assert 0 < len(fault.sentence(language)) < 1_500
        assert set(fault.to_json()) == {"ja", "en", "row", "column"}
    for line in found:
        if hasattr(line, "billed"):
            assert line.billed.is_finite()
            assert line.hours >= 0
            assert line.started_at <= line.ended_at
            assert len(line.identity) <= 250


@given(st.binary(max_size=300), st.sampled_from([None, *FORMATS]))
@example(b"\xef\xbb\xbf", None)
@example(b'"', "scheduler")
@example(b"PAR1", "focus")
@example(b"\x1f\x8b", "cur")
def test_any_bytes_are_read_or_refused(content, format):
    sensible(*reading(content, format))


@pytest.mark.parametrize("row", [FOCUS, CUR, CUR2, JOBS])
@given(data=st.data())
@settings(max_examples=60)
def test_any_cells_are_read_or_refused(row, data):
    names = data.draw(st.lists(st.sampled_from(sorted(row)), max_size=4, unique=True))
    changes = {name: data.draw(cell) for name in names}
    content = as_csv(row, {}, changes).encode("utf-8", "surrogatepass")
    sensible(*reading(content, None))


@pytest.mark.parametrize(
    ("row", "column"), [(FOCUS, "BilledCost"), (CUR, "lineItem/UnblendedCost")]
)
@given(costs=st.lists(money, min_size=1, max_size=20))
@settings(max_examples=40)
def test_no_digit_of_a_bill_is_lost(row, column, costs):
    changes = [{column: f"{cost:f}"} for cost in costs]
    found, faults = reading(as_csv(row, *changes).encode(), None)
    assert not faults
    assert [line.billed for line in found] == costs
    assert sum(line.billed for line in found) == sum(costs, Decimal(0))


@given(st.lists(st.integers(0, 5), max_size=60), st.integers(1, 7))
def test_equal_keys_are_counted_in_their_order_however_they_are_parted(keys, size):
    counting = Counting()
    told = []
    for start in range(0, len(keys), size):
        told += counting.before(
            np.array(keys[start : start + size], np.uint64)
        ).tolist()
    assert told == [keys[:at].count(key) for at, key in enumerate(keys)]


@given(st.permutations(range(6)))
def test_the_order_of_different_lines_changes_no_identity(order):
    changes = [{"ResourceId": f"i-{number}"} for number in order]
    found, _faults = reading(as_csv(FOCUS, *changes).encode(), "focus")
    again, _faults = reading(
        as_csv(FOCUS, *sorted(changes, key=lambda one: one["ResourceId"])).encode(),
        "focus",
    )
    assert {(line.resource, line.identity) for line in found} == {
        (line.resource, line.identity) for line in again
    }
