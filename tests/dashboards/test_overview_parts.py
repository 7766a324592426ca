"""The overview's charts: their rules by cases, and each part as htmx and as a page."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from costs.models import Spend
from dashboards import left_out
from dashboards.overview import error_parts, part_queries, parts
from dashboards.overview.errors import (
    Kept,
    Period,
    Words,
    counts_figure,
    kept,
    periods,
    unbroken,
    usual_period,
    yen_figure,
)
from dashboards.overview.over_time import Measured, Version, finding
from dashboards.overview.over_time_chart import Words as LineWords
from dashboards.overview.over_time_chart import over_time
from evaluation.budget import Allowance, Day, Measure
from evaluation.models import CriterionVerdict, OperationDay
from projects.catalogue import METRICS, Bound, Unit
from projects.charts import Table
from projects.models import Agreement, Criterion, Engagement, ErrorBudget
from tests.dashboards.test_accuracy_price import judged, rows, spend_of  # noqa: F401
from tests.past import past_the_guard

RATE = METRICS["miss_rate"]
RECALL = METRICS["recall"]


@pytest.fixture(autouse=True)
def in_english():
    with override("en"):
        yield


def run(number: int, value: float, outcome: str = "fail", **changes) -> Measured:
    known = {
        "at": datetime(2026, 9, 1) + timedelta(days=7 * number),  # noqa: DTZ001
        "low": value * 0.8,
        "high": value * 1.2,
        "limit": 0.05,
        "bound": Bound.AT_MOST,
        "version": 1,
    }
    return Measured(number=number, value=value, outcome=outcome, **(known | changes))


# Accuracy over time ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("metric", "points", "title"),
    [
        (
            RATE,
            [
                run(1, 0.071),
                run(2, 0.06),
                run(3, 0.03, "pass"),
                run(4, 0.02, "pass"),
                run(5, 0.016, "pass"),
            ],
            "Miss rate improved from 7.1% to 1.6% in 5 runs; "
            "it has kept the limit (at most 5.00%) since run 3",
        ),
        (
            RATE,
            [run(1, 0.04, "pass"), run(2, 0.08)],
            "Miss rate worsened from 4.0% to 8.0% in 2 runs; "
            "it lies outside the limit (at most 5.00%)",
        ),
        (
            RATE,
            [run(1, 0.04, "pass"), run(2, 0.04, "undecided")],
            "Miss rate stayed at 4.0% over 2 runs; "
            "its interval cannot decide on the limit (at most 5.00%) yet",
        ),
        (
            RECALL,
            [run(1, 0.8, bound=Bound.AT_LEAST, limit=0.9)],
            "Recall is 80.0% in the only run; "
            "it lies outside the limit (at least 90.00%)",
        ),
        (
            RECALL,
            [
                run(n, v, bound=Bound.AT_LEAST, limit=0.9)
                for n, v in ((1, 0.8), (2, 0.85))
            ],
            "Recall improved from 80.0% to 85.0% in 2 runs; "
            "it lies outside the limit (at least 90.00%)",
        ),
    ],
    ids=["kept since", "worse", "the same, undecided", "one run", "high is good"],
)
def test_the_title_states_what_the_runs_show(metric, points, title):
    found = finding(points)

    assert found is not None
    assert parts.accuracy_words(metric, found) == title


def test_the_title_is_whole_in_japanese():
    found = finding([run(1, 0.071), run(2, 0.016, "pass")])

    with override("ja"):
        said = parts.accuracy_words(RATE, found)

    assert said == (
        "見逃し率は2回の評価で7.1%から1.6%へ改善しました。"
        "評価2から限度(5.00%以下)を守っています。"
    )


def test_of_no_run_nothing_is_found():
    assert finding([]) is None


@given(st.lists(st.sampled_from(["pass", "fail", "undecided"]), min_size=1, max_size=9))
def test_a_limit_counts_as_kept_only_without_a_later_break(outcomes):
    points = [run(n, 0.1, outcome) for n, outcome in enumerate(outcomes, start=1)]
    found = finding(points)

    assert found is not None
    if found.since is None:
        assert outcomes[-1] != "pass"
    else:
        assert set(outcomes[found.since - 1 :]) == {"pass"}
        assert found.since == 1 or outcomes[found.since - 2] != "pass"


def drawn(points, versions=(), unit=Unit.SHARE):
    words = LineWords(
        "", "Miss rate", "limit 5%", "Run %(n)s", "%d", ("",) * len(points)
    )
    both = over_time(points, versions, unit, words)
    assert set(both) == {"light", "dark"}
    return both["light"]


def test_runs_stand_in_time_with_their_band_the_limit_steps_at_a_version():
    points = [run(1, 0.07), run(3, 0.03, "pass", version=2, limit=0.04)]
    versions = [
        Version(1, datetime(2026, 8, 1), 0.05),  # noqa: DTZ001
        Version(2, datetime(2026, 9, 15), 0.04),  # noqa: DTZ001
        Version(3, datetime(2026, 9, 16), None),  # noqa: DTZ001
    ]

    shape = drawn(points, versions)

    low, high, _line, limit, marks = shape["data"]
    assert low["y"] == pytest.approx([5.6, 2.4])
    assert high["y"] == pytest.approx([8.4, 3.6])
    assert limit["y"] == pytest.approx([5, 4, 4])
    assert limit["line"]["shape"] == "hv"
    assert marks["marker"]["symbol"] == ["square", "circle"]
    named = [note["text"] for note in shape["layout"]["annotations"]]
    assert named == ["v2", "v3", "limit 5%"]
    pale = [one for one in shape["layout"]["shapes"] if one["type"] == "rect"]
    assert [(one["y0"], one["y1"]) for one in pale] == [(0, 5), (0, 4)]
    assert shape["layout"]["xaxis"]["type"] == "date"


def test_runs_of_one_day_stand_by_their_number():
    at = datetime(2026, 9, 1)  # noqa: DTZ001
    points = [
        run(n, 0.07, at=at, version=version, limit=limit)
        for n, version, limit in ((4, 1, 0.05), (5, 1, 0.05), (6, 2, 0.04))
    ]

    shape = drawn(points)

    assert shape["layout"]["xaxis"]["ticktext"] == ["Run 4", "Run 5", "Run 6"]
    assert shape["data"][-2]["x"] == pytest.approx([0.5, 2.5, 3.6])
    assert [n["text"] for n in shape["layout"]["annotations"][:2]] == ["v1", "v2"]


def test_what_must_be_high_is_pale_above_its_limit():
    points = [
        run(n, 0.92, bound=Bound.AT_LEAST, limit=0.9, low=None, high=None)
        for n in (1, 2)
    ]

    shape = drawn(points)

    assert len(shape["data"]) == 3
    (pale,) = [one for one in shape["layout"]["shapes"] if one["type"] == "rect"]
    assert pale["y0"] == 90
    assert pale["y1"] > 92
    assert shape["layout"]["yaxis"]["range"][0] > 80


def test_a_run_without_an_interval_narrows_the_band_to_its_value():
    points = [run(1, 2.0, low=None, high=None), run(2, 1.0, low=-0.5)]

    shape = drawn(points, unit=Unit.NUMBER)

    assert shape["data"][0]["y"] == [2.0, -0.5]
    assert shape["layout"]["yaxis"]["range"][0] < -0.5
    assert shape["layout"]["yaxis"]["ticksuffix"] == ""


# Errors by period -----------------------------------------------------------------


def day(on: date, over: int = 0, under: int = 0, yen: int = 0) -> Day:
    return Day(on, over, under, Decimal(yen))


def test_days_are_summed_by_calendar_period():
    days = [
        day(date(2026, 10, 5), 2, 1, 100),
        day(date(2026, 10, 11), 3),
        day(date(2026, 10, 26), 1, 0, 50),
    ]

    assert periods(days, "week") == [
        Period(date(2026, 10, 5), date(2026, 10, 11), 2, 5, 1, Decimal(100)),
        Period(date(2026, 10, 26), date(2026, 11, 1), 1, 1, 0, Decimal(50)),
    ]
    (month,) = periods(days, "month")
    assert (month.days, month.false_alarms, month.yen) == (3, 6, 150)


@given(
    st.lists(
        st.tuples(
            st.dates(date(2026, 1, 1), date(2027, 1, 1)),
            st.integers(0, 9),
            st.integers(0, 9),
        ),
        max_size=40,
    ),
    st.sampled_from(["week", "month", "quarter"]),
)
def test_no_error_is_lost_between_periods(days, per):
    found = periods([day(on, over, under) for on, over, under in days], per)

    assert sum(one.false_alarms for one in found) == sum(over for _d, over, _u in days)
    assert sum(one.misses for one in found) == sum(under for _d, _o, under in days)
    assert all(one.starts < one.ends for one in found)


ALLOWED = [
    Allowance(Measure.FALSE_ALARMS, Decimal(4), "week"),
    Allowance(Measure.MISSES, Decimal(1), "quarter"),
    Allowance(Measure.YEN, Decimal(60), "week"),
]


def test_an_allowance_is_held_against_its_own_period_alone():
    days = [day(date(2026, 10, 5), 5, 1, 50), day(date(2026, 10, 12), 4, 1, 70)]

    found = kept(periods(days, "week"), ALLOWED, "week")

    assert found == [
        Kept(Measure.FALSE_ALARMS, Decimal(4), 1, 2),
        Kept(Measure.YEN, Decimal(60), 1, 2),
    ]
    assert usual_period(ALLOWED) == "week"
    assert usual_period([ALLOWED[1]]) == "quarter"
    assert usual_period([]) == "week"


def test_counts_and_yen_never_share_an_axis():
    days = [day(date(2026, 10, 5), 5, 1, 50), day(date(2026, 10, 12), 4, 1, 70)]
    found = periods(days, "week")
    limits = {measure: measure.value for measure in Measure}
    words = Words("False alarms", "Misses", "¥", 10, ("first", "second"), limits)
    lines = kept(found, ALLOWED, "week")

    counts = counts_figure(found, lines, words)["light"]
    money = yen_figure(found, lines, words)["dark"]

    assert [line["y"] for line in counts["data"]] == [[5, 4], [1, 1]]
    assert [one["y0"] for one in counts["layout"]["shapes"]] == [4]
    assert [line["y"] for line in money["data"]] == [[5, 7]]
    assert [one["y0"] for one in money["layout"]["shapes"]] == [6]
    assert "yaxis2" not in counts["layout"]
    assert counts["data"][0]["x"] == ["first", "second"]


def test_a_period_without_a_written_day_is_a_gap_and_no_nought():
    days = [day(date(2026, 10, 5), 5), day(date(2026, 10, 26), 4)]
    whole = unbroken(periods(days, "week"), "week")
    words = Words("a", "b", "¥", 1, tuple("1234"), {})

    assert [one.days for one in whole] == [1, 0, 0, 1]
    assert [one.starts.day for one in whole] == [5, 12, 19, 26]
    assert counts_figure(whole, [], words)["light"]["data"][0]["y"] == [
        5,
        None,
        None,
        4,
    ]
    many = [whole[0]] * 7
    words = Words("a", "b", "¥", 1, tuple("1234567"), {})
    assert "width" not in yen_figure(many, [], words)["light"]["data"][0]


# The parts ------------------------------------------------------------------------


def asked(client, engagement, part, *, alone=True, **query):
    client.force_login(engagement.owner)
    address = reverse(f"dashboards:overview_{part}", args=[engagement.pk])
    headers = {"HX-Request": "true"} if alone else {}
    answer = client.get(address, query, headers=headers)
    assert answer.status_code == 200
    return answer


def test_accuracy_over_time_is_loaded_alone_and_read_as_a_page(client, judged):  # noqa: F811
    alone = asked(client, judged, "accuracy").text
    page = asked(client, judged, "accuracy", alone=False).text

    title = "Miss rate improved from 40.0% to 10.0% in 4 runs"
    assert title in alone
    assert "<html" not in alone
    assert title in page
    assert "<html" in page
    assert "Run 11" in alone
    assert reverse("dashboards:accuracy", args=[judged.pk]) in alone
    assert "HX-Request" in asked(client, judged, "accuracy").headers["Vary"]


def test_of_several_criteria_of_a_run_the_worst_is_drawn(judged):  # noqa: F811
    verdict = CriterionVerdict.objects.order_by("pk").last()
    verdict.pk = None
    verdict.value, verdict.segment = 0.02, "3号機"
    verdict.save()

    found = part_queries.measured(judged, "miss_rate")

    assert [point.value for point in found] == pytest.approx([0.4, 0.2, 0.25, 0.1])
    verdict.value = 0.6
    verdict.save()
    assert part_queries.measured(judged, "miss_rate")[-1].segment == "3号機"


def test_a_segment_is_never_markup_of_the_chart(client, judged):  # noqa: F811
    verdict = CriterionVerdict.objects.order_by("pk").last()
    verdict.pk = None
    verdict.value, verdict.segment = 0.6, "<b>&"
    verdict.save()

    part = asked(client, judged, "accuracy").text

    # What stands on the chart came as JSON; the table escapes by itself.
    assert r"\u0026lt;b\u0026gt;\u0026amp;" in part
    assert r"\u003Cb\u003E" not in part
    assert "<b>&" not in part


def test_of_very_many_runs_the_newest_are_drawn_and_it_is_said(
    client,
    judged,  # noqa: F811
    monkeypatch,
):
    whole = part_queries.measured(judged, "miss_rate")
    assert part_queries.newest_measured(judged, "miss_rate") == (whole, False)
    said = "Only the newest 2 runs are drawn; the CSV holds every one."
    assert said not in asked(client, judged, "accuracy").text

    monkeypatch.setattr(part_queries, "POINTS", 2)

    assert part_queries.newest_measured(judged, "miss_rate") == (whole[-2:], True)
    # A run judged by very many limits takes no other's place, and none is half read.
    newest = CriterionVerdict.objects.order_by("pk").last()
    for place in range(12):
        newest.pk, newest.segment, newest.value = None, f"{place}", 0.01
        newest.save()
    assert part_queries.newest_measured(judged, "miss_rate") == (whole[-2:], True)
    assert said in asked(client, judged, "accuracy").text
    address = reverse("dashboards:overview_accuracy_csv", args=[judged.pk])
    assert len(client.get(address).getvalue().splitlines()) == 1 + len(whole)


def test_a_long_table_keeps_its_newest_rows_and_says_so():
    lines = tuple((f"{n}", "x") for n in range(60))
    links = tuple(f"/{n}/" for n in range(60))
    table = Table("All", ("Run", "What"), lines, "Read it so.", links)

    cut = left_out.shortened(table)
    assert cut.rows == lines[10:]
    assert cut.links == links[10:]
    assert cut.note == (
        "Read it so. The newest 50 of 60 rows; the CSV holds every one."
    )
    assert left_out.shortened(table, newest_first=True).rows == lines[:50]
    with override("ja"):
        assert left_out.shortened(Table("全", ("回",), lines)).note.startswith("60")
    short = Table("All", ("Run",), lines[:50])
    assert left_out.shortened(short) is short


def test_periods_that_are_not_drawn_stand_in_the_table_and_it_is_said(
    client,
    judged,  # noqa: F811
    monkeypatch,
):
    for week in range(4):
        OperationDay.objects.create(
            engagement=judged,
            day=date(2026, 6, 1) + timedelta(weeks=week),
            cases=10,
            known=10,
            false_alarms=1,
            recorded_by=judged.owner,
        )
    said = "Older periods are not drawn; the CSV holds every one."
    assert said not in asked(client, judged, "errors").text

    monkeypatch.setattr("dashboards.overview.errors.SHOWN", 2)

    part = error_parts.errors_part(judged, {"by": "week"})
    assert part.how.endswith(said)
    assert len(part.charts[0].table.rows) == 4


def test_a_limit_of_nothing_is_compared_by_the_distance(judged):  # noqa: F811
    past_the_guard(Criterion).update(limit=0)

    found = part_queries.measured(judged, "miss_rate")

    assert [point.limit for point in found] == [0, 0, 0, 0]


def test_each_version_has_its_tightest_limit(judged):  # noqa: F811
    agreement = judged.agreements.first()
    past_the_guard(Agreement).filter(pk=agreement.pk).update(
        in_force_since=timezone.now()
    )
    line = Criterion(
        agreement=agreement, metric="miss_rate", bound="at_most", limit="0.01"
    )
    past_the_guard(Criterion).bulk_create([line])

    (found,) = part_queries.versions(judged, "miss_rate")

    assert found.limit == pytest.approx(0.01)
    assert found.number == agreement.version


def test_a_time_that_is_missing_is_an_error():
    with pytest.raises(ValueError, match="without its time"):
        part_queries._local(None)


def test_a_metric_can_be_chosen(client, judged):  # noqa: F811
    newest = Engagement.objects.get().latest.run
    line = Criterion(
        agreement=newest.agreement, metric="recall", bound="at_least", limit="0.9"
    )
    (criterion,) = past_the_guard(Criterion).bulk_create([line])
    CriterionVerdict.objects.create(
        result=newest.result,
        criterion=criterion,
        outcome="pass",
        reason="inside",
        value=None,
        cases=0,
    )

    text = asked(client, judged, "accuracy", metric="recall").text

    assert "No run could measure Recall." in text
    assert 'aria-current="true"' in text
    assert "hx-get" in text


def test_the_runs_are_a_file(client, judged):  # noqa: F811
    client.force_login(judged.owner)
    address = reverse("dashboards:overview_accuracy_csv", args=[judged.pk])

    lines = b"".join(client.get(address).streaming_content).decode("utf-8-sig")

    head, *body = lines.splitlines()
    assert head.startswith("Run,Day,Measured,Low end,High end,Limit,Verdict")
    assert len(body) == 4
    assert body[0].startswith("11,2026-05-20,0.4,0.36,0.44,0.05,FAIL")


def operated(engagement, *days):
    OperationDay.objects.bulk_create(
        OperationDay(
            engagement=engagement,
            day=on,
            cases=100,
            known=100,
            false_alarms=over,
            misses=under,
            cost_yen=yen,
            recorded_by=engagement.owner,
        )
        for on, over, under, yen in days
    )


def allowed(engagement, **budget):
    agreement = engagement.agreements.first()
    past_the_guard(Agreement).filter(pk=agreement.pk).update(status="in_force")
    known = {"agreement": agreement, "until": date(2027, 12, 31)}
    past_the_guard(ErrorBudget).bulk_create([ErrorBudget(**known, **budget)])


def test_errors_are_told_against_the_budget_and_in_yen(client, judged):  # noqa: F811
    allowed(judged, false_alarms=4, misses=1)
    operated(
        judged,
        (date(2026, 10, 5), 5, 1, 1_500_000),
        (date(2026, 10, 12), 4, 0, 200_000),
    )

    text = asked(client, judged, "errors").text

    assert "False alarms stayed inside the budget in 1 of 2 weeks" in text
    assert "The ink lines are what management bears" in text
    assert "Cost of the errors" in text
    assert 'data-chart="errors-yen"' in text
    quarters = asked(client, judged, "errors", by="quarter").text
    assert "Misses stayed inside the budget in 1 of 1 quarter" in quarters
    months = asked(client, judged, "errors", by="month").text
    assert "The budget counts by another period" in months


def test_the_errors_of_a_forecast_are_units_in_its_own_words(client, judged):  # noqa: F811
    Engagement.objects.update(kind="demand_forecast")
    operated(
        judged, (date(2026, 10, 5), 180, 160, 0), (date(2026, 10, 26), 200, 200, 0)
    )

    text = asked(client, judged, "errors").text

    assert "Forecast too much 380, Forecast too little 360" in text
    assert "No error budget is agreed" in text
    # The weeks between have a place on the axis, and no row of noughts.
    assert text.count('<th scope="row">week of') == 2
    assert 'data-chart="errors-yen"' not in text


@pytest.mark.parametrize(
    ("per", "names"),
    [
        ("week", ("week of 5 Oct 2020", "2020/10/5からの週")),
        ("month", ("October 2020", "2020年10月")),
        ("quarter", ("Q4 2020", "2020年第4四半期")),
    ],
)
def test_a_period_has_a_name_and_the_present_one_is_not_over(per, names):
    (past,) = periods([day(date(2020, 10, 5))], per)
    (now,) = periods([day(timezone.localdate())], per)

    assert error_parts._named(past, per) == names[0]
    assert error_parts._named(now, per).endswith(" so far")
    with override("ja"):
        assert error_parts._named(past, per) == names[1]
        assert error_parts._named(now, per).endswith("(途中)")


def test_the_errors_are_a_file(client, judged):  # noqa: F811
    allowed(judged, false_alarms=4)
    operated(judged, (date(2026, 10, 5), 5, 1, 300))
    client.force_login(judged.owner)
    address = reverse("dashboards:overview_errors_csv", args=[judged.pk])

    lines = b"".join(client.get(address).streaming_content).decode("utf-8-sig")

    head, body = lines.splitlines()
    assert head.startswith(
        'From,Until,Days written,False alarms,"False alarms, allowed"'
    )
    assert body == "2026-10-05,2026-10-11,1,5,4,1,300"


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ("accuracy", "No run has been measured yet"),
        ("errors", "It is not in operation yet"),
        ("burn_up", "Nothing has been spent yet"),
        ("price", "Once runs are judged"),
    ],
)
def test_a_part_with_nothing_in_it_says_what_will_stand_there(
    part,
    said,
    client,
    rows,  # noqa: F811
):
    engagement = Engagement.objects.get()
    owner = engagement.owner
    owner.memberships.create(organisation=engagement.provider, role="project_manager")
    type(owner).objects.update(language="en")
    engagement.spend_days.all().delete()

    text = asked(client, engagement, part, alone=False).text

    assert said in text
    assert "data-chart" not in text


def test_spend_and_price_are_small_pictures_with_a_way_to_the_whole(client, judged):  # noqa: F811
    Spend.objects.update_or_create(
        engagement=judged, defaults={"budget_yen": 20_000_000, "spent_yen": 100}
    )
    today = timezone.localdate()
    Engagement.objects.update(ends_on=today + timedelta(days=90))
    judged.budgets.create(amount_yen=20_000_000, set_by=judged.owner)
    spend_of(judged, *((today - timedelta(days=n), "gpu", 1000) for n in range(1, 20)))

    burn_up = asked(client, judged, "burn_up").text
    price = asked(client, judged, "price").text

    assert "the wedge what is ahead" in burn_up
    assert reverse("costs:costs", args=[judged.pk]) in burn_up
    assert reverse("dashboards:accuracy_price", args=[judged.pk]) in price
    assert "was spent until run 14" in price
    assert '"tickangle": 0' in burn_up


def test_without_a_budget_nothing_is_ahead(client, judged):  # noqa: F811
    judged.budgets.all().delete()
    Spend.objects.update_or_create(engagement=judged, defaults={"budget_yen": None})
    assert (
        "Spent until each day; no budget is set."
        in asked(client, judged, "burn_up").text
    )

    Spend.objects.update(budget_yen=100)
    assert (
        "Spent until each day; the ink line is the budget."
        in asked(client, judged, "burn_up").text
    )
