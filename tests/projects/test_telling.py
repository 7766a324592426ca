"""What a notice is about, and when an end is announced."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.chronicle import VERBS
from projects.telling import (
    ANNOUNCED,
    KIND_OF,
    KIND_WORDS,
    MailWay,
    NoticeKind,
    Wish,
    announced,
    kind_of,
)

SINCE = date(2026, 1, 1)
UNTIL = date(2026, 12, 31)


def before(days: int) -> date:
    return UNTIL - timedelta(days=days)


def test_every_verb_that_has_a_kind_exists():
    assert set(KIND_OF) <= set(VERBS)


def test_what_nothing_was_said_of_is_news():
    assert kind_of("agreement.offered") is NoticeKind.DECISION
    assert kind_of("errors.expired") is NoticeKind.EXPIRY
    assert kind_of("engagement.declined") is NoticeKind.NEWS


def test_every_kind_is_named_in_both_languages():
    assert set(KIND_WORDS) == set(NoticeKind)
    for texts in KIND_WORDS.values():
        assert all(text.ja and text.en and text.ja != text.en for text in texts)


@pytest.mark.parametrize(
    ("in_inbox", "mail", "silent"),
    [
        (False, MailWay.NEVER, True),
        (True, MailWay.NEVER, False),
        (False, MailWay.DAILY, False),
        (False, MailWay.AT_ONCE, False),
    ],
)
def test_who_wants_neither_is_told_nothing(in_inbox, mail, silent):
    assert Wish(in_inbox, mail).is_silent is silent


@pytest.mark.parametrize(
    ("days_left", "which"),
    [(15, None), (14, 14), (9, 14), (4, 14), (3, 3), (0, 3), (-1, None)],
)
def test_an_end_is_announced_two_weeks_and_three_days_ahead(days_left, which):
    assert announced(since=SINCE, until=UNTIL, today=before(days_left)) == which


def test_what_was_given_for_less_is_not_announced_at_once():
    assert announced(since=before(14), until=UNTIL, today=before(13)) is None
    assert announced(since=before(14), until=UNTIL, today=before(3)) == 3
    assert announced(since=before(3), until=UNTIL, today=before(1)) is None


@given(st.integers(0, 400))
def test_of_one_end_no_more_is_announced_than_there_are_announcements(whole):
    since = before(whole)
    days = [announced(since=since, until=UNTIL, today=before(d)) for d in range(401)]

    assert set(days) - {None} == {a for a in ANNOUNCED if a < whole}
    # Nearer the end never brings an earlier announcement back.
    told = [d for d in days if d is not None]
    assert told == sorted(told)
