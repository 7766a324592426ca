"""Engagements: one piece of work for one customer, from intake to the end."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ClassVar, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from projects.catalogue import KIND_NAMES, SHAPE_OF, Kind, Shape
from projects.models.people import Membership, Organisation, User
from projects.permissions import CUSTOMER, roles_with

if TYPE_CHECKING:
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
    mine = Membership.objects.filter(user=user).order_by()
    whole = mine.filter(engagement__isnull=True).values("organisation")
    single = mine.filter(engagement__isnull=False)
    of_a_side = single.filter(
        Q(organisation=OuterRef("provider")) | Q(organisation=OuterRef("customer")),
        engagement=OuterRef("pk"),
    )
    # Sets, which are read once: a question for each of ten thousand engagements
    # would take a tenth of a second of whoever is a member of many.
    return (
        Q(provider__in=whole)
        | Q(customer__in=whole)
        | Q(Q(pk__in=single.values("engagement")), Exists(of_a_side))
    )


class EngagementQuerySet(models.QuerySet["Engagement"]):
    def visible_to(self, user: User) -> Self:
        """What the user is a member of, directly or by an organisation."""
        return self.filter(within_reach(user))

    def permitting(self, user: User, permission: Permission) -> Self:
        """Those on which the user's role, on either side, allows it."""
        mine = Membership.objects.filter(user=user).filter(
            Q(organisation=OuterRef("provider"), role__in=roles_with(permission))
            | Q(
                organisation=OuterRef("customer"),
                role__in=roles_with(permission, CUSTOMER),
            ),
            Q(engagement__isnull=True) | Q(engagement=OuterRef("pk")),
        )
        return self.filter(Exists(mine))


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
