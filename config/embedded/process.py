"""What both embedded servers need: ports, locks, secrets, starting and ending."""

from __future__ import annotations

import fcntl
import os
import secrets
import signal
import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

START_SECONDS = 30.0
STOP_SECONDS = 5.0


class EmbeddedError(RuntimeError):
    """An embedded server cannot run; the message is a sentence for the reader."""


def free_port() -> int:
    """Give a port of this machine that nothing listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def lock(path: Path, *, taken: str, wait_seconds: float = 0) -> IO[str]:
    """Hold `path` for as long as the file given back, or a child with it, is open.

    Raises EmbeddedError with the sentence `taken` when another process holds it for
    longer than `wait_seconds`.
    """
    held = path.open("a+", encoding="utf-8")
    deadline = time.monotonic() + wait_seconds
    while True:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() < deadline:
                time.sleep(0.1)
                continue
            held.close()
            raise EmbeddedError(taken) from None
        return held


def secret(path: Path) -> str:
    """Read the secret in `path`, made and stored for its owner alone if missing."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        if kept := path.read_text(encoding="ascii").strip():
            return kept
        # Empty: the machine stopped between making the file and filling it.
        handle = os.open(path, os.O_WRONLY | os.O_TRUNC)
    made = secrets.token_urlsafe(48)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(made)
    return made


def wait_until(
    ready: Callable[[], bool], process: subprocess.Popen[bytes], log: Path
) -> None:
    """Come back when `ready` says so; raise EmbeddedError when it never does."""
    deadline = time.monotonic() + START_SECONDS
    while not ready():
        if process.poll() is not None or time.monotonic() > deadline:
            raise EmbeddedError(
                f"{Path(log).stem} did not start. Its last words:\n{tail(log)}"
            )
        time.sleep(0.02)


def end(process: subprocess.Popen[bytes], wish: signal.Signals) -> None:
    """Ask the process to end, and end its whole group if it does not."""
    if process.poll() is None:
        process.send_signal(wish)
        with suppress(subprocess.TimeoutExpired):
            process.wait(STOP_SECONDS)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def tail(log: Path, lines: int = 15) -> str:
    """Give the last lines of a log, each indented."""
    with suppress(FileNotFoundError):
        text = log.read_text(encoding="utf-8", errors="replace")
        return "\n".join(f"    {line}" for line in text.splitlines()[-lines:])
    return ""
