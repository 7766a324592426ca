"""The row that lists read: written with each act, and the same when told anew."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.forms.models import model_to_dict
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from evaluation import glances as measured
from evaluation import operation
from evaluation.budget import Allowance, Day, Measure, burned, period_end, runs_out_on
from evaluation.models import CriterionVerdict, LatestVerdict, OperationPlan
from projects.catalogue import Bound, Unit, error_share
from projects.drawing import SPARK_HEIGHT, SPARK_WIDTH, spark_geometry
from projects.glancing import Coming, Need, Trend, need_of, next_of, trend_of
from projects.models import Criterion, Engagement, ErrorBudget, Glance, Stage
from projects.services import engagement as engagements
from projects.services import glances, tasks
from projects.templatetags.pictures import trend_words
from tests.past import past_the_guard
from tests.test_access import rows  # noqa: F401 - a fixture
from tests.test_query_counts import fill

TODAY = date(2026, 11, 25)


@pytest.mark.parametrize(
    ("is_open", "outcome", "unaccepted", "part", "need"),
    [
        (False, "fail", True, 2.0, Need.ENDED),
        (True, "fail", False, None, Need.MISSED),
        (True, "pass", False, 1.01, Need.MISSED),
        (True, "undecided", False, 0.2, Need.UNSURE),
        (True, "pass", True, 1.0, Need.UNSURE),
        (True, "pass", False, 1.0, Need.KEPT),
        (True, "", False, None, Need.UNMEASURED),
    ],
)
def test_what_needs_somebody(is_open, outcome, unaccepted, part, need):
    found = need_of(
        is_open=is_open, outcome=outcome, unaccepted=unaccepted, burned=part
    )

    assert found is need


def test_the_nearest_date_is_the_next_and_a_task_goes_before_an_end():
    days = dict.fromkeys(Coming)
    assert next_of(days) is None

    days |= {Coming.END: TODAY, Coming.WAIVER: TODAY + timedelta(1)}
    assert next_of(days) == (TODAY, Coming.END)

    days[Coming.TASK] = TODAY
    assert next_of(days) == (TODAY, Coming.TASK)


@pytest.mark.parametrize(
    ("errors", "found"),
    [
        ([], None),
        ([1.2], None),
        ([1.2, 1.0], (Trend.BETTER, 1)),
        ([1.5, 1.2, 1.0], (Trend.BETTER, 2)),
        ([0.5, 1.2, 1.0, 0.9], (Trend.BETTER, 2)),
        ([1.0, 1.2], (Trend.WORSE, 1)),
        # Too little for anybody to act on.
        ([1.0, 1.004, 1.001], (Trend.SAME, 2)),
    ],
)
def test_the_way_errors_go_and_for_how_long(errors, found):
    assert trend_of(errors) == found
    assert (trend_words(errors) == "") is (found is None)


@given(st.lists(st.floats(0, 1e6), min_size=2, max_size=12))
def test_a_little_curve_stays_in_its_frame(errors):
    at = spark_geometry(errors)

    points = [point.split(",") for point in at.points.split()]
    assert len(points) == len(errors)
    assert all(0 <= float(x) <= SPARK_WIDTH for x, _y in points)
    assert all(0 <= float(y) <= SPARK_HEIGHT for _x, y in points)
    assert 0 < at.line < SPARK_HEIGHT
    assert (at.x, at.y) == tuple(float(end) for end in points[-1])
    assert spark_geometry(errors[:1]) is None


@pytest.mark.parametrize(
    ("per", "last"),
    [
        ("week", date(2026, 11, 29)),
        ("month", date(2026, 11, 30)),
        ("quarter", date(2026, 12, 31)),
        ("year", date(2026, 12, 31)),
    ],
)
def test_a_period_ends(per, last):
    assert period_end(TODAY, per) == last


def errors(*counts: int, until: date = TODAY) -> list[Day]:
    first = until - timedelta(days=len(counts) - 1)
    return [
        Day(first + timedelta(days=number), count, 0, Decimal())
        for number, count in enumerate(counts)
    ]


ALARMS = Measure.FALSE_ALARMS


@pytest.mark.parametrize(
    ("days", "most", "per", "on"),
    [
        # Two a day, eight in the quarter so far: past ten on the second day from now.
        (errors(2, 2, 2, 2), 10, "quarter", TODAY + timedelta(days=2)),
        (errors(2, 2, 2, 2), 1000, "quarter", None),
        # Passed already: the day on which it was.
        (errors(3, 3, 3), 5, "month", TODAY - timedelta(days=1)),
        (errors(0, 0), 5, "month", None),
        ([], 5, "month", None),
        # What was long ago says nothing of the pace.
        (errors(9, until=TODAY - timedelta(days=40)), 10, "quarter", None),
    ],
)
def test_a_budget_runs_out_at_the_pace_of_late(days, most, per, on):
    allowance = Allowance(ALARMS, Decimal(most), per)

    assert runs_out_on(days, allowance, TODAY) == on


@given(
    st.lists(st.integers(0, 5), max_size=40),
    st.integers(1, 60),
    st.sampled_from(["week", "month", "quarter", "year"]),
)
def test_a_budget_runs_out_within_its_period_and_not_before_it_is_passed(
    counts, most, per
):
    days = errors(*counts)
    allowance = Allowance(ALARMS, Decimal(most), per)
    burn = burned(days, allowance, TODAY)

    on = runs_out_on(days, allowance, TODAY)

    if burn.used > most:
        assert on is not None
        assert burn.starts <= on <= TODAY
    elif on is not None:
        assert TODAY < on <= period_end(TODAY, per)


def test_each_act_tells_the_row(rows, django_user_model):  # noqa: F811
    engagement = Engagement.objects.get()
    owner = engagement.owner
    owner.memberships.create(organisation=engagement.provider, role="project_manager")
    today = timezone.localdate()
    Engagement.objects.update(ends_on=today + timedelta(days=90))

    task = tasks.plan_task(
        engagement=engagement,
        item_id="P1",
        what="調べる",
        owner=owner,
        due_on=today + timedelta(days=3),
        by=owner,
    )

    row = Glance.objects.get()
    assert (row.next_on, row.coming) == (today + timedelta(days=3), Coming.TASK)

    tasks.drop_task(task=task, by=owner)

    row.refresh_from_db()
    assert row.task_on is None
    assert row.coming in (Coming.WAIVER, Coming.END)

    Engagement.objects.update(stage=Stage.FEASIBILITY)
    engagements.decline(engagement=engagement, because="理由", by=owner)

    row.refresh_from_db()
    assert (row.need, row.next_on, row.coming) == (Need.ENDED, None, "")


def test_a_verdict_leaves_its_errors_by_what_is_allowed(rows):  # noqa: F811
    engagement = Engagement.objects.get()
    fill(engagement, 0)

    row = Glance.objects.get()

    shares = [
        error_share(one.value, one.limit, Bound(one.criterion.bound), Unit.SHARE)
        for one in CriterionVerdict.objects.all()
    ]
    assert row.outcome == "fail"
    assert row.need == Need.MISSED
    assert row.measured_on is not None
    assert row.errors[-1] == row.error
    assert row.error == pytest.approx(max(shares), abs=1e-4)

    # Where a line allows no error at all, nothing is a part of what it allows.
    past_the_guard(Criterion).update(bound="at_most", limit=0)
    measured.retell_verdicts(engagement)

    row.refresh_from_db()
    assert (row.outcome, row.error, row.errors) == ("fail", None, [])

    past_the_guard(LatestVerdict).delete()
    measured.retell_verdicts(engagement)

    row.refresh_from_db()
    assert (row.outcome, row.error, row.errors) == ("", None, [])


def test_days_in_operation_burn_the_budget(rows, django_user_model):  # noqa: F811
    engagement = Engagement.objects.get()
    fill(engagement, 0)
    owner = engagement.owner
    owner.memberships.create(organisation=engagement.provider, role="project_manager")
    agreement = engagement.agreements.first()
    versions = past_the_guard(type(agreement)).filter(pk=agreement.pk)
    versions.update(status="draft", digest="")
    ErrorBudget.objects.update_or_create(
        agreement=agreement,
        defaults={
            "false_alarms": 4,
            "false_alarms_per": "year",
            "misses": 1,
            "misses_per": "year",
            "until": timezone.localdate() + timedelta(days=99),
        },
    )
    versions.update(status="in_force", digest="d" * 64)
    Engagement.objects.update(stage=Stage.OPERATION)
    engagement.refresh_from_db()
    today = timezone.localdate()
    OperationPlan.objects.update_or_create(
        engagement=engagement,
        defaults={
            "starts_on": today.replace(month=1, day=1),
            "owner": owner,
            "deputy": django_user_model.objects.create_user("d@example.test"),
            "truth_delay_days": 1,
            "fallback": "手作業",
        },
    )
    operation.record_day(
        engagement=engagement,
        day=today,
        cases=10,
        known=10,
        false_alarms=3,
        misses=0,
        note="",
        by=owner,
    )

    row = Glance.objects.get()
    assert row.burned == pytest.approx(0.75)
    assert row.burned_until == date(today.year, 12, 31)

    assert measured.retell_operations(today=date(today.year + 1, 1, 1)) == 1
    row.refresh_from_db()
    assert row.burned == 0


def test_telling_anew_changes_nothing_that_was_told(rows, capsys):  # noqa: F811
    engagement = Engagement.objects.get()
    fill(engagement, 0)
    glances.retell(engagement)
    measured.retell(engagement)
    told = model_to_dict(Glance.objects.get())
    assert told["budget_yen"] == 100
    assert told["worst"] is not None

    Glance.objects.all().delete()
    call_command("retell")

    assert model_to_dict(Glance.objects.get()) == told
    assert "1" in capsys.readouterr().out


def test_only_who_sees_an_engagement_sees_its_row(rows, django_user_model):  # noqa: F811
    stranger = django_user_model.objects.create_user("s@example.test", name="S")
    engagement = Engagement.objects.get()
    owner = engagement.owner
    owner.memberships.create(organisation=engagement.provider, role="project_manager")

    assert list(Glance.objects.visible_to(owner)) == [engagement.glance]
    assert not Glance.objects.visible_to(stranger)
