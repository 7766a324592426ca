"""What a batch is paid: rewards, and the marketplace's fee on them. Exact."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from costs.labels.answers import Answer

# As a row keeps money.
SMALLEST: Final = Decimal("0.000001")
HUNDRED: Final = Decimal(100)
NOTHING: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class Fee:
    """A marketplace's: per cent of the reward, and the least for one answer."""

    percent: Decimal = NOTHING
    least: Decimal = NOTHING

    def on(self, reward: Decimal) -> Decimal:
        """The fee on one answer's reward, in its currency."""
        return max(reward * self.percent / HUNDRED, self.least)


def rewards(answers: Sequence[Answer]) -> Decimal:
    """What the answers earn that were not rejected."""
    return sum((one.reward for one in answers if one.paid), NOTHING).quantize(
        SMALLEST, rounding=ROUND_HALF_EVEN
    )


def fees(answers: Sequence[Answer], fee: Fee) -> Decimal:
    """The fee on them, answer by answer."""
    return sum((fee.on(one.reward) for one in answers if one.paid), NOTHING).quantize(
        SMALLEST, rounding=ROUND_HALF_EVEN
    )
