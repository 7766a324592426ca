"""Reading a bill through and taking it over, into a Postgres of its own.

    python -m bench.costs_taking [--lines 500000]

Writes a generated report of a tenth and one of all lines, and works on each in a
process of its own. Fails when the sum in the database is not that of what was written,
or when ten times the lines take half as much memory again.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from bench.costs_import import CUR, MOST_GROWTH, cur_rows, write
from bench.timed import timed

if TYPE_CHECKING:
    from costs.models import CostImport

LINES: Final = 500_000


def work(path: Path, step: str) -> None:
    """One worker's part on the newest delivery, timed; then what the database sums."""
    import django

    django.setup()
    from django.db.models import Sum

    from costs import importing
    from costs.models import Charge
    from costs.services import imports

    delivered = deliver(path) if step == "read" else newest()
    if step == "take":
        imports.take_over(delivered=delivered, by=delivered.delivered_by, rings=False)
    timed(lambda: importing.work_on(delivered.pk))
    delivered.refresh_from_db()
    lines = Charge.objects.filter(imported=delivered)
    told = {
        "status": delivered.status,
        "lines": lines.count(),
        "sum": str(lines.aggregate(total=Sum("cost"))["total"] or 0),
        "read": delivered.report.get("delivered", {}).get("USD", "0"),
    }
    sys.stdout.write(json.dumps(told) + "\n")


def newest() -> CostImport:
    """The delivery that was read through last."""
    from costs.models import CostImport

    return CostImport.objects.latest("delivered_at")


def deliver(path: Path) -> CostImport:
    """The report as a delivery of a provider of its own, with what it needs."""
    from datetime import date

    from django.core.files.base import File

    from costs.models import ExchangeRate
    from costs.services import imports
    from projects.models import Membership, Organisation, User

    provider = Organisation.objects.create(name=path.name, kind="provider")
    by = User.objects.create_user(f"{path.stem}@example.test", name="Bench")
    Membership.objects.create(user=by, organisation=provider, role="project_manager")
    ExchangeRate.objects.create(
        organisation=provider,
        currency="USD",
        day=date(2026, 10, 1),
        yen=150,
        source="bench",
        recorded_by=by,
    )
    with path.open("rb") as file:
        return imports.deliver(
            organisation=provider,
            file=File(file, name=path.name),
            name=path.name,
            sha256=imports.digest_of(path),
            by=by,
            rings=False,
        )


# Any: JSON.
def measured(path: Path, step: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """What it took and what it came to, in a process of its own."""
    call = [sys.executable, "-m", "bench.costs_taking", "--work", step, str(path)]
    said = subprocess.run(call, check=True, capture_output=True, text=True).stdout  # noqa: S603
    took, found = map(json.loads, said.strip().splitlines())
    return took, found


def compare(count: int) -> int:
    """Print both sizes; 1 when a sum is wrong or memory grows with the lines."""
    from config.embedded import postgres

    held: list[float] = []
    with tempfile.TemporaryDirectory() as at, postgres(Path(at, "database")) as address:
        os.environ["DATABASE_URL"] = address
        os.environ["MEDIA_ROOT"] = str(Path(at, "media"))
        migrate = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
        subprocess.run(migrate, check=True)  # noqa: S603
        for size in (count // 10, count):
            path = Path(at, f"report-{size}.csv")
            total = write(path, CUR, cur_rows, size)
            for step in ("read", "take"):
                took, found = measured(path, step)
                sys.stdout.write(
                    f"{size:,} lines, {step}: {took['seconds']:.0f} s,"
                    f" {size / took['seconds']:,.0f} lines a second,"
                    f" at most {took['megabytes']:,.0f} MB\n"
                )
            held.append(took["megabytes"])
            if (found["lines"], Decimal(found["sum"])) != (size, total):
                sys.stdout.write(f"{found} is not {size:,} lines of {total}\n")
                return 1
    grown = held[1] / held[0]
    sys.stdout.write(f"ten times the lines take {grown:.2f} times the memory\n")
    return int(grown > MOST_GROWTH)


def main() -> int:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=LINES)
    parser.add_argument("--work", nargs=2)
    asked = parser.parse_args()
    if asked.work is None:
        settings = {
            "SECRET_KEY": "only for measuring",
            "REDIS_URL": "redis://127.0.0.1:1/0",
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }
        os.environ.update(settings)
        return compare(asked.lines)
    step, path = asked.work
    work(Path(path), step)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
