"""Taking engagements on, changing them, moving them on, declining them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from projects.models import Engagement, OrganisationKind, Stage
from projects.models.engagement import STAGES
from projects.permissions import MANAGING, Permission, require
from projects.services import glances
from projects.services.audit import record_event
from projects.services.notices import tell_of
from projects.services.readers import concerned

if TYPE_CHECKING:
    from datetime import date

    from projects.models import Organisation, User

ORDER = (*STAGES, Stage.CLOSED)


def may_create(user: User, provider: Organisation | None = None) -> bool:
    """Whether the user manages or administers that provider's work, or any one's."""
    managed = user.belonging.of_providers(MANAGING)
    return bool(managed) if provider is None else provider.pk in managed


def create_engagement(
    *, by: User, provider: Organisation, customer: Organisation, **fields: Any
) -> Engagement:
    """Take an engagement on; it starts with its feasibility.

    PermissionDenied unless ``by`` manages the provider's work; ValidationError for
    sides of the wrong kind and dates out of order.
    """
    if not may_create(by, provider):
        raise PermissionDenied(_("Only a project manager can do this."))
    if customer.kind != OrganisationKind.CUSTOMER:
        raise ValidationError(_("Choose a customer organisation."))
    check_dates(fields["starts_on"], fields["ends_on"])
    with transaction.atomic():
        engagement = Engagement.objects.create(
            provider=provider, customer=customer, **fields
        )
        record_event(
            "engagement.created", engagement=engagement, by=by, name=engagement.name
        )
        glances.retell(engagement)
    return engagement


def edit_engagement(*, engagement: Engagement, by: User, **fields: Any) -> Engagement:
    """Change what an engagement says of itself; its kind stays once it is agreed."""
    require(by, Permission.EDIT_ENGAGEMENT, engagement)
    check_dates(fields["starts_on"], fields["ends_on"])
    with transaction.atomic():
        locked = Engagement.objects.select_for_update().get(pk=engagement.pk)
        if fields["kind"] != locked.kind and locked.agreements.exists():
            raise ValidationError(_("The kind is fixed once an agreement was drafted."))
        for name, value in fields.items():
            setattr(locked, name, value)
        locked.save()
        record_event("engagement.edited", engagement=locked, by=by, name=locked.name)
        glances.retell(locked)
    return locked


def advance(*, engagement: Engagement, to: Stage, by: User) -> None:
    """Move on to a later stage; staying or going back changes nothing."""
    locked = Engagement.objects.select_for_update().get(pk=engagement.pk)
    if not locked.is_open or ORDER.index(to) <= ORDER.index(Stage(locked.stage)):
        return
    Engagement.objects.filter(pk=locked.pk).update(stage=to)
    engagement.stage = to
    record_event("engagement.stage_changed", engagement=locked, by=by, stage=to.value)
    glances.retell(engagement)


def decline(
    *, engagement: Engagement, because: str, by: User, because_en: str = ""
) -> None:
    """Say no to an engagement, with the reason its customer will read.

    ``because_en`` is the same reason in English, where the customer reads that too.
    """
    require(by, Permission.EDIT_ENGAGEMENT, engagement)
    if not because.strip():
        raise ValidationError(_("Give the reason, in words the customer can use."))
    with transaction.atomic():
        declined = Engagement.objects.filter(
            pk=engagement.pk,
            stage__in=[Stage.INTAKE, Stage.FEASIBILITY, Stage.AGREEMENT],
        ).update(
            stage=Stage.DECLINED,
            declined_because=because,
            declined_because_en=because_en,
        )
        if not declined:
            raise ValidationError(
                _("An engagement can be declined until its goal is agreed.")
            )
        declined_event = record_event(
            "engagement.declined", engagement=engagement, by=by, reason=because
        )
        tell_of(declined_event, concerned(engagement), engagement.get_absolute_url())
        glances.retell(engagement)
    engagement.refresh_from_db()


def check_dates(starts_on: date, ends_on: date) -> None:
    """Refuse an end before the start; the form asks too, to say it at the field."""
    if ends_on < starts_on:
        raise ValidationError({"ends_on": _("The end lies before the start.")})
