"""Batches of labels: taken in whole, priced, measured, taken back; and their pages."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256
from io import BytesIO, StringIO

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection
from django.urls import reverse
from django.utils import timezone, translation
from openpyxl import load_workbook

from costs.fields import MOST_BYTES
from costs.labels.pay import Fee
from costs.models import ExchangeRate, LabelBatch, Spend, SpendDay
from costs.services import labels
from costs.services.labels import Delivery, key_of
from costs.tables import TableRefused
from projects.models import Event
from tests.conftest import person


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


ANSWERS = (
    b"item_id,worker_id,label,gold,time,reward,approved\n"
    b"a,taro@example.test,=1+1,=1+1,10,0.10,approved\n"
    b"a,hanako,=1+1,=1+1,20,0.10,approved\n"
    b"b,taro@example.test,<b>dog</b>,=1+1,30,0.10,approved\n"
    b"b,hanako,=1+1,=1+1,40,0.10,rejected\n"
)
HEAD = "HITId,AssignmentId,WorkerId,AssignmentStatus,Reward,Answer.kind,Answer.sure\n"
TWO_ANSWERS = HEAD.encode() + b"h,1,x,Approved,$1,cat,yes\nh,2,y,Approved,$1,cat,no\n"


def delivery(content: bytes = ANSWERS, **said) -> Delivery:
    usual = {
        "sha256": sha256(content).hexdigest(),
        "name": "answers.csv",
        "title": "一回目",
        "rate_yen": Decimal(150),
        "fee": Fee(Decimal(20)),
        "day": date(2026, 10, 1),
    }
    return Delivery(content=content, **(usual | said))


def delivered(engagement, by, content: bytes = ANSWERS, **said) -> LabelBatch:
    return labels.deliver(
        engagement=engagement, delivery=delivery(content, **said), by=by
    )


def labelled(engagement) -> Decimal:
    rows = SpendDay.objects.filter(engagement=engagement, kind="labels")
    return sum((row.cost_yen for row in rows), Decimal(0))


def test_a_batch_is_priced_and_the_spend_follows(engagement, manager):
    row = delivered(engagement, manager)

    # Three answers were paid: 0.30 and a fifth of it, at 150 yen.
    assert (row.reward, row.fee, row.cost_yen) == (
        Decimal("0.3"),
        Decimal("0.06"),
        Decimal(54),
    )
    assert (row.items, row.assignments, row.workers) == (2, 4, 2)
    assert Spend.objects.get(engagement=engagement).spent_yen == 54
    day = SpendDay.objects.get(kind="labels")
    assert (day.day, day.currency, day.cost) == (
        date(2026, 10, 1),
        "USD",
        Decimal("0.36"),
    )
    assert row.report["measured"]["usable"] == 1
    told = Event.objects.get(verb="labels.delivered")
    assert told.sentence("en") == (
        "manager delivered the labels 一回目: 4 answers, ¥54"
    )


def test_no_worker_s_name_is_kept_anywhere(engagement, manager):
    row = delivered(engagement, manager)
    with row.file.open("rb") as file:
        kept = file.read().decode()

    for said in (kept, str(row.report)):
        assert "hanako" not in said
        assert "@" not in said
    assert row.sha256 == sha256(ANSWERS).hexdigest()
    assert labels.kept_batch(row).answers[0].worker in str(row.report)


def test_nobody_is_followed_from_one_engagement_to_another(engagement, manager):
    other = engagement.__class__(pk="11111111-1111-4111-8111-111111111111")
    assert key_of(engagement) != key_of(other)
    assert key_of(engagement) == key_of(engagement)


def test_a_rate_of_another_season_is_no_rate_of_the_day(engagement, manager):
    ExchangeRate.objects.create(
        organisation=engagement.provider,
        currency="USD",
        day=date(2026, 6, 1),
        yen=140,
        source="TTM",
        recorded_by=manager,
    )

    with pytest.raises(ValidationError) as refused:
        delivered(engagement, manager, rate_yen=None)

    assert "or the 31 days before" in refused.value.messages[0]
    assert refused.value.messages[1] == "Type the yen for one USD."


def test_the_rate_of_the_day_is_kept_and_needed(engagement, manager):
    with pytest.raises(ValidationError, match="no exchange rate of USD"):
        delivered(engagement, manager, rate_yen=None)
    for day, yen in ((date(2026, 9, 30), 140), (date(2026, 10, 2), 160)):
        ExchangeRate.objects.create(
            organisation=engagement.provider,
            currency="USD",
            day=day,
            yen=yen,
            source="中値",
            recorded_by=manager,
        )

    row = delivered(engagement, manager, rate_yen=None)
    ExchangeRate.objects.update(yen=999)
    row.refresh_from_db()

    assert (row.rate_yen, row.cost_yen) == (140, Decimal("50.4"))


def test_without_a_day_the_file_s_or_today_is_taken(engagement, manager):
    plain = delivered(engagement, manager, day=None, currency="JPY", rate_yen=None)
    assert plain.day == timezone.localdate()
    assert plain.rate_yen == 1


def test_the_same_file_is_taken_once(engagement, manager):
    delivered(engagement, manager)
    with pytest.raises(ValidationError, match="there already, as “一回目”"):
        delivered(engagement, manager, title="二回目")

    assert labelled(engagement) == 54


def test_a_refused_file_leaves_nothing(engagement, manager):
    with pytest.raises(TableRefused):
        delivered(engagement, manager, b"a,b\n1,2\n")

    assert not LabelBatch.objects.exists()
    assert not Event.objects.filter(verb__startswith="labels").exists()


@pytest.mark.django_db(transaction=True)
def test_a_batch_that_cannot_be_told_leaves_no_file(engagement, manager):
    def full(execute, sql, params, many, context):
        if sql.startswith('INSERT INTO "projects_event"'):
            raise DatabaseError("the disk is full")
        return execute(sql, params, many, context)

    def files() -> list[str]:
        there = default_storage.exists("labels")
        return default_storage.listdir("labels")[1] if there else []

    before = files()
    with connection.execute_wrapper(full), pytest.raises(DatabaseError):
        delivered(engagement, manager)

    assert not LabelBatch.objects.exists()
    assert not Spend.objects.exists()
    assert files() == before


def test_who_may_not_record_costs_delivers_chooses_and_removes_nothing(
    engagement, manager, executive
):
    row = delivered(engagement, manager)
    for reader in (executive, person("viewer", engagement.provider, "viewer")):
        with pytest.raises(PermissionDenied):
            delivered(engagement, reader, TWO_ANSWERS)
        with pytest.raises(PermissionDenied):
            labels.choose_label(row=row, column="label", by=reader)
        with pytest.raises(PermissionDenied):
            labels.remove(row=row, by=reader)
    assert list(LabelBatch.objects.visible_to(executive)) == [row]


def test_several_answers_wait_for_a_choice_and_cost_at_once(engagement, manager):
    row = delivered(engagement, manager, TWO_ANSWERS)
    assert row.report["measured"] is None
    assert labelled(engagement) == 360

    labels.choose_label(row=row, column="Answer.sure", by=manager)
    row.refresh_from_db()

    assert row.report["measured"]["tied"] == 1
    assert labelled(engagement) == 360
    with pytest.raises(ValidationError, match="no such column"):
        labels.choose_label(row=row, column="Answer.other", by=manager)
    told = Event.objects.get(verb="labels.chosen").sentence("en")
    assert told == "manager chose Answer.sure as the answer of the labels 一回目"


def test_a_batch_taken_back_takes_its_cost_and_its_file(
    engagement, manager, django_capture_on_commit_callbacks
):
    row = delivered(engagement, manager)
    seen_before = LabelBatch.objects.get(pk=row.pk)
    with django_capture_on_commit_callbacks(execute=True):
        labels.remove(row=row, by=manager)

    assert labelled(engagement) == 0
    assert not default_storage.exists(row.file.name)
    assert row.sha256 in Event.objects.get(verb="labels.removed").sentence("ja")
    with pytest.raises(ValidationError, match="removed already"):
        labels.remove(row=seen_before, by=manager)
    assert Spend.objects.get(engagement=engagement).spent_yen == 0
    # What was taken back can come again.
    delivered(engagement, manager)


# Pages -----------------------------------------------------------------------------


@pytest.fixture
def page(client, engagement, manager):
    client.force_login(manager)

    def address(name, *on):
        return reverse(f"costs:{name}", args=[engagement.pk, *on])

    return address


def posted(content: bytes = ANSWERS, **said):
    usual = {
        "file": SimpleUploadedFile("答え.csv", content),
        "title": "一回目",
        "currency": "usd",
        "rate_yen": "150",
        "fee_percent": "20",
    }
    return usual | said


def test_a_batch_is_delivered_and_shown_without_running_its_cells(client, page):
    shown = client.post(page("labels_new"), posted(), follow=True)

    assert "1 of 2 items (50%) have a label that can be used." in shown.text
    assert "Each of them cost 54.00 yen." in shown.text
    assert "<b>dog</b>" not in shown.text
    assert "&lt;b&gt;dog&lt;/b&gt;" in shown.text
    assert "What is right" in shown.text
    listed = client.get(page("labels"))
    assert "4 answers to 2 items have cost ¥54." in listed.text


def test_faults_are_shown_in_place_and_nothing_is_kept(client, page):
    wrong = ANSWERS + b"c,hanako,cat,,x,free,yes\n"
    shown = client.post(page("labels_new"), posted(wrong))

    assert "The file was not taken; nothing has been kept." in shown.text
    assert "Row 6, column reward: Write a number of 0 or more." in shown.text
    assert "Row 6, column time:" in shown.text
    again = client.post(page("labels_new"), posted(rate_yen=""))
    assert "There is no exchange rate of USD" in again.text
    assert not LabelBatch.objects.exists()


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"currency": "XXZ"}, "No currency has this code."),
        ({"fee_percent": "-1"}, "greater than or equal to 0"),
        ({"day": "2999-01-01"}, "This day is still to come."),
        ({"title": ""}, "This field is required."),
    ],
)
def test_what_is_typed_wrong_is_told_at_its_field(said, told, client, page):
    assert told in client.post(page("labels_new"), posted(**said)).text


def test_a_file_too_large_to_be_read_at_once_is_refused(client, page, monkeypatch):
    assert MOST_BYTES == 50_000_000
    monkeypatch.setattr("costs.fields.MOST_BYTES", 10)
    shown = client.post(page("labels_new"), posted())
    assert "is larger than 10" in shown.text


def test_gold_comes_with_the_batch(client, page):
    content = b"item_id,worker_id,label\na,x,cat\nb,x,dog\n"
    gold = SimpleUploadedFile("gold.csv", b"item_id,gold\na,cat\nz,cat\n")
    shown = client.post(
        page("labels_new"), posted(content, gold=gold, reward_each="1"), follow=True
    )
    assert "Gold is known for 1 of 2 items; 1 more are not in this" in shown.text


def test_the_label_is_chosen_on_the_page(client, page, engagement, manager):
    row = delivered(engagement, manager, TWO_ANSWERS)
    before = client.get(page("label_batch", row.pk))
    assert "Say which answer is the label, then it is measured." in before.text
    listed = client.get(page("labels"))
    assert "It is not said yet which answer is the label." in listed.text
    assert client.get(page("label_batch_csv", row.pk, "items")).status_code == 404

    answer = page("label_batch_answer", row.pk)
    wrong = client.post(answer, {"column": "none"}, follow=True)
    assert "The batch has no such column." in wrong.text
    shown = client.post(answer, {"column": "Answer.kind"}, follow=True)
    assert "1 of 1 items (100%)" in shown.text
    assert "chance cannot be told from" in shown.text


def test_files_to_take_away_run_nothing(client, page, engagement, manager):
    row = delivered(engagement, manager)
    items = client.get(page("label_batch_csv", row.pk, "items")).getvalue()
    read = list(csv.DictReader(StringIO(items.decode("utf-8-sig"))))
    assert [one["Majority"] for one in read] == ["'=1+1", "<b>dog</b>"]
    assert [one["Usable"] for one in read] == ["1", "0"]

    workers = client.get(page("label_batch_csv", row.pk, "workers")).getvalue()
    assert b"hanako" not in workers
    assert b"W-" in workers
    assert client.get(page("label_batch_csv", row.pk, "all")).status_code == 404
    book = load_workbook(BytesIO(client.get(page("label_batch_xlsx", row.pk)).content))
    assert book.worksheets[0]["B2"].value == "=1+1"
    assert book.worksheets[0]["B2"].data_type == "s"


def test_a_batch_is_removed_after_a_question(client, page, engagement, manager):
    row = delivered(engagement, manager)
    address = page("label_batch_remove", row.pk)
    assert "Remove the labels “一回目”?" in client.get(address).text
    assert LabelBatch.objects.exists()

    gone = client.post(address, follow=True)
    assert "The batch was removed and the spend lowered." in gone.text
    assert not LabelBatch.objects.exists()


def test_a_press_that_comes_late_is_answered_in_words(
    client, page, engagement, manager, monkeypatch
):
    row = delivered(engagement, manager)
    remove = labels.remove

    def somebody_was_faster(*, row, by):
        remove(row=LabelBatch.objects.get(pk=row.pk), by=by)
        remove(row=row, by=by)

    monkeypatch.setattr(labels, "remove", somebody_was_faster)
    late = client.post(page("label_batch_remove", row.pk), follow=True)
    assert "This batch has been removed already." in late.text


def test_a_batch_nobody_can_use_says_so(client, page, engagement, manager):
    content = b"item_id,worker_id,label,reward\na,x,cat,1\na,y,dog,1\n"
    row = delivered(engagement, manager, content)
    shown = client.get(page("label_batch", row.pk))
    assert "none can be used" in shown.text
    empty = delivered(
        engagement, manager, b"item_id,worker_id,label,reward\na,x,,1\n", title="空"
    )
    assert "0 of 0 items" in client.get(page("label_batch", empty.pk)).text


def test_a_plan_says_what_it_costs_and_how_many_workers(client, page):
    asked = {
        "items": "1000",
        "workers": "3",
        "reward": "10",
        "rate_yen": "1",
        "fee_percent": "20",
    }
    assert "Price × workers × items" in client.get(page("labels_plan")).text
    money = client.get(page("labels_plan"), asked).text
    assert "1,000 items with 3 workers each cost ¥36,000." in money
    both = client.get(page("labels_plan"), asked | {"right": "70", "wanted": "80"}).text
    assert "For a majority that is right 80.0% of the time, 5 workers" in both
    never = client.get(page("labels_plan"), asked | {"right": "50", "wanted": "80"})
    assert "Even 99 workers do not reach 80.0%" in never.text
    wrong = client.get(page("labels_plan"), asked | {"workers": "0"})
    assert "greater than or equal to 1" in wrong.text


def test_more_batches_than_a_page_holds_are_paged(client, page, engagement, manager):
    for number in range(31):
        content = f"item_id,worker_id,label,reward\na{number},x,1,1\n".encode()
        day = date(2026, 10, 1) - timedelta(days=number)
        delivered(engagement, manager, content, title=f"回 {number}", day=day)
    assert "Page 1 of 2" in client.get(page("labels")).text
    assert "回 30" in client.get(page("labels") + "?page=2").text
