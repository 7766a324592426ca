"""Telling people: each reader once, in words that exist."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from projects.models import Notice
from projects.services.notices import tell, write_to
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


def test_who_did_it_is_named_in_the_readers_language(engagement, manager, executive):
    manager.name, manager.name_en = "加藤 由美", "Yumi Kato"

    (notice,) = tell(
        [executive],
        "engagement.edited",
        path="/",
        but=manager,
        who=manager.name,
        name=engagement.name,
    )

    assert notice.sentence("en").startswith("Yumi Kato edited")
    assert notice.sentence("ja").startswith("加藤 由美が")


# The inbox -------------------------------------------------------------------------


def test_the_inbox_shows_what_is_unread_first_and_opening_reads_it(client, manager):
    old, new = (
        tell([manager], "run.refused", path="/glossary/", number=number)[0]
        for number in (1, 2)
    )
    Notice.objects.filter(pk=new.pk).update(read_at=timezone.now())
    client.force_login(manager)
    inbox = reverse("projects:notices")

    page = client.get(inbox)
    assert [line["of"].pk for line in page.context["lines"]] == [old.pk, new.pk]
    assert "1 unread notice" in page.text

    opened = client.get(old.get_absolute_url())
    assert opened["Location"] == "/glossary/"
    assert Notice.objects.unread().count() == 0
    page = client.get(inbox)
    assert "Mark all as read" not in page.text
    assert [line["of"].pk for line in page.context["lines"]] == [new.pk, old.pk]


def test_all_are_read_at_once_and_only_ones_own(client, manager, executive):
    tell([manager, executive], "run.refused", path="/", number=1)
    client.force_login(manager)
    assert "bell-n" in client.get("/").text

    client.post(reverse("projects:notices_read"))

    assert "bell-n" not in client.get("/").text
    assert [one.reader for one in Notice.objects.unread()] == [executive]


def test_an_empty_inbox_says_what_will_be_in_it(client, manager):
    client.force_login(manager)

    assert "No notice yet" in client.get(reverse("projects:notices")).text


def test_when_it_was_first_opened_is_kept(client, manager):
    (notice,) = tell([manager], "run.refused", path="/", number=1)
    client.force_login(manager)
    client.get(notice.get_absolute_url())
    first = Notice.objects.get().read_at

    client.get(notice.get_absolute_url())

    assert Notice.objects.get().read_at == first


def test_a_letter_without_its_words_is_a_fault_of_ours(db):
    with pytest.raises(ValueError, match="needs"):
        write_to("x@example.test", "ja", "run.refused", path="/")
