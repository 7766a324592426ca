"""What the dashboards show, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from projects.models import Engagement, Intake, Organisation


class Waits(StrEnum):
    """What a decision is about."""

    SIGN = "sign"
    REVIEW = "review"
    BUDGET = "budget"
    ACCEPT = "accept"
    RUNS_OUT = "runs_out"
    MEND = "mend"
    UNASSIGNED = "unassigned"
    INTAKE = "intake"


@dataclass(frozen=True, slots=True)
class Decision:
    """What waits for the reader: something to sign, to accept, to mend or to answer.

    ``day`` is when it falls due, or else since when it waits: it is due already. An
    intake is nobody's engagement yet, and has no number. Costs that are nobody's are a
    provider's: their number is that of the lines. ``due`` is the last day on which it
    makes a difference, where a fact says one.
    """

    kind: Waits
    engagement: Engagement | None
    number: int
    reason: str
    url: str
    day: date | None
    intake: Intake | None = None
    organisation: Organisation | None = None
    yen: Decimal | None = None
    share: float | None = None
    due: date | None = None


def soonest_first(decisions: list[Decision]) -> list[Decision]:
    """What has waited longest, then what falls due next; without a day at the end."""
    return sorted(decisions, key=lambda one: (one.day is None, one.day or 0, one.url))
