"""The twelve months of a year of operation."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from evaluation import operation
from evaluation.models import OperationDay, OperationPlan
from evaluation.year import year_of
from projects.models import ErrorBudget, Stage
from tests.past import past_the_guard

DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))


def test_a_year_has_twelve_months_with_their_days_and_how_they_stand():
    days = [date(2026, 9, 30), date(2026, 11, 1), date(2026, 11, 2), date(2027, 9, 1)]
    year = year_of(date(2026, 9, 15), days, date(2026, 11, 26))

    assert [month.first for month in year][:5] == [
        *(date(2026, month, 1) for month in (9, 10, 11, 12)),
        date(2027, 1, 1),
    ]
    assert [month.days for month in year] == [1, 0, 2, *[0] * 9]
    told = ["written", "empty", "now", *["ahead"] * 9]
    assert [month.state for month in year] == told


@given(DAYS, st.lists(DAYS, max_size=20), DAYS)
def test_no_day_of_the_year_is_lost(starts, days, today):
    year = year_of(starts, days, today)

    first, last = year[0].first, year[-1].first
    assert len(year) == 12
    assert (first.year, first.month) == (starts.year, starts.month)
    assert (last.year - first.year) * 12 + last.month - first.month == 11
    after = (last + timedelta(days=31)).replace(day=1)
    assert sum(month.days for month in year) == sum(first <= d < after for d in days)


@pytest.fixture
def operating(draft, manager, executive):
    """In operation since two months, with one miss of ten allowed a year."""
    engagement = draft.engagement
    ErrorBudget.objects.create(
        agreement=draft, misses=10, misses_per="year", until=date(2027, 3, 31)
    )
    past_the_guard(type(draft)).update(
        status="in_force", digest="d" * 64, in_force_since=timezone.now()
    )
    type(engagement).objects.update(stage=Stage.OPERATION)
    today = timezone.localdate()
    OperationPlan.objects.create(
        engagement=engagement,
        owner=manager,
        deputy=executive,
        starts_on=today - timedelta(days=60),
        fallback="人が見る",
        truth_delay_days=7,
    )
    return engagement


def said(client, engagement, language: str) -> str:
    type(engagement.owner).objects.update(language=language)
    client.force_login(engagement.owner)
    page = client.get(reverse("evaluation:operation", args=[engagement.pk]))
    return " ".join(page.text.split())


def write(engagement, *, misses: int, ago: int = 0) -> None:
    OperationDay.objects.create(
        engagement=engagement,
        day=timezone.localdate() - timedelta(days=ago),
        cases=100,
        known=100,
        misses=misses,
        recorded_by=engagement.owner,
    )


def test_the_page_opens_with_the_budget_and_shows_the_year(client, operating):
    page = said(client, operating, "en")
    assert "of the error budget" not in page
    assert page.count('<li class="year-') == 12

    write(operating, misses=0)
    lasts = "0% of the error budget is used; at the present pace it lasts until"
    assert lasts in said(client, operating, "en")
    OperationDay.objects.all().delete()
    write(operating, misses=20)
    assert "The error budget of this period was used up on" in said(
        client, operating, "en"
    )
    japanese = said(client, operating, "ja")
    assert "この期間の誤り枠は" in japanese
    # Sentences stand side by side without a space.
    assert "。 この期間" not in japanese


def test_a_budget_that_will_not_last_says_until_when(operating):
    OperationDay.objects.create(
        engagement=operating,
        day=date(2026, 6, 15),
        cases=100,
        known=100,
        misses=9,
        recorded_by=operating.owner,
    )
    agreement = operating.agreements.in_force().get()
    stood = operation.operated(operating, agreement, date(2026, 6, 15))
    assert stood.runs_out_on == date(2026, 6, 16)

    told = {"burn": stood.tightest, "stood": stood}
    with translation.override("en"):
        words = render_to_string("evaluation/_budget_said.html", told)

    assert " ".join(words.split()) == (
        "90% of the error budget is used; "
        "at the present pace it is used up on 16 June 2026."
    )
