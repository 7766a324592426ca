"""Delivers a file of costs, or what a cloud answers, from the command line."""

from __future__ import annotations

import json
from argparse import ArgumentTypeError
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from costs import command
from costs.imports.faults import FileRefused
from costs.services.imports import DeliveredBefore

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from costs.models import CostImport
    from projects.models import Organisation, User

PULLS = ("sagemaker", "batch", "explorer", "spot-prices")


class Command(BaseCommand):
    """``import_costs FILE`` or ``--pull``; 1 when it is refused, 2 for misuse."""

    help = "Read a bill, a list of jobs or measurements of GPUs, and take it over."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, help="FOCUS, CUR, jobs …")
        parser.add_argument("--organisation", default="", help="the provider's name")
        parser.add_argument("--by", default="", help="e-mail of who delivers it")
        parser.add_argument("--dry-run", action="store_true", help="keep nothing")
        parser.add_argument("--json", action="store_true", help="for programs")
        parser.add_argument(
            "--basis", choices=["billed", "effective"], default="billed"
        )
        parser.add_argument("--invoice-total", type=number, help="as on the invoice")
        parser.add_argument("--time-zone", default="", help="of times without one")
        parser.add_argument("--machine", default="", help="of nvidia-smi")
        parser.add_argument("--gpu-price", type=number, help="of a GPU hour")
        parser.add_argument("--gpu-currency", default="JPY", help="of that price")
        pulls = parser.add_argument_group("instead of a file, ask AWS")
        pulls.add_argument("--pull", choices=PULLS)
        pulls.add_argument("--since", type=day, help="the first day")
        pulls.add_argument("--until", type=day, help="the day after the last; today")
        pulls.add_argument("--region", default="ap-northeast-1")
        pulls.add_argument("--tag", default="project", help="Cost Explorer groups by")

    # Any: what argparse gives.
    def handle(self, *args: Any, **said: Any) -> None:
        self._check(said)
        try:
            organisation = command.provider_of(said["organisation"])
            by = command.manager_of(organisation, said["by"])
        except command.NotChosen as missing:
            raise CommandError(str(missing), returncode=2) from missing
        try:
            if said["pull"] == "spot-prices":
                self._spot_prices(said, organisation, by)
                return
            delivered = self._delivered(said, organisation, by)
        except FileRefused as refused:
            told = " ".join(fault.sentence("en") for fault in refused.faults)
            raise CommandError(told) from refused
        except DeliveredBefore as before:
            # Asked for again by a clock, say: nothing is wrong, and nothing changes.
            self.stdout.write(" ".join(before.messages))
            return
        except ValidationError as refused:
            raise CommandError(" ".join(refused.messages)) from refused
        if said["json"]:
            self.stdout.write(json.dumps(command.as_json(delivered), indent=2))
        else:
            for line in command.in_words(delivered):
                self.stdout.write(line)
        if not command.ended_well(delivered):
            raise CommandError("Nothing was taken over.")

    def _check(self, said: dict[str, Any]) -> None:
        if bool(said["file"]) == bool(said["pull"]):
            raise CommandError("Name a file, or what to --pull.", returncode=2)
        if said["pull"] and not said["since"]:
            raise CommandError("Say from which day on, with --since.", returncode=2)
        if said["file"] and not said["file"].is_file():
            raise CommandError(f"There is no file {said['file']}.", returncode=2)

    def _spot_prices(
        self, said: dict[str, Any], organisation: Organisation, by: User
    ) -> None:
        new = command.pull_spot_prices(
            organisation, by, when=asked_days(said), region=said["region"]
        )
        self.stdout.write(f"{new:,} new spot prices.")

    def _delivered(
        self, said: dict[str, Any], organisation: Organisation, by: User
    ) -> CostImport:
        about = {
            name: said[name]
            for name in (
                *("basis", "invoice_total", "time_zone", "gpu_price"),
                "gpu_currency",
            )
        } | {"resource": said["machine"]}
        if said["file"]:
            deliver = partial(
                command.deliver_file, said["file"], organisation, by, **about
            )
        else:
            deliver = partial(
                command.deliver_pull,
                said["pull"],
                organisation,
                by,
                when=asked_days(said),
                region=said["region"],
                tag=said["tag"],
                **about,
            )
        return command.run(deliver, dry=said["dry_run"])


def asked_days(said: dict[str, Any]) -> tuple[date, date]:
    """The first day and the day after the last."""
    since: date = said["since"]
    until: date = said["until"] or timezone.localdate()
    return since, max(until, since + timedelta(days=1))


def number(typed: str) -> Decimal:
    """A number as it is written on an invoice, thousands separated or not."""
    try:
        return Decimal(typed.replace(",", ""))
    except InvalidOperation as wrong:
        raise ArgumentTypeError(f"{typed} is no number") from wrong


def day(typed: str) -> date:
    """A day as ISO 8601 writes it."""
    try:
        return date.fromisoformat(typed)
    except ValueError as wrong:
        raise ArgumentTypeError(f"{typed} is no day, such as 2026-11-01") from wrong
