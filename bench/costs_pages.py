"""The pages of money over very many lines: queries, time, and what adding up takes.

    python -m bench.costs_pages [--lines 10000000]

On a Postgres of its own. Writes bench/COSTS.md; fails when a page makes more queries
over all lines than over none, or when the sums by day are not those of the lines.
"""

from __future__ import annotations

import argparse
import platform
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final

from bench.checklist import measure
from bench.place import engaged, standing

if TYPE_CHECKING:
    from collections.abc import Callable

    from projects.models import Engagement

RESULTS: Final = Path(__file__).with_name("COSTS.md")
LINES: Final = 10_000_000
ENGAGEMENTS: Final = 100
DAYS: Final = 300
REPEATS: Final = 3
# Each line like the first one, on another day, of another engagement, for other yen.
# Of a day an engagement has four kinds of lines that are alike.
DAY: Final = "date '2026-01-01' + (n / 100 %% %(days)s)::int"
VARIED: Final = {
    "engagement_id": "(%(ids)s::uuid[])[1 + n %% %(engagements)s]",
    "day": DAY,
    "month": f"date_trunc('month', {DAY})::date",
    "gpu_type": "'type-' || n / 7 %% 2",
    "person": "'person-' || n %% %(engagements)s || '-' || n / 3 %% 2",
    "purpose": "case n / 3 %% 2 when 0 then 'training' else 'notebook' end",
    "cost": "(n %% 997) + .5",
    "cost_yen": "(n %% 997) + .5",
}
ALIKE: Final = (
    "organisation_id, engagement_id, day, month, category, gpu_type, option, service, "
    "purpose, person, currency"
)
SUMMED: Final = (
    "count(*), sum(hours), sum(gpu_hours), sum(lost_hours * gpus), sum(interruptions), "
    "sum(cost), sum(cost_yen)"
)


def write_lines(engagement: Engagement, lines: int) -> None:
    """So many lines of a hundred engagements, and their sums by day."""
    from datetime import UTC, datetime

    from django.db import connection

    from costs.models import Charge, SpendDay
    from costs.services.use import record_use
    from projects.models import Engagement as Model

    record_use(
        engagement=engagement,
        started_at=datetime(2026, 1, 1, tzinfo=UTC),
        ended_at=datetime(2026, 1, 1, 5, tzinfo=UTC),
        gpu_type="type-0",
        gpus_of_one=Decimal(1),
        price_per_hour=Decimal(100),
        by=engagement.owner,
    )
    for number in range(1, ENGAGEMENTS):
        Model.objects.create(
            **{
                field.attname: getattr(engagement, field.attname)
                for field in Model._meta.concrete_fields
                if field.attname not in ("id", "created_at")
            }
            | {"name": f"Bench {number}"}
        )
    names = [
        field.column for field in Charge._meta.concrete_fields if field.column != "id"
    ]
    values = ", ".join(VARIED.get(name, name) for name in names)
    told: dict[str, Any] = {
        "ids": [str(pk) for pk in Model.objects.values_list("pk", flat=True)],
        "engagements": ENGAGEMENTS,
        "days": DAYS,
        "lines": lines,
    }
    with connection.cursor() as cursor:
        cursor.execute(
            f"insert into costs_charge ({', '.join(names)}) "  # noqa: S608 - our own names
            f"select {values} from costs_charge, generate_series(1, %(lines)s - 1) n",
            told,
        )
        SpendDay.objects.all().delete()
        cursor.execute(
            f"insert into costs_spendday ({ALIKE}, kind, key, lines, hours, "  # noqa: S608
            "gpu_hours, lost_gpu_hours, interruptions, cost, cost_yen) "
            f"select {ALIKE}, 'gpu', encode(sha256(row({ALIKE})::text::bytea), 'hex'), "
            f"{SUMMED} from costs_charge group by {ALIKE}"
        )
        cursor.execute("analyze costs_charge")
        cursor.execute("analyze costs_spendday")


def timed(act: Callable[[], object]) -> tuple[object, float]:
    """What came out, and the median milliseconds."""
    took, found = [], None
    for _each in range(REPEATS):
        began = perf_counter()
        found = act()
        took.append((perf_counter() - began) * 1000)
    return found, median(took)


def added_up(engagement: Engagement | None) -> tuple[bool, float, float]:
    """Whether lines and days agree, and the milliseconds of each."""
    from django.db.models import Sum

    from costs.models import Charge, SpendDay

    of: dict[str, Any] = {} if engagement is None else {"engagement": engagement}

    def lines() -> object:
        rows = Charge.objects.filter(**of).order_by().values("gpu_type", "option")
        found = rows.annotate(yen=Sum("cost_yen"))
        return sorted((r["gpu_type"], r["option"], r["yen"]) for r in found)

    def days() -> object:
        found = SpendDay.objects.filter(**of).summed_by("gpu_type", "option")
        return sorted((*one.names, one.yen) for one in found)

    (slow, naive), (fast, ours) = timed(lines), timed(days)
    return slow == fast, naive, ours


def main() -> int:
    """Measure and write the page; 1 when queries grow or sums differ."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=LINES)
    lines: int = parser.parse_args().lines
    with standing():
        from django.urls import reverse

        from costs.models import SpendDay
        from projects.models import Engagement as Model

        engagement = engaged()
        reader = engagement.owner
        pages = {
            "costs of an engagement": reverse("costs:costs", args=[engagement.pk]),
            "money of a provider": reverse(
                "costs:money", args=[engagement.provider_id]
            ),
        }
        before = {name: measure(page, reader)[0] for name, page in pages.items()}
        write_lines(engagement, lines)
        told, holds = [], True
        one = Model.objects.get(name="Bench")
        for name, of in zip(pages, (one, None), strict=True):
            queries, took, size = measure(pages[name], reader)
            same, naive, ours = added_up(of)
            # A page without any line draws less, so that more is no fault by itself.
            holds = holds and same and queries <= before[name] + 2
            told.append(
                f"| {name} | {queries} | {took:.0f} ms | {size} kB | {naive:.0f} ms | "
                f"{ours:.1f} ms | {naive / ours:.0f} × |"
            )
        rows = SpendDay.objects.count()
    head = (
        f"# Measured {date.today():%Y-%m-%d} on {platform.machine()}, "  # noqa: DTZ011
        f"Python {platform.python_version()}\n\n"
        f"`python -m bench.costs_pages`: {lines:,} lines of {ENGAGEMENTS} engagements, "
        f"summed in {rows:,} rows of days. Adding up is the sum by type and purchase, "
        "over the lines and over the days; both give the same to the last digit.\n\n"
        "| Page | Queries | Time | Size | Adding up lines | Adding up days | Ratio |\n"
        "|---|---:|---:|---:|---:|---:|---:|\n"
    )
    RESULTS.write_text(head + "\n".join(told) + "\n", encoding="utf-8")
    sys.stdout.write(RESULTS.read_text(encoding="utf-8"))
    return int(not holds)


if __name__ == "__main__":
    sys.exit(main())
