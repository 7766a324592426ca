"""The portfolio in sums: one query for all of it, one more for a table of sums."""

from __future__ import annotations

from dataclasses import dataclass, fields
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Count, Max, Q, Sum

from dashboards.choosing import By
from dashboards.listing import narrowing
from projects.glancing import Need
from projects.models import Engagement, Glance, Stage

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dashboards.choosing import Chosen
    from projects.models import User

GROUPED: Final = {
    By.CUSTOMER: ("customer", "customer__name", "customer__name_en"),
    By.KIND: ("engagement__kind",),
    By.STAGE: ("stage",),
}
NOTHING: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class Sums:
    """How engagements stand and what they cost, in yen; ``shown`` is of the filter.

    What nobody knows yet is None, and ``burned`` is the worst of all.
    """

    all: int = 0
    shown: int = 0
    missed: int = 0
    unsure: int = 0
    unmeasured: int = 0
    kept: int = 0
    operating: int = 0
    spent_yen: Decimal = NOTHING
    # Of those that have a budget, so that the two can be compared.
    budgeted_yen: Decimal = NOTHING
    budget_yen: Decimal | None = None
    gpu_yen: Decimal = NOTHING
    labels_yen: Decimal = NOTHING
    people_yen: Decimal = NOTHING
    errors_yen: Decimal = NOTHING
    realised_yen: Decimal = NOTHING
    expected_yen: Decimal | None = None
    burned: float | None = None

    @property
    def open(self) -> int:
        """How many have not ended."""
        return self.missed + self.unsure + self.unmeasured + self.kept


@dataclass(frozen=True, slots=True)
class Group:
    """The sums of engagements that are alike; ``named`` are the columns asked for."""

    named: tuple[Any, ...]
    sums: Sums


KNOWN: Final = tuple(one.name for one in fields(Sums))


def _columns(shown: Q) -> dict[str, Any]:
    """What is summed of every group."""
    needs = (Need.MISSED, Need.UNSURE, Need.UNMEASURED, Need.KEPT)
    has_budget = Q(budget_yen__isnull=False)
    return {
        "all": Count("pk"),
        "shown": Count("pk", filter=shown) if shown else Count("pk"),
        **{need.name.lower(): Count("pk", filter=Q(need=need)) for need in needs},
        "operating": Count("pk", filter=Q(stage=Stage.OPERATION)),
        "budgeted_yen": Sum("spent_yen", filter=has_budget),
        **{
            name: Sum(name)
            for name in (
                *("spent_yen", "budget_yen", "gpu_yen", "labels_yen", "people_yen"),
                *("errors_yen", "realised_yen", "expected_yen"),
            )
        },
        "burned": Max("burned"),
    }


def totals(user: User, chosen: Chosen) -> list[Group]:
    """The sums of everything the user may see, by customer; one query."""
    return _grouped(user, By.CUSTOMER, Q(), _those(chosen, user))


def subtotals(user: User, chosen: Chosen, by: By) -> list[Group]:
    """The sums of the engagements asked for, by what they are alike in; one query."""
    return _grouped(user, by, _those(chosen, user), Q())


def _those(chosen: Chosen, user: User) -> Q:
    """The filter as a condition on rows at a glance; empty where nothing narrows."""
    asked = narrowing(chosen, user)
    return Q(pk__in=Engagement.objects.filter(asked).values("pk")) if asked else Q()


def _grouped(user: User, by: By, only: Q, shown: Q) -> list[Group]:
    names = GROUPED[by]
    rows = (
        Glance.objects.visible_to(user)
        .filter(only)
        .order_by()
        .values(*names)
        .annotate(**_columns(shown))
    )
    return [
        Group(
            named=tuple(row[name] for name in names),
            # A sum over nothing is None in the database: what is unsaid stays unsaid.
            sums=Sums(
                **{name: row[name] for name in KNOWN if row[name] is not None},
            ),
        )
        for row in rows
    ]


def together(groups: Iterable[Group]) -> Sums:
    """All of them as one."""
    found: dict[str, Any] = {}
    for group in groups:
        for one in KNOWN:
            value, before = getattr(group.sums, one), found.get(one)
            if value is None or before is None:
                found[one] = before if value is None else value
            elif one == "burned":
                found[one] = max(before, value)
            else:
                found[one] = before + value
    return Sums(**found)
