"""Open questions go out in a workbook and come back as answers, all of them or none."""

from __future__ import annotations

import re
import shutil
import subprocess
from decimal import Decimal
from io import BytesIO

import pytest
from django.core import signing
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from projects import sheet_files
from projects.filling import Stands, plan
from projects.models import Answer, Assignment, Event
from projects.rounds import Said
from projects.services import feasibility
from projects.services.feasibility import AnswerConflict
from projects.services.filling import take_in
from projects.standing import Given
from projects.workbook import Filled
from projects.workbook.form import ANSWERS
from tests.conftest import person
from tests.projects.answers import FULL

OFFICE = shutil.which("soffice")


@pytest.fixture
def opened(engagement, manager):
    return feasibility.open_assessment(engagement=engagement, by=manager)


@pytest.fixture
def engineer(engagement, manager):
    """May answer P1 only."""
    made = person("engineer", engagement.provider, "engineer")
    Assignment.objects.create(
        engagement=engagement, item_id="P1", assignee=made, assigned_by=manager
    )
    return made


def give(assessment, item_id, by, value="yes", note="", number=None):
    return feasibility.give_answer(
        assessment=assessment,
        item_id=item_id,
        value=value,
        number=number,
        note=note,
        by=by,
    )


def row(item_id, value="yes", *, revision=0, **other) -> Filled:
    said = {"number": None, "note": "", "because": ""} | other
    return Filled(item_id, value, revision=revision, **said)


def got(client, name, engagement, *more, **data):
    return client.get(reverse(f"projects:{name}", args=[engagement.pk, *more]), data)


def form_of(client, engagement) -> bytes:
    answered = got(client, "open_xlsx", engagement)
    assert answered.status_code == 200
    assert answered["Content-Disposition"].endswith('open-questions-1.xlsx"')
    return answered.content


def fill(content: bytes, **cells) -> bytes:
    """The form with ``P1_answer="yes"`` and the like written into it."""
    book = load_workbook(BytesIO(content))
    sheet = book[ANSWERS]
    rows = {sheet.cell(n, 1).value: n for n in range(5, sheet.max_row + 1)}
    columns = {"answer": 4, "note": 6, "because": 7}
    for name, value in cells.items():
        item_id, _, column = name.partition("_")
        sheet.cell(rows[item_id], columns[column]).value = value
    kept = BytesIO()
    book.save(kept)
    return kept.getvalue()


def bring(client, engagement, content: bytes, name="記入済み.xlsx"):
    """Show what the file would change."""
    return client.post(
        reverse("projects:fill_in", args=[engagement.pk]),
        {"file": SimpleUploadedFile(name, content)},
    )


def take(client, engagement, preview, **chosen):
    """Press the button of the preview."""
    hidden = dict(
        re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', preview.text)
    )
    address = reverse("projects:fill_take", args=[engagement.pk])
    return client.post(address, hidden | chosen)


# What a row would mean -------------------------------------------------------------


def test_rows_are_sorted_into_new_answers_clashes_and_what_is_alike():
    standing = {
        "P1": Stands(Said(Given("P1", "yes")), 1),
        "P2": Stands(Said(Given("P2", "no"), "理由"), 2),
        "D1": Stands(Said(Given("D1", "no")), 4),
    }
    rows = [row("P1"), row("P2", revision=1), row("D1", revision=4), row("P7")]

    found = plan(rows, standing, FULL)

    assert found.same == 1
    assert [c.item.id for c in found.changes] == ["D1", "P7"]
    assert [c.item.id for c in found.clashes] == ["P2"]
    assert (found.changes[0].before.en, found.changes[0].after.en) == ("No", "Yes")
    assert found.changes[1].before is None
    assert found.rows(()) == rows[2:]
    # The one that was chosen names the answer it was chosen over.
    assert found.rows({"P2"}) == [*rows[2:], row("P2", revision=2)]


@pytest.mark.parametrize("other", [{"note": "x"}, {"because": "x", "value": ""}])
def test_a_note_or_a_reason_makes_a_difference(other):
    standing = {"P1": Stands(Said(Given("P1", "yes")), 1)}

    found = plan([row("P1", revision=1, **other)], standing, FULL)

    assert len(found.changes) == 1


# Taking in -------------------------------------------------------------------------


def test_all_rows_are_taken_in_with_one_event_beside_those_of_the_answers(
    opened, manager
):
    rows = [row("P1", note="議事録"), row("K1", "", because="画像がない")]
    rows.append(row("T2", "", number=Decimal("12.5")))

    given = take_in(assessment=opened, rows=rows, file="現場.xlsx", by=manager)

    assert [answer.item_id for answer in given] == ["P1", "K1", "T2"]
    said = Event.objects.get(verb="answers.taken_in").sentence("en")
    assert said == "manager took in 3 answers from 現場.xlsx"
    assert Event.objects.filter(verb="answer.given").count() == 2
    assert opened.answers.get(item_id="T2").number == Decimal("12.5")


def test_one_newer_answer_keeps_out_the_whole_file(opened, manager, engineer):
    give(opened, "P7", manager, "no")

    with pytest.raises(AnswerConflict, match="manager"):
        take_in(assessment=opened, rows=[row("P1"), row("P7")], file="f", by=manager)

    assert not opened.answers.filter(item_id="P1").exists()


def test_one_question_of_somebody_else_keeps_out_the_whole_file(opened, engineer):
    with pytest.raises(PermissionDenied):
        take_in(assessment=opened, rows=[row("P1"), row("P7")], file="f", by=engineer)

    assert not opened.answers.exists()


def test_nothing_is_no_file_to_take_in(opened, manager):
    with pytest.raises(ValidationError, match="取り込む回答がありません"):
        take_in(assessment=opened, rows=[], file="f", by=manager)


# Out and back ----------------------------------------------------------------------


def test_the_form_asks_only_what_is_open_due_and_ones_own(
    client, engagement, opened, manager, engineer
):
    give(opened, "P7", manager)
    client.force_login(manager)
    sheet = load_workbook(BytesIO(form_of(client, engagement)))[ANSWERS]
    asked = [sheet.cell(n, 1).value for n in range(5, sheet.max_row + 1)]
    due = [i.id for i in FULL.items_due(sheet_files.Due.SCREEN, "on_prem", "anomaly")]
    assert asked == [item_id for item_id in due if item_id != "P7"]

    client.force_login(engineer)
    sheet = load_workbook(BytesIO(form_of(client, engagement)))[ANSWERS]
    assert [sheet.cell(n, 1).value for n in range(5, sheet.max_row + 1)] == ["P1"]
    assert "1 question is open for you" in got(client, "fill_in", engagement).text


def test_a_filled_form_is_looked_at_and_then_kept(client, engagement, opened, manager):
    client.force_login(manager)
    content = fill(
        form_of(client, engagement),
        P1_answer="一部 / Partly",
        P1_note="現場で確認",
        P7_answer="はい",
        K1_because="画像がない",
    )

    preview = bring(client, engagement, content)

    assert "3 new answers" in preview.text
    assert not opened.answers.exists()
    answered = take(client, engagement, preview)
    assert answered.url == reverse("projects:feasibility", args=[engagement.pk])
    said = {a.item_id: (a.value, a.note) for a in opened.answers.all()}
    assert said == {"P1": ("partial", "現場で確認"), "P7": ("yes", ""), "K1": ("", "")}
    # The same file again says nothing new.
    again = bring(client, engagement, content)
    assert "3 say what stands there already" in again.text
    assert "The file says nothing new." in again.text


def test_a_refused_cell_is_named_and_nothing_can_be_kept(
    client, engagement, opened, manager
):
    client.force_login(manager)
    content = fill(form_of(client, engagement), P1_answer="=1+1", P7_answer="yes")

    preview = bring(client, engagement, content)

    assert "1 cell of 記入済み.xlsx cannot be taken" in preview.text
    for said in ("D5", ANSWERS, "<q>=1+1</q>", "It holds a formula.", "Type the value"):
        assert said in preview.text
    assert "Keep these answers" not in preview.text


def test_somebodys_newer_answer_stays_unless_it_is_chosen_against(
    client, engagement, opened, manager
):
    other = person("other", engagement.provider, "project_manager")
    client.force_login(manager)
    content = fill(form_of(client, engagement), P1_answer="yes", P7_answer="yes")
    give(opened, "P1", other, "no", "否決")
    give(opened, "P7", other, "no")

    preview = bring(client, engagement, content)

    assert "2 that somebody answered meanwhile" in preview.text
    assert "Keep what other answered" in preview.text
    take(client, engagement, preview, **{"over-P1": "theirs", "over-P7": "form"})
    said = {a.item_id: (a.value, a.answered_by.name) for a in opened.answers.all()}
    assert said == {"P1": ("no", "other"), "P7": ("yes", "manager")}


def test_an_answer_given_after_the_preview_is_shown_before_anything_is_kept(
    client, engagement, opened, manager
):
    other = person("other", engagement.provider, "project_manager")
    client.force_login(manager)
    content = fill(form_of(client, engagement), P1_answer="yes", P7_answer="yes")
    preview = bring(client, engagement, content)
    give(opened, "P1", other, "no")

    again = take(client, engagement, preview)

    assert "Somebody answered since" in again.text
    assert "Keep what other answered" in again.text
    assert [a.item_id for a in opened.answers.all()] == ["P1"]
    # And once more, when yet another answer replaces the one that was looked at.
    give(opened, "P1", other, "partial")
    once_more = take(client, engagement, again, **{"over-P1": "form"})
    assert "Somebody answered since" in once_more.text
    assert opened.answers.get(item_id="P1").value == "partial"
    take(client, engagement, once_more, **{"over-P1": "form"})
    assert {a.value for a in opened.answers.all()} == {"yes"}


def test_a_preview_belongs_to_its_reader_its_round_and_its_day(
    client, engagement, opened, manager, engineer, monkeypatch
):
    client.force_login(manager)
    preview = bring(
        client, engagement, fill(form_of(client, engagement), P1_answer="yes")
    )
    client.force_login(engineer)

    answered = take(client, engagement, preview)

    assert answered.url == reverse("projects:fill_in", args=[engagement.pk])
    assert "expired" in client.get(answered.url).text
    forged = sheet_files.packed([row("P1")], opened, manager, "f") + "x"
    assert sheet_files.unpacked(forged, opened, manager) is None
    assert not Answer.objects.exists()
    kept = sheet_files.packed([row("P1")], opened, manager, "f")
    assert sheet_files.unpacked(kept, opened, manager) == ([row("P1")], "f")
    late = signing.time.time() + sheet_files.GOOD_FOR + 1
    monkeypatch.setattr(signing.time, "time", lambda: late)
    assert sheet_files.unpacked(kept, opened, manager) is None


def test_a_number_comes_through_the_preview_as_it_was_typed(opened, manager):
    rows = [row("T2", "", number=Decimal("0.10")), row("P1")]

    kept = sheet_files.packed(rows, opened, manager, "f")

    assert sheet_files.unpacked(kept, opened, manager) == (rows, "f")


@pytest.mark.parametrize(
    ("content", "told"),
    [(b"ID\n", "cannot be read as a workbook"), (b"x" * 2_000_001, "too large")],
)
def test_a_file_that_is_no_form_is_refused_at_its_field(
    client, engagement, opened, manager, content, told
):
    client.force_login(manager)

    answered = bring(client, engagement, content)

    assert told in answered.text
    assert 'aria-invalid="true"' in answered.text


def test_no_file_is_asked_for_at_its_field(client, engagement, opened, manager):
    client.force_login(manager)

    answered = client.post(reverse("projects:fill_in", args=[engagement.pk]))

    assert "This field is required." in answered.text


def test_an_issued_round_takes_no_form(client, screened, manager):
    client.force_login(manager)

    for name in ("fill_in", "open_xlsx"):
        assert got(client, name, screened).status_code == 404


def test_whoever_answers_nothing_gets_no_form(client, engagement, opened, executive):
    client.force_login(executive)

    for name in ("fill_in", "open_xlsx"):
        assert got(client, name, engagement).status_code == 403


def test_with_everything_answered_there_is_nothing_to_take_along(
    client, engagement, opened, manager
):
    for item in FULL.items_due(sheet_files.Due.SCREEN, "on_prem", "anomaly"):
        give(opened, item.id, manager, item.answers[0])
    client.force_login(manager)

    shown = got(client, "fill_in", engagement).text

    assert "Every question that is yours and due now is answered." in shown
    assert "open.xlsx" not in shown


# The whole round -------------------------------------------------------------------


def whole(client, engagement):
    answered = got(client, "round_xlsx", engagement, 1)
    assert answered.status_code == 200
    return load_workbook(BytesIO(answered.content))


def test_the_whole_round_can_be_taken_away_open_and_issued(
    client, engagement, opened, manager
):
    client.force_login(manager)
    give(opened, "P1", manager, "no", note="=HYPERLINK()")
    give(opened, "T2", manager, "", number=Decimal(12))

    book = whole(client, engagement)

    rows = {r[0].value: r for r in book["質問 Items"].iter_rows(min_row=2)}
    assert set(rows) == {i.id for i in FULL.asked("on_prem", "anomaly")}
    assert rows["P1"][6].value == "いいえ / No"
    assert rows["P1"][8].value == "満たさない / against"
    assert (rows["P1"][9].value, rows["P1"][9].data_type) == ("=HYPERLINK()", "s")
    assert rows["P1"][11].value
    assert rows["T2"][7].value == 12
    about = {r[0].value: r[1].value for r in book["判定 Verdict"].iter_rows()}
    assert about["判定 / Verdict"] == "未判定 / NOT YET"
    assert about["確定 / Issued"] == "not issued yet"


def test_an_issued_round_is_taken_away_as_it_was(client, screened, manager):
    client.force_login(manager)

    about = {
        r[0].value: r[1].value
        for r in whole(client, screened)["判定 Verdict"].iter_rows()
    }

    assert about["判定 / Verdict"] == "実施可 / GO"
    assert about["確定 / Issued"].endswith("manager")


# LibreOffice -----------------------------------------------------------------------


@pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed here")
def test_a_form_saved_by_libreoffice_comes_back_the_same(
    client, engagement, opened, manager, tmp_path
):
    client.force_login(manager)
    content = fill(
        form_of(client, engagement),
        P1_answer="一部 / Partly",
        P1_note="'=1+1 と書いた",
        P7_answer="はい / Yes",
    )
    (tmp_path / "form.xlsx").write_bytes(content)
    for source, target in (
        ("form.xlsx", "ods"),
        ("form.ods", "xlsx:Calc MS Excel 2007 XML"),
    ):
        subprocess.run(
            [
                *(OFFICE, f"-env:UserInstallation=file://{tmp_path}/profile"),
                *("--headless", "--convert-to", target),
                *("--outdir", str(tmp_path), str(tmp_path / source)),
            ],
            check=True,
            capture_output=True,
            timeout=120,
        )

    saved = (tmp_path / "form.xlsx").read_bytes()

    assert saved != content
    preview = bring(client, engagement, saved)
    assert "2 new answers" in preview.text
    take(client, engagement, preview)
    assert opened.answers.get(item_id="P1").note == "'=1+1 と書いた"
