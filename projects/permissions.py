"""Who may do what: roles, permissions, and the one question every door asks."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from django.core.exceptions import PermissionDenied
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from projects.catalogue import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from projects.belonging import Held
    from projects.models import Engagement, Membership, Organisation, User


class Role(StrEnum):
    """What a person is on an engagement."""

    PROJECT_MANAGER = "project_manager"
    ENGINEER = "engineer"
    EXECUTIVE = "executive"
    VIEWER = "viewer"
    ADMINISTRATOR = "administrator"


# Those who answer for all of a provider's work.
MANAGING: Final = (Role.PROJECT_MANAGER, Role.ADMINISTRATOR)
# Those who read a provider's prices and all that it has spent.
READING_MONEY: Final = (*MANAGING, Role.ENGINEER, Role.EXECUTIVE)
ROLE_NAMES: Final = {
    Role.PROJECT_MANAGER: Text("プロジェクトマネージャー", "Project manager"),
    Role.ENGINEER: Text("エンジニア", "Engineer"),
    Role.EXECUTIVE: Text("経営層", "Executive"),
    Role.VIEWER: Text("閲覧者", "Viewer"),
    Role.ADMINISTRATOR: Text("管理者", "Administrator"),
}


class Permission(StrEnum):
    """One act a role may do."""

    EDIT_ENGAGEMENT = "edit_engagement"
    ANSWER = "answer"
    # Only the questions that the manager has assigned to them.
    ANSWER_ASSIGNED = "answer_assigned"
    ISSUE_ASSESSMENT = "issue_assessment"
    WAIVE = "waive"
    DRAFT_AGREEMENT = "draft_agreement"
    SIGN_FOR_PROVIDER = "sign_for_provider"
    SIGN_FOR_CUSTOMER = "sign_for_customer"
    REGISTER_TRUTH = "register_truth"
    SUBMIT_RUN = "submit_run"
    OPEN_REVIEW = "open_review"
    ACCEPT_ERRORS = "accept_errors"
    RECORD_OPERATION = "record_operation"
    # What the work brought in yen; both sides may say, and the other reads it.
    RECORD_VALUE = "record_value"
    RECORD_COST = "record_cost"
    DECIDE_BUDGET = "decide_budget"
    MANAGE_TEAM = "manage_team"
    # Give a link to the report to somebody without an account.
    SHARE_REPORT = "share_report"


P = Permission
_MANAGER: Final = {
    P.EDIT_ENGAGEMENT,
    P.ANSWER,
    P.ANSWER_ASSIGNED,
    P.ISSUE_ASSESSMENT,
    P.DRAFT_AGREEMENT,
    P.SIGN_FOR_PROVIDER,
    P.REGISTER_TRUTH,
    P.SUBMIT_RUN,
    P.OPEN_REVIEW,
    P.RECORD_OPERATION,
    P.RECORD_VALUE,
    P.RECORD_COST,
    P.MANAGE_TEAM,
    P.SHARE_REPORT,
}
# By side: a customer's people answer nothing and draft nothing; their executive signs.
PROVIDER: Final[dict[Role, set[Permission]]] = {
    Role.PROJECT_MANAGER: _MANAGER,
    Role.ADMINISTRATOR: _MANAGER - {P.SIGN_FOR_PROVIDER},
    Role.ENGINEER: {
        P.ANSWER_ASSIGNED,
        P.SUBMIT_RUN,
        P.RECORD_OPERATION,
        P.RECORD_COST,
    },
    Role.EXECUTIVE: {P.WAIVE, P.DECIDE_BUDGET, P.SHARE_REPORT},
    Role.VIEWER: set(),
}
CUSTOMER: Final[dict[Role, set[Permission]]] = {
    Role.EXECUTIVE: {
        P.SIGN_FOR_CUSTOMER,
        P.ACCEPT_ERRORS,
        P.WAIVE,
        P.DECIDE_BUDGET,
        P.SHARE_REPORT,
        P.RECORD_VALUE,
    },
    # Operation is the customer's: its people keep the days.
    Role.PROJECT_MANAGER: {P.RECORD_OPERATION},
    Role.ENGINEER: {P.RECORD_OPERATION},
    Role.VIEWER: set(),
    Role.ADMINISTRATOR: set(),
}
BY_SIDE: Final = {"provider": PROVIDER, "customer": CUSTOMER}
SIDE_WORDS: Final = {
    "provider": Text("受託側の{roles}", "{roles} of the provider"),
    "customer": Text("委託側の{roles}", "{roles} of the customer"),
}


def roles_with(
    permission: Permission, side: dict[Role, set[Permission]] = PROVIDER
) -> list[Role]:
    """The roles of a side that allow it."""
    return [role for role, allowed in side.items() if permission in allowed]


def permissions_of(user: User, engagement: Engagement) -> frozenset[Permission]:
    """Everything the user may do on the engagement."""
    return permissions_by(user.belonging.held, engagement)


def permissions_by(
    memberships: Iterable[Membership | Held], engagement: Engagement
) -> frozenset[Permission]:
    """What these memberships of one person allow; those of other work say nothing."""
    sides = (engagement.provider_id, engagement.customer_id)
    found: set[Permission] = set()
    for membership in memberships:
        if membership.organisation_id not in sides:
            continue
        if membership.engagement_id not in (None, engagement.pk):
            continue
        of_provider = membership.organisation_id == engagement.provider_id
        table = PROVIDER if of_provider else CUSTOMER
        found |= table[Role(membership.role)]
    return frozenset(found)


def can(user: User, permission: Permission, engagement: Engagement) -> bool:
    """Whether the user may; templates hide what is answered with no."""
    return permission in permissions_of(user, engagement)


def refusal(permission: Permission) -> str:
    """That a role does not allow it, and whose does, in the active language."""
    language = get_language() or "ja"
    who = [
        SIDE_WORDS[side].in_(language).format(roles=_named(roles))
        for side, table in BY_SIDE.items()
        if (roles := roles_with(permission, table))
    ]
    said = _("Your role on this engagement does not allow this. It is for: %(who)s.")
    return said % {"who": ("、" if language == "ja" else "; ").join(who)}


def _named(roles: Iterable[Role]) -> str:
    language = get_language() or "ja"
    names = [ROLE_NAMES[role].in_(language) for role in roles]
    return "・".join(names) if language == "ja" else " or ".join(names).lower()


def require(user: User, permission: Permission, engagement: Engagement) -> None:
    """Refuse with PermissionDenied unless the user may."""
    if not can(user, permission, engagement):
        raise PermissionDenied(refusal(permission))


def roles_in(user: User, organisation: Organisation) -> frozenset[Role]:
    """The roles the user has in all of the organisation's work."""
    return frozenset(
        Role(one.role)
        for one in user.belonging.held
        if one.organisation_id == organisation.pk and one.engagement_id is None
    )


def require_role(user: User, organisation: Organisation, *roles: Role) -> None:
    """Refuse with PermissionDenied unless the user has one of them in all of it."""
    if not roles_in(user, organisation) & frozenset(roles):
        raise PermissionDenied(
            _("Your role in this organisation does not allow this. It is for: %(who)s.")
            % {"who": _named(roles)}
        )


def operates(user: User) -> bool:
    """Whether the user looks after the installation and reads how its parts do.

    Staff do, and whoever administers a provider's work.
    """
    return user.is_staff or bool(user.belonging.of_providers([Role.ADMINISTRATOR]))
