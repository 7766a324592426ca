"""Tokens with which a program acts as the person who made them."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from projects.models.people import User

if TYPE_CHECKING:
    from datetime import date


def digest_of_token(secret: str) -> str:
    """What is kept of a token: of so many random letters one SHA-256 is enough."""
    return sha256(secret.encode()).hexdigest()


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def of_secret(self, secret: str) -> Self:
        """The one that is this token."""
        return self.filter(digest=digest_of_token(secret))

    def usable(self, *, today: date) -> Self:
        """Neither revoked nor past its last day."""
        return self.filter(revoked_at__isnull=True, expires_on__gte=today)


class ApiToken(models.Model):
    """A token of a person's; whoever holds it may do what the person may do."""

    user = models.ForeignKey(User, models.CASCADE, related_name="api_tokens")
    name = models.CharField(_("what for"), max_length=60)
    # Who reads the table cannot use it.
    digest = models.CharField(max_length=64, unique=True, editable=False)
    # By them its owner knows it again.
    last_four = models.CharField(max_length=4, editable=False)
    made_at = models.DateTimeField(auto_now_add=True)
    last_used_on = models.DateField(null=True, editable=False)
    # The last day in Japan on which it can be used.
    expires_on = models.DateField(_("valid until"))
    revoked_at = models.DateTimeField(null=True, editable=False)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-made_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "name"],
                condition=Q(revoked_at__isnull=True),
                name="api_token_one_of_a_name",
            ),
            models.CheckConstraint(
                condition=Q(last_used_on__isnull=True)
                | Q(last_used_on__lte=F("expires_on")),
                name="api_token_not_used_after_its_end",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} …{self.last_four}"

    def state(self, *, today: date) -> str:
        """``valid``, ``expired`` or ``revoked``."""
        if self.revoked_at is not None:
            return "revoked"
        return "expired" if self.expires_on < today else "valid"
