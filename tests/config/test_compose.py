"""The containers are as closed as docker-compose.yml and the Dockerfile promise."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

PROJECT = Path(__file__).resolve().parents[2]
# Any: the file is whatever YAML holds; each test says what it expects of it.
COMPOSE: dict[str, Any] = yaml.safe_load((PROJECT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
LASTING = sorted(set(SERVICES) - {"migrate"})
DOCKERFILE = (PROJECT / "Dockerfile").read_text()

each = pytest.mark.parametrize("name", sorted(SERVICES))


def test_the_parts_are_all_there() -> None:
    assert set(SERVICES) == {
        *("web", "worker", "post", "beat", "migrate"),
        *("postgres", "valkey"),
    }


@each
def test_the_root_file_system_is_read_only(name: str) -> None:
    assert SERVICES[name]["read_only"] is True


@each
def test_temporary_folders_run_nothing_and_have_a_size(name: str) -> None:
    for line in SERVICES[name]["tmpfs"]:
        options = line.partition(":")[2].split(",")
        assert {"noexec", "nosuid", "nodev"} <= set(options)
        assert any(option.startswith("size=") for option in options)


@each
def test_every_capability_is_dropped_and_none_comes_back(name: str) -> None:
    assert SERVICES[name]["cap_drop"] == ["ALL"]
    assert "cap_add" not in SERVICES[name]
    assert "privileged" not in SERVICES[name]
    assert "devices" not in SERVICES[name]
    assert "no-new-privileges:true" in SERVICES[name]["security_opt"]


@each
def test_the_account_is_a_number_and_not_root(name: str) -> None:
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", SERVICES[name]["user"])


@each
def test_memory_processors_and_processes_have_limits(name: str) -> None:
    service = SERVICES[name]
    assert re.fullmatch(r"\d+[mg]", service["mem_limit"])
    assert 0 < service["cpus"] <= 2
    assert 0 < service["pids_limit"] <= 256
    assert set(service["ulimits"]) == {"nofile", "nproc", "core"}
    assert service["ulimits"]["core"] == {"soft": 0, "hard": 0}


@each
def test_a_part_that_keeps_failing_becomes_visible(name: str) -> None:
    assert re.fullmatch(r"on-failure:\d+", SERVICES[name]["restart"])
    assert SERVICES[name]["init"] is True


@each
def test_logs_do_not_fill_the_disk(name: str) -> None:
    assert set(SERVICES[name]["logging"]["options"]) == {"max-size", "max-file"}


@pytest.mark.parametrize("name", LASTING)
def test_every_lasting_part_has_a_health_check(name: str) -> None:
    check = SERVICES[name]["healthcheck"]
    assert check["test"][0] in {"CMD", "CMD-SHELL"}
    assert {"interval", "timeout", "retries", "start_period"} <= set(check)


@each
def test_nothing_of_the_host_is_shared(name: str) -> None:
    service = SERVICES[name]
    for key in ("network_mode", "pid", "ipc", "userns_mode"):
        assert key not in service
    for volume in service["volumes"]:
        source = volume.partition(":")[0]
        assert source in COMPOSE["volumes"], "only named volumes"


def test_only_the_web_server_listens_and_only_on_this_machine() -> None:
    assert {name for name in SERVICES if "ports" in SERVICES[name]} == {"web"}
    assert SERVICES["web"]["ports"] == ["127.0.0.1:${PORT:-8000}:8000"]


def test_only_the_web_server_and_the_post_are_in_a_network_with_a_way_out() -> None:
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    for name, service in SERVICES.items():
        wanted = ["edge", "inside"] if name in {"web", "post"} else ["inside"]
        assert service["networks"] == wanted


def test_what_reads_foreign_files_and_what_sends_mail_are_two_workers() -> None:
    assert "--queues=celery" in SERVICES["worker"]["command"]
    assert "--queues=post" in SERVICES["post"]["command"]
    assert SERVICES["post"]["volumes"] == []


@each
def test_secrets_are_files_and_never_stand_in_the_environment(name: str) -> None:
    for key, value in SERVICES[name].get("environment", {}).items():
        if re.search(r"SECRET|PASSWORD|TOKEN|_URL", key) and key != "PUBLIC_URL":
            assert key.endswith("_FILE"), key
            assert value.removeprefix("/run/secrets/") in SERVICES[name]["secrets"]


def test_every_secret_comes_from_the_folder_that_is_never_committed() -> None:
    for secret in COMPOSE["secrets"].values():
        assert secret["file"].startswith("docker/secrets/")
    assert (PROJECT / "docker/secrets/.gitignore").read_text().splitlines()[1] == "*"


@each
def test_images_have_a_version(name: str) -> None:
    image = SERVICES[name]["image"]
    # The one built here is the only one without: it is whatever lies in this folder.
    assert image == "kenshu:latest" or re.search(r":\d", image)


def test_the_application_is_one_image_built_once() -> None:
    ours = {name for name in SERVICES if SERVICES[name]["image"] == "kenshu:latest"}
    assert ours == {"web", "worker", "post", "beat", "migrate"}
    assert {name for name in SERVICES if "build" in SERVICES[name]} == {"migrate"}


@pytest.mark.parametrize("name", ["web", "worker", "post", "beat"])
def test_the_application_waits_for_its_tables_and_its_broker(name: str) -> None:
    assert SERVICES[name]["depends_on"] == {
        "migrate": {"condition": "service_completed_successfully"},
        "valkey": {"condition": "service_healthy"},
    }


def test_the_broker_writes_down_what_it_is_given() -> None:
    command = SERVICES["valkey"]["command"]
    for option, value in {
        "--appendonly": "yes",
        "--appendfsync": "everysec",
        "--maxmemory-policy": "noeviction",
    }.items():
        assert command[command.index(option) + 1] == value


def test_the_database_is_18_and_keeps_passwords_out_of_sight() -> None:
    postgres = SERVICES["postgres"]
    assert postgres["image"].startswith("postgres:18")
    # From 18 on the image keeps its data one folder higher than before.
    assert postgres["volumes"] == ["database:/var/lib/postgresql"]
    assert "--auth=scram-sha-256" in postgres["environment"]["POSTGRES_INITDB_ARGS"]


def test_the_image_has_two_stages_and_an_exchangeable_base() -> None:
    assert len(re.findall(r"(?m)^FROM \$\{BASE_IMAGE\}", DOCKERFILE)) == 2
    assert re.search(r"(?m)^ARG BASE_IMAGE=python:3\.\d+-slim", DOCKERFILE)


def test_the_image_runs_as_a_number_that_is_not_root() -> None:
    users = re.findall(r"(?m)^USER (.+)$", DOCKERFILE)
    assert users == ["10001:10001"]
    assert all(SERVICES[name]["user"] == users[0] for name in ("web", "worker", "beat"))


def test_the_image_checks_its_health() -> None:
    assert "/healthz" in DOCKERFILE.partition("HEALTHCHECK")[2]


def test_the_image_copies_by_name_and_fetches_nothing() -> None:
    assert not re.search(r"(?m)^ADD ", DOCKERFILE)
    assert not re.search(r"(?m)^COPY \. ", DOCKERFILE)
    assert "--require-hashes" in DOCKERFILE


def test_the_image_takes_in_only_what_is_let_in() -> None:
    lines = (PROJECT / ".dockerignore").read_text().splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "*"
    let_in = {rule[1:].rstrip("/") for rule in rules if rule.startswith("!")}
    copied = re.findall(r"(?m)^COPY (?!--)(\S+)", DOCKERFILE)
    assert let_in == {source.rstrip("/") for source in copied}


def test_every_copied_path_exists() -> None:
    for source in re.findall(r"(?m)^COPY (?!--)(\S+)", DOCKERFILE):
        assert (PROJECT / source).exists(), source


def test_hadolint_finds_nothing() -> None:
    hadolint = Path(sys.executable).parent / "hadolint"
    found = subprocess.run(
        [hadolint, PROJECT / "Dockerfile"], capture_output=True, text=True, check=False
    )
    assert (found.returncode, found.stdout) == (0, "")


@pytest.mark.processes
def test_secrets_are_made_once_and_fit_together(tmp_path: Path) -> None:
    script = tmp_path / "make-secrets"
    script.write_bytes((PROJECT / "docker/make-secrets").read_bytes())
    folder = tmp_path / "secrets"
    folder.mkdir()

    def read() -> dict[str, str]:
        subprocess.run(["sh", script], check=True, capture_output=True)
        return {path.name: path.read_text().strip() for path in folder.iterdir()}

    made = read()

    assert set(made) == set(COMPOSE["secrets"])
    assert made["postgres_password"] in made["database_url"]
    assert made["valkey_settings"].removeprefix("requirepass ") in made["redis_url"]
    assert read() == made
    assert folder.stat().st_mode & 0o077 == 0
