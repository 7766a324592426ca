"""Who takes part in an engagement: adding people to it and taking them out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from projects.models import Engagement, Membership, Side, User
from projects.permissions import Permission, Role, require
from projects.services.audit import record_event

if TYPE_CHECKING:
    from projects.models import Organisation


def organisation_of(engagement: Engagement, side: Side) -> Organisation:
    """The organisation on that side."""
    is_provider = side == Side.PROVIDER
    return engagement.provider if is_provider else engagement.customer


def add_member(
    *,
    engagement: Engagement,
    side: Side,
    email: str,
    name: str,
    name_en: str,
    role: Role,
    by: User,
) -> Membership:
    """Add a person to this one engagement; somebody unknown gets an account.

    A new account has no password until its owner chooses one. ValidationError for a
    person who has the role already, or who works for the other side.
    """
    require(by, Permission.MANAGE_TEAM, engagement)
    organisation = organisation_of(engagement, side)
    with transaction.atomic():
        # The engagement's row is the lock, so two presses add one person.
        Engagement.objects.select_for_update().get(pk=engagement.pk)
        user = User.objects.filter(email__iexact=email).first()
        if user is None:
            user = User.objects.create_user(email.lower(), name=name, name_en=name_en)
        elsewhere = {engagement.provider_id, engagement.customer_id} - {organisation.pk}
        # One person on both sides would sign with themselves.
        if user.memberships.filter(organisation__in=elsewhere).exists():
            raise ValidationError(_("This person works for the other side."))
        held = user.memberships.filter(organisation=organisation, role=role)
        if held.filter(engagement__isnull=True).exists() or (
            held.filter(engagement=engagement).exists()
        ):
            raise ValidationError(_("This person has that role here already."))
        member = Membership.objects.create(
            user=user, organisation=organisation, engagement=engagement, role=role
        )
        record_event(
            "team.added", engagement=engagement, by=by, name=user.name, role=role.value
        )
    return member


def remove_member(*, member: Membership, by: User) -> None:
    """Take a person out of the one engagement they were added to, with their skills.

    ValidationError for the owner, and for those who belong to all of an organisation.
    """
    engagement = member.engagement
    if engagement is None:
        raise ValidationError(_("This person belongs to the whole organisation."))
    require(by, Permission.MANAGE_TEAM, engagement)
    if engagement.owner_id == member.user_id:
        raise ValidationError(_("This is the owner. Choose another owner first."))
    with transaction.atomic():
        member.delete()
        record_event(
            "team.removed", engagement=engagement, by=by, name=member.user.name
        )
        rest = Membership.objects.in_engagement(engagement).filter(user=member.user)
        if not rest.exists():
            # Come back later, they are asked again what they cover.
            engagement.covers.filter(person=member.user).delete()
