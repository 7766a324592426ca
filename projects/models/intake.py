"""Intakes: what somebody asks for, before it is anybody's engagement."""

from __future__ import annotations

import uuid
from hashlib import sha256
from typing import TYPE_CHECKING, ClassVar, Self

from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from projects.catalogue import KIND_NAMES, Kind
from projects.models.engagement import Engagement
from projects.models.people import Organisation, User
from projects.permissions import MANAGING

if TYPE_CHECKING:
    from datetime import datetime

    from projects.catalogue import Text


def shortened(text: str) -> str:
    """Enough of a text to know it again."""
    return text if len(text) <= 60 else f"{text[:59]}…"


class PlaceKind(models.TextChoices):
    LINE = "line", _("Factory line")
    PLANT = "plant", _("Plant")
    SHOP = "shop", _("Shop")
    POWER_AREA = "power_area", _("Power area")
    KITCHEN = "kitchen", _("Kitchen")
    OTHER = "other", _("Other")


class IntakeStatus(models.TextChoices):
    FILED = "filed", _("Waiting for an answer")
    ASKED = "asked", _("Sent back with a question")
    ACCEPTED = "accepted", _("Accepted as an engagement")
    DECLINED = "declined", _("Declined")


def digest_of(token: str) -> str:
    """What is kept of a link's secret."""
    return sha256(token.encode()).hexdigest()


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def usable(self, *, now: datetime) -> Self:
        """Neither withdrawn nor past its end, and the organisation still allows it."""
        return self.filter(
            withdrawn_at__isnull=True,
            expires_at__gt=now,
            organisation__takes_visitors=True,
        )

    def of_token(self, token: str) -> Self:
        """The one whose link carries this secret."""
        return self.filter(digest=digest_of(token))


class Invitation(models.Model):
    """A link with which a visitor without an account may file an intake."""

    # SHA-256 of the secret in the link: who reads the table cannot use it.
    digest = models.CharField(max_length=64, unique=True, editable=False)
    # Whose the intake will be: the provider that invites, for a customer or a new one.
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="invitations"
    )
    customer = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+"
    )
    note = models.CharField(_("for whom"), max_length=120)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, editable=False)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-made_at"]

    def __str__(self) -> str:
        return self.note


class IntakeQuerySet(models.QuerySet["Intake"]):
    def visible_to(self, user: User) -> Self:
        """Those one filed, and those of a provider whose work one manages."""
        managed = user.belonging.whole(MANAGING)
        return self.filter(Q(asked_by=user) | Q(provider__in=managed))

    def waiting_for(self, user: User) -> Self:
        """Those of a provider whose work one manages, that nobody has answered yet."""
        return self.visible_to(user).filter(
            provider__in=user.belonging.of_providers(MANAGING),
            status=IntakeStatus.FILED,
        )

    def by_need(self) -> Self:
        """What waits for an answer first, the longest waiting on top."""
        waits = When(status=IntakeStatus.FILED, then=Value(0))
        asked = When(status=IntakeStatus.ASKED, then=Value(1))
        return self.order_by(
            Case(waits, asked, default=Value(2)),
            Case(When(status=IntakeStatus.FILED, then=F("filed_at"))),
            "-filed_at",
        )


class Intake(models.Model):
    """One request in the asker's words, and what became of it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    provider = models.ForeignKey(Organisation, models.PROTECT, related_name="intakes")
    customer = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+"
    )
    # As a visitor calls their organisation, where it is none of ours yet.
    customer_name = models.CharField(_("organisation"), max_length=120, blank=True)
    problem = models.TextField(_("problem in one sentence"), max_length=400)
    kind = models.CharField(
        _("kind"), max_length=16, choices=[(k.value, KIND_NAMES[k].ja) for k in Kind]
    )
    place_kind = models.CharField(_("kind of place"), max_length=10, choices=PlaceKind)
    place = models.CharField(_("place"), max_length=120)
    believed_data = models.TextField(
        _("what is believed to be in the data"), max_length=1000
    )
    asker_name = models.CharField(_("who asks"), max_length=80)
    asker_email = models.EmailField(_("e-mail of who asks"))
    asked_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="intakes"
    )
    decider = models.CharField(_("who decides"), max_length=120)
    invitation = models.ForeignKey(
        Invitation, models.PROTECT, null=True, related_name="intakes"
    )
    # In which the asker is written to.
    language = models.CharField(max_length=2, default="ja", editable=False)
    # With it a visitor without an account reads and answers.
    token = models.CharField(max_length=64, unique=True, editable=False)
    filed_at = models.DateTimeField(auto_now_add=True)
    status = models.CharField(
        max_length=8, choices=IntakeStatus, default=IntakeStatus.FILED
    )
    reason = models.TextField(_("reason"), blank=True, max_length=1000)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True, editable=False)
    engagement = models.OneToOneField(
        Engagement, models.PROTECT, null=True, related_name="intake"
    )

    objects = IntakeQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-filed_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(customer__isnull=False) | ~Q(customer_name=""),
                name="intake_names_its_customer",
            ),
            models.CheckConstraint(
                condition=Q(status="accepted", engagement__isnull=False)
                | ~Q(status="accepted") & Q(engagement__isnull=True),
                name="intake_accepted_as_an_engagement",
            ),
            models.CheckConstraint(
                condition=~Q(status="declined") | ~Q(reason=""),
                name="intake_declined_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["accepted", "declined"])
                & Q(decided_at__isnull=False, decided_by__isnull=False)
                | ~Q(status__in=["accepted", "declined"])
                & Q(decided_at__isnull=True, decided_by__isnull=True),
                name="intake_decided_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return shortened(self.problem)

    def get_absolute_url(self) -> str:
        return reverse("projects:intake", args=[self.pk])

    @property
    def is_decided(self) -> bool:
        return self.status in (IntakeStatus.ACCEPTED, IntakeStatus.DECLINED)

    @property
    def kind_text(self) -> Text:
        return KIND_NAMES[Kind(self.kind)]


class IntakeRemark(models.Model):
    """A question sent back, or what the asker answered to it."""

    intake = models.ForeignKey(Intake, models.PROTECT, related_name="remarks")
    text = models.TextField(max_length=1000)
    # Nobody: the visitor who filed it.
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    is_question = models.BooleanField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["at", "pk"]

    def __str__(self) -> str:
        return shortened(self.text)
