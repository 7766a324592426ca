"""What it costs not to wait: the same GPUs of a cloud, at once. No Django here."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

ONE: Final = Decimal(1)
# What is bought by the hour and is there at once, the one that can be taken away first.
AT_ONCE: Final = ("spot", "on_demand")


@dataclass(frozen=True, slots=True)
class Offered:
    """What one of a type costs an hour in yen, and how many GPUs it has."""

    gpu_type: str
    gpus: Decimal
    option: str
    yen_per_hour: Decimal


@dataclass(frozen=True, slots=True)
class Instead:
    """A way past the queue. ``pool_yen`` is None where the pool has no price.

    ``interruptions``: expected ones; None where no hour of the type is known.
    """

    gpu_type: str
    option: str
    yen: Decimal
    pool_yen: Decimal | None = None
    interruptions: Decimal | None = None

    @property
    def cheaper(self) -> Decimal | None:
        """The part of the pool's cost that it saves; below 0 where it costs more."""
        return ONE - self.yen / self.pool_yen if self.pool_yen else None


def cost_in_yen(offer: Offered, gpus: int, hours: Decimal, *, whole: bool) -> Decimal:
    """GPUs for hours at an offer. ``whole``: a cloud gives no part of a machine."""
    count = Decimal(gpus) / offer.gpus
    if whole:
        count = count.to_integral_value(ROUND_CEILING)
    return count * hours * offer.yen_per_hour


def expected_interruptions(
    gpus: int, hours: Decimal, known: tuple[int, Decimal] | None
) -> Decimal | None:
    """By what was seen: (interruptions, GPU hours) on spot of the type, in proportion.

    None where nobody has used it for an hour, as nothing can be expected then.
    """
    if known is None or known[1] < 1:
        return None
    return Decimal(known[0]) / known[1] * gpus * hours


def best_instead(
    offers: Iterable[Offered],
    seen: dict[str, tuple[int, Decimal]],
    gpus: int,
    hours: Decimal,
    pool_yen: Decimal | None,
) -> Instead | None:
    """The cheapest offer on spot, else on demand; None where neither has a price.

    ``seen``: by type, interruptions and GPU hours on spot so far.
    """
    known = list(offers)
    for option in AT_ONCE:
        priced = [
            (cost_in_yen(offer, gpus, hours, whole=True), offer.gpu_type)
            for offer in known
            if offer.option == option
        ]
        if priced:
            yen, gpu_type = min(priced)
            expected = None
            if option == "spot":
                expected = expected_interruptions(gpus, hours, seen.get(gpu_type))
            return Instead(gpu_type, option, yen, pool_yen, expected)
    return None
