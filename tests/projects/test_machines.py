"""States and acts as data: every status is drawn, and the page is current."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from evaluation.machines import REVIEW, RUN
from evaluation.models import ReviewStatus, RunStatus
from projects.machines import AGREEMENT, ENGAGEMENT, Machine, diagram, moves
from projects.models import AgreementStatus, Stage


@pytest.mark.parametrize(
    ("machine", "statuses"),
    [
        (AGREEMENT, AgreementStatus),
        (ENGAGEMENT, Stage),
        (REVIEW, ReviewStatus),
        (RUN, RunStatus),
    ],
)
def test_every_status_has_its_place(machine, statuses):
    assert set(machine.states) == {status.value for status in statuses}


def test_what_is_not_drawn_cannot_happen():
    assert REVIEW.target("open", "reject_review") == "rejected"
    assert REVIEW.target("accepted", "reject_review") is None


def test_a_machine_is_drawn_from_its_start_to_its_ends():
    drawn = diagram(Machine("M", "a", moves("a -> b: go (anybody)")))

    assert drawn.splitlines() == [
        "stateDiagram-v2",
        "    [*] --> a",
        "    a --> b: go (anybody)",
        "    b --> [*]",
    ]


@pytest.mark.parametrize("line", ["a b: go (x)", "a -> b go (x)", "a -> b: go x"])
def test_a_line_of_another_form_is_refused(line):
    with pytest.raises(ValueError, match="not a move"):
        moves(line)


def test_the_documented_states_are_current():
    call_command("statemachine", "--check")


def test_outdated_documents_are_told_and_written_anew(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(settings, "BASE_DIR", tmp_path)

    with pytest.raises(CommandError, match="out of date"):
        call_command("statemachine", "--check")
    call_command("statemachine")

    assert (tmp_path / "docs/reference/states.md").is_file()
    call_command("statemachine", "--check")
