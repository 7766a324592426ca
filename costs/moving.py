"""Lines that go from one engagement to another; the sums go with them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from django.core.exceptions import ValidationError
from django.db import OperationalError
from django.utils.translation import gettext as _

from costs.models import AssignedBy, Charge
from projects.models import Engagement, Organisation
from projects.services.audit import record_event

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from django.db.models import QuerySet

    from costs.rollup import Ledger
    from projects.models import User

AT_ONCE: Final = 5_000
# What neither sums nor rules look at.
UNSEEN: Final = ("description", "usage_type", "note", "billed", "effective", "listed")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a line belongs, and what said so."""

    engagement: UUID | None
    assigned_by: str = AssignedBy.NOBODY
    rule: int | None = None


@dataclass(slots=True)
class Moved:
    """How many lines came and went, and their yen, by engagement (None: nobody's)."""

    lines: int = 0
    came: dict[UUID | None, list[Decimal]] = field(
        default_factory=lambda: defaultdict(lambda: [Decimal(0), Decimal(0)])
    )
    went: dict[UUID | None, list[Decimal]] = field(
        default_factory=lambda: defaultdict(lambda: [Decimal(0), Decimal(0)])
    )

    def count(self, line: Charge, to: UUID | None) -> None:
        self.lines += 1
        for side, who in ((self.came, to), (self.went, line.engagement_id)):
            side[who][0] += 1
            side[who][1] += line.cost_yen


def take_turns(organisation: Organisation) -> None:
    """Let nobody else move or take over lines of the provider in this transaction.

    ValidationError while a delivery is being taken over: that may take minutes, and a
    page must not wait for it.
    """
    rows = Organisation.objects.select_for_update(no_key=True, nowait=True)
    try:
        rows.get(pk=organisation.pk)
    except OperationalError as taken:
        raise ValidationError(
            _("Lines are being taken over just now. Try again in a few minutes.")
        ) from taken


def in_parts(lines: QuerySet[Charge]) -> Iterator[list[Charge]]:
    """The lines in the order of their rows, some thousand at a time."""
    last = 0
    ordered = lines.order_by("pk").defer(*UNSEEN)
    while part := list(ordered.filter(pk__gt=last)[:AT_ONCE]):
        last = part[-1].pk
        yield part


def move(lines: list[tuple[Charge, Place]], ledger: Ledger, moved: Moved) -> None:
    """Write where the lines belong now; whoever calls it writes the ledger."""
    places: dict[Place, list[int]] = defaultdict(list)
    for line, to in lines:
        places[to].append(line.pk)
        if line.engagement_id != to.engagement:
            moved.count(line, to.engagement)
            ledger.add_charge(line, -1)
            line.engagement_id = to.engagement
            ledger.add_charge(line)
    for to, rows in places.items():
        Charge.objects.filter(pk__in=rows).update(
            engagement_id=to.engagement, assigned_by=to.assigned_by, rule_id=to.rule
        )


def tell(moved: Moved, by: User) -> None:
    """An event on each engagement that lines came to or went from."""
    known = {one for one in (*moved.came, *moved.went) if one is not None}
    for engagement in Engagement.objects.filter(pk__in=known).order_by("pk"):
        for verb, side in (("lines.assigned", moved.came), ("lines.left", moved.went)):
            if engagement.pk in side:
                lines, yen = side[engagement.pk]
                record_event(
                    verb,
                    engagement=engagement,
                    by=by,
                    lines=int(lines),
                    cost_yen=f"{yen:.0f}",
                )
