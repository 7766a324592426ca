"""Intakes: filed by whom, answered by whom, and what becomes of them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from allauth.core import ratelimit
from django.core.cache import cache
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from redis.exceptions import RedisError

from projects.intake_forms import name_from
from projects.models import (
    Engagement,
    Event,
    Intake,
    IntakeStatus,
    Invitation,
    Notice,
    Organisation,
    Stage,
    User,
)
from projects.services import intake as intakes
from projects.services import organisation as organisations
from tests.conftest import person

WORDS = {
    "problem": "冷凍品の廃棄が月80万円あり、発注量を前日までに決めたい。",
    "kind": "inventory",
    "place_kind": "kitchen",
    "place": "第二厨房",
    "believed_data": "発注と廃棄の記録が3年分",
    "decider": "購買部長 林",
    "asker_name": "青木",
    "asker_email": "aoki@example.test",
}
REST = {
    "name": "廃棄の削減",
    "name_en": "Less waste",
    "placement": "cloud",
    "starts_on": date(2026, 1, 1),
    "ends_on": date(2026, 12, 31),
}


@pytest.fixture(autouse=True)
def in_english():
    # The limit of visits is counted in the cache, which outlives a test.
    cache.clear()
    with override("en"):
        yield


@pytest.fixture
def provider(manager) -> Organisation:
    return manager.memberships.get().organisation


@pytest.fixture
def customer(executive) -> Organisation:
    return executive.memberships.get().organisation


@pytest.fixture
def filed(provider, customer, executive) -> Intake:
    return intakes.file_intake(
        by=executive, provider=provider, customer=customer, **WORDS
    )


@pytest.fixture
def administrator(provider) -> User:
    return person("administrator", provider, "administrator")


@pytest.fixture
def link(provider, administrator) -> str:
    """The secret of an invitation that holds."""
    organisations.allow_visitors(organisation=provider, allowed=True, by=administrator)
    _made, token = organisations.invite(
        organisation=provider,
        note="展示会",
        customer=None,
        expires_at=timezone.now() + timedelta(days=1),
        by=administrator,
    )
    return token


@pytest.fixture
def visited(link) -> Intake:
    return intakes.file_by_visitor(
        invitation=Invitation.objects.of_token(link).get(),
        customer_name="新しい会社",
        language="en",
        **WORDS,
    )


def told(reader: User) -> list[str]:
    return list(Notice.objects.filter(reader=reader).values_list("verb", flat=True))


def written(email: str) -> list[tuple[str, str]]:
    mails = Notice.objects.filter(reader__isnull=True, email=email).order_by("pk")
    return list(mails.values_list("verb", "path"))


# Filing ----------------------------------------------------------------------------


def test_who_manages_the_provider_is_told_of_an_intake(filed, manager, executive):
    assert filed.status == IntakeStatus.FILED
    assert told(manager) == ["intake.filed"]
    assert told(executive) == []
    event = Event.objects.get(verb="intake.filed")
    assert event.organisation == filed.provider
    assert event.params["who"] == executive.name


def test_a_double_press_files_one(filed, provider, customer, executive):
    again = intakes.file_intake(
        by=executive, provider=provider, customer=customer, **WORDS
    )

    assert again == filed
    assert Event.objects.filter(verb="intake.filed").count() == 1


def test_a_member_of_the_provider_names_the_customer(provider, customer, engagement):
    engineer = person("engineer", provider, "engineer")

    for_known = intakes.file_intake(
        by=engineer, provider=provider, customer=customer, **WORDS
    )
    for_new = intakes.file_intake(
        by=engineer,
        provider=provider,
        customer=None,
        customer_name="新しい会社",
        **WORDS | {"problem": "別の話"},
    )

    assert for_known.customer == customer
    assert (for_new.customer, for_new.customer_name) == (None, "新しい会社")
    with pytest.raises(ValidationError, match="for which customer"):
        intakes.file_intake(
            by=engineer, provider=provider, customer=None, customer_name=" ", **WORDS
        )


def test_nobody_asks_in_the_name_of_others(provider, customer, manager, executive):
    other = Organisation.objects.create(name="他社", kind="provider")
    stranger_to_us = Organisation.objects.create(name="別の客", kind="customer")

    # A provider's own people ask only their own.
    with pytest.raises(PermissionDenied, match="with this"):
        intakes.file_intake(by=manager, provider=other, customer=None, **WORDS)
    # A customer they do not work for is named by hand, not chosen.
    with pytest.raises(PermissionDenied, match="for this"):
        intakes.file_intake(
            by=manager, provider=provider, customer=stranger_to_us, **WORDS
        )
    with pytest.raises(PermissionDenied, match="for this"):
        intakes.file_intake(
            by=executive,
            provider=provider,
            customer=None,
            customer_name="x",
            **WORDS,
        )
    # Customers choose among all providers.
    asked = intakes.file_intake(
        by=executive, provider=other, customer=customer, **WORDS
    )
    assert asked.provider == other
    assert not intakes.may_file(User.objects.create_user("s@example.test", name="S"))


# Back and forth --------------------------------------------------------------------


def test_a_question_goes_to_the_asker_and_the_answer_comes_back(
    filed, manager, executive
):
    intakes.ask(intake=filed, question="いつからですか", by=manager)

    filed.refresh_from_db()
    assert filed.status == IntakeStatus.ASKED
    assert told(executive) == ["intake.asked"]
    with pytest.raises(ValidationError, match="is out already"):
        intakes.ask(intake=filed, question="もう一つ", by=manager)

    intakes.answer(intake=filed, text="去年からです", by=executive)

    filed.refresh_from_db()
    assert filed.status == IntakeStatus.FILED
    assert [r.text for r in filed.remarks.all()] == ["いつからですか", "去年からです"]
    assert sorted(told(manager)) == ["intake.answered", "intake.filed"]
    with pytest.raises(ValidationError, match="answered already"):
        intakes.answer(intake=filed, text="もう一度", by=executive)


def test_only_a_manager_decides_and_only_the_asker_answers(filed, manager, executive):
    engineer = person("engineer", filed.provider, "engineer")
    for act in (
        lambda by: intakes.ask(intake=filed, question="?", by=by),
        lambda by: intakes.decline(intake=filed, because="x", by=by),
        lambda by: intakes.accept(intake=filed, by=by, owner=by, **REST),
    ):
        for by in (engineer, executive):
            with pytest.raises(PermissionDenied, match="role in this organisation"):
                act(by)
    intakes.ask(intake=filed, question="?", by=manager)
    for by in (manager, None):
        with pytest.raises(PermissionDenied, match="who filed"):
            intakes.answer(intake=filed, text="!", by=by)


def test_empty_words_are_refused(filed, manager, executive):
    with pytest.raises(ValidationError, match="question"):
        intakes.ask(intake=filed, question=" ", by=manager)
    with pytest.raises(ValidationError, match="reason"):
        intakes.decline(intake=filed, because="", by=manager)
    with pytest.raises(ValidationError, match="answer"):
        intakes.answer(intake=filed, text="", by=executive)


def test_a_declined_intake_keeps_its_reason_and_stays_declined(
    filed, manager, executive
):
    intakes.decline(intake=filed, because="データがありません", by=manager)

    filed.refresh_from_db()
    assert (filed.status, filed.reason) == (IntakeStatus.DECLINED, "データがありません")
    assert filed.decided_by == manager
    assert told(executive) == ["intake.declined"]
    for act in (
        lambda: intakes.decline(intake=filed, because="x", by=manager),
        lambda: intakes.accept(intake=filed, by=manager, owner=manager, **REST),
    ):
        with pytest.raises(ValidationError, match="decided already"):
            act()


# Accepting -------------------------------------------------------------------------


def test_an_accepted_intake_is_an_engagement_with_nothing_typed_again(
    filed, manager, executive
):
    intakes.ask(intake=filed, question="?", by=manager)

    made = intakes.accept(intake=filed, by=manager, owner=manager, **REST)

    assert (made.problem, made.kind, made.place) == (
        WORDS["problem"],
        WORDS["kind"],
        WORDS["place"],
    )
    assert (made.customer, made.provider) == (filed.customer, filed.provider)
    assert made.stage == Stage.FEASIBILITY
    filed.refresh_from_db()
    assert (filed.status, filed.engagement) == (IntakeStatus.ACCEPTED, made)
    notice = Notice.objects.get(reader=executive, verb="intake.accepted")
    assert notice.engagement == made
    with pytest.raises(ValidationError, match="decided already"):
        intakes.accept(intake=filed, by=manager, owner=manager, **REST)
    assert Engagement.objects.count() == 1


def test_a_new_customer_is_made_from_the_name_in_the_intake(visited, manager):
    made = intakes.accept(
        intake=visited, by=manager, owner=manager, new_customer="新しい会社 ", **REST
    )

    assert made.customer == Organisation.objects.get(name="新しい会社", kind="customer")
    assert Event.objects.get(verb="organisation.added").organisation == made.provider


def test_a_new_customer_needs_a_name_of_its_own(visited, manager, customer):
    for name, why in (("", "name a new one"), (customer.name, "of this name")):
        with pytest.raises(ValidationError, match=why) as refusal:
            intakes.accept(
                intake=visited, by=manager, owner=manager, new_customer=name, **REST
            )
        assert set(refusal.value.message_dict) == {"new_customer"}
    assert not Engagement.objects.exists()

    made = intakes.accept(
        intake=visited, by=manager, owner=manager, customer=customer, **REST
    )
    assert made.customer == customer


# Visitors --------------------------------------------------------------------------


def test_a_visitor_files_and_is_written_to_at_every_step(visited, manager):
    page = reverse("projects:visit_intake", args=[visited.token])
    intakes.ask(intake=visited, question="?", by=manager)
    intakes.answer(intake=visited, text="!", by=None)
    intakes.decline(intake=visited, because="x", by=manager)

    assert written(WORDS["asker_email"]) == [
        ("intake.received", page),
        ("intake.asked", page),
        ("intake.declined", page),
    ]
    assert Event.objects.get(verb="intake.answered").params["who"] == "青木"


def test_a_provider_is_called_by_its_english_name_where_it_has_one(link, provider):
    invitation = Invitation.objects.of_token(link).get()
    for language, name_en, name in (
        ("en", "", "受託"),
        ("en", "Jutaku", "Jutaku"),
        ("ja", "Jutaku", "受託"),
    ):
        Organisation.objects.filter(pk=provider.pk).update(name_en=name_en)
        filed = intakes.file_by_visitor(
            invitation=invitation,
            customer_name="会社",
            language=language,
            **WORDS | {"problem": f"{language}{name_en}"},
        )
        notice = Notice.objects.get(path__contains=filed.token)
        assert notice.params["organisation"] == name


def test_a_visitor_of_a_known_customer_names_none(provider, customer, administrator):
    organisations.allow_visitors(organisation=provider, allowed=True, by=administrator)
    made, _token = organisations.invite(
        organisation=provider,
        note="委託の現場",
        customer=customer,
        expires_at=timezone.now() + timedelta(days=1),
        by=administrator,
    )

    filed = intakes.file_by_visitor(
        invitation=made, customer_name="", language="ja", **WORDS
    )

    assert (filed.customer, filed.customer_name) == (customer, "")


def test_a_visitor_says_for_which_organisation(link):
    invitation = Invitation.objects.of_token(link).get()

    with pytest.raises(ValidationError, match="which organisation"):
        intakes.file_by_visitor(
            invitation=invitation, customer_name=" ", language="ja", **WORDS
        )


@pytest.mark.parametrize("ended", ["withdrawn", "expired", "stopped"])
def test_a_link_that_has_ended_files_nothing(ended, link, administrator, client):
    invitation = Invitation.objects.of_token(link).get()
    if ended == "withdrawn":
        organisations.withdraw(invitation=invitation, by=administrator)
    elif ended == "expired":
        Invitation.objects.update(expires_at=timezone.now())
    else:
        organisations.allow_visitors(
            organisation=invitation.organisation, allowed=False, by=administrator
        )

    page = client.get(reverse("projects:visit", args=[link]))

    assert page.status_code == 410
    assert invitation.organisation.name not in page.text
    assert invitation.note not in page.text
    with pytest.raises(ValidationError, match="no longer valid"):
        intakes.file_by_visitor(
            invitation=invitation, customer_name="x", language="ja", **WORDS
        )
    assert not Intake.objects.exists()


# Pages -----------------------------------------------------------------------------


def test_a_visitor_files_on_the_page_and_answers_there(link, client, manager):
    address = reverse("projects:visit", args=[link])
    english = {"accept-language": "en"}

    refused = client.post(address, WORDS, headers=english)
    assert "One entry needs mending." in refused.text
    answer = client.post(address, WORDS | {"customer_name": "会社"}, headers=english)

    intake = Intake.objects.get()
    mine = reverse("projects:visit_intake", args=[intake.token])
    assert answer["Location"] == mine
    assert intake.language == "en"
    assert "It waits for an answer" in client.get(mine, headers=english).text

    intakes.ask(intake=intake, question="Since when?", by=manager)
    page = client.get(mine, headers=english).text
    assert "Since when?" in page
    assert manager.name not in page
    to = reverse("projects:visit_answer", args=[intake.token])
    assert "This field is required" in client.post(to, {}, headers=english).text
    client.post(to, {"text": "Since May"}, headers=english)
    assert intake.remarks.last().text == "Since May"
    late = client.post(to, {"text": "Again"}, headers=english)
    assert "answered already" in late.text


def test_a_link_that_ends_while_it_is_filled_in_says_so(
    link, client, administrator, monkeypatch
):
    invitation = Invitation.objects.of_token(link).get()

    def meanwhile(*_args, **_named) -> bool:
        organisations.withdraw(invitation=invitation, by=administrator)
        return True

    # What is asked between looking at the link and filing with it.
    monkeypatch.setattr(ratelimit, "consume", meanwhile)

    page = client.post(
        reverse("projects:visit", args=[link]),
        WORDS | {"customer_name": "会社"},
        headers={"accept-language": "en"},
    )

    assert "This link is no longer valid." in page.text
    assert not Intake.objects.exists()


def test_too_many_from_one_place_are_asked_to_wait(link, client, settings):
    settings.ACCOUNT_RATE_LIMITS = {"visit": "2/h/ip"}
    address = reverse("projects:visit", args=[link])
    for number in range(2):
        typed = WORDS | {"customer_name": "会社", "problem": f"困りごと{number}"}
        assert client.post(address, typed).status_code == 302

    answer = client.post(
        address,
        WORDS | {"customer_name": "会社"},
        headers={"accept-language": "en"},
    )

    assert answer.status_code == 429
    assert "in an hour" in answer.text
    assert WORDS["place"] in answer.text
    assert Intake.objects.count() == 2
    # Looking is always allowed.
    assert client.get(address).status_code == 200


def test_while_visits_cannot_be_counted_nothing_is_taken(link, client, monkeypatch):
    def gone(*_args, **_named) -> bool:
        raise RedisError("nobody there")

    monkeypatch.setattr(ratelimit, "consume", gone)

    answer = client.post(
        reverse("projects:visit", args=[link]),
        WORDS | {"customer_name": "会社"},
        headers={"accept-language": "en"},
    )

    assert answer.status_code == 503
    assert "again in a minute" in answer.text
    assert WORDS["place"] in answer.text
    assert not Intake.objects.exists()


def test_the_link_of_an_asker_with_an_account_lets_nobody_in(filed, client):
    address = reverse("projects:visit_intake", args=[filed.token])

    assert client.get(address).status_code == 404


def test_a_customer_files_on_the_page(client, provider, executive):
    client.force_login(executive)
    address = reverse("projects:intake_new")
    form = client.get(address).context["form"]
    # One provider and one customer: neither is asked for.
    assert {f.name for f in form.hidden_fields()} == {"provider", "customer"}
    assert "customer_name" not in form.fields

    typed = WORDS | {name: str(form[name].value()) for name in ("provider", "customer")}
    page = client.post(address, typed, follow=True)

    assert "The intake was filed." in page.text
    assert Intake.objects.get().asked_by == executive


def test_a_customer_with_two_providers_chooses_one(client, provider, executive):
    Organisation.objects.create(name="他社", kind="provider")
    client.force_login(executive)

    form = client.get(reverse("projects:intake_new")).context["form"]

    assert "provider" in {f.name for f in form.visible_fields()}


def test_a_provider_names_a_customer_on_the_page(client, provider, manager):
    client.force_login(manager)
    address = reverse("projects:intake_new")
    typed = WORDS | {"provider": str(provider.pk)}

    page = client.post(address, typed | {"customer_name": ""})
    assert "Say for which customer it is." in page.text

    client.post(address, typed | {"customer_name": "会社"})
    assert Intake.objects.get().customer_name == "会社"


def test_the_asker_answers_on_the_page(client, filed, manager, executive):
    intakes.ask(intake=filed, question="Since when?", by=manager)
    client.force_login(executive)
    address = reverse("projects:intake_answer", args=[filed.pk])
    assert "Since when?" in client.get(filed.get_absolute_url()).text

    assert "This field is required" in client.post(address, {}).text
    client.post(address, {"text": "Since May"})
    late = client.post(address, {"text": "Again"})

    assert filed.remarks.last().text == "Since May"
    assert "answered already" in late.text


def test_a_manager_accepts_on_the_page_and_both_pages_lead_to_each_other(
    client, visited, manager
):
    client.force_login(manager)
    address = reverse("projects:intake_accept", args=[visited.pk])
    form = client.get(address).context["form"]
    typed = {f.name: str(f.value() or "") for f in form}
    assert typed["name"] == "冷凍品の廃棄が月80万円あり"
    assert typed["new_customer"] == "新しい会社"

    turned = client.post(
        address, typed | {"placement": "cloud", "ends_on": "2020-01-01"}
    )
    assert "lies before the start" in turned.text
    unnamed = client.post(address, typed | {"placement": "cloud", "new_customer": ""})
    assert "name a new one" in unnamed.text
    answer = client.post(address, typed | {"placement": "cloud"})

    made = Engagement.objects.get()
    assert answer["Location"] == made.get_absolute_url()
    overview = client.get(made.get_absolute_url()).text
    assert visited.get_absolute_url() in overview
    assert made.get_absolute_url() in client.get(visited.get_absolute_url()).text
    stranger = person("viewer", made.provider, "viewer")
    client.force_login(stranger)
    assert visited.get_absolute_url() not in client.get(made.get_absolute_url()).text


def test_a_manager_asks_and_declines_on_the_page(client, filed, manager):
    client.force_login(manager)
    ask = reverse("projects:intake_ask", args=[filed.pk])
    assert client.post(ask, {"question": "Since when?"}).status_code == 302
    assert "is out already" in client.post(ask, {"question": "And?"}).text

    client.post(
        reverse("projects:intake_decline", args=[filed.pk]), {"because": "No data"}
    )

    page = client.get(filed.get_absolute_url()).text
    assert "No data" in page
    assert "Since when?" in page


def test_what_waits_stands_first_and_on_the_portfolio(client, filed, visited, manager):
    intakes.ask(intake=filed, question="?", by=manager)
    client.force_login(manager)

    listed = client.get(reverse("projects:intakes"))
    portfolio = client.get("/").text

    assert [one.pk for one in listed.context["page"]] == [visited.pk, filed.pk]
    assert "1 intake waits for your answer" in listed.text
    assert visited.problem in portfolio
    assert filed.get_absolute_url() not in portfolio


def test_a_name_is_taken_from_the_beginning_of_the_problem():
    assert name_from("Presses stop without warning. We lose days.") == (
        "Presses stop without warning"
    )
    assert len(name_from("長" * 400)) == 60


def test_long_words_are_shortened_only_where_they_are(filed):
    filed.problem = "あ" * 61
    assert str(filed) == "あ" * 59 + "…"
    filed.problem = "あ" * 60
    assert str(filed) == "あ" * 60


@pytest.mark.parametrize(
    "wrong",
    [
        {"customer": None},
        {"status": IntakeStatus.ACCEPTED},
        {"status": IntakeStatus.DECLINED},
        {"decided_at": timezone.now()},
    ],
)
def test_the_database_keeps_half_answers_out(filed, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        Intake.objects.filter(pk=filed.pk).update(**wrong)


def test_what_is_known_is_asked_of_nobody(
    client, filed, provider, customer, manager, administrator
):
    client.force_login(manager)
    accepting = client.get(reverse("projects:intake_accept", args=[filed.pk]))
    assert not {"customer", "new_customer"} & accepting.context["form"].fields.keys()
    client.logout()

    organisations.allow_visitors(organisation=provider, allowed=True, by=administrator)
    _made, token = organisations.invite(
        organisation=provider,
        note="委託の現場",
        customer=customer,
        expires_at=timezone.now() + timedelta(days=1),
        by=administrator,
    )
    visiting = client.get(reverse("projects:visit", args=[token]))
    assert "customer_name" not in visiting.context["form"].fields
    # Nor does the page tell which customer it is for.
    assert customer.name not in visiting.text


def test_who_belongs_to_two_customers_says_for_which(client, provider, executive):
    other = Organisation.objects.create(name="別会社", kind="customer")
    other.memberships.create(user=executive, role="viewer")
    client.force_login(executive)

    form = client.get(reverse("projects:intake_new")).context["form"]

    assert next(field.name for field in form.visible_fields()) == "customer"
