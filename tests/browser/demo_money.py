"""What the demo bought, booked, labelled and deployed, and bills beside it."""

from __future__ import annotations

import hashlib
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.core.files.base import ContentFile

from costs import importing
from costs.models import CostImport, Source, TagRule
from costs.services import imports, rates, rules
from tests.costs.bills import bill, line

if TYPE_CHECKING:
    from projects.models import Engagement, Organisation, User

    Places = dict[str, list[Any]]


def of_work(provider: Organisation, press: Engagement) -> Places:
    """What was bought, booked, labelled, worked and deployed."""
    deployment = press.deployments.filter(months__isnull=False).first()
    return {
        "budget": [press.pk, press.budgets.in_force().first().pk],
        "line of use": [press.pk, press.charges.filter(source=Source.HAND).first().pk],
        "labels": [press.pk, press.label_batches.first().pk],
        "hours": [press.pk, press.work_logs.first().pk],
        "deployment": [press.pk, deployment.pk],
        "month": [press.pk, deployment.pk, deployment.months.first().pk],
        "booking": [provider.gpu_pools.first().reservations.first().pk],
        "pool": [provider.pk, provider.gpu_pools.first().pk],
        "type": [provider.pk, provider.gpu_types.first().pk],
        "price": [provider.pk, provider.prices.first().pk],
    }


def delivered(
    provider: Organisation, content: bytes, name: str, by: User
) -> CostImport:
    """A bill, read through as the worker would."""
    came = imports.deliver(
        organisation=provider,
        file=ContentFile(content, name=name),
        name=name,
        sha256=hashlib.sha256(content).hexdigest(),
        rings=False,
        by=by,
    )
    importing.work_on(came.pk)
    came.refresh_from_db()
    return came


def of_bills(provider: Organisation, press: Engagement, manager: User) -> Places:
    """A bill taken over, one read through, one refused, and a rule for their lines."""
    rates.add_rate(
        organisation=provider,
        currency="USD",
        day=date(2024, 5, 1),
        yen=Decimal(150),
        source="試験",
        by=manager,
    )
    rule = TagRule(
        organisation=provider,
        field="account",
        value="2222",
        engagement=press,
        made_by=manager,
    )
    rules.add_rule(rule=rule, by=manager)
    hours = [line(hour=hour, project="press" * (hour % 2)) for hour in range(6)]
    taken = delivered(provider, bill(*hours), "may.csv", manager)
    imports.take_over(delivered=taken, by=manager, rings=False)
    importing.work_on(taken.pk)
    taken.refresh_from_db()
    assert taken.status == "taken", taken.faults
    checked = delivered(provider, bill(line(day=2)), "june.csv", manager)
    wrong = delivered(provider, bill(line("much", day=3)), "july.csv", manager)
    assert [checked.status, wrong.status] == ["checked", "refused"]
    return {
        "taken": [provider.pk, taken.pk],
        "checked": [provider.pk, checked.pk],
        "wrong": [provider.pk, wrong.pk],
        "charge": [provider.pk, taken.charges.first().pk],
    }
