"""Pages of what was asked and promised, as their readers use them."""

from __future__ import annotations

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils.translation import override

from projects.models import Answer, Event, Membership, Side, User
from projects.permissions import Role
from projects.services import agreement as agreements
from projects.services import feasibility, team
from tests.conftest import PASSWORD, person

HTMX = {"HTTP_HX_REQUEST": "true"}


def test_a_signed_version_cannot_be_changed(client, draft, manager):
    agreements.sign(agreement=draft, side=Side.PROVIDER, password=PASSWORD, by=manager)
    client.force_login(manager)

    page = client.get(reverse("projects:agreement_edit", args=[draft.pk]), follow=True)

    assert "A signed version cannot be changed." in page.text
    assert "Change the draft" not in page.text


def test_an_answer_saves_itself_and_the_verdict_follows(client, engagement, manager):
    feasibility.open_assessment(engagement=engagement, by=manager)
    client.force_login(manager)
    address = reverse("projects:answer", args=[engagement.pk, "P1"])

    kept = client.post(address, {"value": "no"}, **HTMX)

    assert "Saved" in kept.text
    assert 'hx-swap-oob="true"' in kept.text
    assert "1 of 12 answered" in kept.text
    assert "HX-Request" in kept["Vary"]
    assert Answer.objects.get().value == "no"


def test_an_answer_that_cannot_be_kept_says_why(client, engagement, manager):
    feasibility.open_assessment(engagement=engagement, by=manager)
    client.force_login(manager)
    address = reverse("projects:answer", args=[engagement.pk, "P1"])

    kept = client.post(address, {"number": "many"}, **HTMX)

    assert "That answer was not kept." in kept.text
    assert not Answer.objects.exists()


def test_somebody_new_gets_a_link_and_chooses_a_password(client, engagement, manager):
    client.force_login(manager)
    typed = {"email": "New@Example.test", "name": "新田", "name_en": "Nitta"}

    page = client.post(
        reverse("projects:team", args=[engagement.pk]),
        typed | {"side": "customer", "role": "executive"},
        follow=True,
    )
    told = str(next(iter(page.context["messages"])))
    link = told.rpartition(" ")[2]
    client.logout()
    chosen = client.get(link, follow=True)
    chosen = client.post(
        chosen.request["PATH_INFO"],
        {"password1": "quiet-harbour-17", "password2": "quiet-harbour-17"},
        follow=True,
    )

    added = User.objects.get(email="new@example.test")
    assert added.check_password("quiet-harbour-17")
    assert added.memberships.get().engagement == engagement
    assert mail.outbox == [] or "password" not in mail.outbox[0].body
    assert Event.objects.get(verb="team.added").params["name"] == "新田"


def added(engagement, by, **typed):
    given = {"side": Side.CUSTOMER, "role": Role.VIEWER, "name_en": ""} | typed
    return team.add_member(engagement=engagement, by=by, **given)


@pytest.fixture
def in_english():
    with override("en"):
        yield


@pytest.mark.usefixtures("in_english")
def test_nobody_takes_part_for_both_sides(engagement, manager, executive):
    with pytest.raises(ValidationError, match="other side"):
        added(engagement, manager, email=manager.email, name="x")
    with pytest.raises(ValidationError, match="already"):
        added(engagement, manager, email=executive.email, name="x", role=Role.EXECUTIVE)
    assert not Event.objects.filter(verb="team.added").exists()


def test_taking_out_ends_the_sight_of_the_engagement(client, engagement, manager):
    member = added(engagement, manager, email="guest@example.test", name="客")
    client.force_login(member.user)
    assert client.get(engagement.get_absolute_url()).status_code == 200

    team.remove_member(member=member, by=manager)

    assert client.get(engagement.get_absolute_url()).status_code == 404
    assert Event.objects.filter(verb="team.removed").count() == 1


@pytest.mark.usefixtures("in_english")
def test_the_owner_and_the_organisations_people_stay(engagement, manager, executive):
    with pytest.raises(ValidationError, match="whole organisation"):
        team.remove_member(member=executive.memberships.get(), by=manager)
    owning = Membership.objects.create(
        user=manager,
        organisation=engagement.provider,
        engagement=engagement,
        role="engineer",
    )
    with pytest.raises(ValidationError, match="owner"):
        team.remove_member(member=owning, by=manager)


def test_who_has_a_password_is_told_without_a_link(client, engagement, manager):
    known = person("known", engagement.provider, "viewer")
    client.force_login(manager)
    typed = {"email": known.email, "name": "x", "side": "provider", "role": "engineer"}

    page = client.post(
        reverse("projects:team", args=[engagement.pk]), typed, follow=True
    )

    (told,) = map(str, page.context["messages"])
    assert told == f"{known.name} takes part now."


def test_a_person_who_cannot_be_added_or_taken_out_is_said_on_the_page(
    client, engagement, manager
):
    client.force_login(manager)
    address = reverse("projects:team", args=[engagement.pk])
    typed = {"email": manager.email, "name": "x", "side": "customer", "role": "viewer"}

    refused = client.post(address, typed)
    assert "other side" in refused.context["form"].non_field_errors()[0]

    owning = Membership.objects.create(
        user=manager,
        organisation=engagement.provider,
        engagement=engagement,
        role="engineer",
    )
    out = reverse("projects:team_remove", args=[engagement.pk, owning.pk])
    kept = client.post(out, follow=True)
    assert "owner" in str(next(iter(kept.context["messages"])))
    assert Membership.objects.filter(pk=owning.pk).exists()


@pytest.mark.parametrize(
    ("wanted", "back"),
    [
        ("/glossary/", "/glossary/"),
        ("https://elsewhere.example/", "/"),
        ("//elsewhere.example/", "/"),
    ],
)
def test_language_and_colours_are_kept_and_lead_nowhere_else(
    client, manager, wanted, back
):
    client.force_login(manager)

    spoken = client.post(
        reverse("projects:language"), {"language": "ja", "next": wanted}
    )
    dark = client.post(reverse("projects:theme"), {"theme": "dark", "next": wanted})
    odd = client.post(reverse("projects:theme"), {"theme": "loud", "next": wanted})

    assert {spoken.url, dark.url, odd.url} == {back}
    manager.refresh_from_db()
    assert (manager.language, manager.theme) == ("ja", "dark")
    client.logout()
    client.post(reverse("projects:language"), {"language": "en"})
    assert client.cookies["django_language"].value == "en"
    manager.refresh_from_db()
    assert manager.language == "ja"


def test_an_engineer_manages_no_team(engagement, manager):
    engineer = person("engineer", engagement.provider, "engineer")
    with pytest.raises(PermissionDenied):
        added(engagement, engineer, email="x@example.test", name="x")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", True),
        ("q=予兆", True),
        ("q=early", True),
        ("kind=anomaly&stage=feasibility", True),
        ("q=nothing", False),
        ("kind=layout", False),
        ("stage=operation", False),
        ("kind=unheard-of", True),
    ],
)
def test_the_list_is_narrowed(query, found, client, engagement, manager):
    client.force_login(manager)

    page = client.get(reverse("projects:engagements") + f"?{query}")

    assert (engagement.get_absolute_url() in page.text) is found
    assert ("Nothing matches" in page.text) is not found
