"""What accuracy has cost: laws of the fit, and the page with real runs and money."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from costs.models import SpendDay
from costs.services import budgets
from dashboards.accuracy_price import (
    Point,
    best_so_far,
    fitted,
    reach,
    yen_a_point,
)
from evaluation.models import CriterionVerdict, LatestVerdict, Result, Run, RunStatus
from projects.catalogue import Bound, Unit, error_share, error_span
from projects.models import Criterion, Engagement
from projects.templatetags.times import day_near
from tests.past import past_the_guard
from tests.test_access import rows  # noqa: F401 - a fixture
from tests.test_query_counts import judge, submit

DAY = date(2026, 10, 1)


def at(yen: float, error: float, number: int = 1, outcome: str = "fail") -> Point:
    return Point(
        number, DAY, Decimal(str(yen)), error, error, error * 0.9, error * 1.1, outcome
    )


def along(*pairs: tuple[float, float]) -> list[Point]:
    return [at(yen, error, n) for n, (yen, error) in enumerate(pairs, start=1)]


@pytest.mark.parametrize(
    ("value", "limit", "bound", "unit", "share"),
    [
        (0.06, 0.03, Bound.AT_MOST, Unit.SHARE, 2),
        (0.03, 0.03, Bound.BELOW, Unit.SHARE, 1),
        (0.8, 0.9, Bound.AT_LEAST, Unit.SHARE, 2),
        (0.8, 0.9, Bound.ABOVE, Unit.RATIO, 2),
        (50, 100, Bound.AT_LEAST, Unit.COUNT, 2),
        (1, 0, Bound.AT_MOST, Unit.COUNT, None),
        (0.8, 1, Bound.AT_LEAST, Unit.SHARE, None),
        (0, 5, Bound.AT_LEAST, Unit.COUNT, None),
    ],
)
def test_an_error_is_told_by_what_is_allowed(value, limit, bound, unit, share):
    found = error_share(value, limit, bound, unit)

    assert found == (None if share is None else pytest.approx(share))


@pytest.mark.parametrize(
    ("low", "high", "span"),
    [
        # What must be high: the lower end of the interval is the larger error.
        (0.8, 0.95, (1.0, 0.5, 2.0)),
        (None, None, (1.0, 1.0, 1.0)),
        (0.8, None, (1.0, 1.0, 2.0)),
    ],
)
def test_an_interval_becomes_errors_by_what_is_allowed(low, high, span):
    found = error_span(0.9, low, high, 0.9, Bound.AT_LEAST, Unit.SHARE)
    assert found == pytest.approx(span)
    assert error_span(0.9, low, high, 1.0, Bound.AT_LEAST, Unit.SHARE) is None


@given(st.lists(st.floats(0.01, 9), min_size=1, max_size=30))
def test_the_best_so_far_never_rises(errors):
    points = along(*((n + 1, error) for n, error in enumerate(errors)))
    best = [point.error for point in best_so_far(points)]

    assert best == sorted(best, reverse=True)
    assert best[-1] == min(errors)


def test_a_point_costs_what_was_paid_for_what_was_gained():
    # From 300 % to 200 % of what is allowed: a hundred points for a million yen.
    assert yen_a_point(along((1e6, 3), (2e6, 2), (3e6, 2.5))) == pytest.approx(1e4)
    assert yen_a_point(along((1e6, 3))) is None
    assert yen_a_point(along((1e6, 3), (2e6, 3))) is None
    assert yen_a_point(along((1e6, 3), (1e6, 2))) is None


@given(st.floats(0.2, 1.5), st.floats(2, 30))
def test_a_power_law_is_found_again(power, first):
    spends = [1e6, 1.5e6, 2e6, 2.5e6]
    points = along(*((yen, first * (yen / 1e6) ** -power) for yen in spends))
    if points[-1].error <= 1.001:
        return
    truth = 1e6 * first ** (1 / power)
    found = reach(points)

    if truth > 100 * spends[-1] * 1.001:
        assert found is None
    elif truth < 100 * spends[-1] * 0.999:
        assert found is not None
        assert found.middle == pytest.approx(truth, rel=1e-6)
        assert found.low == pytest.approx(truth, rel=1e-3)


def test_a_scattered_law_has_a_range_and_the_same_one_each_time():
    points = along((1e6, 4), (2e6, 3.4), (3e6, 2.4), (4e6, 2.3), (6e6, 1.6))
    found = reach(points)

    assert found is not None
    assert found == reach(points)
    assert 6e6 <= found.low < found.middle
    assert found.high is not None
    assert found.middle < found.high


def test_a_slow_end_that_never_comes_there_is_left_open():
    points = along((1e6, 8), (2e6, 8), (3e6, 8), (4e6, 2))
    found = reach(points)

    assert found is not None
    assert found.high is None


@pytest.mark.parametrize(
    "points",
    [
        along((1e6, 4), (2e6, 3), (3e6, 2)),
        along((1e6, 4), (2e6, 3), (3e6, 2), (4e6, 0.9)),
        along((1e6, 2), (2e6, 3), (3e6, 4), (4e6, 5)),
        along((1e6, 4), (1e6, 3), (1e6, 2.5), (1e6, 2)),
        along((1e6, 4), (2e6, 3.999), (3e6, 3.998), (4e6, 3.997)),
    ],
    ids=["too few", "reached", "does not fall", "one spend", "too far"],
)
def test_nothing_is_foretold_without_ground(points):
    assert reach(points) is None


def test_the_fit_is_drawn_from_the_last_spend_to_the_line():
    points = along((1e6, 8), (2e6, 4), (4e6, 2), (5e6, 1.6))
    drawn = fitted(points, 8e6)

    assert drawn[0] == (5e6, pytest.approx(1.6))
    assert drawn[-1] == (8e6, pytest.approx(1))


# The page ------------------------------------------------------------------------


def spend_of(engagement, *days):
    """So many yen on each of the days."""
    SpendDay.objects.bulk_create(
        SpendDay(
            organisation=engagement.provider,
            engagement=engagement,
            day=day,
            month=day.replace(day=1),
            kind=kind,
            currency="JPY",
            key=f"{day}{kind}",
            lines=1,
            cost_yen=Decimal(yen),
        )
        for day, kind, yen in days
    )


@pytest.fixture
def judged(rows):  # noqa: F811
    """Four runs a month apart, each after another million yen, getting better."""
    engagement = Engagement.objects.get()
    agreement = engagement.agreements.first()
    owner = engagement.owner
    owner.memberships.create(organisation=engagement.provider, role="project_manager")
    owner.language = "en"
    owner.save()
    spend_of(
        engagement,
        *((date(2026, month, 1), "gpu", 1_000_000) for month in (5, 6, 7, 8)),
        (date(2026, 5, 1), "inference", 9_000_000),
    )
    for number, (value, outcome) in enumerate(
        ((0.4, "fail"), (0.2, "fail"), (0.25, "fail"), (0.1, "undecided")), start=11
    ):
        run = submit(agreement, number, RunStatus.MEASURED, owner)
        at_noon = datetime(2026, number - 6, 20, 3, tzinfo=UTC)
        Run.objects.filter(pk=run.pk).update(finished_at=at_noon)
        Result.objects.create(
            run=run,
            outcome=outcome,
            finished={},
            rows=1,
            evaluator_version="1",
            seconds=1,
        )
        worst = judge(run)
        CriterionVerdict.objects.filter(pk=worst.pk).update(
            value=value, low=value * 0.9, high=value * 1.1, outcome=outcome
        )
        LatestVerdict.objects.update_or_create(
            engagement=engagement,
            defaults={"run": run, "outcome": outcome, "worst": worst},
        )
    return engagement


def shown(client, engagement, **asked):
    client.force_login(engagement.owner)
    return client.get(reverse("dashboards:accuracy_price", args=[engagement.pk]), asked)


def test_the_page_says_what_was_spent_and_where_the_line_lies(client, judged):
    page = shown(client, judged)

    assert "¥4.0\u00a0M was spent until run 14." in page.text
    assert "Each point of the allowed error that was gained cost ¥5,000." in page.text
    assert "At the present pace the line lies near" in page.text
    rows_shown = page.context["chart"].table.rows
    assert [row[4] for row in rows_shown] == ["800%", "400%", "500%", "200%"]
    assert rows_shown[0][2] == "¥1.0\u00a0M"
    figure = page.context["chart"].figure["light"]
    assert figure["data"][1]["marker"]["symbol"] == ["square"] * 3 + ["diamond"]
    assert figure["data"][0]["y"] == pytest.approx([800, 400, 400, 200])


def test_a_line_past_the_stop_line_is_said_and_drawn(client, judged):
    budgets.set_budget(
        engagement=judged,
        budget_yen=Decimal(6_000_000),
        stop_yen=Decimal(4_500_000),
        by=judged.owner,
    )
    page = shown(client, judged)

    assert "That is past the stop line of ¥4.5\u00a0M." in page.text
    upright = page.context["chart"].figure["dark"]["layout"]["shapes"][-1]
    assert (upright["x0"], upright["x1"]) == (4.5, 4.5)


def test_a_line_that_was_reached_says_by_which_run(client, judged):
    CriterionVerdict.objects.filter(result__run__number=14).update(value=0.05)
    page = shown(client, judged, metric="miss_rate")

    assert "The agreed line was reached by run 14, after ¥4.0\u00a0M." in page.text
    assert page.context["ahead"] is None


def test_of_the_newest_runs_alone_nothing_is_said_of_older_ones(
    client, judged, monkeypatch
):
    CriterionVerdict.objects.update(value=0.001, low=None, high=None)
    page = shown(client, judged).text
    assert "The agreed line was reached by run 11" in page

    monkeypatch.setattr("dashboards.price_queries.NEWEST", 2)

    page = shown(client, judged).text
    assert "The agreed line was reached by" not in page
    assert "Of the runs shown, run 13 was inside the agreed line" in page
    assert "Only the newest 2 runs are drawn" in page


def test_too_few_runs_and_a_pace_that_leads_nowhere_are_said(client, judged):
    CriterionVerdict.objects.filter(result__run__number__gt=11).update(value=0.4)
    assert "the agreed line is not reached" in shown(client, judged).text
    CriterionVerdict.objects.filter(result__run__number__gt=12).update(value=None)
    assert "With four runs it can be said" in shown(client, judged).text
    CriterionVerdict.objects.update(value=None)
    page = shown(client, judged)
    assert "No run has measured this yet." in page.text
    assert page.context["chart"] is None


def test_an_open_end_is_said_without_a_number(client, judged):
    for number, value in ((11, 0.4), (12, 0.4), (13, 0.4), (14, 0.1)):
        CriterionVerdict.objects.filter(result__run__number=number).update(value=value)
    page = shown(client, judged)

    assert page.context["ahead"].high is None
    assert "at best" in page.text


def test_a_limit_of_nothing_and_half_an_interval_are_borne(client, judged):
    CriterionVerdict.objects.filter(result__run__number=12).update(low=None)
    past_the_guard(Criterion).filter(
        pk__in=CriterionVerdict.objects.filter(result__run__number=11).values(
            "criterion"
        )
    ).update(limit=0)
    page = shown(client, judged)

    assert [row[0] for row in page.context["chart"].table.rows] == [
        "Run 12",
        "Run 13",
        "Run 14",
    ]


def test_of_several_segments_the_worst_one_counts(client, judged):
    verdict = CriterionVerdict.objects.get(result__run__number=14)
    for value in (0.3, 0.15):
        verdict.pk, verdict.value, verdict.segment = None, value, f"{value}"
        verdict.save()
    page = shown(client, judged)

    assert page.context["chart"].table.rows[-1][4] == "600%"


def test_the_page_before_any_run_says_what_will_stand_there(client, engagement):
    engagement.owner.memberships.get_or_create(
        organisation=engagement.provider, role="project_manager"
    )
    page = shown(client, engagement)

    assert page.context["metrics"] == {}
    assert "chart" not in page.context


def test_the_page_reads_in_japanese(client, judged):
    judged.owner.language = "ja"
    judged.owner.save()
    page = shown(client, judged)

    with override("ja"):
        run_day = day_near(date(2026, 5, 20), timezone.localdate())
    assert page.context["chart"].table.rows[0][:3] == (
        "評価実行 11",
        run_day,
        "100万円",
    )
    assert "(万円)" in str(page.context["chart"].figure["light"]["layout"]["xaxis"])


def test_the_runs_are_a_file_too(client, judged):
    client.force_login(judged.owner)
    taken = client.get(reverse("dashboards:accuracy_price_csv", args=[judged.pk]))
    lines = taken.getvalue().decode("utf-8-sig").splitlines()

    assert lines[0].startswith("Run,Day,Spent so far (yen),Measured")
    assert lines[1] == "11,2026-05-20,1000000.0000,0.4,8.0,FAIL"
    assert len(lines) == 5


def test_before_any_run_the_file_is_a_head_alone(client, engagement):
    engagement.owner.memberships.get_or_create(
        organisation=engagement.provider, role="project_manager"
    )
    client.force_login(engagement.owner)
    taken = client.get(reverse("dashboards:accuracy_price_csv", args=[engagement.pk]))

    assert len(taken.getvalue().decode().splitlines()) == 1
