"""Becomes another program that ends when the process that asked for it ends.

Run by its path, never imported by the product: the program that starts must not
wait for Django to be loaded first.

    python -I tether.py PARENT SIGNAL UID GID PROGRAM [ARGUMENT ...]

PARENT is the process to follow, SIGNAL the number it gets when PARENT dies. UID and
GID are the account the program runs under; -1 keeps the present one.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from pathlib import Path

PR_SET_PDEATHSIG = 1


def become(parent: int, death_signal: int, uid: int, gid: int, argv: list[str]) -> None:
    """Replace this process by `argv`; come back only when the parent is gone."""
    if gid != -1:
        os.setgroups([])
        os.setgid(gid)
    if uid != -1:
        os.setuid(uid)
    # After the change of account, because the kernel forgets the request with it.
    # Other systems than Linux have no such request: there the program outlives a
    # parent that was killed, and the lock on its data folder says so at the next start.
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0)
    # Python ignores this signal and the program would inherit that.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    # The parent may have died before the request was made.
    if os.getppid() != parent:
        return
    os.execvp(argv[0], argv)  # noqa: S606 - the caller's program, without a shell


def command(
    argv: list[str],
    *,
    death_signal: int,
    account: tuple[int, int] = (-1, -1),
) -> list[str]:
    """Give the command line that runs `argv` tied to the calling process.

    Start it from the main thread: the kernel follows the thread that started the
    program, not the process.
    """
    uid, gid = account
    numbers = [str(number) for number in (os.getpid(), int(death_signal), uid, gid)]
    return [sys.executable, "-I", str(Path(__file__).resolve()), *numbers, *argv]


if __name__ == "__main__":
    PARENT, SIGNAL, UID, GID = (int(number) for number in sys.argv[1:5])
    become(PARENT, SIGNAL, UID, GID, sys.argv[5:])
