"""What the work brought: its months, its year, who may write it, and what is told."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from evaluation import glances, realised
from evaluation.models import ValueMonth
from evaluation.value import YEAR, Month, year_of
from projects.models import Engagement, Event, Glance, Stage
from tests.conftest import person

JUNE = date(2026, 6, 1)


@pytest.fixture(autouse=True)
def in_english():
    with override("en"):
        yield


@pytest.fixture
def operated(engagement):
    Engagement.objects.filter(pk=engagement.pk).update(stage=Stage.OPERATION)
    engagement.refresh_from_db()
    return engagement


def write(engagement, by, month=JUNE, yen=1_000_000, how="invoices compared"):
    return realised.record_value(
        engagement=engagement,
        month=month,
        value_yen=Decimal(yen),
        measured_how=how,
        by=by,
    )


def brought(engagement) -> Decimal:
    return Glance.objects.get(engagement=engagement).realised_yen


def test_a_month_is_written_and_the_list_knows(operated, manager, executive):
    write(operated, manager)
    write(operated, executive, date(2026, 7, 1), -200_000)

    assert brought(operated) == 800_000
    event = Event.objects.filter(verb="value.recorded").latest("pk")
    assert event.sentence("en").endswith(
        "recorded a value of -200,000 yen for July 2026, measured so: invoices compared"
    )


def test_writing_a_month_again_replaces_it_and_tells_both(operated, manager):
    write(operated, manager)
    write(operated, manager, yen=1_200_000, how=" bills ")

    (kept,) = ValueMonth.objects.all()
    assert (kept.value_yen, kept.measured_how) == (1_200_000, "bills")
    assert brought(operated) == 1_200_000
    told = Event.objects.get(verb="value.corrected").sentence("en")
    assert "of June 2026 from 1,000,000 to 1,200,000 yen" in told


def test_a_month_that_is_removed_stays_in_the_log(operated, manager):
    realised.remove_value(value=write(operated, manager), by=manager)

    assert not ValueMonth.objects.exists()
    assert brought(operated) == 0
    assert "1,000,000 yen" in Event.objects.get(verb="value.removed").sentence("en")


def test_only_those_who_answer_for_a_side_write_it(operated, manager):
    engineer = person("engineer", operated.provider, "engineer")
    written = write(operated, manager)

    with pytest.raises(PermissionDenied):
        write(operated, engineer)
    with pytest.raises(PermissionDenied):
        realised.remove_value(value=written, by=engineer)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"month": date(2999, 1, 1)}, "has not begun"),
        ({"month": date(2025, 12, 1)}, "before the engagement"),
        ({"how": "  "}, "how it was measured"),
    ],
)
def test_a_month_nobody_can_follow_is_refused(changed, says, operated, manager):
    with pytest.raises(ValidationError, match=says):
        write(operated, manager, **changed)

    assert not ValueMonth.objects.exists()


def test_before_anything_is_accepted_there_is_no_value(engagement, manager):
    with pytest.raises(ValidationError, match="once the initial judgement"):
        write(engagement, manager)


def test_telling_anew_gives_the_same(operated, manager):
    write(operated, manager)
    Glance.objects.update(realised_yen=7)

    glances.retell(operated)

    assert brought(operated) == 1_000_000


def months(*yen: int) -> list[Month]:
    return [Month(date(2026, 1 + n, 1), Decimal(one)) for n, one in enumerate(yen)]


def test_a_year_stands_beside_what_was_expected_of_as_many_months():
    year = year_of(months(-1, 4, 3), Decimal(24))

    assert (year.yen, year.months, year.by_now) == (6, 3, 6)
    assert year.on_course is True
    assert [bar.month.yen for bar in year.bars] == [3, 4, -1]
    assert year.zero == 20
    assert (year.bars[0].starts, year.bars[0].width) == (20, 60)
    assert (year.bars[2].starts, year.bars[2].width) == (0, 20)
    assert year.expected_at == 60


def test_without_months_or_expectation_less_is_said():
    assert year_of([], Decimal(24)) is None

    year = year_of(months(0), None)

    assert (year.expected, year.by_now, year.on_course) == (None, None, None)
    assert (year.zero, year.bars[0].width, year.expected_at) == (0, 0, None)
    assert year_of(months(1), Decimal(24)).on_course is False


def test_an_older_year_is_not_counted_again():
    first = date(2024, 1, 1)
    written = [
        Month(date(first.year + n // 12, 1 + n % 12, 1), Decimal(1)) for n in range(20)
    ]

    year = year_of(written, None)

    assert (year.months, year.yen) == (YEAR, 12)
    assert year.bars[-1].month.first == date(2024, 9, 1)


@given(
    st.dictionaries(
        st.integers(0, 40), st.integers(-(10**9), 10**9), min_size=1, max_size=41
    ),
    st.none() | st.integers(0, 10**10),
)
def test_every_bar_lies_in_the_picture(written, expected):
    held = [
        Month(date(2024 + n // 12, 1 + n % 12, 1), Decimal(yen))
        for n, yen in written.items()
    ]

    year = year_of(held, None if expected is None else Decimal(expected))

    assert 1 <= year.months <= YEAR
    for bar in year.bars:
        assert -1e-9 <= bar.starts <= bar.starts + bar.width <= 100 + 1e-9
    assert year.yen == sum(bar.month.yen for bar in year.bars)


def test_the_tab_says_it_in_a_sentence(operated, manager, client):
    client.force_login(manager)
    tab = reverse("evaluation:operation", args=[operated.pk])
    assert "No month is written yet" in client.get(tab).text

    write(operated, manager, yen=3_000_000)
    assert "what was expected a year is not said" in client.get(tab).text
    Glance.objects.update(expected_yen=24_000_000)
    page = client.get(tab).text

    assert "¥3.0\xa0M of the ¥24.0\xa0M expected a year, in 1 of 12 months." in page
    assert "on course" in page
    Glance.objects.update(expected_yen=60_000_000)
    assert "That is behind: as many months should bring ¥5.0" in client.get(tab).text


def test_a_month_is_typed_corrected_and_taken_away(operated, executive, client):
    client.force_login(executive)
    address = reverse("dashboards:value", args=[operated.pk])
    typed = {"month": "2026-06", "value_yen": "-5", "measured_how": "=SUM(A1)"}

    page = client.post(address, typed, follow=True)
    assert "The month is kept." in page.text
    assert "−¥5" in page.text

    file = client.get(reverse("dashboards:value_csv", args=[operated.pk]))
    lines = file.getvalue().decode("utf-8-sig").splitlines()
    assert lines[0] == "month,value_yen,measured_how,recorded_by,recorded_at"
    assert lines[1].startswith("2026-06,-5,'=SUM(A1),executive,")

    kept = ValueMonth.objects.get()
    remove = reverse("dashboards:value_remove", args=[operated.pk, kept.pk])
    assert "is removed" in client.post(remove, follow=True).text
    assert client.post(remove).status_code == 404


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"month": "June"}, "Write a month as 2026-10."),
        ({"value_yen": "1.5"}, "decimal place"),
        ({"value_yen": "1" * 15}, "less than or equal"),
        ({"measured_how": ""}, "required"),
        ({"month": f"{timezone.localdate() + timedelta(days=62):%Y-%m}"}, "not begun"),
    ],
)
def test_what_cannot_be_kept_is_said_at_its_field(
    typed, says, operated, executive, client
):
    client.force_login(executive)
    whole = {"month": "2026-06", "value_yen": "1", "measured_how": "bills"} | typed

    answer = client.post(reverse("dashboards:value", args=[operated.pk]), whole)

    assert answer.status_code == 422
    assert says in answer.text
    assert not ValueMonth.objects.exists()


def test_before_any_month_the_page_leads_to_the_question_of_its_value(
    engagement, manager, client
):
    client.force_login(manager)
    page = client.get(reverse("dashboards:value", args=[engagement.pk])).text

    assert reverse("projects:item", args=[engagement.pk, "P4"]) in page
    assert "cols-side" not in page


def test_who_may_not_write_sees_no_form(operated, manager, client):
    viewer = person("viewer", operated.provider, "viewer")
    write(operated, manager)
    address = reverse("dashboards:value", args=[operated.pk])
    client.force_login(viewer)

    assert "Write a month" not in client.get(address).text
    assert client.post(address, {}).status_code == 403


def test_only_months_of_engagements_one_may_see_are_visible(operated, manager):
    stranger = person("else", operated.customer, "viewer")
    stranger.memberships.all().delete()
    write(operated, manager)

    assert ValueMonth.objects.visible_to(manager).count() == 1
    assert not ValueMonth.objects.visible_to(stranger).exists()
