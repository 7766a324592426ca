"""Two people answer at the same moment, over two real connections."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.core.exceptions import ValidationError
from django.db import close_old_connections, connection
from django.utils import timezone

from projects.models import Answer, Assessment, Event, Task
from projects.services import feasibility, tasks
from projects.services.feasibility import AnswerConflict
from tests.conftest import person
from tests.projects.test_answering import answer_all

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        "connection.vendor == 'sqlite'", reason="SQLite has one writer at a time"
    ),
]


@pytest.fixture
def opened(engagement, manager):
    return feasibility.open_assessment(engagement=engagement, by=manager)


@pytest.fixture
def second(engagement):
    return person("second", engagement.provider, "administrator")


def at_once(*acts):
    """Run them at one moment, each on its own connection; what each gave or raised."""
    gate = Barrier(len(acts))
    seen = set()

    def run(act):
        try:
            connection.ensure_connection()
            seen.add(connection.connection.info.backend_pid)
            gate.wait(timeout=20)
            return act()
        except ValidationError as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        found = list(pool.map(run, acts))
    close_old_connections()
    assert len(seen) == len(acts)
    return found


def giving(assessment, value, by, revision=0):
    return lambda: feasibility.give_answer(
        assessment=assessment,
        item_id="P1",
        value=value,
        number=None,
        note="",
        by=by,
        revision=revision,
    )


@pytest.mark.parametrize("answered_before", [False, True])
def test_one_answer_is_kept_and_the_other_is_asked(
    opened, manager, second, answered_before
):
    revision = 0
    if answered_before:
        revision = giving(opened, "partial", manager)().revision

    found = at_once(
        giving(opened, "yes", manager, revision), giving(opened, "no", second, revision)
    )

    kept = Answer.objects.get()
    (conflict,) = [one for one in found if isinstance(one, AnswerConflict)]
    assert (conflict.theirs.value, conflict.theirs.answered_by) == (
        kept.value,
        kept.answered_by,
    )
    assert kept.revision == revision + 1
    assert Event.objects.filter(verb="answer.given").count() == revision + 1


def test_the_same_answer_twice_at_once_is_one(opened, manager, second):
    first, other = at_once(
        giving(opened, "yes", manager), giving(opened, "yes", second)
    )

    assert first == other == Answer.objects.get()
    assert Event.objects.filter(verb="answer.given").count() == 1


def test_a_round_is_issued_with_all_of_an_answer_or_none(opened, manager, second):
    answer_all(opened, manager)
    seen = feasibility.seen_now(opened)

    issued, answered = at_once(
        lambda: feasibility.issue_assessment(assessment=opened, by=manager, seen=seen),
        giving(opened, "no", second, revision=1),
    )

    # Whoever came second was refused: never a GO over an answer that says no.
    assert isinstance(issued, ValidationError) != isinstance(answered, ValidationError)
    opened.refresh_from_db()
    says = opened.answers.get(item_id="P1").value
    assert (opened.verdict, says) in {("go", "yes"), ("", "no")}


def test_two_who_open_a_round_open_one(engagement, manager, second):
    first, other = at_once(
        lambda: feasibility.open_assessment(engagement=engagement, by=manager),
        lambda: feasibility.open_assessment(engagement=engagement, by=second),
    )

    assert first == other == Assessment.objects.get()


def test_two_who_plan_a_task_plan_one(opened, manager, second):
    def plan(by, what):
        return lambda: tasks.plan_task(
            engagement=opened.engagement,
            item_id="P1",
            what=what,
            owner=by,
            due_on=timezone.localdate() + timedelta(days=3),
            by=by,
        )

    at_once(plan(manager, "一"), plan(second, "二"))

    assert Task.objects.count() == 1
