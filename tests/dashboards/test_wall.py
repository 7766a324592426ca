"""The wall: open engagements, read from afar, and nothing that could be pressed."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from dashboards import wall
from dashboards.choosing import Chosen
from projects.glancing import Coming, Need
from projects.models import Agreement, Engagement, Glance, SavedView, Stage
from tests.past import past_the_guard
from tests.test_access import reader_of, rows  # noqa: F401 - a fixture
from tests.test_query_counts import another, fill

TODAY = date(2026, 11, 25)


@pytest.fixture
def reader(client, rows):  # noqa: F811
    found = reader_of(rows, "customer")
    found.language = "en"
    found.save()
    client.force_login(found)
    with translation.override("en"):
        yield found


def tile(reader) -> wall.Tile:
    (found,) = wall.tiles(wall.open_ones(reader, Chosen()), today=TODAY)
    return found


def test_a_tile_says_how_it_stands_and_since_when(reader):
    fill(Engagement.objects.get(), 0)
    Glance.objects.update(
        error=1.5,
        burned=0.92,
        measured_on=date(2026, 11, 24),
        next_on=TODAY + timedelta(days=15),
        coming=Coming.TASK,
    )

    found = tile(reader)

    assert "FAIL" in found.verdict
    assert found.css == "wall-fail"
    assert found.error == "error at 150% of the agreed line"
    assert "f-fail" in found.error_bar
    assert found.burned == "error budget 92% used"
    assert "f-open" in found.burned_bar
    assert (found.next_in, found.next_what) == ("in 15 days", "a task is due")
    assert found.since == "measured 24 Nov"


def test_a_tile_without_any_of_it_says_so_in_words(reader):
    Glance.objects.update(next_on=None, coming="")
    found = tile(reader)
    assert "NOT MEASURED" in found.verdict
    assert (found.error, found.burned) == ("no run measured yet", "not yet operating")
    assert found.next_in == found.next_what == found.since == found.css == ""
    assert found.error_bar == found.burned_bar == found.trend == ""

    Glance.objects.update(outcome="pass")
    Engagement.objects.update(stage=Stage.OPERATION)
    found = tile(reader)
    assert (found.error, found.burned) == (
        "error not comparable",
        "no error budget yet",
    )


def test_a_tile_hides_nothing_that_a_verdict_rests_on(reader):
    fill(Engagement.objects.get(), 0)
    found = tile(reader)
    assert found.marks == []

    past_the_guard(Agreement).update(loosened_from=1)
    glance = Glance.objects.get()
    judged = glance.worst | {"outcome": "undecided", "further_cases": 38}
    Glance.objects.update(
        unaccepted=True,
        loosened=Agreement.objects.first(),
        outcome="undecided",
        worst=judged,
    )

    found = tile(reader)
    unaccepted, loosened = found.marks
    assert "Errors not accepted" in unaccepted
    assert "loosened after results" in loosened
    # Nothing on a wall is pressed.
    assert "<a" not in loosened
    assert "38 more cases, none of them wrong" in found.further


@pytest.mark.parametrize(
    ("who", "sees"),
    [("viewer", True), ("customer_engineer", True), ("stranger", False)],
)
@pytest.mark.parametrize("name", ["wall", "portfolio_report", "report"])
def test_an_auditor_a_customer_and_a_stranger_see_what_is_theirs(
    name,
    who,
    sees,
    client,
    rows,  # noqa: F811
):
    Engagement.objects.update(name="プレス3号機")
    engagement = Engagement.objects.get()
    client.force_login(reader_of(rows, who))
    on = [engagement.pk] if name == "report" else []

    page = client.get(reverse(f"dashboards:{name}", args=on))

    assert page.status_code == (404 if on and not sees else 200)
    assert (engagement.name in page.text) == sees
    # Who only reads is offered no act that is not theirs.
    assert reverse("dashboards:report_links", args=[engagement.pk]) not in page.text


def test_a_wall_that_is_full_says_how_many_it_leaves_out(client, reader, monkeypatch):
    known = Engagement.objects.get()
    for number in (2, 3, 4):
        another(known, number)
    address = reverse("dashboards:wall")
    assert "finds no room" not in client.get(address).text

    monkeypatch.setattr(wall, "MOST", 3)
    page = client.get(address).text
    assert page.count('<li class="wall-tile') == 3
    assert "1 more engagement finds no room here" in page


@pytest.mark.parametrize(
    ("days", "said"),
    [(-1, "1 day overdue"), (-3, "3 days overdue"), (0, "today"), (1, "in 1 day")],
)
def test_a_date_is_told_by_its_distance(days, said, reader):
    Glance.objects.update(next_on=TODAY + timedelta(days), coming=Coming.END)

    assert tile(reader).next_in == said


def test_the_wall_shows_what_is_open_and_renews_itself(client, reader):
    known = Engagement.objects.get()
    ended = another(known, 2)
    Glance.objects.filter(engagement=ended).update(need=Need.ENDED)

    page = client.get("/wall/")

    assert 'data-theme="dark"' in page.text
    assert 'hx-trigger="every 60s, wake"' in page.text
    assert known.name in page.text
    assert ended.name not in page.text
    # Nothing is done from here; the one button holds a page where there are several.
    assert page.text.count("<button") == 1
    assert re.search(r'<button[^>]*id="turn"[^>]* hidden>', page.text)
    assert 'http-equiv="refresh"' in page.text
    assert timezone.localtime().strftime("%-H:") in page.text
    assert 'data-theme="light"' in client.get("/wall/?theme=light").text
    part = client.get("/wall/", headers={"HX-Request": "true"})
    assert part.text.lstrip().startswith('<div id="board"')
    assert "HX-Request" in part["Vary"]


def test_the_wall_shows_one_or_those_of_a_view(client, reader):
    known = Engagement.objects.get()
    other = another(known, 2)
    view = SavedView.objects.create(user=reader, name="第二", query=f"q={other.name}")

    of_view = client.get(f"/wall/?view={view.pk}")
    assert [one.name for one in of_view.context["tiles"]] == [other.name]
    assert "<h1>第二</h1>" in of_view.text
    alone = client.get(f"/wall/?engagement={known.pk}")
    assert [one.name for one in alone.context["tiles"]] == [known.name]
    assert "wall-one" in alone.text


@pytest.mark.parametrize(
    "asked",
    [
        "view=0",
        "view=all",
        "view=",
        "engagement=nonsense",
        "engagement=00000000-0000-4000-8000-000000000000",
    ],
)
def test_a_wall_of_what_is_not_there_is_not_found(asked, client, reader):
    assert client.get(f"/wall/?{asked}").status_code == 404


def test_a_stranger_sees_an_empty_wall_and_no_engagement(client, rows):  # noqa: F811
    client.force_login(reader_of(rows, "stranger"))
    known = Engagement.objects.get()

    assert client.get("/wall/").context["tiles"] == []
    one = client.get(reverse("dashboards:wall"), {"engagement": known.pk})
    assert one.status_code == 404
