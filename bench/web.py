"""The pages over very many engagements and runs, on Postgres and on SQLite.

    python -m bench.web [--engagements 10000] [--runs 1000000] [--seconds 60]

Writes bench/WEB.md; fails when a page makes more queries than it may.
"""

from __future__ import annotations

import argparse
import gzip
import os
import platform
import re
import sys
from datetime import date
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final

from bench import many, many_runs
from bench.checklist import measure
from bench.place import engaged, standing
from bench.serving import served

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import QuerySet

    from projects.models import User

RESULTS: Final = Path(__file__).with_name("WEB.md")
REPEATS: Final = 15
MAY_MAKE: Final = {"portfolio": 12, "engagement": 15, "run": 10}
ON_A_PAGE: Final = 50
INDEX: Final = "glance_by_need"


def timed(act: Callable[[], object], repeats: int = REPEATS) -> float:
    """Median milliseconds, the first call left out."""
    act()
    took = []
    for _each in range(repeats):
        began = perf_counter()
        act()
        took.append((perf_counter() - began) * 1000)
    return median(took)


def added_up(user: User) -> QuerySet[Any]:
    """The same list as somebody would write it who keeps no row for lists.

    Of each engagement: how many runs, how many passed, when the newest was measured,
    the worst error by its limit; the worst first.
    """
    from django.db.models import Count, F, FloatField, Max, Q
    from django.db.models.functions import Cast

    from projects.models import Engagement

    run = "agreements__runs"
    return (
        Engagement.objects.visible_to(user)
        .select_related("customer", "owner")
        .annotate(
            runs=Count(run, distinct=True),
            passed=Count(run, filter=Q(**{f"{run}__result__outcome": "pass"})),
            measured=Max(f"{run}__finished_at"),
            worst=Max(
                F(f"{run}__result__verdicts__value")
                / Cast(f"{run}__result__verdicts__criterion__limit", FloatField())
            ),
        )
        .order_by("-worst", "pk")[:ON_A_PAGE]
    )


def listed(user: User) -> QuerySet[Any]:
    """The list as the portfolio asks for it when nothing is chosen."""
    from dashboards import listing
    from dashboards.choosing import Chosen

    return listing.listed(user, Chosen(), slice(ON_A_PAGE))


def lists(reader: User) -> tuple[float, float]:
    """Milliseconds of our list, and of the one that adds up."""
    ours = timed(lambda: list(listed(reader)))
    return ours, timed(lambda: list(added_up(reader)), 1)


def plan(reader: User) -> str:
    """How Postgres answers our list."""
    return listed(reader).explain(analyze=True, costs=False)


def execution(told: str) -> float:
    """Milliseconds within Postgres, as the plan says."""
    found = re.search(r"Execution Time: ([\d.]+) ms", told)
    return float(found.group(1)) if found else 0.0


def packed(content: bytes) -> float:
    """Kilobytes as a proxy sends them."""
    return len(gzip.compress(content, 6)) / 1000


def weights(address: str, reader: User) -> tuple[float, float, float]:
    """kB: the page's HTML and it with all it loads, compressed; its largest figure."""
    from django.conf import settings
    from django.test import Client

    client = Client()
    client.force_login(reader)
    page = client.get(address)
    html = packed(page.content)
    root = Path(str(settings.STATIC_ROOT))
    names = set(re.findall(r'(?:src|href)="/static/([^"]+)"', page.text))
    # Plotly is loaded after the page is there, and has a budget of its own.
    files = [root / name for name in names if "plotly.min" not in name]
    figures = re.findall(
        r'<script id="[^"]*" type="application/json">(.*?)</script>', page.text
    )
    whole = html + sum(packed(one.read_bytes()) for one in files)
    return html, whole, max(map(len, figures), default=0) / 1000


def on_one(name: str, args: argparse.Namespace, *, sqlite: bool) -> tuple[str, bool]:
    """Everything on one database: a section, and whether pages keep their queries."""
    with standing(sqlite=sqlite):
        from django.urls import reverse

        from projects.models import User

        engagement = engaged()
        began = perf_counter()
        made = many.write(engagement, args.engagements, args.runs)
        filling = perf_counter() - began
        manager = engagement.owner
        executive = User.objects.get(email="person-0@example.test")
        place = max(
            (n for n, need in enumerate(made.needs) if need == "KEPT"),
            key=lambda n: made.runs[n],
        )
        newest = many_runs.run_id(place, made.runs[place])
        pages = {
            "portfolio": reverse("dashboards:portfolio"),
            "engagement": reverse("dashboards:engagement", args=[made.ids[place]]),
            "run": reverse("evaluation:run", args=[newest]),
            "accuracy": reverse("dashboards:accuracy", args=[made.ids[place]]),
            "status": reverse("dashboards:status"),
        }
        User.objects.filter(pk=manager.pk).update(is_staff=True)
        told = [
            f"## {name}\n\n{args.engagements:,} engagements and {args.runs:,} runs, "
            f"written in {filling:.0f} s; the engagement shown has "
            f"{made.runs[place]:,} runs.\n"
        ]
        told += _of_lists(
            {"manager of all": manager, "customer's executive": executive}
        )
        lines, holds = _of_pages(pages, manager)
        told += lines
        told += served({"manager": manager, "executive": executive}, args.seconds)
        if not sqlite:
            how = plan(manager)
            used = "uses" if INDEX in how else "**does not use**"
            told.append(
                f"The list {used} the index `{INDEX}`; within Postgres it takes "
                f"{execution(how):.2f} ms.\n\n```\n{how}\n```\n"
            )
        return "\n".join(told), holds


def _of_lists(readers: dict[str, User]) -> list[str]:
    lines = [
        "| List of 50, for | Ours | Added up | Ratio |",
        "|---|---:|---:|---:|",
    ]
    for name, reader in readers.items():
        ours, naive = lists(reader)
        lines.append(
            f"| {name} | {ours:.1f} ms | {naive:,.0f} ms | {naive / ours:,.0f} × |"
        )
    return [*lines, ""]


def _of_pages(pages: dict[str, str], reader: User) -> tuple[list[str], bool]:
    lines = [
        "| Page | Queries | Time | HTML | With CSS and JS | Largest figure |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    holds = True
    for name, address in pages.items():
        queries, took, _size = measure(address, reader)
        html, whole, figures = weights(address, reader)
        most = MAY_MAKE.get(name)
        holds = holds and (most is None or queries <= most)
        allowed = "" if most is None else f" of {most}"
        lines.append(
            f"| {name} | {queries}{allowed} | {took:.0f} ms | {html:.1f} kB | "
            f"{whole:.1f} kB | {figures:.1f} kB |"
        )
    return [*lines, ""], holds


def main() -> int:
    """Measure and write the page; each database in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engagements", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--only", choices=["postgres", "sqlite"])
    args = parser.parse_args()
    if args.only:
        section, holds = on_one(
            {"postgres": "Postgres 18", "sqlite": "SQLite"}[args.only],
            args,
            sqlite=args.only == "sqlite",
        )
        sys.stdout.write(section)
        return int(not holds)
    return _both(args)


def _both(args: argparse.Namespace) -> int:
    """Django knows one database a process, so each has one."""
    import subprocess

    load = os.getloadavg()[0]
    head = (
        f"# Measured {date.today():%Y-%m-%d} on {platform.machine()}, "  # noqa: DTZ011
        f"Python {platform.python_version()}\n\n"
        f"`make bench-web`, begun with {load:.1f} processes ready to run on "
        f"{os.cpu_count()} processors; the clock depends on "
        "what else the machine does. "
        "Added up is the same list from the runs themselves: runs, passes, the newest "
        "day and the worst error of each engagement, the worst first. Sizes are "
        "compressed by gzip; a figure is the plain JSON within the HTML, for Plotly, "
        "which is loaded afterwards and not counted.\n\n"
        "Goals on Postgres: the list within 3 ms there and 300 times as fast as adding "
        "up; the portfolio within 60 ms for 19 of 20 answers to 20 readers; 60 kB of "
        "HTML, 150 kB in all; 25 kB a figure.\n"
    )
    sections, codes = [], []
    for name in ("postgres", "sqlite"):
        words = [
            *(sys.executable, "-m", "bench.web", "--only", name),
            *("--engagements", str(args.engagements), "--runs", str(args.runs)),
            *("--seconds", str(args.seconds)),
        ]
        done = subprocess.run(words, stdout=subprocess.PIPE, text=True, check=False)  # noqa: S603
        sections.append(done.stdout)
        codes.append(done.returncode)
    RESULTS.write_text("\n".join([head, *sections]), encoding="utf-8")
    sys.stdout.write(RESULTS.read_text(encoding="utf-8"))
    return max(codes)


if __name__ == "__main__":
    sys.exit(main())
