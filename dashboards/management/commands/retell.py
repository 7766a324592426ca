"""Writes the rows that lists read anew from the facts; safe at any time."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from costs.glances import retell_spend
from evaluation import glances as measured
from projects.models import Engagement
from projects.services import glances


class Command(BaseCommand):
    """`retell` is for after an upgrade, or a change made past the application."""

    help = "Write what lists show of every engagement anew from the facts."

    # Any: what argparse gives.
    def handle(self, *args: Any, **options: Any) -> None:
        told = 0
        for engagement in Engagement.objects.order_by("pk").iterator():
            with transaction.atomic():
                glances.retell(engagement)
                measured.retell(engagement)
                retell_spend([engagement.pk])
            told += 1
        self.stdout.write(f"Engagements told anew: {told}.")
