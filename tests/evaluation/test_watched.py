"""Work that is watched, and given up when it must be, however long it is silent."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from evaluation import watched as module
from evaluation.watched import GivenUp, held_mb, watched

if TYPE_CHECKING:
    from collections.abc import Callable


def ignore(_taken: int) -> None:
    pass


def test_what_the_work_returns_and_raises_is_the_callers() -> None:
    assert watched(lambda _tell: 7, ignore) == 7
    with pytest.raises(ZeroDivisionError):
        watched(lambda _tell: 1 // 0, ignore)


def test_the_watcher_sees_the_rows_from_its_own_thread() -> None:
    seen: list[tuple[int, int]] = []

    looked = threading.Event()

    def work(tell: Callable[[int], None]) -> str:
        for _batch in range(3):
            tell(0)
            tell(10)
            assert looked.wait(10)
        return "done"

    def look(taken: int) -> None:
        seen.append((taken, threading.get_ident()))
        looked.set()

    # Far apart, so that only the first rows and the end wake it.
    assert watched(work, look, every=60) == "done"
    assert [taken for taken, _thread in seen] == [10, 30]
    assert {thread for _taken, thread in seen} == {threading.get_ident()}


def test_silent_work_is_left_at_once_and_ends_when_it_speaks() -> None:
    let, ended = threading.Event(), threading.Event()
    given_up: list[bool] = []

    def work(tell: Callable[[int], None]) -> None:
        let.wait(30)
        try:
            tell(1)
        except GivenUp:
            given_up.append(True)
            raise
        finally:
            ended.set()

    def look(_taken: int) -> None:
        raise KeyError

    began = time.monotonic()
    with pytest.raises(KeyError):
        watched(work, look)
    assert time.monotonic() - began < 1
    let.set()
    assert ended.wait(5)
    assert given_up == [True]


@pytest.mark.skipif(not module.STATM.exists(), reason="only Linux tells")
def test_memory_that_is_held_is_told_and_let_go() -> None:
    before = held_mb()
    block = np.ones(200 << 17)  # 200 MB, each page written
    assert held_mb() - before > 190
    del block
    assert held_mb() - before < 50


def test_a_system_that_does_not_tell_holds_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "STATM", Path("/nowhere"))
    assert held_mb() == 0
