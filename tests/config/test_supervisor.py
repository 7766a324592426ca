"""The supervisor refuses plainly, gives defaults, and looks after each part."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from config.embedded.process import free_port
from config.supervisor import child as child_module
from config.supervisor import place as place_module
from config.supervisor.__main__ import main
from config.supervisor.child import Child, turn_over
from config.supervisor.place import (
    PROJECT,
    environment,
    require_free,
    take,
)
from tests.config.watching import alive, read, until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# A lock is held for as long as its process lives, so these tests never close it.
pytestmark = pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning"
)


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


# Refusals -------------------------------------------------------------------------


def test_a_taken_port_is_said_before_anything_starts(
    tmp_path: Path,
    taken_port: int,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(place_module, "PORT_SECONDS", 0.1)

    assert main(["--port", str(taken_port), "--folder", str(tmp_path)]) == 1

    assert capsys.readouterr().err == (
        f"Port {taken_port} is taken by another program. Stop it, or choose another:"
        f" make run PORT={taken_port + 1}\n"
    )
    assert not (tmp_path / "valkey").exists()


def test_a_port_that_becomes_free_in_a_moment_is_waited_for() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        ending = threading.Timer(0.3, server.close)
        ending.start()
        require_free(port)
        ending.join()


def test_a_second_start_in_the_same_folder_names_the_first(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = take(tmp_path)
    place.write(8000)

    assert main(["--port", str(free_port()), "--folder", str(tmp_path)]) == 1
    place.held.close()

    assert capsys.readouterr().err == (
        f"Kenshu already runs in this folder (process {os.getpid()},"
        " http://127.0.0.1:8000). Stop it there with Ctrl-C first.\n"
    )


def test_a_folder_that_cannot_be_made_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()

    assert main(["--folder", str(tmp_path / "file" / "var")]) == 1

    assert "cannot be written: Not a directory" in capsys.readouterr().err


@pytest.mark.parametrize("port", ["0", "65536", "-1"])
def test_a_number_that_is_no_port_is_refused(
    port: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(["--port", port])

    assert "is not a port" in capsys.readouterr().err


def test_reset_deletes_only_a_folder_of_kenshu(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "thesis.txt").touch()
    assert main(["--reset", "--folder", str(tmp_path)]) == 1
    assert "no data of Kenshu" in capsys.readouterr().err
    assert (tmp_path / "thesis.txt").exists()

    take(tmp_path / "var").held.close()
    assert main(["--reset", "--folder", str(tmp_path / "var")]) == 0
    assert not (tmp_path / "var").exists()

    assert main(["--reset", "--folder", str(tmp_path / "var")]) == 0
    assert "no data" in capsys.readouterr().out


# Settings -------------------------------------------------------------------------


def test_defaults_never_replace_what_is_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://elsewhere/kenshu")
    monkeypatch.setenv("SECRET_KEY", "mine")

    given = environment(take(tmp_path))

    assert given["DATABASE_URL"] == "postgres://elsewhere/kenshu"
    assert given["SECRET_KEY"] == "mine"
    assert given["STATIC_ROOT"] == str(tmp_path / "static")
    assert not (tmp_path / "secret_key").exists()


def test_the_secret_key_stays_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SECRET_KEY", raising=False)
    monkeypatch.delenv("SECRET_KEY_FILE", raising=False)
    place = take(tmp_path)

    assert environment(place)["SECRET_KEY"] == environment(place)["SECRET_KEY"]


def test_a_large_log_is_put_aside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child_module, "LOG_BYTES", 10)
    log = tmp_path / "web.log"
    log.write_text("more than ten")

    turn_over(log)

    assert not log.exists()
    assert (tmp_path / "web.log.1").read_text() == "more than ten"


# One child ------------------------------------------------------------------------


def shell(tmp_path: Path, script: str) -> Child:
    return Child(
        "part",
        ["sh", "-c", script],
        tmp_path / "part.log",
        dict(os.environ),
        tmp_path,
        wishes=((signal.SIGTERM, 0.5),),
    )


@pytest.mark.processes
def test_a_part_that_dies_again_and_again_is_given_up(tmp_path: Path) -> None:
    part = shell(tmp_path, "exit 3")
    for death in range(1, child_module.QUICK_DEATHS + 1):
        part.start()
        until(lambda: part.died() == 3, "the part ends")
        assert part.hopeless == (death == child_module.QUICK_DEATHS)
        assert not part.due(), "it waits before it is started again"


@pytest.mark.processes
def test_a_deaf_part_is_killed_with_all_it_started(tmp_path: Path) -> None:
    part = shell(
        tmp_path,
        "trap '' TERM; sleep 60 & echo $! > grandchild; while :; do sleep 1; done",
    )
    part.start()
    until(lambda: bool(read(tmp_path / "grandchild")), "the grandchild starts")
    grandchild = int(read(tmp_path / "grandchild"))

    part.stop()

    assert part.process is None
    until(lambda: not alive(grandchild), "the grandchild ends")


@pytest.mark.processes
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux follows a parent")
def test_a_part_dies_with_a_parent_that_was_killed(tmp_path: Path) -> None:
    script = (
        "import signal, subprocess, time\n"
        "from config.embedded import tether\n"
        "argv = ['sh', '-c', 'echo $$ > pid; exec sleep 60']\n"
        "command = tether.command(argv, death_signal=signal.SIGTERM)\n"
        f"subprocess.Popen(command, cwd={str(tmp_path)!r})\n"
        "time.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], cwd=PROJECT)
    until(lambda: bool(read(tmp_path / "pid")), "the part starts")
    part = int(read(tmp_path / "pid"))
    assert alive(part)

    parent.kill()
    parent.wait()

    until(lambda: not alive(part), "the part ends")
