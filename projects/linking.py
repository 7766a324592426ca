"""How signed things are chained: each digest covers the one before. No Django here."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True, slots=True)
class Chained:
    """One link as it is kept."""

    number: int
    body: str
    previous: str
    digest: str


# Any: what json takes.
def canonical(words: Mapping[str, Any]) -> str:
    """One JSON text for one meaning: sorted keys, no spaces, Japanese as written."""
    return json.dumps(words, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


# Any: what JSON holds.
def read_back(text: str) -> dict[str, Any]:
    """What ``canonical`` wrote; nothing where somebody made it unreadable since."""
    try:
        words = json.loads(text)
    except ValueError:
        return {}
    return words if isinstance(words, dict) else {}


def digest_of(text: str) -> str:
    """SHA-256 of the text in UTF-8, in hexadecimal (FIPS 180-4)."""
    return hashlib.sha256(text.encode()).hexdigest()


def link_digest(number: int, body: str, previous: str) -> str:
    """The digest of a link: of its number, the digest before it, and its body."""
    return digest_of(f"{number}\n{previous}\n{body}")


def first_broken(links: Iterable[Chained]) -> int | None:
    """The number of the first link that does not hold; None when the chain is whole.

    A link that is missing is named by the number it should have.
    """
    previous = ""
    for expected, link in enumerate(links, start=1):
        if link.number != expected or link.previous != previous:
            return expected
        if link.digest != link_digest(link.number, link.body, link.previous):
            return expected
        previous = link.digest
    return None
