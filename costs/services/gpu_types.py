"""The GPU types a provider knows: added, mended while nothing names them, retired."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from costs.instances import instances
from costs.models import Charge, GpuType
from projects.permissions import MANAGING, require_role
from projects.services.audit import record_event

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from projects.models import Organisation, User


def add_type(
    *,
    organisation: Organisation,
    name: str,
    model: str,
    gpus: Decimal,
    by: User,
    memory_gib: Decimal | None = None,
) -> GpuType:
    """Let prices and use name one more type; ValidationError if it is known."""
    require_role(by, organisation, *MANAGING)
    with transaction.atomic():
        _lock(organisation)
        _refuse_known(organisation, name)
        added = GpuType(
            organisation=organisation,
            name=name,
            model=model,
            gpus=gpus,
            memory_gib=memory_gib,
        )
        added.full_clean()
        added.save()
        _record("gpu_type.added", added, by)
    return added


def add_known_types(
    *, organisation: Organisation, names: Iterable[str], by: User
) -> list[GpuType]:
    """Add cloud types whose GPUs are known to all; those there are stay as they are.

    ValidationError for a name that ``costs.instances`` does not know.
    """
    require_role(by, organisation, *MANAGING)
    known, asked = instances(), list(dict.fromkeys(names))
    unknown = [name for name in asked if name not in known]
    if unknown:
        raise ValidationError(
            _("%(name)s is no known cloud type.") % {"name": unknown[0]}
        )
    with transaction.atomic():
        _lock(organisation)
        there = set(organisation.gpu_types.values_list("name", flat=True))
        added = GpuType.objects.bulk_create(
            GpuType(
                organisation=organisation,
                name=name,
                model=known[name].model,
                gpus=known[name].gpus,
                memory_gib=known[name].memory_gib,
            )
            for name in asked
            if name not in there
        )
        for one in added:
            _record("gpu_type.added", one, by)
    return added


def edit_type(
    *,
    gpu_type: GpuType,
    name: str,
    model: str,
    gpus: Decimal,
    by: User,
    memory_gib: Decimal | None = None,
) -> GpuType:
    """Mend a type that no price, pool or line names yet; ValidationError otherwise."""
    require_role(by, gpu_type.organisation, *MANAGING)
    with transaction.atomic():
        _lock(gpu_type.organisation)
        locked = GpuType.objects.select_for_update().get(pk=gpu_type.pk)
        if is_used(locked):
            raise ValidationError(
                _(
                    "Prices or lines name this type already, so it stays as it is. "
                    "Retire it and add another."
                )
            )
        if name != locked.name:
            _refuse_known(locked.organisation, name)
        locked.name, locked.model = name, model
        locked.gpus, locked.memory_gib = gpus, memory_gib
        locked.full_clean()
        locked.save()
        _record("gpu_type.edited", locked, by)
    return locked


def retire_type(*, gpu_type: GpuType, by: User) -> None:
    """Offer it no more; its prices and lines stay. Twice is once."""
    require_role(by, gpu_type.organisation, *MANAGING)
    with transaction.atomic():
        retired = GpuType.objects.filter(pk=gpu_type.pk).offered()
        if retired.update(retired_at=timezone.now()):
            _record("gpu_type.retired", gpu_type, by)


def is_used(gpu_type: GpuType) -> bool:
    """Whether a price, a pool or a line of cost names it."""
    lines = Charge.objects.filter(
        organisation=gpu_type.organisation_id, gpu_type=gpu_type.name
    )
    return gpu_type.prices.exists() or gpu_type.pools.exists() or lines.exists()


def _lock(organisation: Organisation) -> None:
    """The organisation's row is the lock: two people cannot add one name at once."""
    type(organisation).objects.select_for_update().get(pk=organisation.pk)


def _refuse_known(organisation: Organisation, name: str) -> None:
    if organisation.gpu_types.filter(name=name).exists():
        raise ValidationError({"name": _("This type is in the list already.")})


def _record(verb: str, gpu_type: GpuType, by: User) -> None:
    record_event(
        verb, by=by, for_organisation=gpu_type.organisation, name=gpu_type.name
    )
