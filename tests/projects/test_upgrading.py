"""Newer questions are offered to an open round and never reach an issued one."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import override

from projects.models import Event, OwnItem
from projects.services import feasibility, upgrading
from tests.projects.test_answering import answer_all, give
from tests.test_access import OWN_ITEM


@pytest.fixture(autouse=True)
def in_english():
    with override("en"):
        yield


@pytest.fixture
def opened(engagement, manager):
    return feasibility.open_assessment(engagement=engagement, by=manager)


def ask_more(engagement, manager, **fields):
    return OwnItem.objects.create(
        organisation=engagement.provider,
        item_id="OWN-1",
        fields=OWN_ITEM | fields,
        written_by=manager,
    )


def test_a_round_that_asks_the_newest_questions_is_offered_nothing(opened):
    assert upgrading.upgrade_offered(opened) is None


def test_new_questions_are_offered_with_the_difference_and_wait(opened, manager):
    ask_more(opened.engagement, manager)

    offer = upgrading.upgrade_offered(opened)

    assert [item.id for item in offer.difference.added] == ["OWN-1"]
    assert "OWN-1" not in {item.id for item in opened.checklist.items}

    upgraded = upgrading.upgrade_assessment(
        assessment=opened, key=offer.key, by=manager
    )
    assert give(upgraded, "OWN-1", manager, "c2").value == "c2"
    assert Event.objects.get(verb="assessment.upgraded").params["number"] == 1


def test_only_the_difference_that_was_looked_at_is_accepted(opened, manager):
    own = ask_more(opened.engagement, manager)
    key = upgrading.upgrade_offered(opened).key
    own.fields = OWN_ITEM | {"block": "hard"}
    own.save()

    with pytest.raises(ValidationError, match="changed meanwhile"):
        upgrading.upgrade_assessment(assessment=opened, key=key, by=manager)

    key = upgrading.upgrade_offered(opened).key
    upgrading.upgrade_assessment(assessment=opened, key=key, by=manager)
    with pytest.raises(ValidationError, match="changed meanwhile"):
        upgrading.upgrade_assessment(assessment=opened, key=key, by=manager)


def test_an_issued_round_never_changes(opened, manager):
    answer_all(opened, manager)
    issued = feasibility.issue_assessment(assessment=opened, by=manager)
    before = (issued.checklist, issued.screened(issued.answers.all()))
    ask_more(opened.engagement, manager, due="screen", block="hard")

    assert upgrading.upgrade_offered(issued) is None
    issued.refresh_from_db()
    assert (issued.checklist, issued.screened(issued.answers.all())) == before


def test_an_answer_that_no_longer_fits_is_kept_apart(client, opened, manager):
    own = ask_more(opened.engagement, manager)
    key = upgrading.upgrade_offered(opened).key
    upgrading.upgrade_assessment(assessment=opened, key=key, by=manager)
    give(opened, "OWN-1", manager, "c2")
    own.fields = OWN_ITEM | {"choices": OWN_ITEM["choices"][:1] + OTHER}
    own.save()
    client.force_login(manager)
    address = reverse("projects:upgrade", args=[opened.engagement_id])

    page = client.get(address)
    assert "kind of answer" in page.text
    stale = client.post(address, {"key": "old"}, follow=True)
    assert "changed meanwhile" in stale.text
    done = client.post(address, {"key": page.context["offer"].key}, follow=True)

    assert "The newest questions are asked now." in done.text
    assert "Answers set apart" in done.text
    opened.refresh_from_db()
    assert opened.answers.get(item_id="OWN-1").value == "c2"
    assert "asks the newest questions already" in client.get(address).text


OTHER = [{"id": "c3", "ja": "未定", "en": "Undecided", "counts": "no"}]
