"""Whether signed things still say what was signed. No Django in here."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from projects.catalogue import Text
from projects.linking import first_broken

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from projects.linking import Chained


class Fault(StrEnum):
    """What was done to a signed thing."""

    CHAIN = "chain"
    ROW = "row"
    GONE = "gone"
    TEXT = "text"
    UNSIGNED = "unsigned"


WHY: Final = {
    Fault.CHAIN: Text(
        "この鎖の文面か前の鎖とのつながりが、作られたときと違います。",
        "Its text, or its tie to the link before, is not what it was when made.",
    ),
    Fault.ROW: Text(
        "署名の記録が、鎖に残る文面と違います。",
        "The signature on record differs from the text kept in the chain.",
    ),
    Fault.GONE: Text(
        "この鎖が表す署名の記録がありません。",
        "The signature that this link speaks of is gone.",
    ),
    Fault.TEXT: Text(
        "合意書の内容が、署名した文面と違います。",
        "The agreement no longer says what was signed.",
    ),
    Fault.UNSIGNED: Text(
        "有効になった版に、双方の署名がそろっていません。",
        "A version that came into force lacks the signature of a side.",
    ),
}


@dataclass(frozen=True, slots=True)
class Claim:
    """One signed thing: its link, what it is called, and what is wrong with it.

    ``number`` is None for what was signed before there was a chain.
    """

    number: int | None
    name: Text
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class Broken:
    """The first thing that does not hold; ``number`` is its link, where it has one."""

    number: int | None
    name: Text
    fault: Fault

    @property
    def why(self) -> Text:
        return WHY[self.fault]


def first_fault(links: Sequence[Chained], claims: Iterable[Claim]) -> Broken | None:
    """The first link that does not hold, or None when nothing was altered.

    A link fails by itself, by the thing that hangs on it, or because nothing does.
    Things without a link come last.
    """
    known = list(claims)
    found = [Broken(c.number, c.name, c.fault) for c in known if c.fault]
    claimed = {claim.number for claim in known}
    found += [
        Broken(link.number, _link(link.number), Fault.GONE)
        for link in links
        if link.number not in claimed
    ]
    at = first_broken(links)
    if at is not None:
        found.append(Broken(at, _link(at), Fault.CHAIN))
    # The chain itself before what hangs on it, of the same number.
    order = list(Fault)
    return min(
        found,
        key=lambda one: (
            one.number is None,
            one.number or 0,
            order.index(one.fault),
        ),
        default=None,
    )


def _link(number: int) -> Text:
    return Text(f"{number}番目の鎖", f"link {number}")
