"""Pulls from AWS: against moto's server, and Stubber for what moto does not answer."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from importlib.util import module_from_spec, spec_from_file_location

import boto3
import pytest
from botocore.stub import Stubber

from costs.imports import aws, batch, explorer, sagemaker, spot
from costs.imports.faults import FileRefused

REGION = "ap-northeast-1"
ACCOUNT = "arn:aws:sagemaker:ap-northeast-1:111122223333"
SINCE, UNTIL = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)
KEYS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}


@pytest.fixture(scope="module")
def moto():
    """A server of its own that answers like AWS; gives its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    call = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with subprocess.Popen(
        call,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=os.environ | KEYS,
    ) as server:
        try:
            _wait(f"{address}/moto-api/")
            yield address
        finally:
            server.terminate()


def _wait(address):
    until = time.monotonic() + 120
    while True:
        try:
            with urllib.request.urlopen(address, timeout=5):  # noqa: S310
                return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)


def _post(address, path, said):
    request = urllib.request.Request(  # noqa: S310
        f"{address}/moto-api/{path}",
        json.dumps(said).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10):  # noqa: S310
        pass


@pytest.fixture
def away(moto, monkeypatch):
    """boto3 asks moto, and nobody else."""
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_ENDPOINT_URL", moto)
    return moto


@pytest.fixture
def stub(monkeypatch):
    """A client whose answers are given beforehand, held to AWS's own model."""
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)

    def made(service):
        asked = boto3.client(service, region_name=REGION)
        return asked, Stubber(asked)

    return made


def today():
    return datetime.now(UTC).date()


@pytest.mark.processes
def test_a_training_job_is_pulled_with_its_machines_and_tags(away):
    asked = boto3.client("sagemaker", region_name=REGION)
    asked.create_training_job(
        TrainingJobName="early-warning-1",
        AlgorithmSpecification={"TrainingImage": "x", "TrainingInputMode": "File"},
        RoleArn="arn:aws:iam::111122223333:role/service-role/train",
        OutputDataConfig={"S3OutputPath": "s3://made/"},
        ResourceConfig={
            "InstanceType": "ml.p3.8xlarge",
            "InstanceCount": 2,
            "VolumeSizeInGB": 30,
        },
        StoppingCondition={"MaxRuntimeInSeconds": 3600},
        Tags=[
            {"Key": "project", "Value": "anomaly-plant-a"},
            {"Key": "Owner", "Value": "佐藤"},
        ],
    )
    since, until = today() - timedelta(2), today() + timedelta(2)
    (line,) = aws.pull("sagemaker", region=REGION, since=since, until=until)
    assert (line.gpu_type, line.gpus, line.service) == ("p3.8xlarge", 8, "sagemaker")
    assert line.tags == {"project": "anomaly-plant-a", "Owner": "佐藤"}
    assert (line.person, line.description) == ("佐藤", "early-warning-1")
    assert (line.region, line.outcome) == (REGION, "finished")
    # As an import keeps what was pulled.
    assert asdict(line)["tags"] == line.tags
    again = list(aws.pull("sagemaker", region=REGION, since=since, until=until))
    assert [one.identity for one in again] == [line.identity]
    later = until + timedelta(1)
    none = aws.pull("sagemaker", region=REGION, since=until, until=later)
    assert list(none) == []


@pytest.mark.processes
def test_daily_costs_are_pulled_by_service_and_tag(away):
    def group(service, tag, amount):
        money = {"Amount": amount, "Unit": "USD"}
        return {
            "Keys": [service, f"project${tag}"],
            "Metrics": {"UnblendedCost": money, "AmortizedCost": money},
        }

    day = {
        "TimePeriod": {"Start": "2026-11-03", "End": "2026-11-04"},
        "Total": {},
        "Estimated": False,
        "Groups": [
            group("Amazon SageMaker", "anomaly-plant-a", "33.66875"),
            group("Tax", "", "12.3400000001"),
        ],
    }
    _post(
        away,
        "static/ce/cost-and-usage-results",
        {"results": [{"ResultsByTime": [day]}]},
    )
    first, second = aws.pull(
        "explorer", region=REGION, since=date(2026, 11, 1), until=date(2026, 12, 1)
    )
    assert (first.billed, first.currency) == (Decimal("33.66875"), "USD")
    assert first.tags == {"project": "anomaly-plant-a"}
    assert (first.category, second.category) == ("usage", "tax")
    assert (second.billed, second.tags) == (Decimal("12.3400000001"), {})
    assert first.ended_at - first.started_at == timedelta(days=1)
    assert first.month == date(2026, 11, 1)
    assert first.identity != second.identity


@pytest.mark.processes
def test_the_jobs_of_a_queue_are_pulled_with_what_its_machines_share(away):
    _post(away, "config", {"batch": {"use_docker": False}})
    asked = boto3.client("batch", region_name=REGION)
    queue = _queue(asked)
    for name, needs in (
        ("train", [{"type": "GPU", "value": "4"}, {"type": "VCPU", "value": "8"}]),
        ("copy", [{"type": "VCPU", "value": "1"}]),
    ):
        defined = asked.register_job_definition(
            jobDefinitionName=name,
            type="container",
            containerProperties={
                "image": "busybox",
                "resourceRequirements": [*needs, {"type": "MEMORY", "value": "128"}],
            },
        )
        asked.submit_job(
            jobName=name,
            jobQueue=queue,
            jobDefinition=defined["jobDefinitionArn"],
            tags={"project": "demand-kanto"},
        )
    since, until = today() - timedelta(2), today() + timedelta(2)
    # moto's answer about a job leaves its GPUs out, so that none of them is a line.
    assert list(aws.pull("batch", region=REGION, since=since, until=until)) == []
    until = time.monotonic() + 60
    while len(found := list(batch.jobs_of(asked, queue))) < 2:
        assert time.monotonic() < until
        time.sleep(0.2)
    assert sorted(job["jobName"] for job in found) == ["copy", "train"]
    (described,) = asked.describe_job_queues()["jobQueues"]
    place = batch.place_of(asked, described)
    assert (place.option, place.gpu_type) == ("on_demand", "g4dn.xlarge")


def _queue(asked):
    """A queue before one environment of machines of one type."""
    ec2 = boto3.client("ec2", region_name=REGION)
    iam = boto3.client("iam", region_name=REGION)
    subnet = ec2.describe_subnets()["Subnets"][0]
    group = ec2.describe_security_groups()["SecurityGroups"][0]["GroupId"]
    trust = json.dumps({"Version": "2012-10-17", "Statement": []})
    role = iam.create_role(RoleName="batch", AssumeRolePolicyDocument=trust)["Role"]
    profile = iam.create_instance_profile(InstanceProfileName="batch")
    iam.add_role_to_instance_profile(InstanceProfileName="batch", RoleName="batch")
    environment = asked.create_compute_environment(
        computeEnvironmentName="gpus",
        type="MANAGED",
        state="ENABLED",
        computeResources={
            "type": "EC2",
            "minvCpus": 0,
            "maxvCpus": 8,
            "instanceTypes": ["g4dn.xlarge"],
            "subnets": [subnet["SubnetId"]],
            "securityGroupIds": [group],
            "instanceRole": profile["InstanceProfile"]["Arn"],
        },
        serviceRole=role["Arn"],
    )
    return asked.create_job_queue(
        jobQueueName="training",
        state="ENABLED",
        priority=1,
        computeEnvironmentOrder=[
            {"order": 1, "computeEnvironment": environment["computeEnvironmentArn"]}
        ],
    )["jobQueueArn"]


@pytest.mark.processes
def test_spot_prices_are_pulled_as_prices_of_days(away):
    since, until = today() - timedelta(1), today() + timedelta(1)
    found = list(
        aws.spot_prices(["g4dn.xlarge"], region=REGION, since=since, until=until)
    )
    # moto knows one price that has held since 2006.
    assert {price.day for price in found} == {since, since + timedelta(1)}
    assert {(price.type, price.per_hour) for price in found} == {
        ("g4dn.xlarge", Decimal("0.00001"))
    }


def refusal(call):
    with pytest.raises(FileRefused) as refused:
        list(call())
    (fault,) = refused.value.faults
    return fault


def test_an_aws_that_cannot_be_reached_is_told_in_a_sentence(monkeypatch):
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    since, until = date(2026, 11, 1), date(2026, 12, 1)
    fault = refusal(
        lambda: aws.pull("sagemaker", region=REGION, since=since, until=until)
    )
    assert "127.0.0.1:9" in fault.sentence("en")
    assert "check the credentials" in fault.sentence("en")
    assert "AWSから取得できません" in fault.sentence("ja")


def test_a_region_that_cannot_be_is_told_in_a_sentence():
    assert refusal(lambda: aws.client("sagemaker", "not a region")).code == "aws"


def test_without_boto3_it_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "boto3", None)
    spec = spec_from_file_location("aws_without_boto3", aws.__file__)
    without = module_from_spec(spec)
    spec.loader.exec_module(without)
    fault = refusal(lambda: without.client("sagemaker", REGION))
    assert "pip install 'kenshu[aws]'" in fault.sentence("en")
    assert "boto3が必要です" in fault.sentence("ja")


# What moto leaves out, answered by botocore's own Stubber -----------------------------


def job(**said):
    """A training job as DescribeTrainingJob tells it."""
    arn = f"{ACCOUNT}:training-job/tj-1"
    return {
        "TrainingJobName": "tj-1",
        "TrainingJobArn": arn,
        "ModelArtifacts": {"S3ModelArtifacts": "s3://made/model"},
        "TrainingJobStatus": "Completed",
        "SecondaryStatus": "Completed",
        "AlgorithmSpecification": {"TrainingInputMode": "File"},
        "ResourceConfig": {
            "InstanceType": "ml.p3.8xlarge",
            "InstanceCount": 2,
            "VolumeSizeInGB": 30,
        },
        "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
        "CreationTime": datetime(2026, 11, 3, 8, tzinfo=UTC),
        "TrainingStartTime": datetime(2026, 11, 3, 9, tzinfo=UTC),
        "TrainingEndTime": datetime(2026, 11, 3, 11, tzinfo=UTC),
        **said,
    }


def pulled(stub, *jobs, tags=()):
    asked, answers = stub("sagemaker")
    summary = {
        "TrainingJobName": "tj-1",
        "TrainingJobArn": f"{ACCOUNT}:training-job/tj-1",
        "CreationTime": datetime(2026, 11, 3, 8, tzinfo=UTC),
        "TrainingJobStatus": "Completed",
    }
    answers.add_response(
        "list_training_jobs", {"TrainingJobSummaries": [summary] * len(jobs)}
    )
    for one in jobs:
        answers.add_response("describe_training_job", one)
        if one["TrainingJobStatus"] != "InProgress":
            answers.add_response("list_tags", {"Tags": list(tags)})
    with answers:
        return list(sagemaker.lines(asked, SINCE, UNTIL))


def test_managed_spot_is_the_seconds_that_are_billed_and_what_it_saved(stub):
    (line,) = pulled(
        stub,
        job(
            EnableManagedSpotTraining=True,
            TrainingTimeInSeconds=7200,
            BillableTimeInSeconds=2160,
            SecondaryStatusTransitions=[
                {"Status": "Training", "StartTime": SINCE},
                {"Status": "Interrupted", "StartTime": SINCE},
                {"Status": "Training", "StartTime": SINCE},
            ],
        ),
        tags=[{"Key": "owner", "Value": "sato"}],
    )
    assert (line.hours, line.gpus) == (Decimal("0.6"), Decimal(8))
    assert (line.option, line.priced_as) == ("spot", "on_demand")
    assert line.tags == {"owner": "sato", sagemaker.SAVING: "0.7000"}
    assert (line.interruptions, line.person) == (1, "sato")
    assert (line.account, line.region) == ("111122223333", REGION)
    assert line.purpose == "training"
    assert (line.currency, line.billed) == ("", 0)


def test_a_job_on_demand_saved_nothing(stub):
    said = job(TrainingTimeInSeconds=7200, BillableTimeInSeconds=7200)
    assert sagemaker.saving(said) is None
    (line,) = pulled(stub, said)
    assert (line.option, line.priced_as, line.hours) == ("on_demand", "", 2)


@pytest.mark.parametrize(
    ("said", "hours"),
    [
        ({"BillableTimeInSeconds": 3600, "TrainingTimeInSeconds": 7200}, "1"),
        ({"TrainingTimeInSeconds": 5400}, "1.5"),
        ({}, "2"),
        (
            {
                "BillableTimeInSeconds": 3600,
                "WarmPoolStatus": {
                    "Status": "Terminated",
                    "ResourceRetainedBillableTimeInSeconds": 1800,
                },
            },
            "1.5",
        ),
    ],
)
def test_hours_are_the_best_that_sagemaker_tells(stub, said, hours):
    (line,) = pulled(stub, job(**said))
    assert line.hours == Decimal(hours)


def test_a_job_on_two_kinds_of_machines_is_two_lines(stub):
    groups = [
        {"InstanceType": name, "InstanceCount": 1, "InstanceGroupName": name[3:5]}
        for name in ("ml.g5.xlarge", "ml.p3.2xlarge", "ml.c5.xlarge")
    ]
    config = {"InstanceGroups": groups, "VolumeSizeInGB": 30}
    found = pulled(stub, job(ResourceConfig=config, TuningJobArn=f"{ACCOUNT}:tuning/t"))
    assert [line.gpu_type for line in found] == ["g5.xlarge", "p3.2xlarge"]
    assert len({line.identity for line in found}) == 2
    assert {line.purpose for line in found} == {"tuning"}


def test_a_job_that_is_not_over_is_no_line_yet(stub):
    assert pulled(stub, job(TrainingJobStatus="InProgress")) == []


@pytest.mark.parametrize(
    ("status", "outcome"),
    [("Completed", "finished"), ("Failed", "failed"), ("Stopped", "interrupted")],
)
def test_how_a_training_job_ended_is_told(stub, status, outcome):
    (line,) = pulled(stub, job(TrainingJobStatus=status))
    assert line.outcome == outcome


def at(hour, minute=0):
    return int(datetime(2026, 11, 3, hour, minute, tzinfo=UTC).timestamp() * 1000)


def batch_job(**said):
    return {
        "jobArn": f"arn:aws:batch:{REGION}:111122223333:job/1",
        "jobName": "train",
        "jobId": "1",
        "jobQueue": "queue",
        "jobDefinition": "definition",
        "status": "SUCCEEDED",
        "startedAt": at(9),
        "stoppedAt": at(11),
        "container": {"resourceRequirements": [{"type": "GPU", "value": "4"}]},
        **said,
    }


def batched(stub, *jobs, kinds=("SPOT",), types=("p3.8xlarge",)):
    asked, answers = stub("batch")
    order = [{"order": 1, "computeEnvironment": "gpus"}]
    queue = {
        "jobQueueName": "queue",
        "jobQueueArn": "queue",
        "state": "ENABLED",
        "priority": 1,
        "computeEnvironmentOrder": order,
    }
    answers.add_response("describe_job_queues", {"jobQueues": [queue]})
    environments = [
        {
            "computeEnvironmentName": "gpus",
            "computeEnvironmentArn": "gpus",
            "computeResources": {
                "type": kind,
                "maxvCpus": 8,
                "subnets": [],
                "instanceTypes": list(types),
            },
        }
        for kind in kinds
    ]
    answers.add_response(
        "describe_compute_environments", {"computeEnvironments": environments}
    )
    for status in batch.OUTCOMES:
        mine = [one for one in jobs if one["status"] == status]
        names = [{"jobId": one["jobId"], "jobName": "train"} for one in mine]
        answers.add_response("list_jobs", {"jobSummaryList": names})
        if mine:
            answers.add_response("describe_jobs", {"jobs": mine})
    with answers:
        return list(batch.lines(asked, SINCE, UNTIL))


def test_a_batch_job_has_the_gpus_it_asked_for_and_the_machine_of_its_queue(stub):
    (line,) = batched(stub, batch_job(tags={"project": "demand-kanto"}))
    assert (line.gpu_type, line.gpus, line.hours) == ("p3.8xlarge", 4, 2)
    assert (line.option, line.service, line.outcome) == ("spot", "batch", "finished")
    assert line.tags == {"project": "demand-kanto"}
    assert (line.account, line.region) == ("111122223333", REGION)


def test_every_attempt_of_a_batch_job_is_paid_for(stub):
    tries = [
        {
            "startedAt": at(9),
            "stoppedAt": at(9, 30),
            "statusReason": "Host EC2 (instance i-1) terminated.",
        },
        {"startedAt": at(10), "stoppedAt": at(11), "statusReason": "Essential exited"},
        {"statusReason": "never placed"},
    ]
    (line,) = batched(stub, batch_job(status="FAILED", attempts=tries))
    assert (line.hours, line.interruptions) == (Decimal("1.5"), 1)
    assert line.outcome == "failed"


def test_a_batch_job_on_many_machines_has_the_gpus_of_all_of_them(stub):
    ranges = {
        "targetNodes": "0:3",
        "container": {
            "instanceType": "p4d.24xlarge",
            "resourceRequirements": [{"type": "GPU", "value": "8"}],
        },
    }
    nodes = {"numNodes": 4, "mainNode": 0, "nodeRangeProperties": [ranges]}
    (line,) = batched(stub, batch_job(nodeProperties=nodes))
    assert (line.gpu_type, line.gpus) == ("p4d.24xlarge", 32)


def test_machines_that_differ_leave_type_and_option_open(stub):
    found = batched(
        stub, batch_job(), kinds=("SPOT", "EC2"), types=("p3.2xlarge", "g5.xlarge")
    )
    assert [(line.gpu_type, line.option) for line in found] == [("GPU", "")]


def test_batch_jobs_without_gpus_or_outside_the_time_are_no_lines(stub):
    jobs = [
        batch_job(container={}),
        batch_job(),
        batch_job(stoppedAt=at(8), jobId="2"),
    ]
    del jobs[1]["stoppedAt"]
    found = batched(stub, *jobs, batch_job(startedAt=0))
    assert [(line.hours, line.ended_at == line.started_at) for line in found] == [
        (0, True)
    ]


def test_cost_explorer_is_asked_for_every_page(stub):
    asked, answers = stub("ce")
    money = {"Amount": "1.5", "Unit": "USD"}

    def page(day, **more):
        group = {
            "Keys": ["Amazon EC2", "project$a"],
            "Metrics": {"UnblendedCost": money, "AmortizedCost": money},
        }
        period = {"Start": f"2026-11-{day:02d}", "End": f"2026-11-{day + 1:02d}"}
        return {"ResultsByTime": [{"TimePeriod": period, "Groups": [group]}], **more}

    answers.add_response("get_cost_and_usage", page(3, NextPageToken="more"))
    answers.add_response("get_cost_and_usage", page(4))
    with answers:
        found = list(
            explorer.lines(asked, date(2026, 11, 1), date(2026, 12, 1), "project")
        )
    assert [line.started_at.day for line in found] == [3, 4]
    assert sum(line.billed for line in found) == 3
    assert found[0].identity == "2026-11-03/Amazon EC2/project$a"


def test_a_spot_price_of_a_day_is_its_mean_over_hours_and_zones():
    def change(zone, hour, price, day=3):
        moment = datetime(2026, 11, day, hour, tzinfo=UTC)
        return spot.Change("p3.2xlarge", zone, moment, Decimal(price))

    since = datetime(2026, 11, 3, tzinfo=UTC)
    found = list(
        spot.daily(
            # Newest first, as EC2 answers; one from before the time still holds.
            [change("a", 6, "2"), change("a", 0, "1", day=1), change("b", 12, "3")],
            since,
            since + timedelta(days=2),
        )
    )
    first, second = found
    # Zone a: 6 hours at 1 and 18 at 2. Zone b: 12 hours, all of them at 3.
    assert first.per_hour == (Decimal("1.75") + 3) / 2
    assert (first.zones, first.day) == (2, date(2026, 11, 3))
    assert second.per_hour == Decimal("2.5")


def test_a_day_before_the_first_price_has_none():
    since = datetime(2026, 11, 3, tzinfo=UTC)
    later = spot.Change("p3.2xlarge", "a", since + timedelta(days=1), Decimal(2))
    found = list(spot.daily([later], since, since + timedelta(days=2)))
    assert [price.day for price in found] == [date(2026, 11, 4)]
