"""The form of a refusal's wording: what is wrong, and the cure."""

from __future__ import annotations

from dataclasses import dataclass

from projects.catalogue import Text


@dataclass(frozen=True, slots=True)
class Wording:
    """The sentence after "was refused", and the cure; both take a fault's params."""

    says: Text
    cure: Text


def worded(says_ja: str, says_en: str, cure_ja: str, cure_en: str) -> Wording:
    """A wording in both languages."""
    return Wording(Text(ja=says_ja, en=says_en), Text(ja=cure_ja, en=cure_en))
