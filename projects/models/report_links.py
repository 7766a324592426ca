"""Links to a report for somebody without an account, and the monthly letters."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from projects.models.engagement import Engagement
from projects.models.intake import digest_of
from projects.models.people import Organisation, User
from projects.models.posted import Posted, PostedQuerySet
from projects.permissions import CUSTOMER, PROVIDER, Permission, roles_with

if TYPE_CHECKING:
    from datetime import date, datetime


class ReportLinkQuerySet(models.QuerySet["ReportLink"]):
    def of_token(self, token: str) -> Self:
        """The one whose address carries this secret."""
        return self.filter(digest=digest_of(token))

    def usable(self, *, now: datetime) -> Self:
        """Neither revoked nor past its end, and made by somebody still here."""
        return self.filter(
            revoked_at__isnull=True, expires_at__gt=now, created_by__is_active=True
        )


class ReportLink(models.Model):
    """An address at which the report can be read for a time, and nothing else.

    Of one engagement, or of all that an organisation has and its maker may see.
    """

    # SHA-256 of the secret in the address: who reads the table cannot use it.
    digest = models.CharField(max_length=64, unique=True, editable=False)
    engagement = models.ForeignKey(
        Engagement, models.CASCADE, null=True, related_name="report_links"
    )
    organisation = models.ForeignKey(
        Organisation, models.CASCADE, null=True, related_name="report_links"
    )
    label = models.CharField(_("for whom"), max_length=80)
    language = models.CharField(
        _("language"), max_length=2, choices=[("ja", "日本語"), ("en", "English")]
    )
    created_by = models.ForeignKey(User, models.PROTECT, related_name="report_links")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, editable=False)
    revoked_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", editable=False
    )
    opened = models.PositiveIntegerField(default=0, editable=False)
    last_opened_at = models.DateTimeField(null=True, editable=False)

    objects = ReportLinkQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-created_at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(engagement__isnull=False, organisation__isnull=True)
                | Q(engagement__isnull=True, organisation__isnull=False),
                name="report_link_of_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")),
                name="report_link_ends_after_it_was_made",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="report_link_revoked_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def of(self) -> Engagement | Organisation:
        """What it shows the report of; a constraint says that it is one of the two."""
        found = self.engagement or self.organisation
        assert found is not None  # noqa: S101 - see the constraint
        return found

    @property
    def last_day(self) -> date:
        """The last one on which it can be opened."""
        return timezone.localdate(self.expires_at - timedelta(seconds=1))

    def state(self, *, now: datetime) -> str:
        """``valid``, ``expired`` or ``revoked``."""
        if self.revoked_at is not None:
            return "revoked"
        return "expired" if self.expires_at <= now else "valid"


def shared_by(user: User) -> models.QuerySet[Organisation]:
    """The organisations to whose report the user may give links."""
    may = Permission.SHARE_REPORT
    provided = user.belonging.of_providers(roles_with(may, PROVIDER))
    ordered = user.belonging.of_customers(roles_with(may, CUSTOMER))
    return Organisation.objects.filter(pk__in=[*provided, *ordered])


class ReportLetterQuerySet(PostedQuerySet["ReportLetter"]):
    """Letters, claimed and tried again as notices are."""


class ReportLetter(Posted):
    """One reader's report of one month; the row decides that it goes out once."""

    reader = models.ForeignKey(User, models.CASCADE, related_name="report_letters")
    # Its first day.
    month = models.DateField()
    at = models.DateTimeField(auto_now_add=True)

    objects = ReportLetterQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-month", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["reader", "month"], name="report_letter_once_a_month"
            )
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["try_at"],
                condition=Q(sent_at__isnull=True, undeliverable=""),
                name="report_letter_unsent",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} {self.month:%Y-%m}"
