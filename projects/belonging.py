"""Where a person belongs, and as what: of all of an organisation's work, or of one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID


@dataclass(frozen=True, slots=True)
class Held:
    """One membership; without an engagement it holds for all of the organisation's."""

    organisation_id: int
    of_provider: bool
    engagement_id: UUID | None
    role: str


@dataclass(frozen=True, slots=True)
class Belonging:
    """Everything one person is a member of, the oldest membership first."""

    held: tuple[Held, ...]

    def whole(self, roles: Iterable[str] | None = None) -> list[int]:
        """Organisations all of whose work they take part in, in one of the roles."""
        found = (one for one in self._in(roles) if one.engagement_id is None)
        return list(dict.fromkeys(one.organisation_id for one in found))

    def of_providers(self, roles: Iterable[str] | None = None) -> list[int]:
        """Those of them that provide work."""
        providers = {one.organisation_id for one in self.held if one.of_provider}
        return [one for one in self.whole(roles) if one in providers]

    def of_customers(self, roles: Iterable[str] | None = None) -> list[int]:
        """Those of them that order work."""
        providers = set(self.of_providers())
        return [one for one in self.whole(roles) if one not in providers]

    def single(self, roles: Iterable[str] | None = None) -> dict[int, list[UUID]]:
        """By organisation the engagements they take part in for it one by one."""
        found: dict[int, list[UUID]] = {}
        for one in self._in(roles):
            if one.engagement_id is not None:
                found.setdefault(one.organisation_id, []).append(one.engagement_id)
        return found

    def _in(self, roles: Iterable[str] | None) -> list[Held]:
        if roles is None:
            return list(self.held)
        asked = set(roles)
        return [one for one in self.held if one.role in asked]
