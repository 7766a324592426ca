"""The accuracy of each kind over its runs, and the way down to a segment."""

from __future__ import annotations

import csv
import json
import re
from datetime import date
from decimal import Decimal
from functools import partial
from io import StringIO

import plotly.graph_objects as go
import pytest
from django.urls import reverse
from django.utils import timezone, translation

from dashboards.accuracy import breakdown, drawing, queries, shown, trends
from dashboards.accuracy.finding import Change, Move, change
from dashboards.accuracy.period import Fault, Period, period_of
from evaluation.figures import figures_of
from evaluation.models import Result
from projects.catalogue import METRICS, Shape, Terms
from projects.models import Engagement, User
from projects.templatetags.figures import metric_text
from tests.dashboards.measured import (
    NOON,
    alarms,
    forecasts,
    run_of,
    stock,
    trials,
    version,
)
from tests.past import past_the_guard

TODAY = date(2026, 11, 25)
MISSES = {"metric": "miss_rate", "bound": "at_most", "limit": Decimal("0.2")}
EACH = {**MISSES, "scope": "each", "confidence": Decimal("0.95")}


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOON)


@pytest.fixture
def of_kind(engagement):
    def change_kind(kind: str) -> Engagement:
        past_the_guard(Engagement).update(kind=kind)
        return Engagement.objects.get()

    return change_kind


def page(client, engagement, **asked):
    client.force_login(engagement.owner)
    return client.get(reverse("dashboards:accuracy", args=[engagement.pk]), asked)


def charts(answer) -> dict[str, object]:
    return {one.key: one for one in answer.context["charts"]}


def titles(answer) -> list[str]:
    return [one.title for one in answer.context["charts"]]


# Which days ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "period"),
    [
        ({}, Period("all")),
        ({"days": "all"}, Period("all")),
        ({"days": "7"}, Period("all")),
        ({"days": "30"}, Period("30", date(2026, 10, 27), TODAY)),
        ({"days": "365"}, Period("365", date(2025, 11, 26), TODAY)),
        ({"from": "2026-11-01"}, Period("own", date(2026, 11, 1), None)),
        ({"to": "2026-11-01", "days": "30"}, Period("own", None, date(2026, 11, 1))),
        ({"from": "yesterday"}, Period("all", fault=Fault.NO_DAY)),
        (
            {"from": "2026-11-02", "to": "2026-11-01"},
            Period("all", fault=Fault.UPSIDE_DOWN),
        ),
    ],
)
def test_the_days_asked_for(asked, period):
    assert period_of(asked, TODAY) == period


# What can be said ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "now", "found"),
    [
        ((0.2, 0.1, 0.3), (0.2, 0.1, 0.3), Change(Move.STAYED, None)),
        ((0.2, 0.1, 0.3), (0.25, 0.15, 0.35), Change(Move.ROSE, False)),
        ((0.2, 0.1, 0.3), (0.05, 0.01, 0.09), Change(Move.FELL, True)),
        ((0.2, 0.1, 0.3), (0.5, 0.4, 0.6), Change(Move.ROSE, True)),
        ((0.2, None, None), (0.1, 0.0, 0.2), Change(Move.FELL, None)),
    ],
)
def test_where_a_figure_went_and_whether_by_more_than_chance(before, now, found):
    assert change(before, now) == found


# Every kind ------------------------------------------------------------------------


def test_detection_is_read_by_its_errors_its_limit_and_where_it_came_from(
    client, engagement
):
    agreed = version(engagement, 1, MISSES)
    run_of(agreed, 1, alarms(1, blind=LINE), days_ago=40)
    run_of(agreed, 2, alarms(2))

    answer = page(client, engagement)

    assert [one.key for one in answer.context["findings"]][:2] == [
        "miss_rate",
        "false_positive_rate",
    ]
    first = answer.context["findings"][0]
    assert first.outcome == "pass"
    assert re.fullmatch(
        r"Miss rate: [\d.]+%, inside what was agreed \(at most 20.00%\)", first.said
    )
    assert re.search("It fell from [0-9.]+% in run 1, more than chance.", first.moved)
    assert first.said in answer.text
    assert "2 measured runs; the newest is run 2 of 25 November 2026" in answer.text
    assert {"recall", "precision"} <= set(charts(answer))


LINE = "プレス1号機"


def test_every_chart_is_what_plotly_takes_and_small(client, engagement):
    agreed = version(engagement, 1, MISSES)
    for number in range(1, 6):
        run_of(agreed, number, alarms(number))

    answer = page(client, engagement)

    found = re.findall(
        r'<script id="(\w+)" type="application/json">(.+?)</script>', answer.text
    )
    assert {key for key, _figure in found} == set(charts(answer))
    for _key, figure in found:
        assert len(figure) < 25_000
    for chart in charts(answer).values():
        for theme in ("light", "dark"):
            go.Figure(chart.figure[theme])
        assert chart.spoken
        assert "Chart over runs 1 to 5." in chart.spoken


def test_the_limit_and_what_it_accepts_are_drawn_for_each_version(client, engagement):
    old = version(engagement, 1, MISSES, in_force=False)
    new = version(engagement, 2, MISSES | {"limit": Decimal("0.05")})
    for number, agreed in enumerate((old, old, new, new), start=1):
        run_of(agreed, number, alarms(number))

    drawn = charts(page(client, engagement))["miss_rate"].figure["light"]["layout"]

    heights = [
        s["y0"] for s in drawn["shapes"] if s["type"] == "line" and s.get("xref") == "x"
    ]
    assert heights == [20, 5]
    accepted = [s for s in drawn["shapes"] if s["type"] == "rect"]
    assert [(s["x0"], s["x1"], s["y1"]) for s in accepted] == [
        (0.5, 2.5, 20),
        (2.5, 4.5, 5),
    ]
    assert [a["text"] for a in drawn["annotations"]] == ["agreed 5.00%", "v2"]


def test_only_the_runs_of_the_version_in_force(client, engagement):
    old = version(engagement, 1, MISSES, in_force=False)
    new = version(engagement, 2, MISSES)
    run_of(old, 1, alarms(1))
    run_of(new, 2, alarms(2))

    answer = page(client, engagement, runs="force")

    assert answer.context["runs"] == 1
    assert "Only run 2 has measured it." in answer.text
    assert "only those judged by v2, in force" in answer.text


def test_the_days_chosen_bound_what_is_counted(client, engagement):
    agreed = version(engagement, 1, MISSES)
    for number, ago in ((1, 100), (2, 40), (3, 1)):
        run_of(agreed, number, alarms(number), days_ago=ago)

    assert page(client, engagement).context["runs"] == 3
    assert page(client, engagement, days="90").context["runs"] == 2
    assert page(client, engagement, days="30").context["runs"] == 1
    own = page(client, engagement, **{"from": "2026-08-01", "to": "2026-10-16"})
    assert own.context["runs"] == 2
    assert 'value="2026-08-01"' in own.text
    none = page(client, engagement, **{"from": "2030-01-01"})
    assert "No run was measured in these days" in none.text


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"from": "soon"}, "A day is written as 2026-11-25."),
        ({"from": "2026-02-02", "to": "2026-02-01"}, "lies before the first one"),
    ],
)
def test_days_that_make_no_sense_are_told_and_all_is_shown(
    asked, words, client, engagement
):
    run_of(version(engagement, 1, MISSES), 1, alarms())

    answer = page(client, engagement, **asked)

    assert words in answer.text
    assert answer.context["runs"] == 1


def test_several_classes_are_taken_apart(client, engagement):
    agreed = version(engagement, 1)
    run_of(agreed, 1, alarms(classes=("正常", "割れ", "傷")))

    answer = page(client, engagement)

    assert {"macro_f1", "class_accuracy"} <= set(charts(answer))
    assert "By class" in answer.text
    assert "割れ" in answer.text


def test_a_forecast_is_read_beside_the_naive_and_its_promise(client, of_kind):
    engagement = of_kind("demand_forecast")
    agreed = version(engagement, 1, terms=Terms(interval=0.9))
    for number in (1, 2):
        run_of(agreed, number, forecasts(error=0.3 - 0.1 * number))

    answer = page(client, engagement)
    found = charts(answer)

    assert list(found) == ["wape", "bias", "mase", "coverage"]
    names = [line.get("name") for line in found["wape"].figure["light"]["data"]]
    assert "the naive forecast on the same rows" in names
    whole = Result.objects.first().finished["whole"]
    assert f"{whole['baselines']['naive']['wape']:.2f}%" in str(
        found["wape"].table.rows
    )
    promised = found["coverage"].figure["light"]["data"][2]
    assert promised["y"] == [90, 90]
    assert "Dashes: what the interval promised to hold." in answer.text
    assert {"horizon", "hour"} <= {one.key for one in answer.context["cuts"]}
    assert "Beside what is simple" in answer.text


def test_stock_is_read_by_service_and_by_yen(client, of_kind):
    engagement = of_kind("inventory")
    run_of(version(engagement, 1), 1, stock())

    answer = page(client, engagement)

    assert list(charts(answer)) == [
        *("fill_rate", "cycle_service_level", "stockout_periods", "holding_cost"),
        "shortage_cost",
    ]
    assert "Items served worst" in answer.text


def test_what_was_agreed_stands_first_whatever_its_unit(client, of_kind):
    engagement = of_kind("inventory")
    cover = {"metric": "days_of_cover", "bound": "at_most", "limit": Decimal("90")}
    run_of(version(engagement, 1, cover), 1, stock())

    (first, *_rest) = page(client, engagement).context["charts"]

    assert first.key == "days_of_cover"
    assert first.figure["light"]["layout"]["title"]["text"].endswith("(days)")


def test_series_are_ranked_by_the_size_of_their_bias(client, of_kind):
    engagement = of_kind("demand_forecast")
    run_of(version(engagement, 1), 1, forecasts(("北", "南", "東")))

    answer = page(client, engagement, by="bias")

    sizes = [abs(one.measured.value) for one, _link in answer.context["segments"]]
    assert sizes == sorted(sizes, reverse=True)


def test_delays_are_told_in_seconds(client, engagement):
    run_of(version(engagement, 1), 1, alarms())

    delay = charts(page(client, engagement))["delay_median"]

    assert delay.figure["light"]["layout"]["title"]["text"] == "Median delay (seconds)"


@pytest.mark.parametrize("kind", ["layout", "sales"])
def test_trials_are_read_by_what_they_improved(kind, client, of_kind):
    engagement = of_kind(kind)
    run_of(version(engagement, 1), 1, trials())

    found = charts(page(client, engagement))

    assert list(found) == ["improvement_percent", "improved_share", "mean_after"]
    assert "the same trials before the change" in found["mean_after"].how


def test_money_is_drawn_in_the_reader_s_units(client, of_kind):
    engagement = of_kind("inventory")
    run_of(version(engagement, 1), 1, stock())
    User.objects.update(language="ja")

    held = charts(page(client, engagement))["holding_cost"].figure["light"]

    assert held["layout"]["title"]["text"] == "保管費 (円)"
    value = figures_of(stock(), Shape.INVENTORY)["holding_cost"][0]
    assert held["data"][-1]["y"] == [float(f"{value:.6g}")]


def test_before_any_run_the_page_says_what_will_stand_there(client, engagement):
    assert "No run has been measured yet" in page(client, engagement).text


def test_runs_from_before_figures_were_kept_are_told(client, engagement):
    agreed = version(engagement, 1, MISSES)
    run_of(agreed, 1, alarms(1), told=False)

    answer = page(client, engagement)

    assert "1 run was measured before figures were kept" in answer.text
    assert answer.context["charts"] == []


# Many ------------------------------------------------------------------------------


def test_of_many_runs_four_hundred_are_drawn_and_the_page_says_so(
    client, engagement, django_assert_max_num_queries
):
    agreed = version(engagement, 1)
    first = run_of(agreed, 1, alarms(1))
    many(first, 900)

    with django_assert_max_num_queries(30):
        answer = page(client, engagement)

    chart = charts(answer)["miss_rate"]
    assert chart.note == "400 of 900 points drawn; all are in the CSV."
    assert len(chart.figure["light"]["data"][-2]["x"]) == 400
    assert len(chart.table.rows) == trends.IN_TABLE
    assert "The newest 50 of 900 runs; all are in the CSV." in answer.text
    figure = re.search(r'<script id="miss_rate".+?>(.+?)</script>', answer.text)[1]
    assert len(figure) < 25_000


def test_of_very_many_runs_the_page_says_how_many_it_leaves_out(
    client, engagement, monkeypatch
):
    monkeypatch.setattr(queries, "NEWEST", 5)
    first = run_of(version(engagement, 1), 1, alarms(1))
    many(first, 5)
    assert "left out here" not in page(client, engagement).text

    monkeypatch.setattr(queries, "NEWEST", 4)
    answer = page(client, engagement)
    assert "The newest 4 runs are shown. 1 older run is left out here" in answer.text
    assert "4 measured runs" in answer.text
    assert answer.context["charts"][0].table.rows

    file = client.get(reverse("dashboards:accuracy_csv", args=[engagement.pk]))
    assert {row["Run"] for row in read(file)} == {"1", "2", "3", "4", "5"}


def many(first, count):
    """So many runs like the first, each with figures of its own."""
    from evaluation.models import Run

    stored = Result.objects.get(run=first)
    runs = Run.objects.bulk_create(
        Run(
            number=number,
            agreement=first.agreement,
            upload=first.upload,
            sha256=f"{number:064}",
            columns={"n": number},
            submitted_by=first.submitted_by,
            status="measured",
            finished_at=NOON,
        )
        for number in range(2, count + 1)
    )
    Result.objects.bulk_create(
        Result(
            run=run,
            outcome="pass",
            finished={},
            figures={"miss_rate": [(run.number * 37 % 101) / 101, 0.1, 0.9]},
            rows=1,
            evaluator_version="1",
            seconds=1,
        )
        for run in runs[:-1]
    )
    Result.objects.create(
        run=runs[-1],
        outcome="pass",
        finished=stored.finished,
        figures=stored.figures,
        rows=1,
        evaluator_version="1",
        seconds=1,
    )


def in_english(value, unit, digits):
    with translation.override("en"):
        return metric_text(value, unit, digits)


def read(answer) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(answer.getvalue().decode("utf-8-sig"))))


def test_the_file_holds_what_the_tables_say(client, engagement):
    agreed = version(engagement, 1, MISSES)
    for number in (1, 2, 3):
        run_of(agreed, number, alarms(number))
    answer = page(client, engagement)

    for key, chart in charts(answer).items():
        rows = read(client.get(chart.csv))
        unit = METRICS[key].unit
        digits = 2 if unit in ("share", "percent") else None
        told = [
            (f"Run {row['Run']}", in_english(float(row["Value"]), unit, digits))
            for row in rows
        ]
        assert told[::-1] == [(row[0], row[3]) for row in chart.table.rows]
    every = read(client.get(answer.context["csv"]))
    assert len(every) == sum(len(c.table.rows) for c in charts(answer).values())
    assert {row["Verdict"] for row in every} == {"", "pass"}


def test_the_file_of_chosen_days_holds_only_them(client, engagement):
    agreed = version(engagement, 1, MISSES)
    run_of(agreed, 1, alarms(1), days_ago=100)
    run_of(agreed, 2, alarms(2))

    answer = page(client, engagement, days="30", by="recall")

    assert answer.context["csv"].endswith("?days=30")
    assert {row["Run"] for row in read(client.get(answer.context["csv"]))} == {"2"}


# Down to a run and a segment ---------------------------------------------------------


def test_the_newest_run_is_taken_apart_and_another_when_asked(client, engagement):
    agreed = version(engagement, 1, MISSES, EACH)
    run_of(agreed, 1, alarms(1, blind=LINE))
    run_of(agreed, 2, alarms(2))

    assert page(client, engagement).context["run"].number == 2
    assert page(client, engagement, run="no").context["run"].number == 2
    assert page(client, engagement, run="7").context["run"].number == 2
    asked = page(client, engagement, run="1")
    assert asked.context["run"].number == 1
    assert "Run 1 taken apart" in asked.text


def test_the_segment_that_breaks_its_limit_stands_first_and_is_marked(
    client, engagement
):
    run_of(version(engagement, 1, EACH), 1, alarms(1, blind=LINE))

    answer = page(client, engagement)

    (worst, link), *others = answer.context["segments"]
    assert (worst.name, worst.outcome) == (LINE, "fail")
    assert all(one.outcome != "fail" for one, _link in others)
    assert answer.text.count("seg-fail") == 1
    assert "1 segment breaks its limit of Miss rate" in answer.text
    assert "100.00%" in client.get(link).text


def test_segments_are_compared_by_what_is_asked(client, engagement):
    run_of(version(engagement, 1), 1, alarms(1))

    by = page(client, engagement, by="precision")
    values = [one.measured.value for one, _link in by.context["segments"]]

    assert values == sorted(values)
    assert "Precision is worst in" in by.text
    assert page(client, engagement, by="nothing").context["by"].key == "miss_rate"


def test_an_undecided_limit_of_segments_is_what_they_are_compared_by(
    client, engagement
):
    recall = {"metric": "recall", "bound": "at_least", "limit": Decimal("0.8")}
    wide = {**recall, "scope": "each", "confidence": Decimal("0.95")}
    run_of(version(engagement, 1, wide), 1, alarms(1))

    answer = page(client, engagement)

    assert answer.context["by"].key == "recall"
    assert answer.context["segments"][0][0].outcome == "undecided"


def test_of_thousands_of_segments_twenty_are_shown_and_the_rest_are_searched(
    client, engagement
):
    names = [f"設備{number:04}" for number in range(3_000)]
    run = run_of(version(engagement, 1), 1, alarms(rows=6_000, segments=names))

    answer = page(client, engagement)

    assert len(answer.context["segments"]) == breakdown.SHOWN
    assert "2,980 more segments" in answer.text
    address = reverse("dashboards:segments", args=[run.pk])
    listed = client.get(address)
    assert len(listed.context["segments"]) == 50
    assert "Page 1 of 60" in listed.text
    found = client.get(address, {"q": "設備000"})
    assert {one.name for one, _link in found.context["segments"]} == {
        f"設備000{digit}" for digit in range(10)
    }
    assert "No segment of this name" in client.get(address, {"q": "別の"}).text
    rows = read(client.get(address + "all.csv", {"q": "設備0001"}))
    assert {row["Segment"] for row in rows} == {"設備0001"}
    assert {row["Metric"] for row in rows} == {
        METRICS[key].name.en for key in shown.OF_SEGMENTS[Shape.DETECTION]
    }


def test_a_segment_is_shown_with_its_counts_its_limits_and_its_past(client, engagement):
    named = {**MISSES, "scope": "named", "segment": "12"}
    old = version(engagement, 1, in_force=False)
    agreed = version(engagement, 2, EACH, named)
    run_of(old, 1, alarms(1))
    run_of(agreed, 2, alarms(2, segments=["elsewhere"]))
    run = run_of(agreed, 3, alarms(3, blind="12"))
    run_of(agreed, 4, alarms(4))
    client.force_login(engagement.owner)

    answer = client.get(
        reverse("dashboards:segments", args=[run.pk]), {"segment": "12"}
    )

    context = answer.context
    assert len(context["judged"]) == 2
    assert "Limits that speak of it: 0 kept, 2 broken, 0 not decided." in answer.text
    assert context["confusion"].tp == 0
    # Not the run without the segment, nor the one that came later.
    assert [row[0] for row in context["chart"].table.rows] == ["Run 3", "Run 1"]
    newest = context["chart"].table.rows[0]
    assert (newest[3], newest[-1]) == ("100.00%", "fail")


def test_the_charts_of_a_run_and_of_a_segment_are_files(client, engagement):
    agreed = version(engagement, 1, EACH)
    for number in (1, 2, 3):
        run = run_of(agreed, number, alarms(number))
    client.force_login(engagement.owner)

    def lines(name: str, *more: str, **asked: str) -> list[str]:
        file = client.get(reverse(f"dashboards:{name}", args=[run.pk, *more]), asked)
        assert file.status_code == 200
        return file.getvalue().decode("utf-8-sig").splitlines()

    page = client.get(run.get_absolute_url())
    for chart in page.context["charts"]:
        address = reverse("dashboards:run_chart_csv", args=[run.pk, chart.key])
        assert address in page.text
        drawn = chart.figure["light"]["data"]
        assert len(lines("run_chart_csv", chart.key)) == 1 + sum(
            len(line["x"]) for line in drawn if line.get("name")
        )
    found = lines("segment_csv", segment="12")
    assert len(found) > 3
    address = reverse("dashboards:run_chart_csv", args=[run.pk, "nothing"])
    assert client.get(address).status_code == 404
    unknown = reverse("dashboards:segment_csv", args=[run.pk])
    assert client.get(unknown, {"segment": "nowhere"}).status_code == 404
    shown = client.get(
        reverse("dashboards:segments", args=[run.pk]), {"segment": "12"}
    ).text
    assert f"{unknown}?segment=12&amp;by=" in shown
    assert "At most the newest 50 runs are drawn; the CSV holds every one." in shown


@pytest.mark.parametrize("name", ['a "quoted" name', "プレス1号機", "12"])
def test_any_name_has_its_past(name, engagement):
    run_of(version(engagement, 1), 1, alarms(1))

    from dashboards.accuracy import segments

    (found,) = segments.past(engagement, Shape.DETECTION, name, ["recall"], 1)

    assert found.figures["recall"] == figures_of_segment(alarms(1), name)


def figures_of_segment(finished, name):
    one = finished.measured("recall", name)
    return [one.value, one.low, one.high]


@pytest.mark.parametrize(
    ("kind", "measured", "name", "key"),
    [
        ("demand_forecast", partial(forecasts, ("北", "南")), "南", "wape"),
        ("inventory", partial(stock, ("A", "B")), "B", "fill_rate"),
        ("layout", trials, "倉庫B", "improvement_percent"),
    ],
)
def test_a_segment_of_any_kind_has_its_page_and_its_past(
    kind, measured, name, key, client, of_kind
):
    engagement, finished = of_kind(kind), measured()
    run = run_of(version(engagement, 1), 1, finished)
    client.force_login(engagement.owner)

    answer = client.get(
        reverse("dashboards:segments", args=[run.pk]), {"segment": name}
    )

    assert "No limit speaks of this segment by itself." in answer.text
    one = finished.measured(key, name)
    (row,) = answer.context["chart"].table.rows
    assert row[3] == metric_text(
        one.value, METRICS[key].unit, 2 if "%" in row[3] else None
    )


@pytest.mark.parametrize(
    ("limit", "blind", "words"),
    [
        ((), "", "For “Miss rate” no limit per segment is agreed."),
        ((EACH | {"limit": Decimal("0.99")},), "", "none outside its limit"),
        ((EACH,), "12", "Of 4 segments, 1 breaks its limit of Miss rate."),
    ],
)
def test_the_list_of_segments_says_how_many_break_a_limit(
    limit, blind, words, client, engagement
):
    run = run_of(version(engagement, 1, *limit), 1, alarms(blind=blind))
    client.force_login(engagement.owner)

    assert words in client.get(reverse("dashboards:segments", args=[run.pk])).text


def test_a_file_without_segments_says_how_to_get_them(client, of_kind):
    engagement = of_kind("layout")
    finished = trials()
    finished.by_segment.clear()
    run = run_of(version(engagement, 1), 1, finished)

    answer = page(client, engagement)

    assert answer.context["segments"] == []
    listed = client.get(reverse("dashboards:segments", args=[run.pk])).text
    assert "The file names no segments" in listed


def test_a_figure_a_segment_never_had_has_no_chart(client, engagement):
    # No case of the segment is real, so there is no miss rate of it.
    finished = alarms(1, rows=40, segments=[f"s{n}" for n in range(40)])
    run = run_of(version(engagement, 1), 1, finished)
    client.force_login(engagement.owner)
    calm = next(
        name for name in finished.segments() if not finished.confusion(name).happened
    )

    answer = client.get(
        reverse("dashboards:segments", args=[run.pk]), {"segment": calm}
    )

    assert answer.status_code == 200
    assert answer.context["chart"] is None
    assert "Miss rate" in answer.text
    assert str(answer.context["withheld"].en) in answer.text


def test_an_unknown_segment_is_not_found(client, engagement):
    run = run_of(version(engagement, 1), 1, alarms())
    client.force_login(engagement.owner)
    address = reverse("dashboards:segments", args=[run.pk])

    assert client.get(address, {"segment": "nowhere"}).status_code == 404


def test_a_run_is_found_by_the_number_people_call_it_by(client, engagement):
    run = run_of(version(engagement, 1), 7, alarms())
    client.force_login(engagement.owner)

    def at(number):
        return client.get(
            reverse("evaluation:run_of_number", args=[engagement.pk, number])
        )

    assert at(7)["Location"] == run.get_absolute_url()
    assert at(8).status_code == 404


def test_the_chart_s_points_and_the_table_lead_to_the_run(client, engagement):
    run = run_of(version(engagement, 1), 7, alarms())

    chart = charts(page(client, engagement))["miss_rate"]

    link = chart.figure["light"]["layout"]["meta"]["link"]
    assert client.get(link.replace("{x}", "7"))["Location"] == run.get_absolute_url()
    assert chart.table.links == (link.replace("{x}", "7"),)
    assert f'href="{chart.table.links[0]}"' in page(client, engagement).text


# Drawing ---------------------------------------------------------------------------

WORDS = drawing.Words(
    across="run",
    up="up",
    measured="m",
    low="l",
    high="h",
    beside="b",
    limit="agreed",
    run="Run",
    link="/{x}/",
)


def point(number, value, **more):
    return drawing.Point(number, TODAY, 1, value, **more)


def test_counts_begin_at_nought_and_shares_do_not_pass_the_whole():
    counts, _drawn = drawing.trend([point(1, 5.0)], [""], WORDS, from_zero=True)
    shares, _drawn = drawing.trend(
        [point(1, 0.9), point(2, 1.0)], ["", ""], WORDS, from_zero=False, most=1.0
    )
    below, _drawn = drawing.trend([point(1, -5.0)], [""], WORDS, from_zero=True)

    assert counts["light"]["layout"]["yaxis"]["range"][0] == 0
    low, high = shares["light"]["layout"]["yaxis"]["range"]
    assert 0.8 < low < 0.9
    assert 1 < high < 1.01
    assert below["light"]["layout"]["yaxis"]["range"][0] < -5


@pytest.mark.parametrize(
    ("outcome", "symbol", "ink"),
    [
        ("pass", "circle", "#0f8a6b"),
        ("fail", "square", "#b42318"),
        ("undecided", "diamond", "#c08a1a"),
        ("", "circle", "#2b4a9e"),
    ],
)
def test_the_last_run_s_mark_tells_its_verdict_by_shape_and_colour(
    outcome, symbol, ink
):
    both, _drawn = drawing.trend(
        [point(1, 0.5, outcome=outcome)], [""], WORDS, from_zero=True
    )

    mark = both["light"]["data"][-1]["marker"]
    assert (mark["symbol"], mark["color"]) == (symbol, ink)


def test_a_limit_from_below_accepts_what_is_above_it():
    both, _drawn = drawing.trend(
        [point(1, 0.5, limit=0.4, is_upper=False)], [""], WORDS, from_zero=False
    )

    box = both["light"]["layout"]["shapes"][0]
    assert box["y0"] == 0.4
    assert box["y1"] == both["light"]["layout"]["yaxis"]["range"][1]
    assert both["light"]["layout"]["annotations"][0]["yanchor"] == "top"


def test_the_first_limit_of_a_metric_speaks_where_a_version_has_two(engagement):
    stage = {"stage": "operation", "limit": Decimal("0.3")}
    agreed = version(engagement, 1, MISSES, MISSES | stage)
    run_of(agreed, 1, alarms())
    found = queries.results(engagement, Period("all"), None)

    limits = queries.whole_limits(queries.seen(found, None))

    assert [one.limit for one in limits.values()] == [Decimal("0.2")]


def test_figures_travel_as_json(client, engagement):
    run_of(version(engagement, 1, MISSES), 1, alarms())

    text = re.search(
        r'<script id="miss_rate".+?>(.+?)</script>', page(client, engagement).text
    )[1]

    assert set(json.loads(text)) == {"light", "dark"}
