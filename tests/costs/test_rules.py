"""Whose a line is: the first rule that fits, what a person says, and the sums of it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from uuid import UUID

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from costs import unassigned
from costs.assigning import Rule, RuleBook, fits
from costs.models import Charge, Spend, TagRule
from costs.services import rules
from costs.unassigned import By, chosen, groups, nobodys, ways
from projects.models import Engagement, Event, Organisation
from tests.conftest import person
from tests.costs.bills import bill, line, rate, sums_follow, taken

WORK = UUID(int=1)
texts = st.text("abA", max_size=3)
fields = st.sampled_from(["tag", "account", "resource", "product", "person"])
some_rules = st.builds(
    lambda field, key, match, value: Rule(
        field, key if field == "tag" else "", match, value, WORK
    ),
    fields,
    st.sampled_from(["project", "team"]),
    st.sampled_from(["equals", "begins", "contains"]),
    st.text("abA", min_size=1, max_size=3),
)
some_lines = st.builds(
    lambda tags, account, resource, product, person: SimpleNamespace(
        tags=tags, account=account, resource=resource, product=product, person=person
    ),
    st.dictionaries(st.sampled_from(["project", "team"]), texts),
    *[texts] * 4,
)

pytestmark = pytest.mark.usefixtures("in_english")


@given(st.lists(some_rules, max_size=6), some_lines)
def test_the_first_rule_that_fits_counts(book, one):
    fitting = [rule for rule in book if fits(rule, one)]
    assert RuleBook(book).first(one) == (fitting[0] if fitting else None)


@pytest.mark.parametrize(
    ("match", "value", "fit"),
    [
        ("equals", "plant-a", True),
        ("equals", "Plant-A", False),
        ("begins", "plant", True),
        ("begins", "lant", False),
        ("contains", "nt-", True),
        ("contains", "x", False),
    ],
)
def test_a_rule_fits_as_it_says(match, value, fit):
    one = SimpleNamespace(tags={"project": "plant-a"})
    assert fits(Rule("tag", "project", match, value, WORK), one) is fit
    assert not fits(Rule("tag", "team", match, value, WORK), one)


@pytest.fixture
def provider(engagement, manager):
    rate(engagement.provider, manager)
    return engagement.provider


@pytest.fixture
def other(engagement):
    return Engagement.objects.create(
        name="需要予測",
        problem="課題",
        kind="demand_forecast",
        provider=engagement.provider,
        customer=engagement.customer,
        place="本社",
        placement="edge",
        owner=engagement.owner,
        starts_on=date(2026, 1, 1),
        ends_on=date(2026, 12, 31),
    )


def made(engagement, by, value="demand", **said):
    """A rule, put behind the others."""
    rule = TagRule(
        organisation=engagement.provider,
        engagement=engagement,
        value=value,
        **({"field": "tag", "key": "project"} | said),
    )
    moved = rules.add_rule(rule=rule, by=by)
    return rule, moved


def whose():
    return list(
        Charge.objects.order_by("started_at").values_list("engagement__name", flat=True)
    )


def test_a_rule_takes_what_is_nobodys_and_what_comes_later(
    provider, engagement, manager
):
    taken(provider, manager, bill(line(), line(hour=1, project="inventory")))
    rule = TagRule(
        organisation=provider,
        engagement=engagement,
        field="tag",
        key="project",
        value="demand",
    )
    trial = rules.trial(organisation=provider, rule=rule)
    assert (trial.lines, trial.yen) == (1, 459)
    assert not TagRule.objects.exists()

    moved = rules.add_rule(rule=rule, by=manager)

    assert (moved.lines, dict(moved.came)) == (1, {engagement.pk: [1, 459]})
    assert whose() == ["予兆検知", None]
    assert Spend.objects.get().spent_yen == 459
    told = Event.objects.get(verb="lines.assigned")
    assert told.sentence("en") == (
        "manager assigned costs to the engagement: 1 lines, ¥459"
    )
    later = taken(provider, manager, bill(line(hour=2)))
    assert later.report["engagements"] == [
        {"id": str(engagement.pk), "lines": 1, "yen": "459.0000"}
    ]
    assert whose() == ["予兆検知", None, "予兆検知"]
    sums_follow()


def test_the_order_says_which_rule_counts(provider, engagement, other, manager):
    taken(provider, manager, bill(line(), line(hour=1, project="")))
    first, _moved = made(engagement, manager)
    second, moved = made(other, manager, field="account", key="", value="1111")
    assert moved.lines == 1
    assert whose() == ["予兆検知", "需要予測"]

    rules.move_rule(rule=second, up=True, by=manager)
    rules.move_rule(rule=second, up=True, by=manager)
    assert list(TagRule.objects.in_force()) == [second, first]
    assert rules.run_rules(organisation=provider, by=manager).lines == 1
    assert whose() == ["需要予測", "需要予測"]
    assert Spend.objects.get(engagement=engagement).spent_yen == 0
    assert Event.objects.get(verb="lines.left").engagement == engagement

    rules.retire_rule(rule=second, by=manager)
    assert whose() == ["需要予測", "需要予測"]
    rules.run_rules(organisation=provider, by=manager)
    assert whose() == ["予兆検知", None]
    assert rules.run_rules(organisation=provider, by=manager).lines == 0
    sums_follow()
    for act in (rules.retire_rule, lambda **k: rules.move_rule(up=False, **k)):
        with pytest.raises(ValidationError, match="retired already"):
            act(rule=second, by=manager)


def test_what_a_person_placed_no_rule_takes_away(provider, engagement, other, manager):
    taken(provider, manager, bill(line(), line(hour=1)))
    rules.assign_by_hand(
        organisation=provider,
        lines=Charge.objects.filter(pk=Charge.objects.earliest("started_at").pk),
        engagement=other,
        by=manager,
    )
    made(engagement, manager)
    rules.run_rules(organisation=provider, by=manager)
    assert whose() == ["需要予測", "予兆検知"]

    # A corrected bill leaves it where it was put.
    taken(provider, manager, bill(line("1.00")))
    assert whose() == ["需要予測", "予兆検知"]
    assert Spend.objects.get(engagement=other).spent_yen == 150
    sums_follow()


@pytest.mark.parametrize("match", ["equals", "begins", "contains"])
@pytest.mark.parametrize(
    ("field", "value"),
    [("account", "1111"), ("resource", "i-1"), ("product", "Amazon"), ("tag", "dem")],
)
def test_trying_out_counts_what_adding_assigns(
    field, value, match, provider, engagement, manager
):
    taken(provider, manager, bill(line(), line(hour=1, resource="I-1", project="Dem")))
    said = {"field": field, "match": match, "key": "project" if field == "tag" else ""}
    rule = TagRule(organisation=provider, engagement=engagement, value=value, **said)
    trial = rules.trial(organisation=provider, rule=rule)

    moved = rules.add_rule(rule=rule, by=manager)

    assert moved.lines == trial.lines
    assert moved.came[engagement.pk][1] == trial.yen


def test_a_rule_of_somebody_else_or_twice_is_refused(provider, engagement, manager):
    made(engagement, manager)
    with pytest.raises(ValidationError, match="such a rule already"):
        made(engagement, manager)
    stranger = Organisation.objects.create(name="他社", kind="provider")
    theirs = Engagement.objects.create(
        name="他", problem="課題", kind="anomaly", provider=stranger,
        customer=engagement.customer, place="工場", placement="edge",
        owner=manager, starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31),
    )  # fmt: skip
    rule = TagRule(organisation=provider, engagement=theirs, field="account", value="1")
    with pytest.raises(ValidationError, match="not one of yours"):
        rules.add_rule(rule=rule, by=manager)
    with pytest.raises(ValidationError, match="not one of yours"):
        rules.assign_by_hand(
            organisation=provider,
            lines=Charge.objects.all(),
            engagement=theirs,
            by=manager,
        )
    with pytest.raises(ValidationError, match="assigned meanwhile"):
        rules.assign_by_hand(
            organisation=provider,
            lines=Charge.objects.none(),
            engagement=engagement,
            by=manager,
        )


def test_who_does_not_manage_makes_no_rule(provider, engagement, manager, executive):
    rule, _moved = made(engagement, manager)
    engineer = person("engineer", provider, "engineer")
    for reader in (engineer, executive):
        for act in (
            lambda by: rules.add_rule(rule=rule, by=by),
            lambda by: rules.retire_rule(rule=rule, by=by),
            lambda by: rules.move_rule(rule=rule, up=True, by=by),
            lambda by: rules.run_rules(organisation=provider, by=by),
            lambda by: rules.assign_by_hand(
                organisation=provider,
                lines=Charge.objects.all(),
                engagement=engagement,
                by=by,
            ),
        ):
            with pytest.raises(PermissionDenied):
                act(reader)


# What is nobody's ------------------------------------------------------------------


def test_lines_are_gathered_by_what_they_have_in_common(provider, manager):
    taken(
        provider,
        manager,
        bill(
            line(),
            line(hour=1),
            line(hour=2, project="", account="2222"),
            line(hour=3, project="shop", account="2222"),
        ),
    )
    assert [way.code for way in ways(provider)] == [
        *("tag:project", "account", "resource", "product", "person")
    ]
    by = By.of("tag:project")
    assert [(g["group"], g["lines"]) for g in groups(provider, by)] == [
        *(("demand", 2), ("shop", 1), (None, 1))
    ]
    assert groups(provider, By.of("account"))[0]["yen"] == 918
    assert chosen(provider, by, ["demand", ""]).count() == 3
    assert chosen(provider, by, ["shop"]).count() == 1
    for code in ("", "tag", "account:x", "colour"):
        assert By.of(code) is None
    (told,) = nobodys(manager)
    assert (told.lines, told.yen) == (4, 4 * Decimal(459))
    assert not nobodys(person("viewer", provider, "viewer"))
    assert unassigned.of_provider(provider) == told


def test_the_pages_lead_from_a_bill_to_its_engagement(
    client, provider, engagement, manager
):
    delivered = taken(provider, manager, bill(line(), line(hour=1, project="shop")))
    client.force_login(manager)
    portfolio = client.get("/").text
    assert "2 lines belong to nobody yet." in portfolio
    page = client.get(reverse("costs:unassigned", args=[provider.pk])).text
    assert "Make a rule from this" in page

    form = {
        "field": "tag",
        "key": "project",
        "match": "equals",
        "value": "demand",
        "engagement": engagement.pk,
    }
    address = reverse("costs:rules", args=[provider.pk])
    tried = client.post(address, form | {"act": "try"}).text
    assert "It would assign 1 line, ¥459, to Early warning." in tried
    assert not TagRule.objects.exists()
    refused = client.post(address, form | {"key": "", "act": "add"}).text
    assert "A tag needs its name." in refused
    added = client.post(address, form | {"act": "add"}, follow=True).text
    assert "Moved: 1 line, of which ¥459 to engagements." in added
    again = client.post(address, form | {"act": "add"}).text
    assert "There is such a rule already" in again

    hand = {"by": "tag:project", "group": "shop", "engagement": engagement.pk}
    assign = reverse("costs:unassigned_assign", args=[provider.pk])
    assert "Tick the lines" in client.post(assign, {"by": "account"}, follow=True).text
    assert client.post(assign, {"by": "colour"}).status_code == 404
    assert "Moved: 1 line" in client.post(assign, hand, follow=True).text
    late = client.post(assign, hand, follow=True).text
    assert "assigned meanwhile" in late
    assert "Every line belongs to an engagement" in late
    assert whose() == ["予兆検知", "予兆検知"]

    rule = TagRule.objects.get()
    for name, data in (
        ("costs:rule_move", {"to": "down"}),
        ("costs:rule_retire", {}),
        ("costs:rule_retire", {}),
        ("costs:rule_move", {"to": "up"}),
    ):
        page = client.post(
            reverse(name, args=[provider.pk, rule.pk]), data, follow=True
        )
        assert page.status_code == 200
    assert "This rule was retired already." in page.text
    ran = client.post(reverse("costs:rules_run", args=[provider.pk]), follow=True)
    assert "Moved: 1 line" in ran.text
    idle = client.post(reverse("costs:rules_run", args=[provider.pk]), follow=True)
    assert "No line moved." in idle.text
    assert (
        delivered.get_absolute_url()
        in client.get(reverse("costs:imports", args=[provider.pk])).text
    )


def test_a_line_shows_its_history_and_is_placed_by_hand(
    client, provider, engagement, manager
):
    taken(provider, manager, bill(line()))
    taken(provider, manager, bill(line("2.50")))
    charge = Charge.objects.get()
    client.force_login(manager)
    address = reverse("costs:charge", args=[provider.pk, charge.pk])

    page = client.get(address).text
    assert "cost: 3.06" in page
    assert "Nobody yet" in page
    client.post(address, {"engagement": engagement.pk})
    charge.refresh_from_db()
    assert (charge.engagement, charge.assigned_by) == (engagement, "hand")
    assert client.post(address, {}).status_code == 200
