"""The page of numbers one can check is what the command writes today."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from docs import numbers

FOLDER = os.environ.get("KENSHU_REALDATA", "")


@pytest.mark.realdata
@pytest.mark.skipif(not FOLDER, reason="KENSHU_REALDATA names no folder")
def test_the_page_is_current_and_only_owa_differs() -> None:
    page = numbers.page(Path(FOLDER))
    assert page == numbers.PAGE.read_text(encoding="utf-8")
    rows = [line.split(" | ") for line in page.splitlines() if line.startswith("| `")]
    assert len(rows) > 40
    for row in rows:
        assert row[4] == "0" or (row[1] == "`owa`" and abs(float(row[4])) < 2e-4)


def test_without_the_data_it_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("KENSHU_REALDATA", raising=False)
    assert numbers.main() == 2
    assert "KENSHU_REALDATA" in capsys.readouterr().err
