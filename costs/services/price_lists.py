"""A file of prices taken in whole, or not at all."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.db import transaction

from costs.instances import instances
from costs.lists.prices import Usual, read_prices
from costs.lists.table import Fault, ListRefused
from costs.models import Price
from costs.pricing import Lane, Offer, make_room
from costs.services.gpu_types import add_known_types
from costs.services.prices import end_before, lock, offer_of, overlap
from projects.catalogue import Text
from projects.permissions import MANAGING, require_role
from projects.services.audit import record_event

if TYPE_CHECKING:
    from datetime import date

    from costs.lists.prices import Line
    from projects.models import Organisation, User

UNKNOWN_TYPE: Final = Text(
    ja="この種類は一覧にありません。先に「GPUの種類」に加えてください。",
    en="This type is not in the list. Add it to the GPU types first.",
)


@dataclass(slots=True)
class Taken:
    """What a list brought: prices that are new, that were there, that ended."""

    added: int = 0
    unchanged: int = 0
    ended: int = 0
    types: list[str] = field(default_factory=list)


def take_price_list(
    *,
    organisation: Organisation,
    content: bytes,
    name: str,
    usual: Usual,
    by: User,
    adds_types: bool = True,
) -> Taken:
    """Take in all prices of a file, or none: ListRefused with every fault of it.

    A price that is there already changes nothing. Types that are common knowledge are
    added where ``adds_types`` says so; any other must be in the list before.
    """
    require_role(by, organisation, *MANAGING)
    lines = read_prices(content, usual)
    with transaction.atomic():
        lock(organisation)
        taken = Taken()
        if adds_types:
            named = [one.gpu_type for one in lines if one.gpu_type in instances()]
            added = add_known_types(organisation=organisation, names=named, by=by)
            taken.types = [one.name for one in added]
        plan = _planned(organisation, lines)
        _write(organisation, plan, by)
        taken.added, taken.ended = len(plan.new), len(plan.ends)
        taken.unchanged = plan.unchanged
        if taken.added:
            record_event(
                "price_list.taken",
                by=by,
                for_organisation=organisation,
                file=name,
                count=taken.added,
            )
    return taken


@dataclass(slots=True)
class _Plan:
    """What a list would write: prices there are and new ones, by what they are for."""

    of_lane: dict[Lane, list[Offer]]
    # Number of a kept price → its last day.
    ends: dict[int, date] = field(default_factory=dict)
    new: list[tuple[Line, Offer]] = field(default_factory=list)
    unchanged: int = 0
    faults: list[Fault] = field(default_factory=list)

    def place(self, line: Line) -> None:
        """Find room for one price of the list."""
        offer = _offer(line)
        known = self.of_lane.setdefault(offer.lane, [])
        if any(offer.says_the_same(one) for one in known):
            self.unchanged += 1
            return
        room = make_room(known, offer)
        if room.clash:
            fault = Fault(overlap(room.clash), line.row, line.column)
            self.faults.append(fault)
            return
        if room.ends:
            self._end(known, room.ends, offer.valid_from - timedelta(days=1))
        known.append(offer)
        self.new.append((line, offer))

    def _end(self, known: list[Offer], old: Offer, last_day: date) -> None:
        ended = replace(old, valid_until=last_day)
        known[known.index(old)] = ended
        if old.number:
            self.ends[old.number] = last_day
        else:
            self.new = [(line, ended if one is old else one) for line, one in self.new]


def _offer(line: Line) -> Offer:
    return Offer(
        lane=Lane(line.gpu_type, line.service, line.option, line.region),
        currency=line.currency,
        per_hour=line.per_hour,
        valid_from=line.valid_from,
        valid_until=line.valid_until,
    )


def _planned(organisation: Organisation, lines: list[Line]) -> _Plan:
    names = set(organisation.gpu_types.offered().values_list("name", flat=True))
    plan = _Plan({})
    for price in organisation.prices.select_related("gpu_type"):
        offer = offer_of(price)
        plan.of_lane.setdefault(offer.lane, []).append(offer)
    # Prices of one lane may stand in any order; the earlier make room first.
    for line in sorted(lines, key=lambda one: (one.valid_from, one.row)):
        if line.gpu_type in names:
            plan.place(line)
        else:
            plan.faults.append(Fault(UNKNOWN_TYPE, line.row, found=line.gpu_type))
    if plan.faults:
        raise ListRefused(sorted(plan.faults, key=lambda fault: fault.row))
    return plan


def _write(organisation: Organisation, plan: _Plan, by: User) -> None:
    types = {one.name: one for one in organisation.gpu_types.all()}
    ending = Price.objects.filter(pk__in=plan.ends).select_related(
        "gpu_type", "organisation"
    )
    for price in ending:
        end_before(price, plan.ends[price.pk] + timedelta(days=1), by)
    Price.objects.bulk_create(
        Price(
            organisation=organisation,
            gpu_type=types[offer.lane.gpu_type],
            service=offer.lane.service,
            option=offer.lane.option,
            region=offer.lane.region,
            currency=offer.currency,
            per_hour=offer.per_hour,
            valid_from=offer.valid_from,
            valid_until=offer.valid_until,
            source=line.source,
            recorded_by=by,
        )
        for line, offer in plan.new
    )
