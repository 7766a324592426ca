"""Daily costs of AWS Cost Explorer, by service and one tag."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final

from costs.imports import cells
from costs.imports.line import UNPRICED, Line

if TYPE_CHECKING:
    from collections.abc import Iterator

BILLED: Final = "UnblendedCost"
EFFECTIVE: Final = "AmortizedCost"


# Any: boto3's clients and answers are not typed.
def lines(asked: Any, since: date, until: date, tag: str) -> Iterator[Line]:
    """A line for each day, service and value of the tag; ``until`` is not included."""
    question = {
        "TimePeriod": {"Start": since.isoformat(), "End": until.isoformat()},
        "Granularity": "DAILY",
        "Metrics": [BILLED, EFFECTIVE],
        "GroupBy": [
            {"Type": "DIMENSION", "Key": "SERVICE"},
            {"Type": "TAG", "Key": tag},
        ],
    }
    page: dict[str, Any] = {}
    while True:
        answer = asked.get_cost_and_usage(**question, **page)
        for day in answer["ResultsByTime"]:
            yield from (_line(day["TimePeriod"], group) for group in day["Groups"])
        if not answer.get("NextPageToken"):
            return
        page = {"NextPageToken": answer["NextPageToken"]}


def _line(period: dict[str, str], group: dict[str, Any]) -> Line:
    service, tagged = (*group["Keys"], "")[:2]
    key, _dollar, value = tagged.partition("$")
    began, ended = (_day(period[name]) for name in ("Start", "End"))
    billed, effective = (group["Metrics"][name] for name in (BILLED, EFFECTIVE))
    return replace(
        UNPRICED,
        source="explorer",
        identity=cells.identity((began.date().isoformat(), service, tagged)),
        category="tax" if service == "Tax" else "usage",
        started_at=began,
        ended_at=ended,
        month=cells.month_of(began),
        currency=cells.currency(billed["Unit"], BILLED),
        billed=cells.money(billed["Amount"], BILLED),
        effective=cells.money(effective["Amount"], EFFECTIVE),
        provider="AWS",
        product=service,
        tags={cells.tag_key(key): value} if value else {},
        option="",
        service="sagemaker" if "SageMaker" in service else "other",
    )


def _day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
