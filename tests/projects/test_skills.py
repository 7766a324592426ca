"""Who covers which skill: the rule, the acts, and what the pages say of it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from projects.hints import hints
from projects.models import Event, Membership, SkillCover, User
from projects.permissions import Role
from projects.services import engagement as engagements
from projects.services import feasibility, suggestions, team
from projects.services import skills as skill_services
from projects.skills import (
    INSIDE,
    SKILL_NAMES,
    Cover,
    Skill,
    coverage,
    hours_told,
    summary,
)
from projects.skills import suggestions as suggested
from projects.standing import Given
from tests.conftest import person

ALL = [Cover(1, skill, Decimal(4)) for skill in Skill]


@pytest.fixture(autouse=True)
def in_english():
    with override("en"):
        yield


@pytest.fixture
def engineer(manager):
    return person("engineer", manager.memberships.get().organisation, "engineer")


# The rule ---------------------------------------------------------------------------


def test_every_skill_speaks_both_languages():
    assert set(SKILL_NAMES) == set(INSIDE) == set(Skill)
    assert len(Skill) == 7
    for name in SKILL_NAMES.values():
        assert name.ja.strip()
        assert name.en.strip()


def test_what_is_covered_what_is_missing_and_the_hours():
    found = coverage(
        [
            Cover(1, Skill.API, Decimal("7.5")),
            Cover(1, Skill.DOMAIN, Decimal(2)),
            Cover(2, Skill.API, Decimal(4)),
        ]
    )

    assert found.covered == (Skill.API, Skill.DOMAIN)
    assert len(found.gaps) == 5
    assert found.hours == {1: Decimal("9.5"), 2: Decimal(4)}
    assert found.skill_hours[Skill.API] == Decimal("11.5")
    assert found.total == Decimal("13.5")


@given(
    st.lists(
        st.builds(
            Cover,
            st.integers(1, 5),
            st.sampled_from(Skill),
            st.integers(1, 60).map(Decimal),
        )
    )
)
def test_a_skill_is_covered_or_a_gap_and_no_hour_is_lost(covers):
    found = coverage(covers)

    assert set(found.covered) | set(found.gaps) == set(Skill)
    assert not set(found.covered) & set(found.gaps)
    assert found.total == sum(found.skill_hours.values())
    assert coverage(covers[::-1]) == found


@pytest.mark.parametrize(
    ("covers", "ja", "en"),
    [
        pytest.param([], "どの技能にも", "Nobody is entered", id="nobody"),
        pytest.param(
            ALL, "7つの技能すべてに", "All 7 skills are covered.", id="everything"
        ),
        pytest.param(
            ALL[:5] + ALL[6:],
            "7つの技能のうち6つに担当がいます。Kubernetesには担当がいません。",
            "6 of 7 skills are covered; nobody covers Kubernetes.",
            id="one gap",
        ),
        pytest.param(
            ALL[:1],
            "7つの技能のうち1つに担当がいます。",
            "1 of 7 skills is covered; nobody covers choosing instances, API, front "
            "end, operations, Kubernetes or domain expert.",
            id="one covered",
        ),
    ],
)
def test_the_gaps_are_said_in_words(covers, ja, en):
    told = summary(coverage(covers))

    assert told.ja.startswith(ja)
    assert told.en.startswith(en)


@pytest.mark.parametrize(
    ("covers", "en"),
    [
        ([], "No hours are entered yet."),
        ([Cover(1, Skill.API, Decimal(1))], "1 hour a week in all, from one person."),
        (
            [Cover(1, Skill.API, Decimal("7.5")), Cover(2, Skill.API, Decimal(30))],
            "37.5 hours a week in all, from 2 people.",
        ),
    ],
)
def test_the_hours_are_said_in_words(covers, en):
    assert hours_told(coverage(covers)).en == en


def test_a_team_speaks_for_answers_and_silence_for_none():
    nothing = suggested(coverage([]))
    some = suggested(coverage(ALL[:3]))
    everything = suggested(coverage(ALL))

    assert not nothing["S1"].is_answer
    assert not nothing["S2"].is_answer
    assert (some["S1"].value, some["S2"].number) == ("partial", Decimal(12))
    assert some["S1"].is_answer
    assert some["S2"].is_answer
    assert everything["S1"].value == "yes"


# The acts ---------------------------------------------------------------------------


def cover(engagement, whom, by, **hours):
    typed = {
        Skill(name): None if given is None else Decimal(given)
        for name, given in hours.items()
    }
    skill_services.cover_skills(engagement=engagement, person=whom, hours=typed, by=by)


def held(engagement):
    return {(c.person.name, c.skill): c.hours_a_week for c in engagement.covers.all()}


def test_a_manager_enters_changes_and_takes_off(engagement, manager, engineer):
    cover(engagement, engineer, manager, api="8", kubernetes="4")
    cover(engagement, engineer, manager, api="6.5")
    cover(engagement, engineer, manager, api="6.5", kubernetes=None, papers=None)

    assert held(engagement) == {("engineer", "api"): Decimal("6.5")}
    said = [
        e.sentence("en")
        for e in Event.objects.filter(verb__startswith="skill.").order_by("pk")
    ]
    assert said == [
        "manager entered engineer for API, 8 hours a week",
        "manager entered engineer for Kubernetes, 4 hours a week",
        "manager entered engineer for API, 6.5 hours a week",
        "manager took engineer off Kubernetes",
    ]


def test_a_person_may_enter_their_own_and_nobody_elses(
    engagement, manager, engineer, executive
):
    cover(engagement, engineer, engineer, api="8")
    cover(engagement, executive, executive, domain="2")

    for whom in (manager, executive):
        with pytest.raises(PermissionDenied, match="only your own"):
            cover(engagement, whom, engineer, api="1")
    assert len(held(engagement)) == 2


@pytest.mark.parametrize("hours", ["0", "-1", "60.5"])
def test_hours_no_week_has_are_refused(engagement, manager, hours):
    with pytest.raises(ValidationError, match="60"):
        cover(engagement, manager, manager, api=hours)
    assert not held(engagement)


def test_a_week_of_one_person_is_not_sold_twice(engagement, manager):
    cover(engagement, manager, manager, api="40")

    with pytest.raises(ValidationError, match=r"makes 60\.5 hours a week; 60"):
        cover(engagement, manager, manager, papers="20.5")
    cover(engagement, manager, manager, api="30", papers="30")
    assert sum(held(engagement).values()) == 60


def test_who_takes_no_part_covers_nothing(engagement, manager):
    stranger = User.objects.create_user("s@example.test", name="Stranger")

    with pytest.raises(ValidationError, match="Stranger takes no part"):
        cover(engagement, stranger, manager, api="1")


def test_an_ended_engagement_takes_nothing_in(engagement, manager):
    engagements.decline(engagement=engagement, because="遅い", by=manager)

    with pytest.raises(ValidationError, match="has ended"):
        cover(engagement, manager, manager, api="1")


def test_the_database_holds_a_skill_once_and_hours_of_a_week(engagement, manager):
    cover(engagement, manager, manager, api="1")
    for skill, hours in (("api", 1), ("papers", 0), ("papers", 61)):
        with pytest.raises(IntegrityError), transaction.atomic():
            SkillCover.objects.create(
                engagement=engagement, person=manager, skill=skill, hours_a_week=hours
            )


def joined(engagement, manager, role=Role.VIEWER):
    return team.add_member(
        engagement=engagement,
        side="provider",
        email="guest@example.test",
        name="Guest",
        name_en="",
        role=role,
        by=manager,
    )


def test_who_is_taken_out_covers_nothing_any_more(engagement, manager):
    member = joined(engagement, manager)
    cover(engagement, member.user, manager, api="5")

    team.remove_member(member=member, by=manager)

    assert not held(engagement)


def test_who_keeps_another_role_keeps_their_skills(engagement, manager):
    member = joined(engagement, manager)
    joined(engagement, manager, Role.ENGINEER)
    cover(engagement, member.user, manager, api="5")

    team.remove_member(member=member, by=manager)

    assert held(engagement) == {("Guest", "api"): Decimal(5)}


def test_who_has_left_the_organisation_is_not_counted(engagement, manager, engineer):
    cover(engagement, engineer, manager, api="5")
    assert SkillCover.objects.of_members().count() == 1

    Membership.objects.filter(user=engineer).delete()

    assert SkillCover.objects.of_members().count() == 0
    assert hints(engagement, [])["S2"].suggestion.number is None


def test_covers_are_seen_by_those_who_see_the_engagement(engagement, manager):
    cover(engagement, manager, manager, api="5")
    stranger = User.objects.create_user("s@example.test", name="Stranger")

    assert SkillCover.objects.visible_to(manager).count() == 1
    assert not SkillCover.objects.visible_to(stranger)


# The pages --------------------------------------------------------------------------


def test_the_team_page_shows_gaps_in_words_and_lets_the_right_people_in(
    client, engagement, manager, engineer, executive
):
    address = reverse("projects:team", args=[engagement.pk])
    client.force_login(engineer)
    empty = client.get(address).text
    assert "Nobody has said what they cover" in empty
    assert "Enter your own hours" in empty
    assert "Enter the hours of" not in empty

    cover(engagement, engineer, manager, api="7.5")
    page = client.get(address).text

    assert "1 of 7 skills is covered" in page
    assert "7.5 hours a week in all, from one person." in page
    assert "Enter the hours of engineer" in page
    assert "Enter the hours of manager" not in page
    assert page.count("nobody</span>") == 6


def test_hours_are_entered_in_the_browser(client, engagement, manager, engineer):
    client.force_login(engineer)
    address = reverse("projects:skills", args=[engagement.pk, engineer.pk])

    page = client.post(address, {"api": "8", "kubernetes": "0"}, follow=True)
    assert "What engineer covers is kept." in page.text
    assert held(engagement) == {("engineer", "api"): Decimal(8)}

    refused = client.post(address, {"api": "61"})
    assert refused.status_code == 200
    assert refused.context["form"].errors
    week = client.post(address, {"api": "40", "papers": "30"})
    assert "70 hours a week" in week.text

    other = reverse("projects:skills", args=[engagement.pk, manager.pk])
    assert client.get(other).status_code == 403


def test_a_field_left_alone_undoes_nothing(client, engagement, manager, engineer):
    cover(engagement, engineer, manager, api="8")
    client.force_login(manager)
    address = reverse("projects:skills", args=[engagement.pk, engineer.pk])
    seen = client.get(address).context["form"]
    shown = {b.html_initial_name: b.value() or "" for b in seen}
    assert 'name="initial-api"' in client.get(address).text

    cover(engagement, engineer, engineer, api="12", papers="2")
    client.post(address, {**shown, "api": "8.0", "kubernetes": "3"})

    assert held(engagement) == {
        ("engineer", "api"): Decimal(12),
        ("engineer", "papers"): Decimal(2),
        ("engineer", "kubernetes"): Decimal(3),
    }


# Beside the questions ---------------------------------------------------------------


@pytest.fixture
def assessment(engagement, manager):
    return feasibility.open_assessment(engagement=engagement, by=manager)


def answered(assessment):
    return [answer.given for answer in assessment.answers.all()]


def test_a_suggestion_is_taken_over_by_who_may_answer(
    client, assessment, engagement, manager
):
    cover(engagement, manager, manager, api="30", domain="8")
    client.force_login(manager)
    for item, shown in (("S1", "partial"), ("S2", "38")):
        address = reverse("projects:hint_take", args=[engagement.pk, item])
        assert client.post(address, {"suggested": shown}).url.endswith(f"#{item}")

    given = {one.item_id: (one.value, one.number) for one in answered(assessment)}
    assert given == {"S1": ("partial", None), "S2": (None, Decimal(38))}
    found = hints(engagement, answered(assessment))
    assert found["S1"].taken
    assert found["S2"].taken
    assert found["S1"].word.en == "Partly"
    assert found["S2"].word is None


def test_nobody_answers_what_they_have_not_seen(assessment, engagement, manager):
    with pytest.raises(ValidationError, match="suggests no answer"):
        suggestions.take(assessment=assessment, item_id="S1", shown="", by=manager)
    cover(engagement, manager, manager, api="30")
    with pytest.raises(ValidationError, match="changed meanwhile"):
        suggestions.take(assessment=assessment, item_id="S2", shown="29", by=manager)

    assert not assessment.answers.exists()
    assert not hints(engagement, answered(assessment))["S1"].taken


def test_a_refused_suggestion_is_said_on_the_page(
    client, assessment, engagement, manager
):
    client.force_login(manager)
    address = reverse("projects:hint_take", args=[engagement.pk, "S1"])

    assert "suggests no answer" in client.post(address, follow=True).text
    wrong = reverse("projects:hint_take", args=[engagement.pk, "P1"])
    assert client.post(wrong).status_code == 404


def test_a_suggestion_keeps_the_note(assessment, engagement, manager):
    cover(engagement, manager, manager, api="30")
    feasibility.give_answer(
        assessment=assessment,
        item_id="S2",
        value="",
        number=Decimal(10),
        note="見込み",
        by=manager,
    )

    suggestions.take(assessment=assessment, item_id="S2", shown="30", by=manager)

    kept = assessment.answers.get(item_id="S2")
    assert (kept.number, kept.note) == (Decimal(30), "見込み")


def test_counts_are_hinted_by_the_answers(engagement):
    given = [
        Given("T2", number=Decimal(36)),
        Given("T3", number=Decimal(23)),
        Given("E2", number=Decimal(4)),
        Given("E3", number=Decimal(1)),
    ]

    found = hints(engagement, given)

    assert found["T3"].told.lead.en == "59 cases are needed."
    assert found["T3"].tone == "open"
    assert found["T3"].href.endswith("?cases=23&a_month=0.6389")
    assert found["E2"].told.lead.en == "23 days of records are needed."
    assert found["E2"].tone == "info"
    assert found["E2"].href == reverse("projects:sampling")
    assert "12 months" not in found["E3"].told.text.en
    assert found["E3"].told.text.en.startswith("23 cases in 36 months are 7.7 a year.")


def test_without_answers_only_the_number_of_events_is_hinted(engagement):
    found = hints(engagement, [])

    assert set(found) == {"T3", "E2", "E3", "S1", "S2"}
    assert found["E2"].told is None
    assert found["E2"].tone == "info"
    assert found["T3"].tone == "info"
    assert hints(engagement, [Given("T3", number=Decimal(60))])["T3"].tone == "pass"


@pytest.mark.parametrize("number", [Decimal(-1), Decimal(10) ** 14])
def test_a_slip_of_the_pen_gives_no_hint(engagement, number):
    found = hints(engagement, [Given("T3", number=number), Given("E2", number=number)])

    assert found["T3"].told.enough is None
    assert found["E2"].told is None


def test_misses_wait_for_the_events_to_be_answered(engagement):
    found = hints(engagement, [Given("E3", number=Decimal(1))])

    assert found["E3"].told.lead.en == "The cases it takes are open."


def test_a_typed_number_renews_its_hint_before_it_is_kept(
    client, engagement, manager, assessment
):
    client.force_login(manager)
    address = reverse("projects:hint", args=[engagement.pk, "T3"])

    assert "can show at most 12.2%" in client.get(address, {"number": "23"}).text
    assert "59 cases are needed." in client.get(address, {"number": "many"}).text
    assert not assessment.answers.exists()
    other = reverse("projects:hint", args=[engagement.pk, "S1"])
    assert client.get(other).status_code == 404


def test_a_hint_that_is_empty_waits_for_a_number(client, engagement, manager):
    client.force_login(manager)
    address = reverse("projects:hint", args=[engagement.pk, "E2"])

    empty = client.get(address, {"number": ""}).text
    assert 'id="hint-E2"' in empty
    assert "note" not in empty
    assert "23 days" in client.get(address, {"number": "4"}).text


# The calculator ---------------------------------------------------------------------


def test_the_calculator_answers_its_address(client, manager):
    client.force_login(manager)
    address = reverse("projects:sampling")

    plain = client.get(address).text
    assert "59 cases are needed." in plain
    assert "Months of data" not in plain

    typed = {"rate": "1", "missed": "5", "cases": "800", "a_month": "20"}
    page = client.get(address, typed).text
    assert "Months of data" in page
    assert ">299" in page
    assert "at hand" in page

    tiny = client.get(address, {"rate": "0.0001", "missed": "1000"}).text
    assert "over 10 million" in tiny


def test_the_calculator_refuses_in_words_and_renews_only_its_answer(client, manager):
    client.force_login(manager)
    address = reverse("projects:sampling")

    part = client.get(address, {"cases": "23"}, HTTP_HX_REQUEST="true").text
    assert "<html" not in part
    assert "12.2%" in part
    wrong = client.get(address, {"rate": "200"}, HTTP_HX_REQUEST="true").text
    assert "Tolerated miss rate (%)" in wrong
    assert "59" not in wrong


def test_the_agreement_doubts_what_its_cases_cannot_prove(client, draft, manager):
    draft.criteria.filter(metric="miss_rate").update(smallest_cases=40)
    client.force_login(manager)

    page = client.get(draft.get_absolute_url()).text

    assert "40 cases without one error would show only at most 7.22%." in page
    draft.criteria.update(smallest_cases=59)
    assert "would show only" not in client.get(draft.get_absolute_url()).text
