"""The embedded servers keep, forget and refuse what they say they do."""

from __future__ import annotations

import os
import signal
import socket
import stat
import subprocess
from typing import TYPE_CHECKING

import psycopg
import pytest
import redis

from config.embedded import EmbeddedError, broker, database, postgres, tether, valkey
from config.embedded.process import end, lock, secret, wait_until

if TYPE_CHECKING:
    from pathlib import Path


def test_a_secret_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    first = secret(tmp_path / "key")

    assert secret(tmp_path / "key") == first
    assert len(first) >= 50
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600


def test_an_empty_secret_left_by_a_crash_is_made_again(tmp_path: Path) -> None:
    (tmp_path / "key").touch()

    assert len(secret(tmp_path / "key")) >= 50


def test_a_lock_is_held_until_it_is_closed(tmp_path: Path) -> None:
    held = lock(tmp_path / ".lock", taken="Taken.")
    with pytest.raises(EmbeddedError, match=r"^Taken\.$"):
        lock(tmp_path / ".lock", taken="Taken.")
    held.close()

    lock(tmp_path / ".lock", taken="Taken.").close()


def test_no_postgres_package_is_said_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(database, "find_spec", lambda _name: None)

    with pytest.raises(EmbeddedError, match="set DATABASE_URL to a Postgres server"):
        database.postgres_folder()


def test_no_valkey_program_is_said_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("platform.system", lambda: "Windows")

    with pytest.raises(EmbeddedError, match="set REDIS_URL"):
        broker.valkey_binary()


def test_programs_nobody_reaches_are_copied_with_their_libraries(
    tmp_path: Path,
) -> None:
    packages = tmp_path / "closed" / "site-packages"
    for name in ("wheel/pg/bin/postgres", "wheel.libs/libpq.so"):
        (packages / name).parent.mkdir(parents=True)
        (packages / name).write_text(name)
    (tmp_path / "closed").chmod(0o700)
    (tmp_path / "home").mkdir()

    copy = database.reachable(packages / "wheel" / "pg", tmp_path / "home")

    assert copy == tmp_path / "home" / "wheel" / "pg"
    assert (copy / "bin" / "postgres").read_text() == "wheel/pg/bin/postgres"
    assert (tmp_path / "home" / "wheel.libs" / "libpq.so").is_file()


def test_a_server_that_ends_at_once_is_quoted(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            tether.command(["sh", "-c", "echo no room"], death_signal=signal.SIGTERM),
            stdout=output,
            process_group=0,
        )
    with pytest.raises(EmbeddedError, match="no room"):
        wait_until(lambda: False, process, log)
    end(process, signal.SIGTERM)


@pytest.mark.processes
def test_postgres_is_18_compares_the_same_everywhere_and_leaves_nothing(
    tmp_path: Path,
) -> None:
    with postgres(tmp_path) as url:
        with psycopg.connect(url) as connection:
            found = connection.execute(
                "SELECT current_setting('server_version_num')::int / 10000,"
                " datlocprovider, datlocale, current_setting('fsync')"
                " FROM pg_database WHERE datname = current_database()"
            ).fetchone()
            home = connection.execute("SHOW data_directory").fetchone()
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(url.replace("kenshu:", "kenshu:wrong"))

    assert found == (18, "b", "C.UTF-8", "off")
    assert home is not None
    assert not os.path.lexists(home[0])
    assert [path.name for path in tmp_path.iterdir()] == ["postgres.log"]


@pytest.mark.processes
def test_queued_work_survives_the_sudden_death_of_valkey(tmp_path: Path) -> None:
    folder = tmp_path / "待ち行列 with spaces"
    server = broker.prepare_valkey(folder)
    with server.held, (folder / "valkey.log").open("wb") as output:
        process = subprocess.Popen(
            tether.command(server.argv, death_signal=signal.SIGTERM),
            stdout=output,
            process_group=0,
        )
        wait_until(server.answers, process, folder / "valkey.log")
        client = redis.Redis.from_url(server.url)
        for number in range(500):
            client.rpush("celery", f"run {number}")
        process.kill()
        process.wait()

    with valkey(folder) as url, redis.Redis.from_url(url) as client:
        assert client.llen("celery") == 500
        assert client.lindex("celery", -1) == b"run 499"


@pytest.mark.processes
def test_valkey_needs_its_password_and_its_folder_alone(tmp_path: Path) -> None:
    with valkey(tmp_path) as url:
        port = int(url.rpartition(":")[2].partition("/")[0])
        with pytest.raises(redis.AuthenticationError):
            redis.Redis(port=port).ping()
        with pytest.raises(EmbeddedError, match="Another Valkey uses the folder"):
            lock(tmp_path / ".lock", taken="Another Valkey uses the folder")
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", port))
    assert stat.S_IMODE((tmp_path / "valkey.conf").stat().st_mode) == 0o600
