"""Evidence and tasks: what backs an answer, and who sees to a condition by when."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.db import DataError, connection, transaction  # noqa: F401 - named in a mark
from django.utils import timezone
from django.utils.translation import override

from projects.models import Event, Evidence, Notice, Task
from projects.services import assignments, evidence, tasks
from projects.services import engagement as engagements
from tests.conftest import person
from tests.projects.test_answering import plan


@pytest.fixture(autouse=True)
def in_english():
    with override("en"):
        yield


@pytest.fixture
def engineer(engagement):
    return person("engineer", engagement.provider, "engineer")


def attach(engagement, by, name="minutes.pdf", content=b"%PDF-1.7", **more):
    return evidence.attach_file(
        engagement=engagement,
        item_id="P1",
        file=ContentFile(content, name=name),
        by=by,
        **more,
    )


def test_a_file_is_kept_with_its_digest_under_no_name_somebody_typed(
    engagement, manager
):
    piece = attach(engagement, manager, "../../議事録 v2.PDF")

    assert (piece.name, piece.size) == ("議事録 v2.PDF", 8)
    assert piece.sha256 == hashlib.sha256(b"%PDF-1.7").hexdigest()
    assert "議事録" not in piece.file.name
    assert piece.file.open().read() == b"%PDF-1.7"
    piece.file.close()
    assert Event.objects.get(verb="evidence.added").params["document"] == piece.name


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("page.html", b"<p>", "“page.html” cannot be taken in. Allowed are: pdf"),
        ("noending", b"x", "cannot be taken in"),
        ("empty.pdf", b"", "“empty.pdf” is empty"),
        ("large.pdf", b"x" * 2000, "“large.pdf” has 2.*kB; at most 1.*kB"),
    ],
)
def test_a_file_that_cannot_be_taken_is_named(
    engagement, manager, settings, name, content, says
):
    settings.EVIDENCE_MAX_BYTES = 1000
    with pytest.raises(ValidationError, match=says):
        attach(engagement, manager, name, content)
    assert not Evidence.objects.exists()


@pytest.mark.parametrize("url", ["javascript:alert(1)", "ftp://x.example", "x"])
def test_a_link_leads_to_the_web_or_nowhere(engagement, manager, url):
    with pytest.raises(ValidationError, match="begins with https"):
        evidence.attach_link(
            engagement=engagement, item_id="P1", url=url, name="", by=manager
        )


def test_a_link_without_a_name_is_called_by_its_address(engagement, manager):
    piece = evidence.attach_link(
        engagement=engagement,
        item_id="P1",
        url="https://intra.example/flow",
        name="",
        by=manager,
    )

    assert piece.name == "https://intra.example/flow"


def test_a_newer_piece_supersedes_and_the_older_stays(engagement, manager):
    older = attach(engagement, manager)
    before = timezone.now()

    newer = evidence.name_document(
        engagement=engagement,
        item_id="P1",
        name="議事録",
        kept_at="総務部",
        by=manager,
        instead_of=older,
    )

    older.refresh_from_db()
    assert older.superseded_by == newer
    assert (older.was_current(None), older.was_current(before)) == (False, True)
    assert (newer.was_current(None), newer.was_current(before)) == (True, False)
    assert Event.objects.get(verb="evidence.superseded").params["older"] == older.name
    with pytest.raises(ValidationError, match="has been superseded meanwhile"):
        attach(engagement, manager, instead_of=older)


def test_a_file_that_no_row_keeps_is_not_left_behind(engagement, manager):
    older = attach(engagement, manager)
    attach(engagement, manager, instead_of=older)
    kept = Evidence.objects.count()
    folder = older.file.storage.path(f"evidence/{engagement.pk}")

    with pytest.raises(ValidationError):
        attach(engagement, manager, instead_of=older)

    assert Evidence.objects.count() == kept == len(list(Path(folder).iterdir()))


@pytest.mark.skipif(
    "connection.vendor == 'sqlite'", reason="SQLite holds no text to its length"
)
def test_a_file_whose_row_cannot_be_written_is_not_left_behind(engagement, manager):
    first = attach(engagement, manager)
    folder = Path(first.file.storage.path(first.file.name)).parent

    with pytest.raises(DataError), transaction.atomic():
        evidence.attach_file(
            engagement=engagement,
            item_id="longer than any id",
            file=ContentFile(b"x", name="x.pdf"),
            by=manager,
        )

    assert len(list(folder.iterdir())) == 1


def test_who_may_answer_or_has_the_task_may_back_an_answer(
    engagement, manager, engineer, executive
):
    with pytest.raises(PermissionDenied, match="not yours"):
        attach(engagement, engineer)
    assignments.assign_item(
        engagement=engagement, item_id="P1", assignee=engineer, by=manager
    )
    assert attach(engagement, engineer).added_by == engineer
    assert not evidence.may_back(executive, engagement, "P1")
    plan(engagement, manager, owner=executive)
    assert evidence.may_back(executive, engagement, "P1")
    assert attach(engagement, executive).added_by == executive


def test_nothing_is_attached_once_the_engagement_ended(engagement, manager):
    engagements.decline(engagement=engagement, because="見送り", by=manager)

    with pytest.raises(ValidationError, match="has ended"):
        attach(engagement, manager)


# Tasks -------------------------------------------------------------------------------


def test_a_task_is_told_to_its_owner_and_planned_anew_in_place(
    engagement, manager, executive
):
    first = plan(engagement, manager, owner=executive)

    again = plan(engagement, manager, what="もっと集める", days=9)

    assert again.pk == first.pk
    assert Task.objects.get().what == "もっと集める"
    assert Notice.objects.get(reader=executive).verb == "task.given"
    assert Event.objects.filter(verb="task.planned").count() == 2


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"what": "  "}, "Say what is to be done"),
        ({"days": -1}, "over already"),
        ({"owner": None}, "takes no part"),
    ],
)
def test_a_task_that_nobody_could_do_is_refused(engagement, manager, wrong, says):
    if "owner" in wrong:
        other = engagement.provider.__class__.objects.create(name="他", kind="provider")
        wrong = {"owner": person("stranger", other, "engineer")}
    with pytest.raises(ValidationError, match=says):
        plan(engagement, manager, **wrong)
    assert not Task.objects.exists()


def test_a_task_is_done_by_its_owner_with_evidence_of_that_question(
    engagement, manager, executive, engineer
):
    task = plan(engagement, manager, owner=executive)
    proof = attach(engagement, executive)
    other = evidence.name_document(
        engagement=engagement, item_id="P2", name="別", kept_at="棚", by=manager
    )

    with pytest.raises(PermissionDenied, match="owner or the manager"):
        tasks.finish_task(task=task, proof=proof, by=engineer)
    with pytest.raises(ValidationError, match="this very question"):
        tasks.finish_task(task=task, proof=other, by=executive)
    done = tasks.finish_task(task=task, proof=proof, by=executive)

    assert (done.done_by, done.proof) == (executive, proof)
    assert Notice.objects.get(reader=manager).verb == "task.done"
    for act in (
        lambda: tasks.finish_task(task=task, proof=proof, by=executive),
        lambda: tasks.drop_task(task=task, by=manager),
    ):
        with pytest.raises(ValidationError, match="done already"):
            act()


def test_a_task_can_be_taken_back_and_the_log_keeps_it(engagement, manager):
    task = plan(engagement, manager)

    tasks.drop_task(task=task, by=manager)

    assert not Task.objects.exists()
    assert Event.objects.get(verb="task.dropped").params["what"] == "業務の数字を集める"


def test_a_late_task_knows_its_day(engagement, manager):
    plan(engagement, manager)
    Task.objects.update(due_on=timezone.localdate() - timedelta(days=1))

    assert Task.objects.undone().get().due_on < timezone.localdate()
