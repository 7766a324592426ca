"""Taking a delivery over: all of its lines in one transaction, or none."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction
from django.utils import timezone

from costs import batches, busyness, measured
from costs.charging import Reckoner, belongs, said_by
from costs.imports.faults import Fault, FileRefused
from costs.models import (
    AssignedBy,
    Charge,
    ChargeRevision,
    CostImport,
    ImportStatus,
)
from costs.rollup import Ledger
from costs.sources import is_measured, lines_of
from projects.catalogue import Text
from projects.models import Organisation
from projects.services.audit import record_event

if TYPE_CHECKING:
    from collections.abc import Callable

    from costs.imports.line import Line
    from costs.reckoning import Reckoned

# What is no word of the line, but follows from it.
UNSAID: Final = frozenset({"content"})


class Lost(Exception):
    """Another worker has the delivery; what this one wrote is taken back."""


@transaction.atomic
def take_over(delivered: CostImport, tell: Callable[[int], None]) -> None:
    """Write every line that is new or corrected, with its sums and its event.

    Deliveries of one provider take turns. FileRefused when a line has no price or
    no rate, Lost when the delivery was given to another worker; both write nothing.
    """
    of = Organisation.objects.select_for_update(no_key=True)
    of.get(pk=delivered.organisation_id)
    if is_measured(delivered):
        counted = measured.take_over(delivered, tell)
    else:
        counted = _take_lines(delivered, tell)
        busyness.measure_delivered(delivered)
    mine = CostImport.objects.filter(
        pk=delivered.pk, status=ImportStatus.TAKING, attempt=delivered.attempt
    )
    if not mine.update(
        status=ImportStatus.TAKEN,
        taken_at=timezone.now(),
        lease_until=None,
        faults=[],
        report=delivered.report | {"taken": counted},
    ):
        raise Lost
    record_event(
        "costs.imported",
        for_organisation=delivered.organisation,
        by=delivered.taken_by,
        file=delivered.name,
        rows=counted["new"],
        corrected=counted["corrected"],
        cost_yen=f"{Decimal(counted['yen']):.0f}",
    )


def _take_lines(delivered: CostImport, tell: Callable[[int], None]) -> dict[str, Any]:
    reckoner, ledger = Reckoner(delivered), Ledger()
    counted = {"new": 0, "corrected": 0}
    added = Decimal(0)
    for batch in batches.in_batches(lines_of(delivered), reckoner, tell):
        before = batches.taken_before(delivered, batch)
        new, corrected = [], {}
        for identity, (line, one) in batch.lines.items():
            row, content = before.get(identity, (0, ""))
            if content == one.content:
                continue
            _must_be_whole(line, one)
            if row:
                corrected[row] = (line, one)
            else:
                new.append(reckoner.charge(line, one))
        Charge.objects.bulk_create(new)
        for charge in new:
            ledger.add_charge(charge)
            added += charge.cost_yen
        added += _correct(delivered, corrected, ledger)
        counted["new"] += len(new)
        counted["corrected"] += len(corrected)
    ledger.write()
    return counted | {"yen": f"{added:f}"}


def _must_be_whole(line: Line, one: Reckoned) -> None:
    """Rates and prices may have gone since the delivery was read through."""
    if one.unpriced is not None:
        says = Text(
            ja=f"「{one.unpriced or '種類の記載なし'}」の{one.day}の単価がありません。"
            "単価を登録するか、GPU 1時間の単価を入れて取り込み直してください。",
            en=f"No price of “{one.unpriced or 'no type'}” is valid on {one.day}; "
            "record one, or deliver the file again with a price of a GPU hour.",
        )
        raise FileRefused([Fault("unpriced", says, line.row)])
    if one.yen is None:
        says = Text(
            ja=f"{one.day}の{one.currency}の為替レートがありません。登録してください。",
            en=f"There is no exchange rate of {one.currency} for {one.day}; record it.",
        )
        raise FileRefused([Fault("without_rate", says, line.row)])


def _correct(
    delivered: CostImport, lines: dict[int, tuple[Line, Reckoned]], ledger: Ledger
) -> Decimal:
    """Replace what the lines said, keep it as revisions; the yen that this adds."""
    added = Decimal(0)
    revisions: list[ChargeRevision] = []
    # In one order everywhere, so that two writers never wait for each other.
    standing = Charge.objects.filter(pk__in=lines).order_by("pk").select_for_update()
    for charge in standing:
        line, one = lines[charge.pk]
        ledger.add_charge(charge, -1)
        added -= charge.cost_yen
        changes = said_by(line, one)
        # Where a person has put it, it stays.
        if charge.assigned_by in (AssignedBy.NOBODY, AssignedBy.RULE):
            changes |= belongs(one)
        said = {
            name: _as_text(getattr(charge, name))
            for name, value in changes.items()
            if name not in UNSAID and getattr(charge, name) != value
        }
        for name, value in changes.items():
            setattr(charge, name, value)
        charge.save(update_fields=[*changes])
        ledger.add_charge(charge)
        added += charge.cost_yen
        revisions.append(
            ChargeRevision(charge=charge, replaced_by=delivered, said=said)
        )
    ChargeRevision.objects.bulk_create(revisions)
    return added


def _as_text(value: object) -> Any:
    if isinstance(value, dict):
        return value
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
