"""What the dashboards show, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from projects.models import Engagement


@dataclass(frozen=True, slots=True)
class Decision:
    """One thing that waits for the reader: something to sign, to accept or to mend."""

    kind: str
    engagement: Engagement
    number: int
    reason: str
    url: str
