"""Writes every state and act into the documents, or says that they are out of date."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from evaluation.machines import REVIEW, RUN
from projects.machines import AGREEMENT, ASSESSMENT, ENGAGEMENT, document

if TYPE_CHECKING:
    from argparse import ArgumentParser

MACHINES = (ENGAGEMENT, ASSESSMENT, AGREEMENT, RUN, REVIEW)


class Command(BaseCommand):
    """`statemachine` writes docs/reference/states.md; `--check` only compares."""

    help = "Write docs/reference/states.md from the tables of states and acts."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true")

    # Any: what argparse gives.
    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        path = Path(settings.BASE_DIR) / "docs/reference/states.md"
        told = document(MACHINES)
        if check:
            if not path.is_file() or path.read_text(encoding="utf-8") != told:
                raise CommandError(f"{path} is out of date: manage.py statemachine")
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(told, encoding="utf-8")
        self.stdout.write(str(path))
