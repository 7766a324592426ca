"""Jobs of AWS Batch that asked for GPUs, attempt by attempt."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from costs import instances
from costs.imports import cells
from costs.imports.line import EPOCH, UNPRICED, Line
from costs.imports.units import of_seconds

if TYPE_CHECKING:
    from collections.abc import Iterator

OUTCOMES: Final = {"SUCCEEDED": "finished", "FAILED": "failed"}
# What Batch answers at most to one question.
AT_ONCE: Final = 100
# What Batch writes of an attempt whose spot machine was taken back.
TAKEN_BACK: Final = "Host EC2"
SOME_GPU: Final = "GPU"
MILLI: Final = Decimal(1000)


@dataclass(frozen=True, slots=True)
class Place:
    """What the machines behind a queue have in common; empty where they differ."""

    option: str = ""
    gpu_type: str = ""


# Any: boto3's clients and answers are not typed.
def lines(asked: Any, since: datetime, until: datetime) -> Iterator[Line]:
    """Jobs with GPUs that began in the time and are over."""
    queues = asked.get_paginator("describe_job_queues").paginate()
    for queue in (queue for page in queues for queue in page["jobQueues"]):
        place = place_of(asked, queue)
        for job in jobs_of(asked, queue["jobQueueArn"]):
            # A job that failed before it began has no start, or 0.
            began = _at(job.get("startedAt", 0))
            gpus = _gpus(job)
            if gpus and "stoppedAt" in job and since <= began < until:
                yield _line(job, place, gpus)


def jobs_of(asked: Any, queue: str) -> Iterator[dict[str, Any]]:
    """The jobs of a queue that are over; Batch forgets them after a week."""
    pages = asked.get_paginator("list_jobs")
    for status in OUTCOMES:
        for page in pages.paginate(jobQueue=queue, jobStatus=status):
            names = [found["jobId"] for found in page["jobSummaryList"]]
            for start in range(0, len(names), AT_ONCE):
                part = names[start : start + AT_ONCE]
                yield from asked.describe_jobs(jobs=part)["jobs"]


def place_of(asked: Any, queue: dict[str, Any]) -> Place:
    """Whether all machines behind the queue are spot, and of one type with GPUs."""
    order = queue["computeEnvironmentOrder"]
    names = [environment["computeEnvironment"] for environment in order]
    found = asked.describe_compute_environments(computeEnvironments=names)
    held = [one.get("computeResources", {}) for one in found["computeEnvironments"]]
    kinds = {one.get("type") for one in held}
    types = {name for one in held for name in one.get("instanceTypes", [])}
    only = instances.instance(types.pop()) if len(types) == 1 else None
    option = {"SPOT": "spot", "EC2": "on_demand"}.get(str(kinds.pop()), "")
    return Place("" if kinds else option, only.name if only else "")


def _line(job: dict[str, Any], place: Place, gpus: int) -> Line:
    began, ended = _at(job["startedAt"]), _at(job["stoppedAt"])
    tries = job.get("attempts", [])
    arn, tags = job["jobArn"], dict(job.get("tags", {}))
    known = instances.instance(_container(job)[0].get("instanceType", ""))
    return replace(
        UNPRICED,
        source="batch",
        identity=cells.identity((arn,)),
        started_at=began,
        ended_at=max(began, ended),
        month=cells.month_of(began),
        provider="AWS",
        product="AWSBatch",
        description=job["jobName"],
        resource=arn,
        account=arn.split(":")[4],
        region=arn.split(":")[3],
        tags=tags,
        gpu_type=known.name if known else place.gpu_type or SOME_GPU,
        gpus=Decimal(gpus),
        hours=of_seconds(_seconds(job, tries)),
        option=place.option,
        service="batch",
        purpose="training",
        person=cells.owner(tags),
        outcome=OUTCOMES[job["status"]],
        interruptions=sum(
            one.get("statusReason", "").startswith(TAKEN_BACK) for one in tries
        ),
        line_type=job["status"],
    )


def _gpus(job: dict[str, Any]) -> int:
    """GPUs on all of its machines."""
    container, nodes = _container(job)
    wanted = container.get("resourceRequirements", [])
    return nodes * sum(int(need["value"]) for need in wanted if need["type"] == "GPU")


def _container(job: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """What runs on each machine, and on how many."""
    nodes = job.get("nodeProperties")
    if nodes is None:
        return job.get("container", {}), 1
    ranges = nodes.get("nodeRangeProperties", [{}])
    return ranges[0].get("container", {}), nodes["numNodes"]


def _seconds(job: dict[str, Any], tries: list[dict[str, Any]]) -> Decimal:
    """Of all attempts together: a job that was taken back is paid for twice."""
    ran = [one for one in tries if "startedAt" in one and "stoppedAt" in one] or [job]
    spent = sum(max(0, one["stoppedAt"] - one["startedAt"]) for one in ran)
    return Decimal(spent) / MILLI


def _at(milliseconds: int) -> datetime:
    return EPOCH + timedelta(milliseconds=milliseconds)
