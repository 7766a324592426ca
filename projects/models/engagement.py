"""Engagements: one piece of work for one customer, from intake to the end."""

from __future__ import annotations

import uuid
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from projects.catalogue import KIND_NAMES, SHAPE_OF, Kind, Shape
from projects.models.people import Organisation, User
from projects.permissions import BY_SIDE, roles_with

if TYPE_CHECKING:
    from collections.abc import Iterable

    from projects.catalogue import Text
    from projects.permissions import Permission


class Stage(models.TextChoices):
    INTAKE = "intake", _("Intake")
    FEASIBILITY = "feasibility", _("Feasibility")
    AGREEMENT = "agreement", _("Agreement")
    INITIAL = "initial", _("Initial judgement")
    ACCURACY = "accuracy", _("Accuracy")
    OPERATION = "operation", _("Operation")
    CLOSED = "closed", _("Closed")
    DECLINED = "declined", _("Declined")


# The steps on the way; closed and declined end it at the step it had reached.
STAGES = (
    Stage.INTAKE,
    Stage.FEASIBILITY,
    Stage.AGREEMENT,
    Stage.INITIAL,
    Stage.ACCURACY,
    Stage.OPERATION,
)


class Placement(models.TextChoices):
    CLOUD = "cloud", _("Cloud")
    ON_PREM = "on_prem", _("On premises")
    EDGE = "edge", _("Edge")
    HYBRID = "hybrid", _("Hybrid")


def within_reach(user: User) -> Q:
    """What the user is a member of, directly or by an organisation.

    Holds for engagements, and for rows that repeat their sides and have their key.
    """
    whole, single = user.belonging.whole(), user.belonging.single()
    return _any_of(q for side in BY_SIDE for q in _of_side(side, whole, single, ""))


def permitted(
    user: User, permission: Permission, to: str = "", *, sides: Iterable[str] = BY_SIDE
) -> Q:
    """Where the user's role on one of the sides allows it.

    ``to`` leads from a row to its engagement, as ``agreement__engagement__`` does.
    """
    found: list[Q] = []
    for side in sides:
        roles = roles_with(permission, BY_SIDE[side])
        whole, single = user.belonging.whole(roles), user.belonging.single(roles)
        found += _of_side(side, whole, single, to)
    return _any_of(found)


def _of_side(
    side: str, whole: list[int], single: dict[int, list[uuid.UUID]], to: str
) -> list[Q]:
    # Numbers, not memberships for the database to look up: a reader has a handful,
    # and asking for each of ten thousand engagements takes a tenth of a second.
    return [
        Q(**{f"{to}{side}__in": whole}),
        *(
            Q(**{f"{to}{side}": organisation, f"{to}pk__in": engagements})
            for organisation, engagements in single.items()
        ),
    ]


def _any_of(found: Iterable[Q]) -> Q:
    # Of nothing it fails, for an empty condition would let everything through.
    return reduce(or_, found)


class EngagementQuerySet(models.QuerySet["Engagement"]):
    def visible_to(self, user: User) -> Self:
        """What the user is a member of, directly or by an organisation."""
        return self.filter(within_reach(user))

    def permitting(self, user: User, permission: Permission) -> Self:
        """Those on which the user's role, on either side, allows it."""
        return self.filter(permitted(user, permission))


class Engagement(models.Model):
    """One piece of work for one customer; everything else hangs off it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=120)
    name_en = models.CharField(_("name in English"), max_length=120, blank=True)
    problem = models.TextField(_("problem in one sentence"), max_length=400)
    kind = models.CharField(
        _("kind"), max_length=16, choices=[(k.value, KIND_NAMES[k].ja) for k in Kind]
    )
    provider = models.ForeignKey(
        Organisation,
        models.PROTECT,
        related_name="provided",
        verbose_name=_("provider"),
    )
    customer = models.ForeignKey(
        Organisation, models.PROTECT, related_name="ordered", verbose_name=_("customer")
    )
    stage = models.CharField(max_length=11, choices=Stage, default=Stage.FEASIBILITY)
    place = models.CharField(_("place"), max_length=120)
    placement = models.CharField(_("placement"), max_length=7, choices=Placement)
    owner = models.ForeignKey(
        User, models.PROTECT, related_name="owned", verbose_name=_("owner")
    )
    starts_on = models.DateField(_("starts on"))
    ends_on = models.DateField(_("ends on"))
    declined_because = models.TextField(blank=True, editable=False)
    declined_because_en = models.TextField(blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = EngagementQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-created_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="engagement_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(stage=Stage.DECLINED) & ~Q(declined_because="")
                | ~Q(stage=Stage.DECLINED) & Q(declined_because=""),
                name="engagement_declined_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("dashboards:engagement", args=[self.pk])

    @property
    def shape(self) -> Shape:
        """How the rows of its runs look."""
        return SHAPE_OF[Kind(self.kind)]

    @property
    def kind_text(self) -> Text:
        return KIND_NAMES[Kind(self.kind)]

    @property
    def stage_number(self) -> int:
        """Which of the six steps it is at, from 1; where it ended when it has."""
        if self.stage == Stage.DECLINED:
            return STAGES.index(Stage.FEASIBILITY) + 1
        if self.stage == Stage.CLOSED:
            return len(STAGES)
        return STAGES.index(Stage(self.stage)) + 1

    @property
    def is_open(self) -> bool:
        return self.stage not in (Stage.CLOSED, Stage.DECLINED)
