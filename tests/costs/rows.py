"""One row of everything that costs beside GPUs, as the database has it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING

from django.core.files.base import ContentFile

from costs.labels.kept import written
from costs.labels.reading import read_batch
from costs.labels.report import report_on, to_json, work_of
from costs.models import Deployment, LabelBatch, WorkLog

if TYPE_CHECKING:
    from projects.models import Engagement, User


def worked_on(engagement: Engagement, by: User) -> dict[str, list[object]]:
    """A batch of labels, a day's hours, and a deployment with a month booked."""
    content = b"item_id,worker_id,label,reward\na,x,1,1\na,y,2,1\n"
    read = read_batch(content)
    batch = LabelBatch.objects.create(
        engagement=engagement,
        title="一回目",
        file=ContentFile(written(read), name="labels.csv"),
        name="labels.csv",
        sha256=f"{engagement.label_batches.count():064}",
        day=date(2026, 10, 1),
        items=1,
        assignments=2,
        workers=2,
        currency="JPY",
        reward=2,
        fee=0,
        cost_yen=2,
        report={
            "columns": ["label", "other"],
            "item_column": "item_id",
            "left_out": [],
            "gold_elsewhere": 0,
            "fee": {"percent": "0", "least": "0"},
            "work": asdict(work_of(read.answers)),
            "measured": to_json(report_on(read, "label")),
        },
        delivered_by=by,
    )
    log = WorkLog.objects.create(
        engagement=engagement,
        worked_by=by,
        person=by.name,
        day=date(2026, 10, 1),
        hours=1,
        yen_an_hour=1,
        cost_yen=1,
        recorded_by=by,
    )
    deployment = Deployment.objects.create(
        engagement=engagement,
        name="予測",
        target="on_prem",
        prices={"instances": "1", "per_hour": "1", "percent": "100", "hours": "730"},
        predictions_a_month=1000,
        source="見積書",
        starts_on=date(2026, 1, 1),
        recorded_by=by,
    )
    month = deployment.months.create(
        month=date(2026, 9, 1),
        day=date(2026, 9, 30),
        predictions=1,
        cost=1,
        cost_yen=1,
        booked_by=by,
    )
    return {
        "label_batch": [engagement.pk, batch.pk],
        "label_items": [engagement.pk, batch.pk, "items"],
        "work_log": [engagement.pk, log.pk],
        "deployment": [engagement.pk, deployment.pk],
        "deployment_month": [engagement.pk, deployment.pk, month.pk],
    }
