"""Jobs that were pulled from AWS take the price that AWS bills them at."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from costs import importing
from costs.imports.line import UNPRICED
from costs.models import Charge, GpuType, Price
from costs.services import imports

pytestmark = pytest.mark.usefixtures("in_english")
BEGAN = datetime(2026, 11, 3, 9, tzinfo=UTC)


def test_a_managed_spot_job_is_its_billed_hours_at_the_price_on_demand(
    engagement, manager
):
    provider = engagement.provider
    gpu_type = GpuType.objects.create(
        organisation=provider, name="p3.8xlarge", model="NVIDIA Tesla V100", gpus=4
    )
    for option, per_hour in (("spot", "500"), ("on_demand", "2000")):
        Price.objects.create(
            organisation=provider,
            gpu_type=gpu_type,
            service="sagemaker",
            option=option,
            per_hour=Decimal(per_hour),
            valid_from=date(2026, 1, 1),
            source="list",
            recorded_by=manager,
        )
    job = replace(
        UNPRICED,
        source="sagemaker",
        identity="arn:tj-1",
        started_at=BEGAN,
        ended_at=BEGAN + timedelta(hours=2),
        month=date(2026, 11, 1),
        tags={"aws:sagemaker:spot-saving": "0.7000"},
        gpu_type="p3.8xlarge",
        gpus=Decimal(8),
        hours=Decimal("0.6"),
        option="spot",
        priced_as="on_demand",
        service="sagemaker",
    )
    delivered = imports.deliver_lines(
        organisation=provider, lines=[job], name="sagemaker", by=manager
    )
    importing.work_on(delivered.pk)
    delivered.refresh_from_db()
    imports.take_over(delivered=delivered, by=manager)
    importing.work_on(delivered.pk)

    charge = Charge.objects.get()
    # Two machines for the .6 hours of 2 that AWS bills; the spot price would be a
    # second discount on top.
    assert (charge.option, charge.count, charge.cost_yen) == ("spot", 2, 2400)
    assert charge.tags["aws:sagemaker:spot-saving"] == "0.7000"
