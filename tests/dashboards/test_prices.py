"""What accuracy has cost across engagements: one picture, one table, one file."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from costs.models import SpendDay
from dashboards import prices_pages, prices_views
from dashboards.accuracy_price import Point, reach
from dashboards.price_queries import priced, priced_together
from dashboards.prices_chart import Course, Said, prices_figure
from evaluation.models import CriterionVerdict, LatestVerdict, Run
from projects.models import Engagement
from tests.test_access import reader_of, rows  # noqa: F401 - a fixture
from tests.test_query_counts import another, fill

SAID = Said("yen", "error", "agreed line", "forecast", 1_000_000)


def course(name: str, *runs: tuple[int, float], outcome: str = "fail") -> Course:
    points = tuple(
        Point(
            number=number,
            day=date(2026, 1, 1) + timedelta(days=number),
            yen=Decimal(million) * 1_000_000,
            value=error,
            error=error,
            low=None,
            high=None,
            outcome=outcome,
        )
        for number, (million, error) in enumerate(runs, start=1)
    )
    return Course(name, points, outcome, reach(points))


FALLING = course("Mikawa", (1, 2.4), (2, 1.9), (3, 1.6), (4, 1.45), (5, 1.3))


def test_each_course_ends_in_the_mark_of_its_verdict():
    inside = course("Hokuetsu", (2, 1.2), (9, 0.8), outcome="pass")
    unknown = course("Aoba", (1, 9.0), outcome="")

    both = prices_figure([FALLING, inside, unknown], SAID)

    for theme in ("light", "dark"):
        data = both[theme]["data"]
        ends = [one for one in data if "markers" in one["mode"]]
        assert [one["marker"]["symbol"] for one in ends] == [
            *("square", "circle", "diamond")
        ]
        assert [one["text"] for one in ends] == [["Mikawa"], ["Hokuetsu"], ["Aoba"]]
        # Far above the line nothing more is to be seen.
        assert ends[2]["y"] == [400]
        (ahead,) = (one for one in data if one.get("line", {}).get("dash") == "dash")
        assert ahead["name"] == "Mikawa: forecast"
        assert ahead["y"][-1] == pytest.approx(100, abs=0.5)
        shapes = both[theme]["layout"]["shapes"]
        assert (shapes[0]["y0"], shapes[0]["y1"]) == (0, 100)
        assert shapes[1]["y0"] == shapes[1]["y1"] == 100


def test_a_name_is_never_markup_of_the_chart():
    falling = course("<b>&", (1, 2.4), (2, 1.9), (3, 1.6), (4, 1.45), (5, 1.3))

    data = prices_figure([falling], SAID)["light"]["data"]

    name = "&lt;b&gt;&amp;"
    assert [one["name"] for one in data] == [name, f"{name}: forecast", name]
    assert data[-1]["text"] == [name]


def test_names_do_not_stand_over_each_other():
    near = [course("A", (5, 0.80)), course("B", (5, 0.82)), course("C", (1, 2.0))]

    figure = prices_figure(near, SAID)["light"]["data"]

    places = [one["textposition"] for one in figure if "markers" in one["mode"]]
    assert places == ["bottom left", "top left", "middle right"]

    between = [*near[:2], course("C", (5, 0.84))]
    figure = prices_figure(between, SAID)["light"]["data"]
    places = [one["textposition"] for one in figure if "markers" in one["mode"]]
    assert places == ["bottom left", "middle left", "top left"]
    assert prices_figure([], SAID)["light"]["data"] == []


def test_the_words_say_what_the_picture_shows():
    inside = course("Hokuetsu", (2, 1.2), (9, 0.8), outcome="pass")
    flat = course("Towan", (1, 1.5), (2, 1.5), outcome="undecided")
    with translation.override("en"):
        chart = prices_pages.chart([FALLING, inside, flat])
    assert chart.title == "1 of 3 engagements measured inside their agreed line"
    assert "Hokuetsu: from 120% to 80% of the allowed error for ¥9.0\xa0M" in (
        chart.spoken
    )
    cells = {row[0]: row for row in chart.table.rows}
    assert cells["Hokuetsu"][1:] == (
        *("2", "¥9.0\xa0M", "120%", "80%", "PASS", "reached"),
    )
    assert cells["Towan"][-1] == "no forecast"
    assert cells["Mikawa"][-1].startswith("about ¥")
    with translation.override("ja"):
        assert "万円" in prices_pages.chart([FALLING]).table.rows[0][2]


@pytest.fixture
def measured(client, rows):  # noqa: F811
    """Two engagements with runs and money, and one that has neither."""
    first = Engagement.objects.get()
    second = another(first, 2)
    another(first, 4)
    for place, one in enumerate((first, second)):
        fill(one, place * 2)
        fill(one, place * 2 + 10)
        SpendDay.objects.filter(engagement=one).delete()
        for day, yen in ((1, 1_000_000), (20, 500_000)):
            SpendDay.objects.create(
                organisation=one.provider,
                engagement=one,
                day=date(2026, 10, day),
                month=date(2026, 10, 1),
                kind="gpu",
                key=f"{one.pk} {day}",
                cost_yen=yen * (place + 1),
                lines=1,
            )
    for number, run in enumerate(Run.objects.filter(status="measured").order_by("pk")):
        Run.objects.filter(pk=run.pk).update(
            finished_at=datetime(2026, 10, 2 + 20 * (number % 2), tzinfo=UTC)
        )
    client.force_login(reader_of(rows, "customer"))
    return [first, second]


def loaded(measured: list[Engagement]) -> list[Engagement]:
    return list(
        Engagement.objects.filter(pk__in=[one.pk for one in measured])
        .select_related("latest__worst__criterion")
        .order_by("created_at")
    )


def test_several_together_are_the_same_as_each_alone(measured):
    both = priced_together(loaded(measured), 9)

    assert [one for one, _of in both] == measured
    for engagement, of in both:
        line = LatestVerdict.objects.get(engagement=engagement).worst.criterion
        assert of == priced(engagement, line.metric, line.of, 9)
        assert {point.yen for point in of.points} <= {
            Decimal(yen) for yen in (10**6, 15 * 10**5, 2 * 10**6, 3 * 10**6)
        }
    assert priced_together([], 9) == []


def test_what_has_no_criterion_to_compare_is_left_out(measured):
    LatestVerdict.objects.filter(engagement=measured[0]).update(worst=None)

    assert [one for one, _of in priced_together(loaded(measured), 9)] == [measured[1]]


def test_of_very_many_runs_the_newest_are_drawn_and_the_file_holds_all(
    client, measured, monkeypatch
):
    def rows_of_file() -> list[str]:
        file = client.get("/accuracy-price/all.csv").getvalue().decode("utf-8-sig")
        return file.splitlines()

    whole = rows_of_file()
    said = "それぞれ新しい判定1件だけを"
    assert "それぞれ新しい" not in client.get("/accuracy-price/").text

    monkeypatch.setattr(prices_views, "NEWEST_OF_EACH", 1)

    page = client.get("/accuracy-price/")
    assert said in page.text
    every = priced_together(loaded(measured), None)
    for (_one, of), (_same, all_of) in zip(
        priced_together(loaded(measured), 1), every, strict=True
    ):
        assert of.points == all_of.points[-1:]
        assert (of.is_cut, all_of.is_cut) == (True, False)
    assert rows_of_file() == whole


def test_the_part_the_page_and_the_file_say_the_same(client, measured):
    part = client.get("/accuracy-price/", headers={"HX-Request": "true"})
    page = client.get("/accuracy-price/?sort=name")
    file = client.get("/accuracy-price/all.csv").getvalue().decode("utf-8-sig")

    assert "<html" not in part.text
    assert "<html" in page.text
    assert part.context["chart"].table.rows
    lines = list(csv.reader(StringIO(file)))
    assert (
        len(lines) == 1 + CriterionVerdict.objects.filter(value__isnull=False).count()
    )
    assert "/accuracy-price/all.csv?sort=name" in page.text
    narrowed = client.get("/accuracy-price/?q=nothing")
    assert narrowed.context["chart"] is None


def test_more_runs_make_no_more_queries(client, measured):
    address = "/accuracy-price/"
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address, headers={"HX-Request": "true"})
    for number in (6, 8):
        fill(another(measured[0], number), number)
    with CaptureQueriesContext(connection) as more:
        client.get(address, headers={"HX-Request": "true"})

    assert len(few) == len(more)
