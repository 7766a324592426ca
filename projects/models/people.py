"""Users, organisations, and who belongs where in which role."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from projects.belonging import Belonging, Held
from projects.permissions import MANAGING, Role

if TYPE_CHECKING:
    from collections.abc import Iterable

    from projects.models.engagement import Engagement


class UserManager(BaseUserManager["User"]):
    """Makes users known by their e-mail address."""

    def create_user(self, email: str, password: str | None = None, **kw: Any) -> User:
        """A user who can sign in, or cannot yet when no password is given."""
        user = self.model(email=self.normalize_email(email), **kw)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A person, the language they read and the colours they chose."""

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=80)
    name_en = models.CharField(_("name in English"), max_length=80, blank=True)
    job_title = models.CharField(_("job title"), max_length=80, blank=True)
    language = models.CharField(
        max_length=2, choices=[("ja", "日本語"), ("en", "English")], default="ja"
    )
    theme = models.CharField(
        max_length=5,
        choices=[("auto", _("Auto")), ("light", _("Light")), ("dark", _("Dark"))],
        default="auto",
    )
    # Since when they want the report by e-mail each month; none who do not.
    report_since = models.DateTimeField(null=True, editable=False)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects = UserManager()

    def __str__(self) -> str:
        return self.name

    @cached_property
    def belonging(self) -> Belonging:
        """What they are a member of; read once for as long as this object lives.

        So Django keeps permissions, too: a request reads its user anew.
        """
        return belonging_of(self.memberships.select_related("organisation"))

    # Any: what Django's own method takes.
    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        super().refresh_from_db(*args, **kwargs)
        self.forget_belonging()

    def forget_belonging(self) -> None:
        """Read it anew when next asked."""
        self.__dict__.pop("belonging", None)


class OrganisationKind(models.TextChoices):
    PROVIDER = "provider", _("Provider")
    CUSTOMER = "customer", _("Customer")


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def providers(self) -> Self:
        return self.filter(kind=OrganisationKind.PROVIDER)

    def managed_by(self, user: User) -> Self:
        """Providers all of whose work the user manages or administers."""
        return self.filter(pk__in=user.belonging.of_providers(MANAGING))

    def of_member(self, user: User) -> Self:
        """Those the user belongs to, wholly or for one engagement."""
        return self.filter(pk__in=user.memberships.values("organisation"))


class Organisation(models.Model):
    """A provider of the work or a customer of it."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    name_en = models.CharField(_("name in English"), max_length=120, blank=True)
    kind = models.CharField(max_length=8, choices=OrganisationKind)
    takes_visitors = models.BooleanField(
        _("visitors with a link may file an intake"), default=False
    )

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class MembershipQuerySet(models.QuerySet["Membership"]):
    def in_engagement(self, engagement: Engagement) -> Self:
        """Who takes part in it: by their organisation, or in this one alone."""
        return self.filter(
            Q(engagement__isnull=True) | Q(engagement=engagement),
            organisation__in=[engagement.provider_id, engagement.customer_id],
        )

    def managing(self) -> Self:
        """Project managers and administrators of all of an organisation's work."""
        return self.filter(engagement__isnull=True, role__in=MANAGING)


class Membership(models.Model):
    """One role of one person, in all engagements of an organisation or in one."""

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="memberships"
    )
    engagement = models.ForeignKey(
        "projects.Engagement",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="memberships",
    )
    role = models.CharField(max_length=16, choices=[(r.value, r.value) for r in Role])

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "organisation", "role"],
                condition=Q(engagement__isnull=True),
                name="membership_once_in_an_organisation",
            ),
            models.UniqueConstraint(
                fields=["user", "organisation", "role", "engagement"],
                condition=Q(engagement__isnull=False),
                name="membership_once_in_an_engagement",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} / {self.organisation} / {self.role}"

    # Any: what Django's own methods take.
    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        self.user.forget_belonging()

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        deleted = super().delete(*args, **kwargs)
        self.user.forget_belonging()
        return deleted


def belonging_of(memberships: Iterable[Membership]) -> Belonging:
    """All memberships of one person, each with its organisation."""
    provider = OrganisationKind.PROVIDER
    return Belonging(
        tuple(
            Held(
                organisation_id=one.organisation_id,
                of_provider=one.organisation.kind == provider,
                engagement_id=one.engagement_id,
                role=Role(one.role),
            )
            for one in memberships
        )
    )
