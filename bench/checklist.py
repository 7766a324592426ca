"""The checklist page of an engagement with one round and with ten: queries and time.

    python -m bench.checklist

On a Postgres of its own. Writes bench/CHECKLIST.md; fails when the queries grow.
"""

from __future__ import annotations

import platform
import sys
from datetime import date
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, Final

from bench.place import engaged, standing

if TYPE_CHECKING:
    from projects.models import Engagement, User

RESULTS: Final = Path(__file__).with_name("CHECKLIST.md")
REPEATS: Final = 15
ROUNDS: Final = (1, 10)
PAGES: Final = ("feasibility", "rounds_compare")


def answer_rounds(engagement: Engagement, rounds: int) -> None:
    """Issue rounds until there are so many; every word answered, with evidence."""
    from projects.checklist import Due
    from projects.services import evidence, feasibility

    by = engagement.owner
    while (done := engagement.assessments.count()) < rounds:
        assessment = feasibility.open_assessment(
            engagement=engagement, by=by, due=Due.PRODUCTION
        )
        for item in assessment.checklist.asked("hybrid", "anomaly"):
            if item.answers:
                feasibility.give_answer(
                    assessment=assessment,
                    item_id=item.id,
                    value=item.answers[(done % 2) - 1],
                    number=None,
                    note=f"round {done + 1}",
                    by=by,
                )
        evidence.name_document(
            engagement=engagement,
            item_id="P1",
            name=f"Minutes {done + 1}",
            kept_at="shelf",
            by=by,
        )
        feasibility.issue_assessment(assessment=assessment, by=by)


def measure(address: str, reader: User) -> tuple[int, float, int]:
    """Queries, median milliseconds and kilobytes of one page."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client()
    client.force_login(reader)
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        page = client.get(address)
    # Before the next request, which forgets them.
    made = len(queries)
    took = []
    for _ in range(REPEATS):
        began = perf_counter()
        client.get(address)
        took.append((perf_counter() - began) * 1000)
    return made, median(took), len(page.content) // 1024


def main() -> int:
    """Measure and write the page; 1 when more rounds make more queries."""
    with standing():
        from django.urls import reverse

        engagement = engaged()
        found: dict[str, list[int]] = {name: [] for name in PAGES}
        lines = []
        for rounds in ROUNDS:
            answer_rounds(engagement, rounds)
            for name in PAGES:
                page = reverse(f"projects:{name}", args=[engagement.pk])
                queries, took, size = measure(page, engagement.owner)
                found[name].append(queries)
                lines.append(
                    f"| {name} | {rounds} | {queries} | {took:.0f} ms | {size} kB |"
                )
    machine = f"{platform.machine()}, Python {platform.python_version()}"
    head = (
        f"# Measured {date.today():%Y-%m-%d} on {machine}\n\n"  # noqa: DTZ011 - a label
        "`python -m bench.checklist`: medians of "
        f"{REPEATS} requests, all questions answered in every round. Comparing needs "
        "two rounds, so its first line is of an empty page.\n\n"
        "| Page | Rounds | Queries | Time | Size |\n|---|---:|---:|---:|---:|\n"
    )
    RESULTS.write_text(head + "\n".join(lines) + "\n", encoding="utf-8")
    sys.stdout.write(RESULTS.read_text(encoding="utf-8"))
    first, last = found["feasibility"]
    return int(last > first)


if __name__ == "__main__":
    sys.exit(main())
