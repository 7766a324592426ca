"""A link to a report: made by who may, opened without an account, ended at once."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from allauth.core.internal import ratelimit
from django.core.cache import cache
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from redis.exceptions import ConnectionError as CacheGone

from projects.models import Engagement, Event, Membership, ReportLink, User
from projects.models.report_links import shared_by
from projects.services import report_links
from projects.services.report_links import make_link, open_link, revoke_link
from tests.conftest import person
from tests.test_query_counts import another


@pytest.fixture(autouse=True)
def nobody_opened_anything():
    cache.clear()


def in_days(days: int):
    return timezone.localdate() + timedelta(days=days)


def made(of, by, **changes) -> tuple[ReportLink, str]:
    typed = {"label": "取締役会", "language": "ja", "until": in_days(30)}
    return make_link(of=of, by=by, **(typed | changes))


def opened(client, token, name="link", query=""):
    return client.get(reverse(f"dashboards:{name}", args=[token]) + query)


# Its life --------------------------------------------------------------------------


def test_a_link_shows_the_report_without_an_account(client, engagement, manager):
    link, token = made(engagement, manager)

    page = opened(client, token)
    pdf = opened(client, token, "link_pdf")

    assert page.status_code == 200
    assert '<html lang="ja">' in page.text
    assert "予兆検知" in page.text
    assert "「取締役会」宛てのリンクの読者が" in page.text
    assert pdf.content.startswith(b"%PDF")
    for answer in (page, pdf):
        assert answer["X-Robots-Tag"] == "noindex, nofollow"
        assert answer["Referrer-Policy"] == "no-referrer"
        assert "no-store" in answer["Cache-Control"]
    # Neither the navigation nor any other address of ours.
    links = {part.split('"')[0] for part in page.text.split('href="')[1:]}
    assert {at for at in links if at.startswith("/") and "static" not in at} == {
        reverse("dashboards:link_pdf", args=[token])
    }
    link.refresh_from_db()
    assert link.opened == 2
    assert link.last_opened_at is not None


def test_every_opening_is_in_the_audit_log_without_who_it_was(
    client, engagement, manager
):
    _link, token = made(engagement, manager)

    opened(client, token)
    opened(client, token, "link_pdf")

    events = Event.objects.filter(verb="report_link.opened")
    assert [(one.engagement, one.actor) for one in events] == [(engagement, None)] * 2
    assert events[0].params == {"name": "取締役会"}
    assert events[0].sentence("en") == "The report link for 取締役会 was opened"


@pytest.mark.parametrize(
    ("asked", "languages"), [("", "ja"), ("ja", "ja"), ("en", "en"), ("fr", "ja")]
)
def test_a_link_may_be_read_in_the_other_language(
    asked, languages, client, engagement, manager
):
    _link, token = made(engagement, manager)

    page = opened(client, token, query=f"?lang={asked}")

    assert f'<html lang="{languages}">' in page.text
    assert page["Content-Language"] == languages


def test_a_link_may_be_read_in_both(client, engagement, manager):
    _link, token = made(engagement, manager, language="en")

    page = opened(client, token, query="?lang=both")

    assert '<html lang="en">' in page.text
    assert page.text.count("<article") == 2
    assert page.text.count("<h1") == 1


def revoked(link, manager):
    revoke_link(link=link, by=manager)
    revoke_link(link=link, by=manager)  # twice is once


def expired(link, manager):
    ReportLink.objects.update(
        created_at=timezone.now() - timedelta(days=2), expires_at=timezone.now()
    )


def taken_out(link, manager):
    Membership.objects.filter(user=manager).delete()


def moved_to_another_role(link, manager):
    Membership.objects.filter(user=manager).update(role="engineer")


def left(link, manager):
    User.objects.filter(pk=manager.pk).update(is_active=False)


@pytest.mark.parametrize(
    "ended", [revoked, expired, taken_out, moved_to_another_role, left]
)
@pytest.mark.parametrize("name", ["link", "link_pdf"])
def test_a_dead_link_answers_like_one_that_never_was(
    ended, name, client, engagement, manager
):
    link, token = made(engagement, manager)
    ended(link, manager)

    dead, unknown = opened(client, token, name), opened(client, "guess", name)

    assert (dead.status_code, dead.content) == (404, unknown.content)
    assert unknown.status_code == 404
    assert "このリンクからは開けません" in dead.text
    assert "This link opens nothing" in dead.text
    assert dead["X-Robots-Tag"] == "noindex, nofollow"
    assert not Event.objects.filter(verb="report_link.opened").exists()


def test_a_report_that_lists_do_not_know_yet_opens_nothing(client, engagement, manager):
    _link, token = made(engagement, manager)
    engagement.glance.delete()

    assert opened(client, token).status_code == 404


def test_what_was_opened_too_often_waits(client, engagement, manager):
    _link, token = made(engagement, manager)
    for _time in range(30):
        opened(client, "guess")

    answer = opened(client, token)

    assert answer.status_code == 429
    assert "Open it again in a little while" in answer.text
    assert answer["X-Robots-Tag"] == "noindex, nofollow"


def test_without_the_count_links_wait(client, engagement, manager, monkeypatch):
    _link, token = made(engagement, manager)

    def gone(*_args, **_kw):
        raise CacheGone

    monkeypatch.setattr(ratelimit, "consume", gone)

    answer = opened(client, token)

    assert answer.status_code == 503
    assert not Event.objects.filter(verb="report_link.opened").exists()


# Of what, by whom ------------------------------------------------------------------


def test_a_link_of_an_organisation_shows_what_its_maker_sees(
    client, engagement, manager, executive
):
    another(engagement, 1)
    _link, of_provider = made(engagement.provider, manager)
    _link, of_customer = made(engagement.customer, executive, language="en")

    whole, part = opened(client, of_provider), opened(client, of_customer)

    assert "案件 1" in whole.text
    assert "予兆検知" in whole.text
    assert "Early warning" in part.text
    assert "案件 1" not in part.text
    assert opened(client, of_provider, "link_pdf").content.startswith(b"%PDF")
    event = Event.objects.filter(verb="report_link.opened").last()
    assert event.organisation == engagement.provider


def test_who_may_give_a_link(engagement, manager, executive):
    provider, customer = engagement.provider, engagement.customer
    people = {
        (provider, role): person(f"p-{role}", provider, role)
        for role in ("administrator", "executive", "engineer", "viewer")
    } | {
        (customer, role): person(f"c-{role}", customer, role)
        for role in ("project_manager", "engineer", "viewer", "administrator")
    }
    may = {manager, executive, people[provider, "administrator"]}
    may.add(people[provider, "executive"])

    for reader in (manager, executive, *people.values()):
        assert report_links.may_give(reader, engagement) is (reader in may), reader
        theirs = [provider] if reader.email.startswith(("m", "p-")) else [customer]
        assert list(shared_by(reader)) == (theirs if reader in may else [])


def test_who_may_not_makes_and_revokes_nothing(engagement, manager):
    viewer = person("viewer", engagement.customer, "viewer")
    link, _token = made(engagement, manager)

    with pytest.raises(PermissionDenied):
        made(engagement, viewer)
    with pytest.raises(PermissionDenied):
        revoke_link(link=link, by=viewer)

    assert ReportLink.objects.get().revoked_at is None


def test_a_member_of_one_engagement_gives_no_link_to_all(engagement):
    guest = User.objects.create_user("guest@example.test", name="G")
    Membership.objects.create(
        user=guest,
        organisation=engagement.provider,
        engagement=engagement,
        role="project_manager",
    )

    assert report_links.may_give(guest, engagement)
    assert not report_links.may_give(guest, engagement.provider)


@pytest.mark.parametrize(("days", "taken"), [(-1, 0), (0, 1), (89, 1), (90, 0)])
def test_a_link_holds_from_today_to_ninety_days(days, taken, engagement, manager):
    if not taken:
        with pytest.raises(ValidationError, match="90"):
            made(engagement, manager, until=in_days(days))
        return

    link, _token = made(engagement, manager, until=in_days(days))

    assert link.last_day == in_days(days)
    midnight = datetime.combine(in_days(days + 1), time())
    assert link.expires_at == timezone.make_aware(midnight)
    assert link.expires_at <= timezone.now() + timedelta(days=90)


def test_the_secret_is_kept_nowhere(engagement, manager):
    link, token = made(engagement, manager)

    assert token not in str(ReportLink.objects.values().get())
    assert link.digest != token
    assert open_link(token=token) == link
    with pytest.raises(ReportLink.DoesNotExist):
        open_link(token=link.digest)


def test_a_link_is_of_one_thing(engagement, manager):
    link, _token = made(engagement, manager)

    for changes in (
        {"organisation": engagement.provider},
        {"engagement": None},
        {"revoked_at": timezone.now()},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            ReportLink.objects.filter(pk=link.pk).update(**changes)


# Its page --------------------------------------------------------------------------


@pytest.mark.parametrize("of_all", [False, True])
def test_the_page_makes_lists_and_revokes(of_all, client, engagement, manager):
    client.force_login(manager)
    names = ("portfolio_links", "portfolio_link_revoke")
    on = [engagement.provider_id] if of_all else [engagement.pk]
    if not of_all:
        names = ("report_links", "report_link_revoke")
    address = reverse(f"dashboards:{names[0]}", args=on)
    assert "No link was made yet." in client.get(address).text
    typed = {"label": "Board", "language": "en", "until": in_days(10).isoformat()}

    shown = client.post(address, typed, follow=True)

    link = ReportLink.objects.get()
    token = shown.context["link"].rstrip("/").rpartition("/")[2]
    assert opened(client, token).status_code == 200
    # Shown once.
    again = client.get(address)
    assert again.context["link"] == ""
    assert token not in again.text
    assert "1 time" in again.text
    revoking = reverse(f"dashboards:{names[1]}", args=[*on, link.pk])
    after = client.post(revoking, follow=True)
    assert "revoked" in after.text
    assert opened(client, token).status_code == 404
    verbs = ["report_link.revoked", "report_link.opened", "report_link.made"]
    told = Event.objects.filter(verb__startswith="report_link").order_by("-pk")
    assert [one.verb for one in told] == verbs


def test_a_day_too_far_is_said_at_its_field(client, engagement, manager):
    client.force_login(manager)
    address = reverse("dashboards:report_links", args=[engagement.pk])
    typed = {"label": "Board", "language": "en", "until": in_days(90).isoformat()}

    page = client.post(address, typed)

    assert "within 90 days" in page.context["form"].errors["until"][0]
    assert not ReportLink.objects.exists()


def test_an_expired_link_says_so(client, engagement, manager):
    link, _token = made(engagement, manager)
    expired(link, manager)
    client.force_login(manager)

    page = client.get(reverse("dashboards:report_links", args=[engagement.pk]))

    assert page.context["lines"][0]["state"] == "expired"


def test_only_the_members_of_an_organisation_find_its_links(
    client, engagement, executive
):
    client.force_login(executive)

    theirs = reverse("dashboards:portfolio_links", args=[engagement.customer_id])
    others = reverse("dashboards:portfolio_links", args=[engagement.provider_id])

    assert client.get(theirs).status_code == 200
    assert client.get(others).status_code == 404


def test_the_report_offers_a_link_only_to_who_may_give_one(client, engagement, manager):
    address = reverse("dashboards:report", args=[engagement.pk])
    links = reverse("dashboards:report_links", args=[engagement.pk])
    viewer = person("viewer", engagement.customer, "viewer")

    for reader, offered in ((manager, True), (viewer, False)):
        client.force_login(reader)
        assert (links in client.get(address).text) is offered


def test_the_portfolios_report_offers_links_to_what_one_may_give(
    client, engagement, executive
):
    links = reverse("dashboards:portfolio_links", args=[engagement.customer_id])
    engineer = person("engineer", engagement.customer, "engineer")

    for reader, offered in ((executive, True), (engineer, False)):
        client.force_login(reader)
        page = client.get(reverse("dashboards:portfolio_report"))
        assert (links in page.text) is offered


def test_each_page_leads_to_its_report(client, engagement, manager):
    client.force_login(manager)

    for page, report in (
        (reverse("dashboards:portfolio"), reverse("dashboards:portfolio_report")),
        (
            engagement.get_absolute_url(),
            reverse("dashboards:report", args=[engagement.pk]),
        ),
    ):
        assert f'href="{report}"' in client.get(page).text
    assert Engagement.objects.count() == 1
