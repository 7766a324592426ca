"""Every address asks who: strangers find nothing, the signed-out must sign in."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import get_resolver, reverse

from projects.models import Engagement, Membership, Organisation, User

OURS = ("dashboards", "projects", "evaluation", "costs")
OPEN = {"projects:language"}


def addresses():
    resolver = get_resolver()
    for space in OURS:
        _prefix, inner = resolver.namespace_dict[space]
        for name in inner.reverse_dict:
            if isinstance(name, str):
                yield f"{space}:{name}"


@pytest.fixture
def engagement(db):
    provider = Organisation.objects.create(name="受託", kind="provider")
    customer = Organisation.objects.create(name="委託", kind="customer")
    owner = User.objects.create_user("alice@example.test", "x", name="Alice")
    Membership.objects.create(user=owner, organisation=provider, role="project_manager")
    return Engagement.objects.create(
        name="案件",
        problem="課題",
        kind="anomaly",
        provider=provider,
        customer=customer,
        place="工場",
        placement="edge",
        owner=owner,
        starts_on=date(2026, 1, 1),
        ends_on=date(2026, 12, 31),
    )


@pytest.fixture
def charlie(db):
    """A stranger."""
    return User.objects.create_user("charlie@example.test", "x", name="Charlie")


def of_engagement(name: str) -> bool:
    return name in {
        "dashboards:engagement",
        "projects:engagement_edit",
        "projects:engagement_decline",
        "projects:feasibility",
        "projects:agreements",
        "projects:agreement_new",
        "evaluation:runs",
        "evaluation:upload_new",
        "costs:costs",
    }


@pytest.mark.parametrize("name", sorted(n for n in addresses() if of_engagement(n)))
def test_an_engagement_is_seen_by_its_members_only(name, client, engagement, charlie):
    address = reverse(name, args=[engagement.pk])

    signed_out = client.get(address)
    client.force_login(charlie)
    stranger = client.get(address)
    client.force_login(engagement.owner)
    member = client.get(address)

    assert signed_out.status_code == 302
    assert "/accounts/login/" in signed_out["Location"]
    assert stranger.status_code == 404
    assert member.status_code == 200


@pytest.mark.parametrize("name", ["answer", "issue"])
def test_a_stranger_can_not_even_post(name, client, engagement, charlie):
    args = [engagement.pk, "P1"] if name == "answer" else [engagement.pk]
    client.force_login(charlie)

    assert client.post(reverse(f"projects:{name}", args=args)).status_code == 404


@pytest.mark.parametrize(
    "name",
    [
        "dashboards:portfolio",
        "projects:engagements",
        "projects:audit",
        "projects:glossary",
    ],
)
@pytest.mark.parametrize("language", ["ja", "en"])
def test_common_pages_open_in_both_languages(name, language, client, charlie):
    charlie.language = language
    charlie.save()
    client.force_login(charlie)

    page = client.get(reverse(name))

    assert page.status_code == 200
    assert f'lang="{language}"' in page.text


def test_dashboards_owns_no_table():
    from django.apps import apps

    assert not list(apps.get_app_config("dashboards").get_models())
