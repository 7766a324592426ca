"""The checklists are read at every start and migrate, and a faulty one is named."""

from __future__ import annotations

import shutil

import pytest
from django.core.checks import run_checks
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from projects import checks
from projects.checklist import CURRENT, FOLDER


@pytest.fixture
def folder(tmp_path):
    for path in FOLDER.glob("*.yaml"):
        shutil.copy(path, tmp_path)
    return tmp_path


def broken(folder, old: str, new: str) -> None:
    path = folder / f"{CURRENT}.yaml"
    path.write_text(path.read_text().replace(old, new, 1))


def test_the_checklists_of_the_project_are_sound(folder):
    assert checks.faults_of(folder) == []
    assert not [fault for fault in run_checks() if fault.id.startswith("projects.")]


def test_a_fault_is_told_by_file_and_entry(folder):
    broken(folder, "type: yes_partial_no", "type: maybe")

    (fault,) = checks.faults_of(folder)

    assert fault.msg.startswith(f"{CURRENT}.yaml: P1: type 'maybe' is unknown")
    assert fault.id == "projects.E001"


def test_every_faulty_file_is_told(folder):
    (folder / "2027-1.yaml").write_bytes(b"\xff\xfe")
    (folder / "2027-2.yaml").write_text("version: [")
    shutil.copy(folder / f"{CURRENT}.yaml", folder / "2027-3.yaml")

    told = [fault.msg for fault in checks.faults_of(folder)]

    assert [line.partition(":")[0] for line in told] == [
        *("2027-1.yaml", "2027-2.yaml", "2027-3.yaml")
    ]
    assert "says it is version" in told[2]


def test_the_current_one_must_be_there(tmp_path):
    (fault,) = checks.faults_of(tmp_path)

    assert fault.id == "projects.E002"
    assert CURRENT in fault.msg


def test_migrating_stops_at_a_fault(folder, monkeypatch, db):
    broken(folder, "block: hard", "block: soft")
    monkeypatch.setattr(checks, "FOLDER", folder)

    with pytest.raises(SystemCheckError, match=r"P1: block 'soft'"):
        call_command("migrate", skip_checks=False, verbosity=0)
