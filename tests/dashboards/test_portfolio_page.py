"""The page of the portfolio: its sentences, figures, rows, filters, orders and sums."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from dashboards import listing, portfolio_pages, portfolio_rows
from dashboards.choosing import STATES, By, Chosen
from dashboards.totals import Group, Sums, subtotals, together, totals
from evaluation.glances import retell_verdicts
from evaluation.models import LatestVerdict, OperationPlan
from projects.glancing import Coming, Need
from projects.models import Agreement, Engagement, Glance, Stage
from tests.past import past_the_guard
from tests.test_access import reader_of, rows  # noqa: F401 - a fixture
from tests.test_query_counts import another, fill

TODAY = date(2026, 11, 25)


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def people(client, rows, who="manager"):  # noqa: F811
    reader = reader_of(rows, who)
    reader.language = "en"
    reader.save()
    client.force_login(reader)
    return reader


def change(engagement: Engagement, **columns: object) -> None:
    Glance.objects.filter(engagement=engagement).update(**columns)


# Sentences and figures --------------------------------------------------------------


@pytest.mark.parametrize(
    ("sums", "said"),
    [
        (Sums(), "You take part in no engagement yet."),
        (Sums(all=2), "Every engagement has ended."),
        (
            Sums(all=1, kept=1),
            "Of one engagement in hand, <strong>one keeps what was agreed</strong>.",
        ),
        (
            Sums(all=9, kept=3, missed=2, unsure=1, unmeasured=1),
            "Of seven engagements in hand, "
            "<strong>three keep what was agreed</strong>, "
            "<strong>two fall short</strong>, one is not decided yet and "
            "one is not measured yet.",
        ),
        (
            Sums(
                all=1,
                missed=1,
                budgeted_yen=Decimal(17_900_000),
                budget_yen=Decimal(25_200_000),
            ),
            "Of one engagement in hand, <strong>one falls short</strong>. "
            "<strong>¥17.9\xa0M of ¥25.2\xa0M (71%)</strong> is spent.",
        ),
    ],
)
def test_the_opening_can_be_read_aloud(sums, said):
    assert portfolio_pages.lede(sums, None) == said


def test_the_opening_names_what_runs_out_and_trusts_no_name():
    one = SimpleNamespace(
        name="<b>", name_en="", glance=SimpleNamespace(runs_out_on=date(2026, 12, 18))
    )

    said = portfolio_pages.lede(Sums(all=1, kept=1), one)

    assert "The error budget of &lt;b&gt; will be used up on Fri 18 Dec." in said
    with translation.override("ja"):
        said = portfolio_pages.lede(Sums(all=2, kept=1, missed=1), one)
    assert said.startswith("進行中の2件のうち、<strong>1件は合意の範囲内</strong>、")
    assert "12月18日(金)に尽きる" in said


def test_a_heading_counts_the_decisions():
    assert portfolio_pages.heading(0) == "No decision waits for you"
    assert portfolio_pages.heading(1) == "One decision waits for you"
    assert portfolio_pages.heading(12) == "12 decisions wait for you"


def test_what_nobody_knows_is_said_in_words():
    unknown = portfolio_pages.figures(Sums(all=1))
    assert [one.is_known for one in unknown] == [False] * 4
    assert unknown[0].meaning == "no engagement says yet what it should bring"

    known = portfolio_pages.figures(
        Sums(
            all=2,
            operating=1,
            errors_yen=Decimal(140_000),
            realised_yen=Decimal(3_000_000),
            expected_yen=Decimal(9_000_000),
            gpu_yen=Decimal(2_000_000),
            spent_yen=Decimal(4_000_000),
            labels_yen=Decimal(500_000),
            people_yen=Decimal(1_500_000),
        )
    )
    assert [one.is_known for one in known] == [True] * 4
    assert [one.meaning for one in known] == [
        "of ¥9.0\xa0M expected a year",
        "in 1 engagement in operation",
        "50% of all that was spent",
        "and ¥1.5\xa0M for people's hours",
    ]
    # A bill may be taken back until nothing is left of all that was spent.
    assert portfolio_pages.figures(Sums(gpu_yen=Decimal(1)))[2].meaning.startswith("–")


def test_sums_add_up_and_the_worst_stays():
    one = Group((1,), Sums(all=2, kept=1, expected_yen=Decimal(5), burned=0.4))
    other = Group((2,), Sums(all=1, missed=1, burned=0.9))

    both = together([one, other])

    assert (both.all, both.open, both.expected_yen, both.burned) == (3, 2, 5, 0.9)
    assert together([]) == Sums()


# Rows -------------------------------------------------------------------------------


@pytest.fixture
def shown(client, rows):  # noqa: F811
    """The one engagement with a measured run, and how its row reads now."""
    engagement = Engagement.objects.get()
    fill(engagement, 0)
    reader = people(client, rows)

    def row(chosen: Chosen | None = None) -> portfolio_rows.Row:
        (found,) = listing.listed(reader, chosen or Chosen(), slice(50))
        (drawn,) = portfolio_rows.rows([found], today=TODAY)
        return drawn

    return SimpleNamespace(engagement=engagement, row=row)


def test_a_row_says_how_accurate_it_is_and_where_it_goes(shown):
    change(shown.engagement, errors=[12.0, 11.0, 10.0])

    row = shown.row()

    assert "FAIL" in row.accuracy
    assert "(at most 5.00%)" in row.accuracy
    assert f"/engagements/{shown.engagement.pk}/accuracy/" in row.accuracy
    assert "better 2 runs in a row" in row.accuracy
    assert row.mark == ""
    change(shown.engagement, unaccepted=True)
    assert "Errors not accepted" in shown.row().mark


def test_a_row_before_any_run_says_what_was_judged_or_why_not(shown):
    past_the_guard(LatestVerdict).delete()
    retell_verdicts(shown.engagement)
    Engagement.objects.update(stage=Stage.FEASIBILITY)
    assert "GO" in shown.row().accuracy
    assert "feasibility verdict" in shown.row().accuracy
    Engagement.objects.update(stage=Stage.AGREEMENT)
    assert "NOT MEASURED" in shown.row().accuracy

    Engagement.objects.update(stage=Stage.DECLINED, declined_because="理" * 70)
    assert "理" * 59 + "…" in shown.row().accuracy
    Engagement.objects.update(declined_because_en="No truth.")
    assert "No truth." in shown.row().accuracy
    assert shown.row().burned.count("–") == 1


def test_a_row_tells_of_an_undecided_and_a_loosened_verdict(shown):
    worst = LatestVerdict.objects.get().worst
    type(worst).objects.filter(pk=worst.pk).update(
        outcome="undecided", further_cases=53
    )
    LatestVerdict.objects.update(outcome="undecided")
    past_the_guard(Agreement).update(loosened_from=1)
    retell_verdicts(shown.engagement)

    row = shown.row()

    assert "53 more cases, none of them wrong" in row.accuracy
    assert "loosened after results" in row.accuracy
    assert f"/agreements/{worst.criterion.agreement_id}/changes/" in row.accuracy


def test_a_verdict_that_cannot_be_compared_has_no_bar(shown):
    worst = LatestVerdict.objects.get().worst
    assert "<svg" in portfolio_rows.bar(Glance.objects.get())
    past_the_guard(type(worst.criterion)).update(limit=0)
    retell_verdicts(shown.engagement)
    assert portfolio_rows.bar(Glance.objects.get()) == ""
    type(worst).objects.update(value=None)
    retell_verdicts(shown.engagement)
    assert portfolio_rows.bar(Glance.objects.get()) == ""
    assert "FAIL" in shown.row().accuracy


@pytest.mark.parametrize(
    ("used", "said", "fill"),
    [
        (0.41, "41%", "f-accent"),
        (0.92, "92%, nearly used up", "f-open"),
        (1.2, "120%, used up", "f-fail"),
    ],
)
def test_an_error_budget_says_its_colour_in_words(used, said, fill, shown):
    change(shown.engagement, burned=used)

    drawn = shown.row().burned

    assert f"<b>{said}</b>" in drawn
    assert fill in drawn


def test_without_a_budget_of_errors_it_says_why(shown):
    assert "not yet operating" in shown.row().burned
    Engagement.objects.update(stage=Stage.OPERATION)
    assert "no error budget yet" in shown.row().burned


def test_money_says_its_colour_in_words(shown):
    for spent, budget, stop, said in (
        (50, 100, 80, ""),
        (85, 100, 80, "past the stop line"),
        (101, 100, None, "over the budget"),
        (50, None, None, "no budget is set"),
        (0, None, None, "nothing spent"),
    ):
        change(shown.engagement, spent_yen=spent, budget_yen=budget, stop_yen=stop)
        assert said in shown.row().spent


def test_the_next_date_is_said_with_how_late_it_is(shown):
    change(shown.engagement, next_on=TODAY, coming=Coming.TASK)
    row = shown.row()
    assert (row.next_day, row.next_what, row.is_late) == (
        "25 Nov",
        "a task is due",
        False,
    )
    change(shown.engagement, next_on=TODAY - timedelta(3))
    row = shown.row()
    assert (row.next_what, row.is_late) == ("a task is due, 3 days overdue", True)
    change(shown.engagement, next_on=None, coming="")
    assert shown.row().next_day == shown.row().next_what == ""


@pytest.mark.parametrize(
    ("begun", "ends", "said"),
    [
        (date(2026, 4, 1), date(2027, 3, 31), "8/12 months"),
        (date(2026, 10, 30), date(2027, 3, 31), "1/6 months"),
        # Longer than was planned: of how many, nobody has said.
        (date(2026, 1, 1), date(2026, 6, 30), "11 months"),
        (date(2026, 12, 1), date(2027, 3, 31), "stage 6 of 6"),
    ],
)
def test_operation_counts_its_months(begun, ends, said, shown, django_user_model):
    engagement = shown.engagement
    assert "months" not in shown.row().stage
    OperationPlan.objects.create(
        engagement=engagement,
        starts_on=begun,
        owner=engagement.owner,
        deputy=django_user_model.objects.create_user("d@example.test"),
        truth_delay_days=1,
        fallback="手作業",
    )
    assert "months" not in shown.row().stage
    Engagement.objects.update(stage=Stage.OPERATION, ends_on=ends)

    assert said in shown.row().stage


# Filters, orders and sums -----------------------------------------------------------


@pytest.fixture
def several(client, rows):  # noqa: F811
    """Four engagements of two customers, each with a state and an owner of its own."""
    known = Engagement.objects.get()
    made = [known, *(another(known, number) for number in (1, 2, 3))]
    needs = (Need.KEPT, Need.MISSED, Need.UNSURE, Need.ENDED)
    for place, (one, need) in enumerate(zip(made, needs, strict=True)):
        change(
            one,
            need=need,
            error=(0.5, 2.0, None, 0.9)[place],
            burned=(None, 1.3, 0.2, None)[place],
            next_on=(None, TODAY, TODAY + timedelta(1), None)[place],
            spent_yen=(10, 90, 40, 0)[place],
            budget_yen=100,
            stage=("operation", "accuracy", "initial", "closed")[place],
        )
        Engagement.objects.filter(pk=one.pk).update(
            stage=("operation", "accuracy", "initial", "closed")[place],
            name_en=("", "Wafer", "Bearing", "")[place],
        )
    return SimpleNamespace(reader=people(client, rows), made=made)


def found(several, asked: str) -> list[int]:
    listed = listing.listed(several.reader, Chosen.read(asked), slice(50))
    return [several.made.index(one) for one in listed]


def test_every_filter_narrows(several):
    second, third = several.made[1], several.made[2]
    assert found(several, "q=waf") == [1]
    assert found(several, f"q={second.customer.name}") == [1]
    assert found(several, f"customer={second.customer_id}") == [1]
    assert found(several, "kind=inventory") == []
    assert found(several, "stage=initial") == [2]
    assert [found(several, f"state={state}") for state in STATES] == [
        *([1], [2], [], [0], [3])
    ]
    assert found(several, "owner=mine") == []
    Engagement.objects.filter(pk=third.pk).update(owner=several.reader)
    assert found(several, "owner=mine&stage=initial") == [2]


@pytest.mark.parametrize(
    ("asked", "order"),
    [
        ("", [1, 2, 0, 3]),
        ("sort=-need", [3, 0, 2, 1]),
        ("sort=stage", [2, 1, 0, 3]),
        ("sort=accuracy", [0, 3, 1, 2]),
        ("sort=-accuracy", [1, 3, 0, 2]),
        ("sort=-burned", [1, 2, 0, 3]),
        ("sort=burned", [2, 1, 0, 3]),
        ("sort=-spent", [1, 2, 0, 3]),
        ("sort=next", [1, 2, 0, 3]),
        ("sort=-next", [2, 1, 0, 3]),
    ],
)
def test_every_order_goes_both_ways_and_the_unknown_stays_last(asked, order, several):
    assert found(several, asked) == order


def test_names_are_sorted_as_the_reader_sees_them(several):
    assert found(several, "sort=name")[:2] == [2, 1]
    with translation.override("ja"):
        assert found(several, "sort=name") == sorted(
            range(4), key=lambda place: several.made[place].name
        )
    names = [
        several.made[place].customer.name for place in found(several, "sort=customer")
    ]
    assert names == sorted(names)


def test_the_page_says_how_many_it_shows_and_which_filter_to_lift(client, several):
    page = client.get("/?state=missed")
    assert "1 of 4 engagements" in page.text
    assert [one.words for one in page.context["lifts"]] == [
        "State: Short of what was agreed"
    ]

    page = client.get("/?state=missed&stage=closed&customer=424242&q=x&owner=mine")
    assert "No engagement fits all of this" in page.text
    assert [one.words for one in page.context["lifts"]] == [
        "Search: x",
        "Customer: another",
        "Stage: Closed",
        "State: Short of what was agreed",
        "Owner: mine",
    ]
    assert client.get("/?page=99&sort=what").status_code == 200


def test_of_very_many_organisations_a_few_are_offered_and_the_rest_are_searched():
    def group(number: int, shown: int) -> Group:
        return Group((number, f"客先{number:03}", ""), Sums(all=1, shown=shown))

    def offered(shown: set[int], asked: str = "") -> list[str]:
        groups = [group(number, int(number in shown)) for number in range(1, 81)]
        told = portfolio_pages.choices(groups, Chosen.read(asked))
        return [pk for pk, _name in told["customer"]]

    everything = set(range(1, 81))
    assert offered(everything) == [str(number) for number in range(1, 51)]
    assert offered({60, 70}, "q=x") == ["60", "70"]
    assert offered({77}, "customer=77")[-2:] == ["50", "77"]
    few = [group(number, 0) for number in range(1, 51)]
    assert len(portfolio_pages.choices(few, Chosen())["customer"]) == 50


def test_organisations_that_are_not_offered_are_counted(client, several, monkeypatch):
    monkeypatch.setattr(portfolio_pages, "CUSTOMERS_OFFERED", 1)

    assert "2 more: search by name" in client.get("/").text
    part = client.get("/?state=missed", headers={"HX-Request": "true"})
    assert 'hx-swap-oob="innerHTML:#f-customer"' in part.text


def test_a_script_gets_the_list_alone_under_a_plain_address(client, several):
    address = "/?q=&customer=&kind=anomaly&stage=&state=&owner="

    part = client.get(address, headers={"HX-Request": "true"})

    assert "<html" not in part.text
    assert 'hx-swap-oob="innerHTML:#shown"' in part.text
    assert part["HX-Push-Url"] == "/?kind=anomaly"
    assert "HX-Request" in part["Vary"]
    assert "HX-Request" in client.get(address)["Vary"]
    again = client.get(
        address,
        headers={"HX-Request": "true", "HX-History-Restore-Request": "true"},
    )
    assert "<html" in again.text
    every = client.get("/?q=", headers={"HX-Request": "true"})
    assert every["HX-Push-Url"] == "/?view=all"


def test_heads_say_their_order(client, several):
    text = client.get("/?sort=-burned").text

    assert text.count("aria-sort=") == 1
    assert 'aria-sort="descending"' in text
    assert "?sort=burned#engagements" in text
    assert 'aria-sort="ascending"' in client.get("/?sort=name").text


@pytest.mark.parametrize("by", list(By))
def test_engagements_are_summed_by_what_they_are_alike_in(by, client, several):
    groups = subtotals(several.reader, Chosen(), by)
    whole = together(groups)
    assert (whole.all, whole.missed, whole.burned) == (4, 1, 1.3)
    assert (whole.spent_yen, whole.budget_yen) == (140, 400)

    page = client.get(f"/?by={by}")

    assert len(page.context["lines"]) == len(groups)
    for line in page.context["lines"]:
        narrowed = totals(several.reader, Chosen.read(line.query))
        assert together(narrowed).shown == line.sums.all
    if by is By.STAGE:
        names = [line.name for line in page.context["lines"]]
        assert names == ["Initial judgement", "Accuracy", "Operation", "Closed"]
    with translation.override("ja"):
        assert portfolio_pages.lines(groups, Chosen(), by)
    assert "No engagement fits" in client.get(f"/?by={by}&q=nothing").text


def test_totals_count_what_a_filter_leaves(several):
    counted = together(totals(several.reader, Chosen.read("stage=initial")))

    assert (counted.all, counted.shown) == (4, 1)


# Who sees what ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "how_many"),
    [("manager", 4), ("viewer", 4), ("customer", 2), ("stranger", 0)],
)
def test_everybody_sees_what_they_take_part_in(who, how_many, client, rows):  # noqa: F811
    known = Engagement.objects.get()
    for number in (1, 2, 3):
        another(known, number)

    people(client, rows, who)
    page = client.get("/")

    assert len(page.context["rows"]) == how_many
    assert ("You take part in no engagement yet." in page.text) is (not how_many)
    assert ('role="search"' in page.text) is bool(how_many)
    # An organisation that one takes no part in is not even offered.
    offered = {name for _pk, name in page.context["offered"]["customer"]}
    assert len(offered) == (0 if not how_many else 1 if who == "customer" else 3)


def test_the_page_makes_twelve_queries_whatever_is_asked(client, several):
    for engagement in several.made:
        fill(engagement, several.made.index(engagement))
    for asked in ("", "?q=e&sort=-accuracy", "?by=kind", "?view=all&page=2"):
        client.get(f"/{asked}")
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/{asked}")
        assert len(queries) <= 12, asked


def test_the_list_walks_the_index_of_need(several):
    if connection.vendor != "postgresql":
        pytest.skip("the plan of Postgres")
    listed = listing.listed(several.reader, Chosen(), slice(50))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_sort = off")
    assert "glance_by_need" in listed.explain()


def test_the_price_of_accuracy_is_asked_for_when_it_is_reached(client, several):
    page = client.get("/?kind=anomaly")

    assert f'hx-get="{reverse("dashboards:prices")}?kind=anomaly"' in page.text
    assert 'hx-trigger="revealed"' in page.text
