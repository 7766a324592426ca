"""The pools of GPUs a provider shares out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from costs.models import Pool
from projects.permissions import MANAGING, require_role
from projects.services.audit import record_event

if TYPE_CHECKING:
    from costs.models import GpuType
    from projects.models import Organisation, User


def add_pool(
    *,
    organisation: Organisation,
    name: str,
    kind: str,
    gpu_type: GpuType,
    gpus: int,
    by: User,
) -> Pool:
    """Let engagements of the provider book of one more pool."""
    require_role(by, organisation, *MANAGING)
    pool = Pool(organisation=organisation)
    return _save(pool, "pool.added", name, kind, gpu_type, gpus, by)


def edit_pool(
    *, pool: Pool, name: str, kind: str, gpu_type: GpuType, gpus: int, by: User
) -> Pool:
    """Change a pool. ValidationError for fewer GPUs than a booking to come asks for."""
    require_role(by, pool.organisation, *MANAGING)
    with transaction.atomic():
        locked = Pool.objects.select_for_update().get(pk=pool.pk)
        largest = max((turn.wish.gpus for turn in locked.turns_to_come()), default=0)
        if gpus < largest:
            raise ValidationError(
                ngettext(
                    "A booking asks for %(n)s GPU of this pool: cancel it first.",
                    "A booking asks for %(n)s GPUs of this pool: cancel it first.",
                    largest,
                )
                % {"n": largest}
            )
        return _save(locked, "pool.edited", name, kind, gpu_type, gpus, by)


def retire_pool(*, pool: Pool, by: User) -> None:
    """Offer a pool no more. ValidationError while something is booked on it."""
    require_role(by, pool.organisation, *MANAGING)
    with transaction.atomic():
        locked = Pool.objects.select_for_update().get(pk=pool.pk)
        left = len(locked.turns_to_come())
        if left:
            raise ValidationError(
                ngettext(
                    "%(n)s booking of this pool is not over: cancel it first.",
                    "%(n)s bookings of this pool are not over: cancel them first.",
                    left,
                )
                % {"n": left}
            )
        if locked.retired_at is None:
            locked.retired_at = timezone.now()
            locked.save(update_fields=["retired_at"])
            record_event(
                "pool.retired",
                by=by,
                for_organisation=locked.organisation,
                pool=locked.name,
            )


def _save(
    pool: Pool,
    verb: str,
    name: str,
    kind: str,
    gpu_type: GpuType,
    gpus: int,
    by: User,
) -> Pool:
    if gpus < 1:
        raise ValidationError(_("A pool has at least one GPU."))
    if gpu_type.organisation_id != pool.organisation_id:
        raise ValidationError(_("This type is of another provider."))
    pool.name, pool.kind, pool.gpu_type, pool.gpus = name, kind, gpu_type, gpus
    try:
        with transaction.atomic():
            pool.save()
            record_event(
                verb,
                by=by,
                for_organisation=pool.organisation,
                pool=name,
                gpus=gpus,
            )
    except IntegrityError as twin:
        raise ValidationError(_("There is a pool of this name already.")) from twin
    return pool
