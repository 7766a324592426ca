"""The data folder: who may use it, its secrets, and the settings that point to it."""

from __future__ import annotations

import os
import shutil
import socket
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from config.embedded import EmbeddedError
from config.embedded.process import lock, secret

PROJECT = Path(__file__).resolve().parents[2]
PORT_SECONDS = 2.0
LOCK = "supervisor.lock"


class StartRefusedError(RuntimeError):
    """Kenshu cannot start; the message is a sentence for the reader."""


@dataclass(frozen=True)
class Place:
    """One data folder, held by this process alone."""

    folder: Path
    held: IO[str]

    @property
    def logs(self) -> Path:
        return self.folder / "log"

    def write(self, port: int) -> None:
        """Note who runs here, for the sentence a second start shows."""
        self.held.truncate(0)
        self.held.write(f"process {os.getpid()}, http://127.0.0.1:{port}")
        self.held.flush()

    def remove(self) -> None:
        """Delete the folder with everything in it."""
        shutil.rmtree(self.folder)


def take(folder: Path, *, new: bool = True) -> Place:
    """Hold the folder, made if `new` allows it; raise StartRefusedError otherwise."""
    # Whoever asks to delete a folder must mean one of ours.
    if not new and not (folder / LOCK).is_file():
        raise StartRefusedError(f"There are no data of Kenshu in {folder}.")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in ("log", "media", "static", "beat", "metrics"):
            (folder / name).mkdir(exist_ok=True)
        path = folder / LOCK
        path.touch()
        running = path.read_text(encoding="utf-8") or "another process"
        held = lock(
            path,
            taken=f"Kenshu already runs in this folder ({running}). Stop it there"
            " with Ctrl-C first.",
        )
    except OSError as fault:
        raise StartRefusedError(
            f"The data folder {folder} cannot be written: {fault.strerror}. Let the"
            " account you use own it, or remove it if another account made it."
        ) from None
    except EmbeddedError as fault:
        raise StartRefusedError(str(fault)) from None
    return Place(folder, held)


def require_free(port: int) -> None:
    """Raise StartRefusedError when another program listens on the port.

    It waits a moment first: after a kill, the web server of the last start may be
    about to end.
    """
    deadline = time.monotonic() + PORT_SECONDS
    while True:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except PermissionError:
                raise StartRefusedError(
                    f"Port {port} needs administrator rights. Choose one above 1023:"
                    " make run PORT=8000"
                ) from None
            except OSError:
                if time.monotonic() < deadline:
                    time.sleep(0.1)
                    continue
                other = port + 1 if port < 65535 else 8001
                raise StartRefusedError(
                    f"Port {port} is taken by another program. Stop it, or choose"
                    f" another: make run PORT={other}"
                ) from None
            return


def environment(place: Place) -> dict[str, str]:
    """Give the environment of every child: what is set stays, the rest gets a default.

    The defaults describe a demonstration on this machine alone: SQLite, plain HTTP,
    demo data.
    """
    folder = place.folder
    defaults = {
        "DATABASE_URL": f"sqlite:///{folder / 'kenshu.sqlite3'}",
        "STATIC_ROOT": str(folder / "static"),
        "MEDIA_ROOT": str(folder / "media"),
        "PROMETHEUS_MULTIPROC_DIR": str(folder / "metrics"),
        "DEMO": "1",
        "HTTPS": "0",
        "SECURE_COOKIES": "0",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    if "SECRET_KEY_FILE" not in os.environ and "SECRET_KEY" not in os.environ:
        defaults["SECRET_KEY"] = secret(folder / "secret_key")
    # The programs of the virtual environment come first, whoever started us.
    programs = str(Path(sys.executable).parent)
    path = os.pathsep.join([programs, os.environ.get("PATH", os.defpath)])
    fixed = {"PATH": path, "PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1"}
    return defaults | dict(os.environ) | fixed
