"""The portfolio from a real server to twenty readers over loopback."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import time
from contextlib import contextmanager
from statistics import quantiles
from typing import TYPE_CHECKING, Final

from config.embedded.process import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

    from projects.models import User

READERS: Final = 20
# Seconds that a reader looks at a page before the next, on the average.
THINKS: Final = (10.0, 2.0)


@contextmanager
def server() -> Iterator[int]:
    """Gunicorn as docker-compose.yml has it, on a free port."""
    port = free_port()
    process = subprocess.Popen(  # noqa: S603 - our own program
        [
            *(sys.executable, "-m", "gunicorn", "config.wsgi"),
            *("--bind", f"127.0.0.1:{port}", "--worker-class", "gthread"),
            *("--workers", "2", "--threads", "4", "--no-control-socket"),
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait(port)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=60)


def _wait(port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        link = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            link.request("GET", "/healthz")
            link.getresponse().read()
        except OSError:
            time.sleep(0.2)
        else:
            return
        finally:
            link.close()
    raise SystemExit("The server does not answer")


def session(reader: User) -> str:
    """A reader who is signed in."""
    from django.test import Client

    client = Client()
    client.force_login(reader)
    return client.cookies["sessionid"].value


def served(readers: dict[str, User], seconds: int) -> list[str]:
    """How soon the portfolio is there, for each kind of reader and thinking time."""
    lines = [
        f"{READERS} readers of the portfolio, from Gunicorn with 2 processes of 4 "
        "threads, over loopback, until the last byte; the readers, too, use the "
        "processors of this machine.\n",
        "| Readers | Thinking | Answers | A second | p50 | p95 |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    with server() as port:
        for name, reader in readers.items():
            jobs = [f"{session(reader)} /" for _each in range(READERS)]
            # The first answers of a process are its slowest, and not meant.
            _looked(port, jobs[:8], 3, 0.1)
            for think in THINKS:
                took = _looked(port, jobs, seconds, think)
                cuts = quantiles(took, n=20)
                lines.append(
                    f"| {name} | {think:g} s | {len(took):,} | "
                    f"{len(took) / seconds:.1f} | {cuts[9]:.0f} ms | "
                    f"{cuts[18]:.0f} ms |"
                )
    return [*lines, ""]


def _looked(port: int, jobs: list[str], seconds: int, think: float) -> list[float]:
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "bench.readers", str(port), str(seconds), str(think)],
        input="\n".join(jobs),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    found: list[float] = json.loads(done.stdout)
    return found
