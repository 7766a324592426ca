"""What a reader asks of the portfolio, as its address says it.

Whatever cannot be asked is left out, so an old link or a typed one never fails.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, urlencode

from projects.catalogue import Kind
from projects.glancing import Need
from projects.models import Stage

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST: Final = 120


class Order(StrEnum):
    """By what the table may be sorted; the first is what it is sorted by unasked."""

    NEED = "need"
    NAME = "name"
    CUSTOMER = "customer"
    STAGE = "stage"
    ACCURACY = "accuracy"
    BURNED = "burned"
    SPENT = "spent"
    NEXT = "next"


class By(StrEnum):
    """By what engagements are summed up."""

    CUSTOMER = "customer"
    KIND = "kind"
    STAGE = "stage"


# Where the largest is what one looks for, a first press puts it on top.
LARGEST_FIRST: Final = frozenset({Order.ACCURACY, Order.BURNED, Order.SPENT})
STATES: Final = {need.name.lower(): need for need in Need}


@dataclass(frozen=True, slots=True)
class Chosen:
    """The filter, the order, and whether sums are shown in place of engagements."""

    q: str = ""
    customer: int | None = None
    kind: str = ""
    stage: str = ""
    state: str = ""
    mine: bool = False
    sort: Order = Order.NEED
    falling: bool = False
    by: By | None = None

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> Chosen:
        """Read the part of an address behind its question mark."""
        wanted = asked.get("sort", "")
        sort = wanted.removeprefix("-")
        by, customer = asked.get("by", ""), asked.get("customer", "")
        # More digits than this no database takes.
        is_number = customer.isascii() and customer.isdigit() and len(customer) < 16
        return cls(
            q=" ".join(asked.get("q", "").replace("\x00", "").split())[:LONGEST],
            customer=int(customer) if is_number else None,
            kind=_known(asked.get("kind", ""), list(Kind)),
            stage=_known(asked.get("stage", ""), Stage.values),
            state=_known(asked.get("state", ""), list(STATES)),
            mine=asked.get("owner") == "mine",
            sort=Order(sort) if sort in list(Order) else Order.NEED,
            falling=wanted.startswith("-") and sort in list(Order),
            by=By(by) if by in list(By) else None,
        )

    @classmethod
    def read(cls, query: str) -> Chosen:
        """Read what ``query`` wrote."""
        return cls.of(dict(parse_qsl(query)))

    @property
    def narrows(self) -> bool:
        """Whether less than everything is asked for."""
        return bool(self.filters)

    @property
    def filters(self) -> list[str]:
        """The names of the filters that are set."""
        unset = Chosen()
        return [
            one.name
            for one in fields(self)
            if one.name not in ("sort", "falling", "by")
            and getattr(self, one.name) != getattr(unset, one.name)
        ]

    @property
    def query(self) -> str:
        """The same as an address has it, without what goes unsaid."""
        said = {
            name: str(value)
            for name, value in asdict(self).items()
            if value and name not in ("mine", "sort", "falling")
        }
        if self.mine:
            said["owner"] = "mine"
        if self.sort is not Order.NEED or self.falling:
            said["sort"] = f"{'-' if self.falling else ''}{self.sort}"
        return urlencode(said)

    def without(self, name: str) -> Chosen:
        """The same with one filter lifted."""
        return replace(self, **{name: getattr(Chosen(), name)})

    def sorted_by(self, order: Order) -> Chosen:
        """The order that a press on a column's head leads to: the second turns it."""
        falling = not self.falling if order is self.sort else order in LARGEST_FIRST
        return replace(self, sort=order, falling=falling)

    def summed_by(self, by: By | None) -> Chosen:
        """The same engagements, summed up; None lists them."""
        return replace(self, by=by)


def _known(value: str, known: list[str]) -> str:
    return value if value in known else ""
