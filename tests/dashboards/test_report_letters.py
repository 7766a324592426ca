"""The monthly report by e-mail: once, made up when missed, of what its reader sees."""

from __future__ import annotations

import smtplib
from datetime import UTC, datetime, timedelta
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings as given_settings
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from dashboards import letters, queries, tasks
from dashboards.entry_queries import called, portfolio_report
from dashboards.portfolio_words import portfolio_sheet
from projects.models import Membership, ReportLetter, User
from projects.models.posted import pause_after
from projects.services.report_letters import choose_report, last_first, write_letters
from tests.dashboards.reported import report_everything
from tests.dashboards.test_reports import on_screen, squeezed
from tests.evaluation.test_stages import signed
from tests.test_access import shared_pool
from tests.test_query_counts import another, fill

__all__ = ["signed"]  # a fixture
TOKYO = ZoneInfo("Asia/Tokyo")
EIGHT = datetime(2026, 12, 1, 8, 0, tzinfo=TOKYO)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# What the server below does next; the server is not ours.
FAULTS: list[Exception] = []


class Server(BaseEmailBackend):
    """A mail server with faults of its own."""

    def send_messages(self, email_messages):
        if FAULTS:
            raise FAULTS.pop(0)
        mail.outbox.extend(email_messages)
        return len(email_messages)


@pytest.fixture(autouse=True)
def server(settings):
    FAULTS.clear()
    settings.EMAIL_BACKEND = f"{__name__}.Server"
    settings.PUBLIC_URL = "https://kenshu.example/"


@pytest.fixture
def wanted(engagement, manager) -> User:
    """A manager who asked for the report in November."""
    return asked(manager, EIGHT - 5 * DAY)


def asked(reader: User, since: datetime) -> User:
    choose_report(wanted=True, by=reader)
    User.objects.filter(pk=reader.pk).update(report_since=since)
    reader.refresh_from_db()
    return reader


def sent(at: datetime) -> list[bool]:
    now = max(at, timezone.now() + HOUR)
    return [letters.send(one, now=now) for one in letters.due(now=now)]


@pytest.mark.parametrize(
    ("now", "first"),
    [
        (EIGHT, EIGHT),
        (EIGHT.astimezone(UTC), EIGHT),
        (EIGHT + 20 * DAY, EIGHT),
        (EIGHT - timedelta(seconds=1), EIGHT.replace(month=11)),
        (EIGHT.replace(year=2027, month=1, hour=7), EIGHT),
    ],
)
def test_a_month_begins_at_eight_in_japan(now, first):
    assert last_first(now) == first


def test_a_letter_comes_once_however_often_it_is_asked_for(wanted):
    assert write_letters(now=EIGHT - HOUR) == 0
    assert write_letters(now=EIGHT) == 1
    assert write_letters(now=EIGHT) == 0
    assert write_letters(now=EIGHT + 9 * DAY) == 0

    assert sent(EIGHT) == [True]
    assert sent(EIGHT + DAY) == []
    assert len(mail.outbox) == 1
    assert write_letters(now=EIGHT.replace(year=2027, month=1)) == 1


def test_a_first_day_that_was_missed_is_made_up(wanted):
    assert write_letters(now=EIGHT + 3 * DAY) == 1
    assert ReportLetter.objects.get().month == EIGHT.date()


def test_who_asks_within_the_month_waits_for_the_next(engagement, manager):
    asked(manager, EIGHT + HOUR)

    assert write_letters(now=EIGHT + DAY) == 0
    assert write_letters(now=EIGHT.replace(year=2027, month=1)) == 1


def test_nobody_gets_one_unasked(engagement, manager):
    assert write_letters(now=EIGHT) == 0


def test_asking_again_keeps_since_when_and_stopping_stops(engagement, manager):
    asked(manager, EIGHT - DAY)
    choose_report(wanted=True, by=manager)
    manager.refresh_from_db()
    assert manager.report_since == EIGHT - DAY

    choose_report(wanted=False, by=manager)

    assert write_letters(now=EIGHT) == 0


def test_who_sees_nothing_or_left_gets_none(wanted):
    alone = User.objects.create_user("alone@example.test", name="A")
    asked(alone, EIGHT - DAY)
    User.objects.filter(pk=wanted.pk).update(is_active=False)

    assert write_letters(now=EIGHT) == 0


@pytest.mark.parametrize("how", ["taken out", "left"])
def test_who_lost_it_before_it_is_sent_gets_none(how, wanted):
    write_letters(now=EIGHT)
    if how == "left":
        User.objects.filter(pk=wanted.pk).update(is_active=False)
    else:
        Membership.objects.filter(user=wanted).delete()

    assert sent(EIGHT) == [False]

    assert mail.outbox == []
    assert ReportLetter.objects.get().undeliverable == "nothing to see"
    assert sent(EIGHT + DAY) == []


def test_a_letter_that_is_gone_or_sent_is_sent_no_more(wanted):
    write_letters(now=EIGHT)
    letter = ReportLetter.objects.get()
    now = letter.try_at

    assert letters.send(letter.pk, now=now)
    assert not letters.send(letter.pk, now=now)
    assert not letters.send(letter.pk + 1, now=now)


@pytest.mark.parametrize(
    "fault",
    [
        ConnectionRefusedError("no connection"),
        smtplib.SMTPDataError(450, b"try later"),
    ],
)
def test_a_server_that_fails_is_asked_again(fault, wanted):
    write_letters(now=EIGHT)
    letter = ReportLetter.objects.get()
    now = letter.try_at
    FAULTS.append(fault)

    assert not letters.send(letter.pk, now=now)
    assert letters.due(now=now + pause_after(0) - timedelta(seconds=1)) == []
    assert letters.send(letter.pk, now=now + pause_after(0))

    assert len(mail.outbox) == 1


def test_an_address_that_is_refused_is_not_asked_again(wanted):
    write_letters(now=EIGHT)
    letter = ReportLetter.objects.get()
    FAULTS.append(smtplib.SMTPRecipientsRefused({wanted.email: (550, b"no such user")}))

    assert not letters.send(letter.pk, now=letter.try_at)

    letter.refresh_from_db()
    assert "no such user" in letter.undeliverable
    assert letters.due(now=EIGHT + 30 * DAY) == []


# What it says ----------------------------------------------------------------------


@pytest.mark.parametrize("language", ["ja", "en"])
def test_text_html_and_pdf_say_the_same_to_the_digit(
    language, signed, manager, executive
):
    report_everything(signed, manager, executive)
    User.objects.filter(pk=manager.pk).update(language=language)
    manager.refresh_from_db()
    asked(manager, EIGHT - DAY)
    write_letters(now=EIGHT)

    assert sent(EIGHT) == [True]

    (letter,) = mail.outbox
    assert letter.to == [manager.email]
    assert letter.extra_headers["Auto-Submitted"] == "auto-generated"
    settings_page = "https://kenshu.example/notices/settings/"
    assert letter.extra_headers["List-Unsubscribe"] == f"<{settings_page}>"
    ((page, kind),) = letter.alternatives
    assert kind == "text/html"
    ((name, content, _mime),) = letter.attachments
    assert name == "kenshu-portfolio-2026-12.pdf"
    (paper,) = [squeezed(p.extract_text()) for p in PdfReader(BytesIO(content)).pages]
    report = portfolio_report(queries.portfolio(manager), manager)
    told = portfolio_sheet(report, language, by=called(manager), at=timezone.now())
    (entry,) = told.entries
    for said in (
        *told.sentences,
        *(one.value for one in told.money),
        entry.name,
        entry.worst.measured,
        entry.spent,
        entry.burned,
        entry.next.label,
        entry.badge.word,
    ):
        for where in (letter.body, page, paper):
            assert squeezed(said) in on_screen(where), said
    assert settings_page in letter.body
    assert settings_page in page
    assert "https://kenshu.example/report/" in letter.body
    assert {"ja": "月次報告 2026年12月", "en": "Monthly report, December 2026"}[
        language
    ] in letter.subject
    assert f'<html lang="{language}">' in page


def test_a_letter_of_many_says_what_it_leaves_out(wanted, engagement):
    shared_pool(engagement.provider)
    for number in range(24):
        made = another(engagement, number * 2)
        if number < 8:
            fill(made, number)
    write_letters(now=EIGHT)

    assert sent(EIGHT) == [True]

    (letter,) = mail.outbox
    assert "The first 12 of 25" in letter.body
    assert "and 10 more" in letter.body


# Who asks, and when ----------------------------------------------------------------


def test_the_reader_asks_for_it_among_the_notices(client, engagement, manager):
    client.force_login(manager)
    address = reverse("projects:notice_settings")
    page = client.get(address)
    assert 'name="report"' in page.text
    typed = {
        name: field.value() or ""
        for name in page.context["form"].fields
        if name.startswith("mail_")
        for field in [page.context["form"][name]]
    }

    for wanted in (True, False):
        client.post(address, typed | ({"report": "on"} if wanted else {}))
        manager.refresh_from_db()
        assert (manager.report_since is not None) is wanted
        shown = client.get(address).context["form"]["report"].value()
        assert shown is wanted


def test_the_beat_asks_every_hour_and_sends_every_minute(wanted, monkeypatch):
    beat = given_settings.CELERY_BEAT_SCHEDULE
    assert beat["write-report-letters"]["task"] == tasks.write_report_letters.name
    assert beat["write-report-letters"]["schedule"].hour == set(range(8, 24))
    assert beat["sweep-report-letters"]["task"] == tasks.sweep_report_letters.name

    User.objects.filter(pk=wanted.pk).update(
        report_since=datetime(2020, 1, 1, tzinfo=UTC)
    )
    tasks.write_report_letters()
    letter = ReportLetter.objects.get()
    monkeypatch.setattr(tasks.send_report_letter, "delay", tasks.send_report_letter)
    tasks.sweep_report_letters()

    letter.refresh_from_db()
    assert letter.sent_at is not None
    assert len(mail.outbox) == 1
