"""What the dashboards show, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from projects.models import Engagement, Intake


@dataclass(frozen=True, slots=True)
class Decision:
    """What waits for the reader: something to sign, to accept, to mend or to answer.

    An intake is nobody's engagement yet, and has no number.
    """

    kind: str
    engagement: Engagement | None
    number: int
    reason: str
    url: str
    intake: Intake | None = None
