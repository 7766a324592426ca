"""Pulls from AWS by boto3: jobs, the daily costs of Cost Explorer, spot prices.

Credentials are what boto3 finds: a role, the environment, a profile; nothing is kept.
Whoever imports this without boto3 is told so when something is asked for.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any, Final

from costs.imports import batch, explorer, sagemaker, spot
from costs.imports.faults import refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import TypeVar

    from costs.imports.line import Line
    from costs.imports.spot import SpotPrice

    T = TypeVar("T")

try:
    import boto3
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError
except ImportError:
    boto3 = None

# Of Source's values, those that are pulled, with AWS's name of the service.
SERVICES: Final = {"sagemaker": "sagemaker", "batch": "batch", "explorer": "ce"}


# Any: boto3's clients are made at run time.
def client(service: str, region: str) -> Any:
    """A client that does not wait for ever; FileRefused without boto3 or its setup."""
    if boto3 is None:
        raise refused("no_boto3")
    patient = Config(connect_timeout=10, read_timeout=60)
    return _asked(lambda: boto3.client(service, region_name=region, config=patient))


def pull(
    source: str, *, region: str, since: date, until: date, tag: str = "project"
) -> Iterator[Line]:
    """Lines of "sagemaker", "batch" or "explorer", from a day until before another.

    ``tag`` is the cost-allocation tag that Cost Explorer groups by. FileRefused when
    AWS refuses or cannot be reached.
    """
    asked = client(SERVICES[source], region)
    began, ended = _midnight(since), _midnight(until)
    match source:
        case "sagemaker":
            found = sagemaker.lines(asked, began, ended)
        case "batch":
            found = batch.lines(asked, began, ended)
        case _:
            found = explorer.lines(asked, since, until, tag)
    return _told(found)


def spot_prices(
    types: Iterable[str], *, region: str, since: date, until: date
) -> Iterator[SpotPrice]:
    """What an hour of each type cost as spot, each day; FileRefused as ``pull``."""
    asked = client("ec2", region)
    began, ended = _midnight(since), _midnight(until)
    return _told(spot.daily(spot.changes(asked, types, began, ended), began, ended))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _told(found: Iterator[T]) -> Iterator[T]:
    """The same, AWS's refusals told as ours."""
    ended = object()
    while (one := _asked(lambda: next(found, ended))) is not ended:
        yield one  # type: ignore[misc]


def _asked(call: Callable[[], T]) -> T:
    try:
        return call()
    except (BotoCoreError, ClientError) as wrong:
        raise refused("aws", found=str(wrong)) from wrong
