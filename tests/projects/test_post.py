"""Notices by e-mail: sent once, tried again only when time heals what was wrong."""

from __future__ import annotations

import smtplib
from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from projects import post, tasks
from projects.models import Notice
from projects.models.posted import MAX_ATTEMPTS, pause_after
from projects.services.notices import tell, write_to

# What the server below does next; the server is not ours.
FAULTS: list[Exception] = []
REFUSED = smtplib.SMTPRecipientsRefused({"x@example.test": (550, b"no such user")})
BUSY = smtplib.SMTPRecipientsRefused({"x@example.test": (450, b"try later")})


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
def notice(manager) -> Notice:
    return tell([manager], "run.refused", path="/runs/1/", number=4)[0]


def test_a_notice_is_sent_once_in_its_readers_language(notice, manager):
    now = timezone.now()

    assert post.due(now=now) == [notice.pk]
    assert post.send(notice.pk, now=now)
    assert not post.send(notice.pk, now=now)

    (sent,) = mail.outbox
    assert sent.to == [manager.email]
    assert sent.subject == "[Kenshu] The file of run 4 was refused"
    assert f"https://kenshu.example/notices/{notice.pk}/" in sent.body
    assert "https://kenshu.example/notices/settings/" in sent.body
    assert sent.extra_headers["Auto-Submitted"] == "auto-generated"
    assert post.due(now=now + timedelta(days=1)) == []


def test_somebody_without_an_account_is_led_straight_there(db):
    text = "一行目\n二行目" + "長" * 100
    params = {"who": "加藤", "problem": "異常", "reason": text}
    notice = write_to(
        "x@example.test", "ja", "intake.declined", path="/visit/intakes/t/", **params
    )

    assert post.send(notice.pk, now=timezone.now())

    (sent,) = mail.outbox
    assert "https://kenshu.example/visit/intakes/t/\n" in sent.body
    assert "\n" not in sent.subject
    assert len(sent.subject) <= 100
    assert "見送りました" in sent.body
    assert "notices/settings" not in sent.body  # they have none


@pytest.mark.parametrize(
    "fault",
    [
        ConnectionRefusedError("nobody there"),
        smtplib.SMTPServerDisconnected("gone"),
        smtplib.SMTPAuthenticationError(535, b"wrong password"),
        smtplib.SMTPDataError(451, b"busy"),
        BUSY,
    ],
)
def test_what_time_heals_is_tried_again_later_and_later(fault, notice):
    now = timezone.now()
    FAULTS.append(fault)

    assert not post.send(notice.pk, now=now)

    assert post.due(now=now + pause_after(0) - timedelta(seconds=1)) == []
    later = now + pause_after(0)
    assert post.due(now=later) == [notice.pk]
    assert post.send(notice.pk, now=later)


@pytest.mark.parametrize(
    "fault",
    [REFUSED, smtplib.SMTPDataError(554, b"spam"), ValueError("Invalid address")],
)
def test_what_is_refused_for_good_is_not_tried_again(fault, notice):
    FAULTS.append(fault)

    assert not post.send(notice.pk, now=timezone.now())

    notice.refresh_from_db()
    assert notice.undeliverable
    assert notice.sent_at is None
    assert post.due(now=timezone.now() + timedelta(days=9)) == []


def test_after_two_days_it_is_given_up(notice):
    now = timezone.now()
    for attempt in range(MAX_ATTEMPTS):
        FAULTS.append(OSError("away"))
        assert post.due(now=now) == [notice.pk]
        post.send(notice.pk, now=now)
        now += pause_after(attempt)

    assert post.due(now=now) == []
    assert timedelta(days=1) < now - notice.at < timedelta(days=3)


def test_a_sender_that_dies_leaves_nothing_behind(notice):
    now = timezone.now()
    assert Notice.objects.claim(notice.pk, now=now) == notice  # and then nothing

    assert post.due(now=now) == []
    assert post.due(now=now + pause_after(0)) == [notice.pk]


def test_of_two_senders_one_wins(notice, monkeypatch):
    """The other has looked, but not yet claimed, when the first one claims."""
    now = timezone.now()
    both = Notice.objects.due(now=now)
    first = type(both).first

    def and_then_the_other(found):
        seen = first(found)
        Notice.objects.filter(pk=notice.pk).update(attempt=1)
        return seen

    monkeypatch.setattr(type(both), "first", and_then_the_other)

    assert Notice.objects.claim(notice.pk, now=now) is None


def test_the_sweep_sends_what_is_due(notice, monkeypatch):
    rung: list[int] = []
    monkeypatch.setattr(tasks.send_notice, "delay", rung.append)

    tasks.sweep_notices()
    tasks.send_notice(rung[0])

    assert rung == [notice.pk]
    assert len(mail.outbox) == 1
