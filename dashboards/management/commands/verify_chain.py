"""Says of every engagement whether anything that was signed has been altered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from dashboards.verifying import checked
from projects.models import Engagement

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    """`verify_chain` checks all, `verify_chain ID` one; it fails when one is broken."""

    help = "Check every signature and acceptance; name the first broken link."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("engagement", nargs="?", help="the id in its address")

    # Any: what argparse gives.
    def handle(self, *args: Any, engagement: str | None, **options: Any) -> None:
        chosen = Engagement.objects.order_by("created_at", "pk")
        if engagement:
            try:
                chosen = chosen.filter(pk=engagement)
            except ValidationError:
                chosen = chosen.none()
            if not chosen.exists():
                raise CommandError(f"There is no engagement {engagement}.")
        broken = 0
        for one in chosen:
            found = checked(one)
            links = f"{len(found.lines)} links"
            if found.broken is None:
                self.stdout.write(f"whole   {one.pk}  {one.name}: {links}")
                continue
            broken += 1
            at = found.broken.number
            where = "before the chain" if at is None else f"at link {at}"
            self.stdout.write(
                f"BROKEN  {one.pk}  {one.name}: {where} ({found.broken.name.en}). "
                f"{found.broken.why.en}"
            )
        if broken:
            raise CommandError(f"Altered engagements: {broken}.")
