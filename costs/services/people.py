"""People's hours on an engagement: written, corrected, taken back, taken in."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from costs.models import CostKind, WorkLog
from costs.pricing import in_yen
from costs.rollup import Alike, Ledger, Sums
from costs.timesheet import Line, read_timesheet
from projects.models import Engagement, User
from projects.permissions import Permission, permissions_of, require
from projects.services.audit import record_event

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

A_DAY: Final = Decimal(24)
ONE: Final = Decimal(1)


@dataclass(frozen=True, slots=True)
class Work:
    """Hours of one person on one day, at yen an hour."""

    worked_by: User
    day: date
    hours: Decimal
    yen_an_hour: Decimal
    note: str = ""

    @property
    def cost_yen(self) -> Decimal:
        """hours x yen an hour, to .0001 yen."""
        return in_yen(self.hours * self.yen_an_hour, ONE)


@dataclass(frozen=True, slots=True)
class Taken:
    """What a time sheet brought: new lines, and those that were there already."""

    added: int
    known: int
    hours: Decimal


def people_of(engagement: Engagement) -> list[User]:
    """The provider's people on the engagement, by name."""
    mine = Q(memberships__engagement=None) | Q(memberships__engagement=engagement)
    found = User.objects.filter(
        mine, memberships__organisation=engagement.provider_id, is_active=True
    )
    return list(found.distinct().order_by("name", "pk"))


def record(*, engagement: Engagement, work: Work, by: User) -> WorkLog:
    """Write a day's hours; the sums follow.

    Engineers write their own hours, managers everybody's. ValidationError for hours
    that do not fit the person's day, for a day to come and for a stranger.
    """
    _require(engagement, work.worked_by, by)
    with transaction.atomic():
        _lock(engagement)
        _refuse_misfit(engagement, [work])
        log = _row(engagement, work, by)
        log.save()
        _count([log])
        record_event(
            "work.recorded",
            engagement=engagement,
            by=by,
            person=work.worked_by.name,
            day=work.day.isoformat(),
            hours=f"{work.hours:f}",
        )
    return log


def correct(*, log: WorkLog, work: Work, by: User) -> WorkLog:
    """Replace what a line says; the event keeps both, the sums follow.

    ValidationError as for a new one, and when somebody removed it a moment before.
    """
    engagement = log.engagement
    _require(engagement, log.worked_by, by)
    _require(engagement, work.worked_by, by)
    with transaction.atomic():
        _lock(engagement)
        before = engagement.work_logs.filter(pk=log.pk).first()
        if before is None:
            raise ValidationError(_("This line has been removed already."))
        _refuse_misfit(engagement, [work], without=before)
        after = _row(engagement, work, by)
        after.pk, after.recorded_at = before.pk, before.recorded_at
        after.save(force_update=True)
        _count([before], times=-1)
        _count([after])
        record_event(
            "work.corrected",
            engagement=engagement,
            by=by,
            person=work.worked_by.name,
            day=work.day.isoformat(),
            hours=f"{work.hours:f}",
            before_day=before.day.isoformat(),
            before_hours=f"{before.hours:f}",
        )
    return after


def remove(*, log: WorkLog, by: User) -> None:
    """Take a line back; ValidationError when somebody did a moment before."""
    engagement = log.engagement
    _require(engagement, log.worked_by, by)
    with transaction.atomic():
        gone, _each = WorkLog.objects.filter(pk=log.pk).delete()
        if not gone:
            raise ValidationError(_("This line has been removed already."))
        _count([log], times=-1)
        record_event(
            "work.removed",
            engagement=engagement,
            by=by,
            person=log.person,
            day=log.day.isoformat(),
            hours=f"{log.hours:f}",
        )


def take_timesheet(
    *,
    engagement: Engagement,
    content: bytes,
    by: User,
    yen_an_hour: Decimal | None = None,
) -> Taken:
    """Take in every line of a time sheet, or none.

    A line that is there already, to the note, is left as it is: the same file twice
    changes nothing. TableRefused for the file, ValidationError for what does not fit
    a day, PermissionDenied for another's hours by somebody who writes only their own.
    """
    require(by, Permission.RECORD_COST, engagement)
    people = {one.pk: one for one in people_of(engagement)}
    lines = read_timesheet(content, _by_name(people.values()), yen_an_hour)
    for who in {line.who for line in lines}:
        _require(engagement, people[who], by)
    with transaction.atomic():
        _lock(engagement)
        new = _new(engagement, lines)
        works = [
            Work(people[one.who], one.day, one.hours, one.yen_an_hour, one.note)
            for one in new
        ]
        _refuse_misfit(engagement, works)
        logs = [_row(engagement, work, by) for work in works]
        WorkLog.objects.bulk_create(logs)
        hours = sum((log.hours for log in logs), Decimal(0))
        if logs:
            _count(logs)
            record_event(
                "work.imported",
                engagement=engagement,
                by=by,
                lines=len(logs),
                hours=f"{hours:f}",
            )
    return Taken(len(logs), len(lines) - len(logs), hours)


def _by_name(people: Iterable[User]) -> dict[str, int]:
    """By mail address, and by name where only one has it."""
    found = list(people)
    names = [one.name.lower() for one in found]
    by_name = {one.name.lower(): one.pk for one in found}
    sure = {name: pk for name, pk in by_name.items() if names.count(name) == 1}
    return sure | {one.email.lower(): one.pk for one in found}


def _new(engagement: Engagement, lines: list[Line]) -> list[Line]:
    fields = ("worked_by_id", "day", "hours", "yen_an_hour", "note")
    days = {line.day for line in lines}
    known = set(engagement.work_logs.filter(day__in=days).values_list(*fields))
    return [
        one
        for one in lines
        if (one.who, one.day, one.hours, one.yen_an_hour, one.note) not in known
    ]


def _require(engagement: Engagement, worked_by: User, by: User) -> None:
    """Managers write everybody's hours, who may record costs only their own."""
    may = permissions_of(by, engagement)
    if Permission.EDIT_ENGAGEMENT in may:
        return
    if Permission.RECORD_COST not in may or worked_by.pk != by.pk:
        raise PermissionDenied(_("You may enter only your own hours."))


def _lock(engagement: Engagement) -> None:
    """One writer at a time, so that nobody's day passes 24 hours between two."""
    Engagement.objects.select_for_update().get(pk=engagement.pk)


def _refuse_misfit(
    engagement: Engagement, works: Iterable[Work], without: WorkLog | None = None
) -> None:
    people = {one.pk for one in people_of(engagement)}
    if without:
        # Who has left the team still has their own lines corrected.
        people.add(without.worked_by_id)
    new: dict[tuple[User, date], Decimal] = defaultdict(Decimal)
    for work in works:
        if work.worked_by.pk not in people:
            raise ValidationError(
                _("%(name)s is not of the provider's people on this engagement.")
                % {"name": work.worked_by.name}
            )
        if not 0 < work.hours <= A_DAY or work.yen_an_hour < 0:
            raise ValidationError(_("Hours are above 0 and up to 24, yen not below 0."))
        if work.day > timezone.localdate():
            raise ValidationError(_("Hours are written for days that have been."))
        new[work.worked_by, work.day] += work.hours
    known = _hours_known(engagement, {day for _who, day in new}, without)
    for (who, day), hours in new.items():
        total = hours + known.get((who.pk, day), Decimal(0))
        if total > A_DAY:
            raise ValidationError(
                _("%(name)s would have %(hours)s hours on %(day)s; a day has 24.")
                % {"name": who.name, "hours": f"{total.normalize():f}", "day": day}
            )


def _hours_known(
    engagement: Engagement, days: set[date], without: WorkLog | None
) -> dict[tuple[int, date], Decimal]:
    logs = engagement.work_logs.filter(day__in=days).order_by()
    if without:
        logs = logs.exclude(pk=without.pk)
    sums = logs.values("worked_by", "day").annotate(total=Sum("hours"))
    return {(one["worked_by"], one["day"]): one["total"] for one in sums}


def _row(engagement: Engagement, work: Work, by: User) -> WorkLog:
    return WorkLog(
        engagement=engagement,
        worked_by=work.worked_by,
        person=work.worked_by.name,
        day=work.day,
        hours=work.hours,
        yen_an_hour=work.yen_an_hour,
        cost_yen=work.cost_yen,
        note=work.note,
        recorded_by=by,
    )


def _count(logs: Iterable[WorkLog], times: int = 1) -> None:
    ledger = Ledger()
    for log in logs:
        alike = Alike(
            organisation=log.engagement.provider_id,
            engagement=log.engagement_id,
            day=log.day,
            month=log.day.replace(day=1),
            kind=CostKind.PEOPLE,
            person=log.person,
        )
        sums = Sums(lines=1, hours=log.hours, cost=log.cost_yen, cost_yen=log.cost_yen)
        ledger.add(alike, sums, times)
    ledger.write()
