"""Evidence: what backs an answer; a newer piece supersedes, never erases, an older."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from projects.models.engagement import Engagement
from projects.models.people import User

if TYPE_CHECKING:
    from datetime import datetime


class EvidenceForm(models.TextChoices):
    FILE = "file", _("File")
    LINK = "link", _("Link")
    DOCUMENT = "document", _("Named document")


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(engagement__in=Engagement.objects.visible_to(user))

    def current(self) -> Self:
        """Pieces that no newer one has superseded."""
        return self.filter(superseded_by__isnull=True)


def evidence_path(evidence: Evidence, filename: str) -> str:
    """Where a file is kept: by a number of its own, never by a name somebody typed."""
    return f"evidence/{evidence.engagement_id}/{uuid.uuid4()}"


class Evidence(models.Model):
    """One piece of evidence for one item; it outlives the rounds."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    engagement = models.ForeignKey(Engagement, models.PROTECT, related_name="evidence")
    item_id = models.CharField(max_length=12)
    form = models.CharField(max_length=8, choices=EvidenceForm)
    # What the reader sees: the file's own name, or how the link or document is called.
    name = models.CharField(_("name"), max_length=200)
    file = models.FileField(upload_to=evidence_path, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    url = models.URLField(_("link"), blank=True, max_length=500)
    kept_at = models.CharField(_("where it is kept"), max_length=200, blank=True)
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(auto_now_add=True)
    superseded_by = models.OneToOneField(
        "self", models.PROTECT, null=True, editable=False, related_name="supersedes"
    )

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["added_at", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=(
                    Q(form="file", url="", kept_at="") & ~Q(file="") & ~Q(sha256="")
                )
                | Q(form="link", file="", sha256="", kept_at="") & ~Q(url="")
                | Q(form="document", file="", sha256="", url="") & ~Q(kept_at=""),
                name="evidence_is_of_its_form",
            )
        ]

    def __str__(self) -> str:
        return f"{self.item_id}: {self.name}"

    def was_current(self, at: datetime | None) -> bool:
        """Whether it was there at that moment, and nothing newer; None is now."""
        newer = self.superseded_by
        if at is None:
            return newer is None
        return self.added_at <= at and (newer is None or newer.added_at > at)
