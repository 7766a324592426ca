"""Long work in a thread, watched by the caller, who may give it up at any moment."""

from __future__ import annotations

import os
from concurrent.futures import Future
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Found = TypeVar("Found")
GRACE: Final = 0.5  # seconds
STATM: Final = Path("/proc/self/statm")


class GivenUp(Exception):
    """Tells the work that nobody waits for it any more."""


def watched(
    work: Callable[[Callable[[int], None]], Found],
    look: Callable[[int], None],
    every: float = 0.1,
) -> Found:
    """What ``work`` returns or raises; ``look`` is called every so many seconds.

    The work tells the function it is given of rows as it takes them, or of 0 to show
    that it goes on, and ``look``, called in the caller's thread, gets their sum: at
    the first rows, and at least once. Whatever ``look`` raises, or a signal does, is
    raised within half a second, however long the work is silent; the work ends when
    it next tells of rows. A thread cannot be killed: reading that never returns keeps
    its thread until the process ends.
    """
    taken = 0
    news, given_up = Event(), Event()
    outcome: Future[Found] = Future()

    def tell(rows: int) -> None:
        nonlocal taken
        if given_up.is_set():
            raise GivenUp
        first, taken = not taken, taken + rows
        if first and rows:
            news.set()

    def run() -> None:
        try:
            outcome.set_result(work(tell))
        except GivenUp:
            pass  # kept, its traceback would keep what the work held
        except BaseException as broken:
            outcome.set_exception(broken)
        news.set()

    # A daemon: a worker that is told to stop does not wait for what was given up.
    thread = Thread(target=run, name="measuring", daemon=True)
    thread.start()
    try:
        while True:
            news.wait(every)
            news.clear()
            look(taken)
            if outcome.done():
                return outcome.result()
    finally:
        given_up.set()
        # Most work ends in this time, and lets go of its memory before the next begins.
        thread.join(GRACE)


def held_mb() -> float:
    """What this process holds in memory now, in MB of 2^20 bytes.

    0.0 where the system does not tell (only Linux has it); resource.getrusage would
    give the most ever held, which an earlier run may have been.
    """
    try:
        pages = int(STATM.read_text(encoding="ascii").split()[1])
    except OSError:
        return 0.0
    return float(pages * os.sysconf("SC_PAGE_SIZE") / 2**20)
