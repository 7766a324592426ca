"""Training jobs of SageMaker, with the seconds AWS bills."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from costs import instances
from costs.imports import cells
from costs.imports.line import UNPRICED, Line
from costs.imports.units import of_seconds

if TYPE_CHECKING:
    from collections.abc import Iterator

OUTCOMES: Final = {
    "Completed": "finished",
    "Failed": "failed",
    "Stopped": "interrupted",
}
# Under AWS's own prefix, so that no tag of a user is taken for it.
SAVING: Final = "aws:sagemaker:spot-saving"


# Any: boto3's clients and answers are not typed.
def lines(asked: Any, since: datetime, until: datetime) -> Iterator[Line]:
    """Jobs on GPUs that ended from ``since`` on and were made before ``until``."""
    pages = asked.get_paginator("list_training_jobs").paginate(
        LastModifiedTimeAfter=since, CreationTimeBefore=until
    )
    for page in pages:
        for summary in page["TrainingJobSummaries"]:
            job = asked.describe_training_job(
                TrainingJobName=summary["TrainingJobName"]
            )
            if job["TrainingJobStatus"] not in OUTCOMES or "TrainingEndTime" not in job:
                continue
            arn = job["TrainingJobArn"]
            said = asked.get_paginator("list_tags").paginate(ResourceArn=arn)
            tags = {tag["Key"]: tag["Value"] for part in said for tag in part["Tags"]}
            yield from _lines(job, tags)


def saving(job: dict[str, Any]) -> Decimal | None:
    """The share that managed spot saved: 1 - billable / training time.

    None for a job on demand, or where AWS does not tell both.
    """
    trained = job.get("TrainingTimeInSeconds")
    billed = job.get("BillableTimeInSeconds")
    if not job.get("EnableManagedSpotTraining") or not trained or billed is None:
        return None
    return 1 - Decimal(billed) / Decimal(trained)


def _lines(job: dict[str, Any], tags: dict[str, str]) -> Iterator[Line]:
    """One line of each kind of machine in the job; most have one kind."""
    config = job["ResourceConfig"]
    groups = config.get("InstanceGroups") or [config]
    spot = bool(job.get("EnableManagedSpotTraining"))
    saved = saving(job)
    said = tags if saved is None else tags | {SAVING: f"{saved:.4f}"}
    began, ended = (
        job[at].astimezone(UTC) for at in ("TrainingStartTime", "TrainingEndTime")
    )
    moves = job.get("SecondaryStatusTransitions", [])
    for group in groups:
        gpu = instances.instance(group["InstanceType"])
        if gpu is None:
            continue
        name = group.get("InstanceGroupName", "")
        arn = job["TrainingJobArn"]
        yield replace(
            UNPRICED,
            source="sagemaker",
            identity=cells.identity((arn, name) if name else (arn,)),
            started_at=began,
            ended_at=max(began, ended),
            month=cells.month_of(began),
            provider="AWS",
            product="AmazonSageMaker",
            usage_type=f"Train:{group['InstanceType']}",
            description=job["TrainingJobName"],
            resource=arn,
            account=arn.split(":")[4],
            region=arn.split(":")[3],
            tags=said,
            gpu_type=gpu.name,
            gpus=gpu.gpus * group["InstanceCount"],
            hours=of_seconds(_seconds(job, began, ended)),
            option="spot" if spot else "on_demand",
            priced_as="on_demand" if spot else "",
            service="sagemaker",
            purpose="tuning" if job.get("TuningJobArn") else "training",
            person=cells.owner(tags),
            outcome=OUTCOMES[job["TrainingJobStatus"]],
            interruptions=sum(move["Status"] == "Interrupted" for move in moves),
            line_type=job["TrainingJobStatus"],
        )


def _seconds(job: dict[str, Any], began: datetime, ended: datetime) -> Decimal:
    """What is billed, a kept warm pool included; else the time it trained."""
    found = job.get("BillableTimeInSeconds", job.get("TrainingTimeInSeconds"))
    if found is None:
        found = max(0, int((ended - began).total_seconds()))
    pool = job.get("WarmPoolStatus", {})
    return Decimal(found + pool.get("ResourceRetainedBillableTimeInSeconds", 0))
