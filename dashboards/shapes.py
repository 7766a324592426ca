"""What the dashboards show, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from decimal import Decimal

    from projects.models import Engagement, Intake, Organisation


@dataclass(frozen=True, slots=True)
class Decision:
    """What waits for the reader: something to sign, to accept, to mend or to answer.

    An intake is nobody's engagement yet, and has no number. Costs that are nobody's
    are a provider's: their number is that of the lines.
    """

    kind: str
    engagement: Engagement | None
    number: int
    reason: str
    url: str
    intake: Intake | None = None
    organisation: Organisation | None = None
    yen: Decimal | None = None
