"""An engagement with everything that a report tells of."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from costs.glances import retell_spend
from costs.models import CostKind, Spend, SpendDay
from dashboards.report_queries import readable
from evaluation import glances as measured_glances
from projects.models import Engagement, ErrorBudget
from projects.services import glances
from tests.evaluation.test_stages import day_of, in_operation, planned
from tests.past import past_the_guard


def report_everything(engagement: Engagement, manager, executive) -> Engagement:
    """In operation, with a budget burned, spend of two kinds, and a waiver."""
    in_operation(engagement, manager, executive)
    planned(engagement, manager, executive)
    agreement = engagement.agreements.in_force().get()
    past_the_guard(ErrorBudget).bulk_create(
        [
            ErrorBudget(
                agreement=agreement,
                false_alarms=30,
                false_alarms_per="year",
                misses=10,
                misses_per="year",
                yen_a_month=None,
                until=timezone.localdate() + timedelta(days=90),
            )
        ]
    )
    day_of(engagement, manager, ago=0)
    Spend.objects.update_or_create(
        engagement=engagement,
        defaults={
            "budget_yen": 4_000_000,
            "stop_yen": 3_500_000,
            "spent_yen": Decimal("3104000.1250"),
            "gpu_yen": Decimal("2594000.1250"),
            "labels_yen": 210_000,
            "people_yen": 300_000,
        },
    )
    for place, (kind, cost) in enumerate(((CostKind.GPU, 100), (CostKind.PEOPLE, 7))):
        day = timezone.localdate().replace(day=1)
        SpendDay.objects.create(
            organisation=engagement.provider,
            engagement=engagement,
            day=day,
            month=day,
            kind=kind,
            currency="JPY",
            key=f"{place:064}",
            cost_yen=cost,
            lines=1,
        )
    engagement.waivers.create(
        item_id="P7",
        reason="社内で調整中",
        until=timezone.localdate() + timedelta(days=60),
        organisation=engagement.customer,
        given_by=executive,
    )
    retold(engagement)
    return loaded(engagement, manager)


def retold(engagement: Engagement) -> None:
    """Tell the row that lists read everything anew."""
    today = timezone.localdate()
    glances.retell(engagement)
    measured_glances.retell_verdicts(engagement)
    measured_glances.retell_borne(engagement)
    measured_glances.retell_operation(engagement, today=today)
    retell_spend([engagement.pk])
    glances.note(engagement, expected_yen=Decimal(12_000_000), realised_yen=2_400_000)


def loaded(engagement: Engagement, reader) -> Engagement:
    """As the pages load it."""
    return readable(reader, timezone.localdate()).get(pk=engagement.pk)
