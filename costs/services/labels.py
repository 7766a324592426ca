"""Taking in a batch of answers, choosing which of them is the label, removing it."""

from __future__ import annotations

import uuid
from dataclasses import asdict, dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from costs.labels.answers import Batch, without_names
from costs.labels.kept import read_kept, written
from costs.labels.pay import Fee, fees, rewards
from costs.labels.reading import read_batch
from costs.labels.report import report_on, to_json, work_of
from costs.models import CostKind, LabelBatch
from costs.pricing import in_yen
from costs.rollup import Alike, Ledger, Sums
from costs.services.paid import rate_for
from projects.models import Engagement
from projects.permissions import Permission, require
from projects.services.audit import record_event

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from projects.models import User

SALT: Final = "costs.labels.workers"
NO_FEE: Final = Fee()


@dataclass(frozen=True, slots=True)
class Delivery:
    """A file of answers as it came, and what is said beside it.

    ``reward_each`` is what an answer is paid where the file does not say;
    ``rate_yen`` the yen for one of the currency, where the provider's is not to be
    taken. ``day`` is the day the spend counts, else the last day of work in the file.
    """

    content: bytes
    sha256: str
    name: str
    title: str
    currency: str = "USD"
    fee: Fee = NO_FEE
    gold: bytes | None = None
    item_column: str = ""
    reward_each: Decimal | None = None
    rate_yen: Decimal | None = None
    day: date | None = None


def key_of(engagement: Engagement) -> bytes:
    """The key of an engagement's pseudonyms: nobody is followed from one to another.

    It hangs on SECRET_KEY; a new one gives new batches other pseudonyms.
    """
    return salted_hmac(SALT, str(engagement.pk), algorithm="sha256").digest()


def deliver(*, engagement: Engagement, delivery: Delivery, by: User) -> LabelBatch:
    """Check a file wholly, then keep it without names and book what it cost.

    With several columns of answers none is measured yet: a person says which is the
    label. TableRefused with the faults of the file; ValidationError for a file that
    is there already, and where the currency has no rate.
    """
    require(by, Permission.RECORD_COST, engagement)
    _refuse_again(engagement, delivery.sha256)
    found = read_batch(
        delivery.content,
        gold=delivery.gold,
        item_column=delivery.item_column,
        reward_each=delivery.reward_each,
    )
    batch = without_names(found, key_of(engagement))
    day = delivery.day or found.day or timezone.localdate()
    rate = rate_for(engagement, delivery.currency, day, delivery.rate_yen)
    row = _row(engagement, delivery, batch, day, rate)
    row.delivered_by = by
    stored = default_storage.save(f"labels/{row.pk}.csv", ContentFile(written(batch)))
    row.file.name = stored
    try:
        with transaction.atomic():
            # Two people may send one file at the same moment: one waits for the other.
            Engagement.objects.select_for_update().get(pk=engagement.pk)
            _refuse_again(engagement, delivery.sha256)
            row.save(force_insert=True)
            _count(row)
            record_event(
                "labels.delivered",
                engagement=engagement,
                by=by,
                title=row.title,
                answers=row.assignments,
                cost_yen=f"{row.cost_yen:.0f}",
            )
    except BaseException:
        default_storage.delete(stored)
        raise
    return row


def _refuse_again(engagement: Engagement, sha256: str) -> None:
    there = engagement.label_batches.filter(sha256=sha256).first()
    if there is not None:
        raise ValidationError(
            _("This file is there already, as “%(title)s”.") % {"title": there.title}
        )


def _row(
    engagement: Engagement, delivery: Delivery, batch: Batch, day: date, rate: Decimal
) -> LabelBatch:
    reward, fee = rewards(batch.answers), fees(batch.answers, delivery.fee)
    return LabelBatch(
        pk=uuid.uuid4(),
        engagement=engagement,
        title=delivery.title,
        name=delivery.name[-200:],
        sha256=delivery.sha256,
        day=day,
        items=len({one.item for one in batch.answers}),
        assignments=len(batch.answers),
        workers=len({one.worker for one in batch.answers}),
        currency=delivery.currency,
        reward=reward,
        fee=fee,
        rate_yen=rate,
        cost_yen=in_yen(reward + fee, rate),
        report=_report(delivery.fee, batch),
    )


# Any: what JSON keeps.
def _report(fee: Fee, batch: Batch) -> dict[str, Any]:
    one = batch.columns[0] if len(batch.columns) == 1 else ""
    return {
        "columns": list(batch.columns),
        "item_column": batch.item_column,
        "left_out": list(batch.left_out),
        "gold_elsewhere": batch.gold_elsewhere,
        "fee": {"percent": f"{fee.percent:f}", "least": f"{fee.least:f}"},
        "work": asdict(work_of(batch.answers)),
        "measured": to_json(report_on(batch, one)) if one else None,
    }


def _count(row: LabelBatch, times: int = 1) -> None:
    alike = Alike(
        organisation=row.engagement.provider_id,
        engagement=row.engagement_id,
        day=row.day,
        month=row.day.replace(day=1),
        kind=CostKind.LABELS,
        currency=row.currency,
    )
    ledger = Ledger()
    sums = Sums(lines=1, cost=row.reward + row.fee, cost_yen=row.cost_yen)
    ledger.add(alike, sums, times)
    ledger.write()


def kept_batch(row: LabelBatch) -> Batch:
    """The answers of a batch, out of the file that is kept."""
    with row.file.open("rb") as file:
        return read_kept(file.read(), row.report["item_column"])


def choose_label(*, row: LabelBatch, column: str, by: User) -> None:
    """Say which column of answers is the label, and measure it; the cost stays.

    ValidationError for a column that the batch has not.
    """
    require(by, Permission.RECORD_COST, row.engagement)
    if column not in row.report["columns"]:
        raise ValidationError(_("The batch has no such column."))
    measured = to_json(report_on(kept_batch(row), column))
    with transaction.atomic():
        row.report = row.report | {"measured": measured}
        row.save(update_fields=["report"])
        record_event(
            "labels.chosen",
            engagement=row.engagement,
            by=by,
            title=row.title,
            column=column,
        )


def remove(*, row: LabelBatch, by: User) -> None:
    """Take a batch back with its cost and its file; the event keeps what it was.

    ValidationError if somebody took it back a moment before.
    """
    require(by, Permission.RECORD_COST, row.engagement)
    with transaction.atomic():
        # What this statement deletes nobody deletes twice, so the sums follow once.
        gone, _each = LabelBatch.objects.filter(pk=row.pk).delete()
        if not gone:
            raise ValidationError(_("This batch has been removed already."))
        _count(row, times=-1)
        record_event(
            "labels.removed",
            engagement=row.engagement,
            by=by,
            title=row.title,
            answers=row.assignments,
            cost_yen=f"{row.cost_yen:.0f}",
            sha256=row.sha256,
        )
        transaction.on_commit(partial(default_storage.delete, str(row.file.name)))
