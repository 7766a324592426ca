"""Rules by which lines find their engagement: making, ordering, retiring, running."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from costs.assigning import RuleBook, fits
from costs.models import AssignedBy, Charge, TagRule
from costs.moving import Moved, Place, in_parts, move, take_turns, tell
from costs.rollup import Ledger
from costs.unassigned import tag_of
from projects.permissions import MANAGING, require_role
from projects.services.audit import record_event

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from projects.models import Engagement, Organisation, User


@dataclass(frozen=True, slots=True)
class Trial:
    """What a rule would do to the lines that are nobody's."""

    lines: int
    yen: Decimal


def trial(*, organisation: Organisation, rule: TagRule) -> Trial:
    """How many unassigned lines the rule fits, and their yen; nothing is written."""
    lines, yen = 0, Decimal(0)
    nobodys = Charge.objects.unassigned().filter(organisation=organisation)
    for part in in_parts(may_fit(nobodys, rule)):
        fitting = [line.cost_yen for line in part if fits(rule.rule, line)]
        lines += len(fitting)
        yen += sum(fitting, Decimal(0))
    return Trial(lines, yen)


def may_fit(lines: QuerySet[Charge], rule: TagRule) -> QuerySet[Charge]:
    """No fewer lines than the rule fits: what the database can leave out, it does."""
    if rule.field == "tag":
        seen = lines.annotate(seen=tag_of(rule.key))
        return seen.filter(_alike("seen", rule))
    return lines.filter(_alike(rule.field, rule))


def _alike(name: str, rule: TagRule) -> Q:
    how = {"equals": "exact", "begins": "startswith", "contains": "contains"}
    return Q(**{f"{name}__{how[rule.match]}": rule.value})


def add_rule(*, rule: TagRule, by: User) -> Moved:
    """Put a rule behind the others and give it the unassigned lines it fits.

    ValidationError for an engagement of somebody else, or a rule that stands already.
    """
    require_role(by, rule.organisation, *MANAGING)
    if rule.engagement.provider_id != rule.organisation_id:
        raise ValidationError(_("This engagement is not one of yours."))
    standing = TagRule.objects.in_force().filter(organisation=rule.organisation)
    with transaction.atomic():
        take_turns(rule.organisation)
        alike = standing.filter(
            field=rule.field, key=rule.key, match=rule.match, value=rule.value
        ).first()
        if alike is not None:
            raise ValidationError(
                _("There is such a rule already; it assigns to %(name)s.")
                % {"name": alike.engagement.name}
            )
        last = standing.aggregate(last=Max("place"))["last"]
        rule.place = 0 if last is None else last + 1
        rule.made_by = by
        rule.save()
        record_event(
            "rule.made",
            for_organisation=rule.organisation,
            by=by,
            rule=_in_words(rule),
            name=rule.engagement.name,
        )
        nobodys = Charge.objects.unassigned().filter(organisation=rule.organisation)
        return _run(may_fit(nobodys, rule), RuleBook([rule.rule]), by)


def retire_rule(*, rule: TagRule, by: User) -> None:
    """Let a rule assign no more; what it has assigned stays until the next run."""
    require_role(by, rule.organisation, *MANAGING)
    with transaction.atomic():
        gone = TagRule.objects.filter(pk=rule.pk, retired_at__isnull=True).update(
            retired_at=timezone.now()
        )
        if not gone:
            raise ValidationError(_("This rule was retired already."))
        record_event(
            "rule.retired",
            for_organisation=rule.organisation,
            by=by,
            rule=_in_words(rule),
        )


def move_rule(*, rule: TagRule, up: bool, by: User) -> None:
    """Let a rule change places with the one before it, or after it."""
    require_role(by, rule.organisation, *MANAGING)
    with transaction.atomic():
        take_turns(rule.organisation)
        in_force = TagRule.objects.in_force().filter(organisation=rule.organisation)
        order = [one.pk for one in in_force]
        if rule.pk not in order:
            raise ValidationError(_("This rule was retired already."))
        at = order.index(rule.pk)
        to = at - 1 if up else at + 1
        if not 0 <= to < len(order):
            return
        order[at], order[to] = order[to], order[at]
        for place, pk in enumerate(order):
            TagRule.objects.filter(pk=pk).update(place=place)
        record_event(
            "rule.moved",
            for_organisation=rule.organisation,
            by=by,
            rule=_in_words(rule),
            place=to + 1,
        )


def run_rules(*, organisation: Organisation, by: User) -> Moved:
    """Run the rules over all lines but those that a person or the line itself placed.

    A line that no rule fits any more is nobody's again.
    """
    require_role(by, organisation, *MANAGING)
    with transaction.atomic():
        take_turns(organisation)
        in_force = TagRule.objects.in_force().filter(organisation=organisation)
        open_lines = Charge.objects.filter(
            organisation=organisation,
            assigned_by__in=[AssignedBy.NOBODY, AssignedBy.RULE],
        )
        moved = _run(open_lines, RuleBook([one.rule for one in in_force]), by)
        record_event(
            "rules.run", for_organisation=organisation, by=by, lines=moved.lines
        )
    return moved


def _run(lines: QuerySet[Charge], book: RuleBook, by: User) -> Moved:
    ledger, moved = Ledger(), Moved()
    for part in in_parts(lines):
        changed = []
        for line in part:
            rule = book.first(line)
            to = Place(None)
            if rule is not None:
                to = Place(rule.engagement, AssignedBy.RULE, rule.number)
            if (line.engagement_id, line.rule_id) != (to.engagement, to.rule):
                changed.append((line, to))
        move(changed, ledger, moved)
    ledger.write()
    tell(moved, by)
    return moved


def _in_words(rule: TagRule) -> str:
    signs = {"equals": "=", "begins": "= …", "contains": "∋"}
    looks = f"{rule.field}:{rule.key}" if rule.key else rule.field
    return f"{looks} {signs[rule.match]} {rule.value}"


def assign_by_hand(
    *,
    organisation: Organisation,
    lines: QuerySet[Charge],
    engagement: Engagement,
    by: User,
) -> Moved:
    """Give lines to an engagement; no rule takes them away again.

    ValidationError for an engagement of another provider, or when nothing is left of
    the lines because somebody was faster.
    """
    require_role(by, organisation, *MANAGING)
    if engagement.provider_id != organisation.pk:
        raise ValidationError(_("This engagement is not one of yours."))
    to = Place(engagement.pk, AssignedBy.HAND)
    ledger, moved = Ledger(), Moved()
    with transaction.atomic():
        take_turns(organisation)
        for part in in_parts(lines.filter(organisation=organisation)):
            move([(line, to) for line in part], ledger, moved)
        if not moved.lines:
            raise ValidationError(_("These lines were assigned meanwhile."))
        ledger.write()
        tell(moved, by)
    return moved
