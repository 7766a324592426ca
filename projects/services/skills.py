"""Who covers which skill on an engagement, entered by managers and by themselves."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from projects.models import Engagement, Membership, SkillCover
from projects.permissions import Permission, can
from projects.services.audit import record_event
from projects.skills import MOST_HOURS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from projects.models import User
    from projects.skills import Skill


def may_cover(user: User, person: User, engagement: Engagement) -> bool:
    """Whether ``user`` may say what ``person`` covers: who manages, or themselves."""
    return user == person or can(user, Permission.MANAGE_TEAM, engagement)


def cover_skills(
    *,
    engagement: Engagement,
    person: User,
    hours: Mapping[Skill, Decimal | None],
    by: User,
) -> None:
    """Set the hours a week of the skills named; None takes the person off that skill.

    Skills that are not named stay as they are. PermissionDenied unless ``by`` manages
    the team or is the person; ValidationError for somebody who takes no part, for an
    ended engagement, and for more hours than a week has.
    """
    if not may_cover(by, person, engagement):
        raise PermissionDenied(_("You may enter only your own hours."))
    if not engagement.is_open:
        raise ValidationError(_("This engagement has ended."))
    with transaction.atomic():
        # The engagement's row is the lock, so that the sum of a week is the true one.
        Engagement.objects.select_for_update().get(pk=engagement.pk)
        if not Membership.objects.in_engagement(engagement).filter(user=person):
            raise ValidationError(
                _("%(name)s takes no part in this engagement.") % {"name": person.name}
            )
        covers = SkillCover.objects.filter(engagement=engagement, person=person)
        held: dict[str, Decimal | None] = {c.skill: c.hours_a_week for c in covers}
        wanted = held | dict(hours)
        total = sum((h for h in wanted.values() if h is not None), Decimal())
        if total > MOST_HOURS:
            raise ValidationError(
                _("That makes %(total)s hours a week; %(most)s is the most.")
                % {"total": f"{total.normalize():f}", "most": MOST_HOURS}
            )
        for skill, new in hours.items():
            if new != held.get(skill):
                _set(engagement, person, skill, new, by)


def _set(
    engagement: Engagement, person: User, skill: Skill, hours: Decimal | None, by: User
) -> None:
    covers = SkillCover.objects.filter(engagement=engagement, person=person)
    if hours is None:
        covers.filter(skill=skill).delete()
        record_event(
            "skill.uncovered",
            engagement=engagement,
            by=by,
            name=person.name,
            skill=skill.value,
        )
        return
    if not 0 < hours <= MOST_HOURS:
        raise ValidationError(
            _("Hours a week lie above 0 and up to %(most)s.") % {"most": MOST_HOURS}
        )
    covers.update_or_create(
        engagement=engagement,
        person=person,
        skill=skill.value,
        defaults={"hours_a_week": hours},
    )
    record_event(
        "skill.covered",
        engagement=engagement,
        by=by,
        name=person.name,
        skill=skill.value,
        hours=f"{hours.normalize():f}",
    )
