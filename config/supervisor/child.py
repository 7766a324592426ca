"""One child process: started, watched, started again, stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING

from config.embedded import tether

if TYPE_CHECKING:
    from pathlib import Path

QUICK_SECONDS = 10.0
QUICK_DEATHS = 5
LOG_BYTES = 5_000_000

Wishes = tuple[tuple[signal.Signals, float], ...]


@dataclass
class Child:
    """A program that must run for as long as Kenshu does.

    `wishes` are the signals that ask it to end, each with the seconds it gets before
    the next; at the end its whole group is killed.
    """

    name: str
    argv: list[str]
    log: Path
    environment: dict[str, str]
    folder: Path
    wishes: Wishes = ((signal.SIGTERM, 3.0),)
    keep_open: tuple[IO[str], ...] = ()
    process: subprocess.Popen[bytes] | None = None
    _since: float = 0.0
    _quick_deaths: int = field(default=0, init=False)
    _not_before: float = field(default=0.0, init=False)

    def start(self) -> None:
        """Start it in a group of its own, so that Ctrl-C reaches us and not it."""
        turn_over(self.log)
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                tether.command(self.argv, death_signal=self.wishes[0][0]),
                cwd=self.folder,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                pass_fds=[file.fileno() for file in self.keep_open],
                process_group=0,
            )
        self._since = time.monotonic()

    def died(self) -> int | None:
        """Give the exit code, once, when it ended without being asked."""
        if self.process is None or (code := self.process.poll()) is None:
            return None
        self._kill_group()
        self.process = None
        quick = time.monotonic() - self._since < QUICK_SECONDS
        self._quick_deaths = self._quick_deaths + 1 if quick else 0
        # Longer and longer, so that a fault does not fill the machine with starts.
        self._not_before = time.monotonic() + 0.25 * 2**self._quick_deaths
        return code

    @property
    def hopeless(self) -> bool:
        """Whether it died so often, so soon, that starting it again is pointless."""
        return self._quick_deaths >= QUICK_DEATHS

    def due(self) -> bool:
        """Whether it is down and its pause is over."""
        return self.process is None and time.monotonic() >= self._not_before

    def stop(self) -> None:
        """End it and everything it started."""
        if self.process is None:
            return
        for wish, seconds in self.wishes:
            if self.process.poll() is None:
                self.process.send_signal(wish)
                with suppress(subprocess.TimeoutExpired):
                    self.process.wait(seconds)
        self._kill_group()
        self.process.wait()
        self.process = None

    def _kill_group(self) -> None:
        if self.process is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)


def turn_over(log: Path) -> None:
    """Put a log that has grown large aside, so that two of that size are the most."""
    with suppress(FileNotFoundError):
        if log.stat().st_size > LOG_BYTES:
            log.replace(log.with_suffix(".log.1"))
