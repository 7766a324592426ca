"""The lines that are nobody's yet, by what they have in common."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Count, F, QuerySet, Sum, TextField
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from costs.models import Charge, SpendDay, TagField
from projects.permissions import MANAGING

if TYPE_CHECKING:
    from projects.models import Organisation, User

LOOKED_AT: Final = 1_000
TAGS_OFFERED: Final = 12
GROUPS_SHOWN: Final = 50


@dataclass(frozen=True, slots=True)
class By:
    """What lines are gathered by: a field, and of a tag its name."""

    field: str
    key: str = ""

    @property
    def code(self) -> str:
        """As it stands in an address: ``tag:project``, ``account``."""
        return f"{self.field}:{self.key}" if self.key else self.field

    @classmethod
    def of(cls, code: str) -> By | None:
        field, _colon, key = code.partition(":")
        if field not in TagField.values or (field == TagField.TAG) != bool(key):
            return None
        return cls(field, key)


@dataclass(frozen=True, slots=True)
class Nobodys:
    """How much of a provider's costs belongs to nobody yet."""

    organisation: int
    lines: int
    yen: Decimal


def nobodys(user: User) -> list[Nobodys]:
    """Of each provider the user manages, what is unassigned; out of the day sums."""
    managed = user.belonging.whole(MANAGING)
    sums = (
        SpendDay.objects.filter(engagement__isnull=True, organisation__in=managed)
        .order_by()
        .values_list("organisation")
        .annotate(lines=Sum("lines"), yen=Sum("cost_yen"))
    )
    return [Nobodys(*one) for one in sums if one[1]]


def of_provider(organisation: Organisation) -> Nobodys:
    """The same of one provider, whoever asks; one query."""
    sums = SpendDay.objects.filter(organisation=organisation, engagement__isnull=True)
    found = sums.aggregate(lines=Sum("lines"), yen=Sum("cost_yen"))
    return Nobodys(organisation.pk, found["lines"] or 0, found["yen"] or Decimal(0))


def ways(organisation: Organisation) -> list[By]:
    """By what the lines may be gathered: the tags the newest of them have, the rest."""
    newest = Charge.objects.unassigned().filter(organisation=organisation)
    found: Counter[str] = Counter()
    for tags in newest.values_list("tags", flat=True)[:LOOKED_AT]:
        # The names; a mapping would be added up by its values.
        found.update(list(tags))
    tags = [By(TagField.TAG, key) for key, _n in found.most_common(TAGS_OFFERED)]
    rest = [By(f) for f in TagField.values if f != TagField.TAG]
    return [*tags, *rest]


def tag_of(key: str) -> Cast:
    """The tag's value as text. Cast, or SQLite compares it as if it were JSON."""
    return Cast(KeyTextTransform(key, "tags"), TextField())


# Any: an annotated row is of no type that can be named.
def with_group(lines: QuerySet[Charge], by: By) -> QuerySet[Any, Any]:
    """The lines with what they are gathered by, as ``group``."""
    return lines.annotate(group=tag_of(by.key) if by.key else F(by.field))


def groups(organisation: Organisation, by: By) -> list[dict[str, Any]]:
    """The dearest groups with their lines and yen."""
    lines = Charge.objects.unassigned().filter(organisation=organisation)
    gathered = (
        with_group(lines, by)
        .order_by()
        .values("group")
        .annotate(lines=Count("pk"), yen=Sum("cost_yen"))
        .order_by("-yen", F("group").asc(nulls_last=True))
    )
    return list(gathered[:GROUPS_SHOWN])


def chosen(organisation: Organisation, by: By, values: list[str]) -> QuerySet[Any, Any]:
    """The unassigned lines of these groups; an empty value is those without one."""
    lines = Charge.objects.unassigned().filter(organisation=organisation)
    grouped = with_group(lines, by)
    found = grouped.filter(group__in=[value for value in values if value])
    if "" in values:
        found = found | grouped.filter(group__isnull=True) | grouped.filter(group="")
    return found
