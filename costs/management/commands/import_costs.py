"""Delivers a file of costs from the command line."""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from costs import command
from costs.imports.faults import FileRefused

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    """``import_costs FILE`` takes a file over; 1 when it is refused, 2 for misuse."""

    help = "Read a bill, a list of jobs or measurements of GPUs, and take it over."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="FOCUS, AWS CUR, jobs, nvidia-smi")
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

    # Any: what argparse gives.
    def handle(self, *args: Any, **said: Any) -> None:
        if not said["file"].is_file():
            raise CommandError(f"There is no file {said['file']}.", returncode=2)
        try:
            organisation = command.provider_of(said["organisation"])
            by = command.manager_of(organisation, said["by"])
        except command.NotChosen as missing:
            raise CommandError(str(missing), returncode=2) from missing
        deliver = partial(
            command.deliver_file,
            said["file"],
            organisation,
            by,
            basis=said["basis"],
            invoice_total=said["invoice_total"],
            time_zone=said["time_zone"],
            resource=said["machine"],
            gpu_price=said["gpu_price"],
            gpu_currency=said["gpu_currency"],
        )
        try:
            delivered = command.run(deliver, dry=said["dry_run"])
        except FileRefused as refused:
            told = " ".join(fault.sentence("en") for fault in refused.faults)
            raise CommandError(f"{said['file'].name}: {told}") from refused
        except ValidationError as refused:
            raise CommandError(" ".join(refused.messages)) from refused
        if said["json"]:
            self.stdout.write(json.dumps(command.as_json(delivered), indent=2))
        else:
            for line in command.in_words(delivered):
                self.stdout.write(line)
        if not command.ended_well(delivered):
            raise CommandError("Nothing was taken over.")


def number(typed: str) -> Decimal:
    """A number as it is written on an invoice, thousands separated or not."""
    try:
        return Decimal(typed.replace(",", ""))
    except InvalidOperation as wrong:
        raise ValueError(typed) from wrong
