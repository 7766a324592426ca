"""Telling people: each reader once, in words that exist."""

from __future__ import annotations

import pytest

from projects.models import Notice
from projects.services.notices import tell
from tests.conftest import person


def test_each_reader_is_told_once_and_who_did_it_is_not(engagement, manager, executive):
    told = tell(
        [executive, manager, executive],
        "engagement.edited",
        engagement=engagement,
        path="/",
        but=manager,
        who=manager.name,
        name=engagement.name,
    )

    notice = Notice.objects.get()
    assert [one.reader for one in told] == [executive]
    assert (notice.email, notice.language) == (executive.email, "en")
    assert list(executive.notices.unread()) == [notice]
    assert list(Notice.objects.unsent()) == [notice]


def test_a_notice_without_its_words_is_a_bug(engagement, manager):
    reader = person("reader", engagement.customer, "viewer")

    with pytest.raises(ValueError, match="name"):
        tell([reader], "engagement.edited", path="/", who=manager.name)
