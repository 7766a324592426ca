"""A delivery on the command line: read through, told, and taken over at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import translation

from costs import import_pages, importing
from costs.imports import aws
from costs.models import CostImport, ImportStatus
from costs.services import imports, spot
from projects.models import Organisation, User

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date
    from pathlib import Path


class NotChosen(Exception):
    """Nothing says which provider, or in whose name."""


def provider_of(name: str) -> Organisation:
    """The provider of this name, or the only one there is."""
    providers = Organisation.objects.providers()
    found = list(providers.filter(name=name) if name else providers[:2])
    if len(found) != 1:
        raise NotChosen("Name one provider with --organisation.")
    return found[0]


def manager_of(organisation: Organisation, email: str) -> User:
    """Who delivers: the person named, or the first that manages the provider."""
    managing = organisation.memberships.managing().select_related("user")
    if email:
        managing = managing.filter(user__email=email)
    member = managing.first()
    if member is None:
        raise NotChosen("Name somebody who manages the provider with --by.")
    return member.user


# Any: what the services are told about the file.
def deliver_file(
    path: Path, organisation: Organisation, by: User, **said: Any
) -> CostImport:
    """Keep the file and read it through."""
    with path.open("rb") as file:
        delivered = imports.deliver(
            organisation=organisation,
            file=File(file, name=path.name),
            name=path.name,
            sha256=imports.digest_of(path),
            by=by,
            rings=False,
            **said,
        )
    return _worked_on(delivered)


# Any: what the services are told about the pull.
def deliver_pull(
    source: str,
    organisation: Organisation,
    by: User,
    *,
    when: tuple[date, date],
    region: str,
    tag: str,
    **said: Any,
) -> CostImport:
    """Keep what AWS answers as lines, and read them through."""
    since, until = when
    delivered = imports.deliver_lines(
        organisation=organisation,
        lines=aws.pull(source, region=region, since=since, until=until, tag=tag),
        name=f"{source} {region} {since} – {until}",
        by=by,
        rings=False,
        **said,
    )
    return _worked_on(delivered)


def pull_spot_prices(
    organisation: Organisation, by: User, *, when: tuple[date, date], region: str
) -> int:
    """Keep the spot prices of the catalogue's types; how many were new."""
    since, until = when
    types = spot.asked_types(organisation)
    prices = aws.spot_prices(types, region=region, since=since, until=until)
    return spot.record_spot_prices(
        organisation=organisation,
        prices=prices if types else (),
        region=region,
        by=by,
    )


def run(deliver: Callable[[], CostImport], *, dry: bool) -> CostImport:
    """Deliver and take over; dry, nothing is kept but what is told."""
    if not dry:
        delivered = deliver()
        if delivered.status == ImportStatus.CHECKED and imports.may_be_taken(delivered):
            imports.take_over(
                delivered=delivered, by=delivered.delivered_by, rings=False
            )
            return _worked_on(delivered)
        return delivered
    with transaction.atomic():
        delivered = deliver()
        transaction.set_rollback(True)
    default_storage.delete(str(delivered.file.name))
    return delivered


def _worked_on(delivered: CostImport) -> CostImport:
    importing.work_on(delivered.pk)
    delivered.refresh_from_db()
    return delivered


def ended_well(delivered: CostImport) -> bool:
    """Whether everything was taken over, or would have been."""
    well = (ImportStatus.CHECKED, ImportStatus.TAKEN)
    return delivered.status in well and imports.may_be_taken(delivered)


# Any: JSON.
def as_json(delivered: CostImport) -> dict[str, Any]:
    """The report for a program: exact sums as text."""
    return {
        "file": delivered.name,
        "sha256": delivered.sha256,
        "format": delivered.format,
        "status": delivered.status,
        "faults": delivered.faults,
        **delivered.report,
    }


def in_words(delivered: CostImport) -> list[str]:
    """The report for a person, in English."""
    with translation.override("en"):
        page = import_pages.import_page(delivered)
        report = delivered.report
        said = [f"{delivered.name}: {page['format']}, {delivered.get_status_display()}"]
        said += page["faults"]
        if report and page["is_measured"]:
            said.append(
                f"{report['rows']:,} measurements, {report['lines']:,} GPU hours of "
                f"{report['machines']:,} machines"
            )
        elif report:
            said.append(
                f"{report['rows']:,} rows: {report['new']:,} new, {report['known']:,} "
                f"known, {report['repeated']:,} repeated, {report['corrected']:,} "
                f"corrected; {report['gpu_lines']:,} of GPUs, {report['gpu_hours']} "
                f"GPU hours; {report['unassigned']:,} of nobody"
            )
            said += [
                f"{total['month']:%Y-%m} {total['currency']} {total['counted']:f}"
                for total in page["totals"]
            ]
            said += [f"JPY {report['yen']}", page["compared"], page["twice"]]
        said += page["obstacles"]
    return [line for line in said if line]
