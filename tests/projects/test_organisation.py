"""What a provider settles for itself: visitors, links, and questions of its own."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from projects.checklist import load, with_own
from projects.models import Event, Invitation, Organisation, OwnItem
from projects.models.intake import digest_of
from projects.services import feasibility
from projects.services import organisation as organisations
from tests.conftest import person
from tests.test_access import OWN_ITEM

TYPED = {
    "ja": "第三者が確認したか",
    "en": "Was it checked by a third party?",
    "short_ja": "第三者確認",
    "short_en": "third-party check",
    "group": "problem",
    "due": "screen",
    "block": "hard",
    "type": "yes_no",
    "evidence_ja": "報告書",
    "evidence_en": "report",
    "form-TOTAL_FORMS": "8",
    "form-INITIAL_FORMS": "0",
}
NUMBER = {
    "type": "number",
    "unit_ja": "件",
    "unit_en": "cases",
    "at_least": "10",
    "at_most": "20.5",
    "partial_from": "5",
}


@pytest.fixture(autouse=True)
def in_english():
    with override("en"):
        yield


@pytest.fixture
def provider(manager) -> Organisation:
    return manager.memberships.get().organisation


@pytest.fixture
def administrator(provider):
    return person("administrator", provider, "administrator")


@pytest.fixture
def open_to_visitors(provider, administrator):
    organisations.allow_visitors(organisation=provider, allowed=True, by=administrator)
    provider.refresh_from_db()


def invited(provider, by, **other):
    typed = {"note": "展示会", "customer": None}
    ends = timezone.now() + timedelta(days=7)
    return organisations.invite(
        organisation=provider, by=by, **{"expires_at": ends, **typed, **other}
    )


def verbs() -> list[str]:
    of_organisations = Event.objects.filter(organisation__isnull=False)
    return list(of_organisations.order_by("pk").values_list("verb", flat=True))


def choices(*lines: tuple[str, str, str, str]) -> dict[str, str]:
    typed = {}
    for place in range(8):
        held, ja, en, counts = (
            lines[place] if place < len(lines) else ("", "", "", "yes")
        )
        for name, value in zip(
            ("id", "ja", "en", "counts"), (held, ja, en, counts), strict=True
        ):
            typed[f"form-{place}-{name}"] = value
    return typed


# Visitors and links ----------------------------------------------------------------


def test_an_administrator_allows_visitors_and_stops_them(
    provider, administrator, manager
):
    with pytest.raises(PermissionDenied, match="role in this organisation"):
        organisations.allow_visitors(organisation=provider, allowed=True, by=manager)
    for allowed in (True, True, False):
        organisations.allow_visitors(
            organisation=provider, allowed=allowed, by=administrator
        )

    assert verbs() == ["visitors.allowed", "visitors.stopped"]


def test_a_customer_has_no_such_settings(executive):
    customer = executive.memberships.get().organisation
    own = person("own-admin", customer, "administrator")

    with pytest.raises(PermissionDenied, match="Only a provider"):
        organisations.allow_visitors(organisation=customer, allowed=True, by=own)


@pytest.mark.usefixtures("open_to_visitors")
def test_only_the_secret_in_the_link_opens_it(provider, manager):
    made, token = invited(provider, manager)

    assert made.digest == digest_of(token)
    assert token not in str(Invitation.objects.values().get())
    assert Invitation.objects.of_token(made.digest).first() is None
    assert Invitation.objects.of_token(token).get() == made


def test_a_link_needs_visitors_allowed_and_an_end_to_come(
    provider, administrator, manager
):
    with pytest.raises(ValidationError, match="allow visitors first"):
        invited(provider, manager)
    organisations.allow_visitors(organisation=provider, allowed=True, by=administrator)
    provider.refresh_from_db()
    with pytest.raises(ValidationError, match="still to come"):
        invited(provider, manager, expires_at=timezone.now())
    with pytest.raises(PermissionDenied):
        invited(provider, person("engineer", provider, "engineer"))


@pytest.mark.usefixtures("open_to_visitors")
def test_a_link_is_withdrawn_once(provider, manager):
    made, _token = invited(provider, manager)

    organisations.withdraw(invitation=made, by=manager)
    organisations.withdraw(invitation=made, by=manager)

    assert verbs()[1:] == ["invitation.made", "invitation.withdrawn"]
    assert not Invitation.objects.usable(now=timezone.now()).exists()


@pytest.mark.usefixtures("open_to_visitors")
def test_the_link_is_shown_once_with_a_way_to_copy_it(client, provider, manager):
    client.force_login(manager)
    made_at = reverse("projects:invitation_new", args=[provider.pk])
    shown_at = reverse("projects:organisation", args=[provider.pk])
    today = timezone.localdate()

    past = {"note": "x", "expires_on": today - timedelta(days=1)}
    assert "still to come" in client.post(made_at, past).text
    once = client.post(made_at, {"note": "展示会", "expires_on": today}, follow=True)
    again = client.get(shown_at)

    assert "data-copy" in once.text
    link = once.context["link"]
    assert link.startswith("http://testserver/visit/")
    assert client.get(link).status_code == 200
    assert again.context["link"] == ""
    assert link not in again.text
    # The last day it holds is the day that was chosen.
    assert timezone.localdate(again.context["invitations"][0]["until"]) == today


@pytest.mark.usefixtures("open_to_visitors")
def test_what_became_of_each_link_is_said(client, provider, manager, administrator):
    for note in ("valid", "expired", "withdrawn"):
        made, _token = invited(provider, manager, note=note)
        if note == "expired":
            Invitation.objects.filter(pk=made.pk).update(expires_at=timezone.now())
        if note == "withdrawn":
            client.force_login(manager)
            client.post(
                reverse("projects:invitation_withdraw", args=[provider.pk, made.pk])
            )
    address = reverse("projects:organisation", args=[provider.pk])

    def states() -> dict[str, str]:
        lines = client.get(address).context["invitations"]
        return {line["of"].note: line["state"] for line in lines}

    assert all(note == state for note, state in states().items())
    client.force_login(administrator)
    client.post(
        reverse("projects:visitors", args=[provider.pk]),
        {"allowed": "no"},
    )
    assert states()["valid"] == "stopped"


def test_a_manager_of_two_providers_finds_the_other(client, provider, manager):
    other = Organisation.objects.create(name="姉妹会社", kind="provider")
    other.memberships.create(user=manager, role="project_manager")
    client.force_login(manager)

    page = client.get(reverse("projects:organisation", args=[provider.pk])).text

    assert reverse("projects:organisation", args=[other.pk]) in page


# Own questions ---------------------------------------------------------------------


def test_an_own_question_is_asked_in_the_next_assessment(
    provider, administrator, engagement, manager
):
    item = organisations.add_own_item(
        organisation=provider, fields=OWN_ITEM, by=administrator
    )

    opened = feasibility.open_assessment(engagement=engagement, by=manager)

    assert item.item_id == "OWN-1"
    assert opened.checklist.item("OWN-1").question.en == OWN_ITEM["en"]
    assert verbs() == ["own_item.added"]


def test_numbers_are_given_out_once(provider, administrator):
    first = organisations.add_own_item(
        organisation=provider, fields=OWN_ITEM, by=administrator
    )
    organisations.retire_own_item(item=first, by=administrator)
    organisations.retire_own_item(item=first, by=administrator)
    second = organisations.add_own_item(
        organisation=provider, fields=OWN_ITEM, by=administrator
    )

    assert second.item_id == "OWN-2"
    assert verbs().count("own_item.retired") == 1
    first.refresh_from_db()
    with pytest.raises(ValidationError, match="was retired"):
        organisations.edit_own_item(item=first, fields=OWN_ITEM, by=administrator)


def test_a_question_that_could_not_be_asked_is_refused(provider, administrator):
    for wrong, why in (
        ({"group": "nowhere"}, "unknown group"),
        ({"type": "number"}, "needs choices"),
        ({"sources": []}, "needs a source"),
    ):
        with pytest.raises(ValidationError, match=why):
            organisations.add_own_item(
                organisation=provider, fields=OWN_ITEM | wrong, by=administrator
            )
    assert not OwnItem.objects.exists()


def test_only_an_administrator_writes_questions(provider, administrator, manager):
    item = organisations.add_own_item(
        organisation=provider, fields=OWN_ITEM, by=administrator
    )
    for act in (
        lambda: organisations.add_own_item(
            organisation=provider, fields=OWN_ITEM, by=manager
        ),
        lambda: organisations.edit_own_item(item=item, fields=OWN_ITEM, by=manager),
        lambda: organisations.retire_own_item(item=item, by=manager),
    ):
        with pytest.raises(PermissionDenied):
            act()


def test_an_edit_leaves_an_open_assessment_as_it_asks(
    provider, administrator, engagement, manager
):
    item = organisations.add_own_item(
        organisation=provider, fields=OWN_ITEM, by=administrator
    )
    opened = feasibility.open_assessment(engagement=engagement, by=manager)

    organisations.edit_own_item(
        item=item, fields=OWN_ITEM | {"en": "Another?"}, by=administrator
    )

    opened.refresh_from_db()
    assert opened.checklist.item("OWN-1").question.en == OWN_ITEM["en"]
    item.refresh_from_db()
    assert with_own(load(), [item.entry]).item("OWN-1").question.en == "Another?"


@pytest.fixture
def post(client, provider, administrator):
    """Types a question on the page; gives the page it leads to."""
    client.force_login(administrator)

    def typed(*more: dict[str, str], item: OwnItem | None = None):
        name = "projects:own_item_edit" if item else "projects:own_item_new"
        on = [provider.pk, item.pk] if item else [provider.pk]
        given = TYPED | choices()
        for part in more:
            given |= part
        return client.post(reverse(name, args=on), given, follow=True)

    return typed


def test_every_type_is_added_on_the_page(post):
    planned = ("", "予定", "Planned", "partial")
    done = ("", "済み", "Done", "yes")
    post({})
    post({"type": "yes_partial_no"})
    post(NUMBER)
    post({"type": "choice"}, choices(done, planned))

    items = [one.fields for one in OwnItem.objects.all()]
    assert [one["type"] for one in items] == [
        *("yes_no", "yes_partial_no", "number", "choice")
    ]
    assert items[0]["evidence"] == {"ja": "報告書", "en": "report"}
    assert items[2]["limit"] == {
        "at_least": "10",
        "at_most": "20.5",
        "partial_from": "5",
    }
    assert [line["id"] for line in items[3]["choices"]] == ["c1", "c2"]


def test_only_what_its_type_uses_is_kept(post):
    post({**NUMBER, "type": "yes_no", "evidence_ja": "", "evidence_en": ""})
    post({**NUMBER, "at_least": "", "at_most": "", "partial_from": ""})

    plain, number = (one.fields for one in OwnItem.objects.all())
    assert not {"unit", "limit", "choices", "evidence"} & plain.keys()
    assert "unit" in number
    assert "limit" not in number


@pytest.mark.parametrize(
    ("typed", "field", "why"),
    [
        ({"en": ""}, "en", "required"),
        ({"evidence_en": ""}, "evidence_en", "in both languages"),
        ({**NUMBER, "unit_en": ""}, "unit_en", "unit in both languages"),
        ({**NUMBER, "at_most": "9"}, "at_most", "lies below"),
        ({**NUMBER, "partial_from": "10"}, "partial_from", "must lie below"),
        ({**NUMBER, "at_least": ""}, "partial_from", "must lie below"),
        ({"type": "choice"}, "type", "at least two"),
        ({"type": ""}, "type", "required"),
        (
            {"type": "choice"}
            | choices(("", "否", "No", "no"), ("", "未", "Not yet", "no")),
            "type",
            "must count as yes",
        ),
        (
            {"type": "choice"} | choices(("", "否", "", "no")),
            "type",
            "Mend the answers",
        ),
        (
            {"type": "choice"} | choices(("", "", "No", "no")),
            "type",
            "Mend the answers",
        ),
    ],
)
def test_what_is_wrong_is_said_at_its_field(post, typed, field, why):
    page = post(typed)

    assert why in " ".join(page.context["form"].errors[field])
    assert not OwnItem.objects.exists()


def test_an_answer_keeps_its_id_when_others_go(post):
    post(
        {"type": "choice"},
        choices(("", "済", "Done", "yes"), ("", "未", "Not yet", "no")),
    )
    item = OwnItem.objects.get()

    shown = post({"en": ""}, item=item)
    assert shown.context["lines"].initial[1]["id"] == "c2"
    post(
        {"type": "choice"},
        choices(("c2", "未", "Not yet", "no"), ("", "要らず", "Not needed", "yes")),
        item=item,
    )

    item.refresh_from_db()
    assert [(line["id"], line["en"]) for line in item.fields["choices"]] == [
        ("c2", "Not yet"),
        ("c1", "Not needed"),
    ]


def test_what_the_reader_of_templates_refuses_is_said_on_the_page(post):
    post({})
    item = OwnItem.objects.get()
    OwnItem.objects.filter(pk=item.pk).update(retired_at=timezone.now())

    page = post({"en": "Another?"}, item=item)

    assert "This question was retired." in page.text


def test_a_question_is_shown_again_as_it_was_typed(client, post, provider):
    post(NUMBER)
    item = OwnItem.objects.get()

    form = client.get(
        reverse("projects:own_item_edit", args=[provider.pk, item.pk])
    ).context["form"]

    for name in ("ja", "short_en", "unit_ja", "evidence_en", "partial_from", "due"):
        assert str(form[name].value()) == (TYPED | NUMBER)[name]


def test_a_retired_question_is_still_shown(client, post, provider):
    post({})
    item = OwnItem.objects.get()

    client.post(reverse("projects:own_item_retire", args=[provider.pk, item.pk]))
    page = client.get(reverse("projects:organisation", args=[provider.pk]))

    assert page.context["own_items"] == []
    assert [line["of"] for line in page.context["retired_items"]] == [item]


# In the audit log ------------------------------------------------------------------


def test_members_of_the_organisation_alone_read_what_it_did(
    client, provider, administrator, executive
):
    organisations.allow_visitors(organisation=provider, allowed=True, by=administrator)
    viewer = person("viewer", provider, "viewer")

    for reader, seen in ((viewer, True), (executive, False)):
        client.force_login(reader)
        page = client.get(reverse("projects:audit")).text
        assert ("let visitors with a link" in page) is seen
        assert (provider.name in page) is seen


def test_the_menu_leads_there_for_those_who_may(client, provider, manager, executive):
    address = reverse("projects:organisation", args=[provider.pk])
    for reader, seen in ((manager, True), (executive, False)):
        client.force_login(reader)
        assert (address in client.get("/").text) is seen
