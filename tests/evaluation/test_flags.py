"""A column of flags: what is empty was not flagged."""

from __future__ import annotations

import pyarrow as pa
import pytest

from evaluation.ingest.columns import typed
from evaluation.ingest.roles import Cell


@pytest.mark.parametrize("words", [["異常", None, "正常"], ["1", None, "0"]])
def test_an_empty_flag_is_none_and_no_fault(words):
    found = typed(Cell.FLAG, pa.array(words))

    assert found.values.to_pylist() == [1, 0, 0]
    assert not any(wrong.any() for wrong in found.wrong.values())
    assert "empty_cell" not in found.wrong
