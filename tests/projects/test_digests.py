"""The daily letter: once a person and day, of what waits unread."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings as given_settings
from django.core import mail
from django.urls import reverse

from projects import post, tasks
from projects.models import Notice, User
from projects.services.digests import last_closing, write_digests
from projects.services.notices import choose_notices, tell, wishes_of
from projects.telling import UNSAID, MailWay, NoticeKind, Wish

TOKYO = ZoneInfo("Asia/Tokyo")
SEVEN = datetime(2026, 11, 25, 7, 0, tzinfo=TOKYO)
HOUR = timedelta(hours=1)
DAILY = Wish(in_inbox=True, mail=MailWay.DAILY)


@pytest.fixture
def daily(manager) -> User:
    """A manager who wants verdicts in the daily letter."""
    choose_notices(wishes={NoticeKind.VERDICT: DAILY}, by=manager)
    return manager


def refused(reader: User, number: int, at: datetime, **kw) -> Notice:
    (told,) = tell([reader], "run.refused", path="/", number=number, **kw)
    Notice.objects.filter(pk=told.pk).update(at=at)
    return told


@pytest.mark.parametrize(
    ("now", "closed"),
    [
        (SEVEN, SEVEN),
        (SEVEN + 16 * HOUR, SEVEN),
        (SEVEN - timedelta(seconds=1), SEVEN - 24 * HOUR),
        (SEVEN.astimezone(ZoneInfo("UTC")), SEVEN),
    ],
)
def test_a_day_ends_at_seven_in_japan(now, closed):
    assert last_closing(now) == closed


def test_what_is_wanted_daily_is_not_sent_at_once(daily):
    refused(daily, 1, SEVEN - HOUR)

    assert post.due(now=SEVEN + 24 * HOUR) == []


def test_one_letter_a_day_however_often_it_is_asked_for(daily, settings):
    settings.PUBLIC_URL = "https://kenshu.example/"
    told = [refused(daily, n, SEVEN - n * HOUR) for n in (1, 2)]

    assert write_digests(now=SEVEN) == 1
    assert write_digests(now=SEVEN) == 0
    # Too late for today's letter, though it happened before seven.
    late = refused(daily, 3, SEVEN - HOUR)
    assert write_digests(now=SEVEN + 9 * HOUR) == 0

    letter = Notice.objects.get(day=SEVEN.date())
    assert set(letter.gathered.all()) == set(told)
    (only,) = post.due(now=letter.try_at)
    assert post.send(only, now=letter.try_at)
    assert not post.send(only, now=letter.try_at)
    (sent,) = mail.outbox
    assert sent.to == [daily.email]
    assert sent.subject == "[Kenshu] Notices of 25 November 2026: 2"
    # In the order it happened.
    assert sent.body.index("run 2") < sent.body.index("run 1")
    for one in told:
        assert f"https://kenshu.example/notices/{one.pk}/\n" in sent.body
    assert "https://kenshu.example/notices/settings/\n" in sent.body

    assert write_digests(now=SEVEN + 24 * HOUR) == 1
    assert list(Notice.objects.get(day__gt=SEVEN.date()).gathered.all()) == [late]


def test_what_happened_since_seven_waits_for_tomorrow(daily):
    refused(daily, 1, SEVEN)

    assert write_digests(now=SEVEN + 9 * HOUR) == 0
    assert write_digests(now=SEVEN + 24 * HOUR) == 1


def test_what_was_read_meanwhile_is_not_told_again(daily, client):
    told = refused(daily, 1, SEVEN - HOUR)
    client.force_login(daily)
    client.get(told.get_absolute_url())

    assert write_digests(now=SEVEN) == 0


def test_who_left_gets_no_letter(daily):
    refused(daily, 1, SEVEN - HOUR)
    User.objects.filter(pk=daily.pk).update(is_active=False)

    assert write_digests(now=SEVEN) == 0


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("ja", ["11月25日", "予兆検知", "評価1", "引き合いなど"]),
        ("en", ["25 November", "Early warning", "run 1", "Intakes and other"]),
    ],
)
def test_the_letter_speaks_its_readers_language(language, words, daily, engagement):
    User.objects.filter(pk=daily.pk).update(language=language)
    refused(daily, 1, SEVEN - HOUR, engagement=engagement)
    refused(daily, 2, SEVEN - HOUR)

    write_digests(now=SEVEN)
    letter = Notice.objects.get(day=SEVEN.date())
    post.send(letter.pk, now=letter.try_at)

    (sent,) = mail.outbox
    for word in words:
        assert word in sent.subject + sent.body
    # In the time of the place: 21:00 of the day before in UTC.
    assert "6:00" in sent.body


def test_the_letter_itself_is_in_no_inbox(daily, client):
    refused(daily, 1, SEVEN - HOUR)
    write_digests(now=SEVEN)
    client.force_login(daily)

    lines = client.get(reverse("projects:notices")).context["lines"]

    assert [line["of"].verb for line in lines] == ["run.refused"]


def test_the_beat_asks_for_letters_every_hour_of_the_day(daily):
    entry = given_settings.CELERY_BEAT_SCHEDULE["write-digests"]
    assert entry["task"] == tasks.write_digests.name
    assert entry["schedule"].hour == set(range(7, 24))

    refused(daily, 1, SEVEN - 48 * HOUR)
    Notice.objects.update(at=datetime(2020, 1, 1, tzinfo=TOKYO))
    tasks.write_digests()

    assert Notice.objects.filter(day__isnull=False).count() == 1


# What one wants -------------------------------------------------------------------


def test_nothing_is_kept_from_who_chose_nothing(manager):
    assert set(wishes_of(manager).values()) == {UNSAID}


def test_who_wants_it_nowhere_is_not_told(manager, executive):
    silent = Wish(in_inbox=False, mail=MailWay.NEVER)
    choose_notices(wishes={NoticeKind.VERDICT: silent}, by=manager)

    told = tell([manager, executive], "run.refused", path="/", number=1)

    assert [one.reader for one in told] == [executive]
    # Of other things they are.
    assert tell([manager], "engagement.declined", path="/", who="K", reason="no")


def test_who_wants_it_by_mail_alone_opens_it_from_there(manager, client):
    only_mail = Wish(in_inbox=False, mail=MailWay.AT_ONCE)
    choose_notices(wishes={NoticeKind.VERDICT: only_mail}, by=manager)
    (told,) = tell([manager], "run.refused", path="/glossary/", number=1)
    client.force_login(manager)

    page = client.get(reverse("projects:notices"))
    assert page.context["lines"] == []
    assert "bell-n" not in page.text
    assert client.get(told.get_absolute_url())["Location"] == "/glossary/"


def test_who_wants_it_in_the_inbox_alone_gets_no_mail(manager):
    no_mail = Wish(in_inbox=True, mail=MailWay.NEVER)
    choose_notices(wishes={NoticeKind.VERDICT: no_mail}, by=manager)
    refused(manager, 1, SEVEN - HOUR)

    assert post.due(now=SEVEN + 24 * HOUR) == []
    assert write_digests(now=SEVEN) == 0


def test_the_page_keeps_what_is_chosen(manager, client):
    client.force_login(manager)
    address = reverse("projects:notice_settings")
    page = client.get(address)
    assert page.text.count("<select") == len(NoticeKind)
    chosen = {f"mail_{kind}": "daily" for kind in NoticeKind}
    chosen |= {"inbox_verdict": "on", "mail_news": "never"}

    saved = client.post(address, chosen, follow=True)

    assert "It holds for notices from now on" in saved.text
    wishes = wishes_of(manager)
    assert wishes[NoticeKind.VERDICT] == DAILY
    assert wishes[NoticeKind.NEWS].is_silent
    assert wishes[NoticeKind.TASK] == Wish(in_inbox=False, mail=MailWay.DAILY)

    client.post(address, chosen | {"mail_news": "at_once"})
    assert wishes_of(manager)[NoticeKind.NEWS].mail is MailWay.AT_ONCE


def test_a_way_that_does_not_exist_is_refused(manager, client):
    client.force_login(manager)
    chosen = {f"mail_{kind}": "daily" for kind in NoticeKind}

    page = client.post(
        reverse("projects:notice_settings"), chosen | {"mail_news": "by pigeon"}
    )

    assert page.status_code == 200
    assert page.context["form"].errors.keys() == {"mail_news"}
    assert set(wishes_of(manager).values()) == {UNSAID}
