"""What a provider settles for itself: visitors, invitation links, own questions."""

from __future__ import annotations

from datetime import timedelta
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from projects.checklist import ChecklistError, load, with_own
from projects.models import Invitation, Organisation, OrganisationKind, OwnItem
from projects.models.intake import digest_of
from projects.permissions import MANAGING, Role, require_role
from projects.services.audit import record_event

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from projects.models import User


def allow_visitors(*, organisation: Organisation, allowed: bool, by: User) -> None:
    """Let visitors with a link file intakes, or stop it: then no link holds."""
    _require(by, organisation, Role.ADMINISTRATOR)
    with transaction.atomic():
        changed = Organisation.objects.filter(
            pk=organisation.pk, takes_visitors=not allowed
        ).update(takes_visitors=allowed)
        if changed:
            verb = "visitors.allowed" if allowed else "visitors.stopped"
            record_event(verb, by=by, for_organisation=organisation)


def invite(
    *,
    organisation: Organisation,
    note: str,
    customer: Organisation | None,
    expires_at: datetime,
    by: User,
) -> tuple[Invitation, str]:
    """Make a link for a visitor; its secret is given here and kept nowhere."""
    _require(by, organisation, *MANAGING)
    if not Organisation.objects.filter(pk=organisation.pk, takes_visitors=True):
        raise ValidationError(_("An administrator must allow visitors first."))
    if expires_at <= timezone.now():
        raise ValidationError({"expires_on": _("Choose a day that is still to come.")})
    token = token_urlsafe(32)
    with transaction.atomic():
        made = Invitation.objects.create(
            organisation=organisation,
            digest=digest_of(token),
            note=note,
            customer=customer,
            expires_at=expires_at,
            made_by=by,
        )
        record_event(
            "invitation.made",
            by=by,
            for_organisation=organisation,
            name=note,
            # The last day on which it can be used.
            until=timezone.localdate(expires_at - timedelta(seconds=1)).isoformat(),
        )
    return made, token


def withdraw(*, invitation: Invitation, by: User) -> None:
    """End a link at once; what was filed with it stays. Twice is once."""
    _require(by, invitation.organisation, *MANAGING)
    with transaction.atomic():
        ended = Invitation.objects.filter(
            pk=invitation.pk, withdrawn_at__isnull=True
        ).update(withdrawn_at=timezone.now())
        if ended:
            record_event(
                "invitation.withdrawn",
                by=by,
                for_organisation=invitation.organisation,
                name=invitation.note,
            )


# Any, here and below: an entry holds texts, lists and numbers, as in a template's file.
def add_own_item(
    *, organisation: Organisation, fields: Mapping[str, Any], by: User
) -> OwnItem:
    """Ask one more question in every assessment that is opened from now on.

    ValidationError for a question that could not be asked or judged.
    """
    _require(by, organisation, Role.ADMINISTRATOR)
    with transaction.atomic():
        # The organisation's row is the lock, so two questions get two numbers.
        Organisation.objects.select_for_update().get(pk=organisation.pk)
        known = list(organisation.own_items.all())
        numbers = [int(item.item_id.removeprefix("OWN-")) for item in known]
        item = OwnItem(
            organisation=organisation,
            item_id=f"OWN-{max(numbers, default=0) + 1}",
            fields=dict(fields),
            written_by=by,
        )
        _check(known, item)
        item.save()
        _record("own_item.added", item, by)
    return item


def edit_own_item(*, item: OwnItem, fields: Mapping[str, Any], by: User) -> OwnItem:
    """Change a question; assessments already open keep it as they asked it."""
    _require(by, item.organisation, Role.ADMINISTRATOR)
    with transaction.atomic():
        locked = OwnItem.objects.select_for_update().get(pk=item.pk)
        if locked.retired_at is not None:
            raise ValidationError(_("This question was retired."))
        locked.fields = dict(fields)
        locked.written_by = by
        _check(locked.organisation.own_items.exclude(pk=locked.pk), locked)
        locked.save()
        _record("own_item.edited", locked, by)
    return locked


def retire_own_item(*, item: OwnItem, by: User) -> None:
    """Ask it no more in new assessments. Twice is once."""
    _require(by, item.organisation, Role.ADMINISTRATOR)
    with transaction.atomic():
        retired = OwnItem.objects.filter(pk=item.pk, retired_at__isnull=True).update(
            retired_at=timezone.now()
        )
        if retired:
            _record("own_item.retired", item, by)


def _require(by: User, organisation: Organisation, *roles: Role) -> None:
    require_role(by, organisation, *roles)
    if organisation.kind != OrganisationKind.PROVIDER:
        raise PermissionDenied(_("Only a provider of the work has these settings."))


def _check(others: Iterable[OwnItem], item: OwnItem) -> None:
    """Read it as a template's file would be, beside the organisation's other ones."""
    asked = [other.entry for other in others if other.retired_at is None]
    try:
        with_own(load(), [*asked, item.entry])
    except ChecklistError as fault:
        raise ValidationError(
            _("The question cannot be asked like this: %(fault)s") % {"fault": fault}
        ) from fault


def _record(verb: str, item: OwnItem, by: User) -> None:
    short = item.fields["short"]
    record_event(
        verb,
        by=by,
        for_organisation=item.organisation,
        item=item.item_id,
        name=f"{short['ja']} / {short['en']}",
    )
