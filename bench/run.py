"""Speed and memory of the engine beside its peers, in one run on one machine.

    python -m bench.run [ROWS]

Each measurement is a process of its own, so that memory is its own too. Writes
bench/RESULTS.md.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import median
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

RESULTS: Final = Path(__file__).with_name("RESULTS.md")
REPEATS: Final = 3
SLOW: Final = ("sklearn", "script")
GROUP: Final = 1 << 20
SEGMENTS: Final = 100


@dataclass(frozen=True, slots=True)
class Took:
    """Of one contender: median seconds, those of processors, and the most memory."""

    seconds: float
    busy: float
    megabytes: float


def write_detection(path: Path, rows: int) -> None:
    """Rare events with scores of 0..1 in a hundred segments, as zstd Parquet."""
    random = np.random.default_rng(20181110)
    names = pa.array([f"line-{i:02d}" for i in range(SEGMENTS)])
    writer = None
    for start in range(0, rows, GROUP):
        count = min(GROUP, rows - start)
        real = random.random(count) < 0.01
        score = 1 / (1 + np.exp(3 - 2.5 * real - random.normal(size=count)))
        codes = pa.array(random.integers(0, SEGMENTS, count).astype(np.int16))
        columns = {
            "y_true": real.astype(np.int8),
            "y_score": score,
            "segment": pa.DictionaryArray.from_arrays(codes, names),
        }
        table = pa.table(columns)
        writer = writer or pq.ParquetWriter(path, table.schema, compression="zstd")
        writer.write_table(table)
    if writer is not None:
        writer.close()


def write_forecast(path: Path, rows: int) -> None:
    """A thousand series of hours with a forecast, as zstd Parquet."""
    random = np.random.default_rng(20181111)
    hours = np.arange(rows) // 1_000
    codes = pa.array((np.arange(rows) % 1_000).astype(np.int16))
    names = pa.array([f"S{i:04d}" for i in range(1_000)])
    actual = 100 + 20 * np.sin(hours / 24) + random.normal(0, 5, rows)
    columns = {
        "series_id": pa.DictionaryArray.from_arrays(codes, names),
        "timestamp": pa.array(hours * 3_600_000_000, pa.timestamp("us")),
        "y_true": actual,
        "y_pred": actual + random.normal(0, 5, rows),
    }
    pq.write_table(pa.table(columns), path, compression="zstd", row_group_size=GROUP)


def took(contender: str, path: Path) -> Took:
    """Run one contender in processes of its own; the slow peers only once."""
    found = []
    for _ in range(1 if contender in SLOW else REPEATS):
        done = subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-m", "bench.contenders", contender, str(path)],
            capture_output=True,
            text=True,
            check=True,
        )
        found.append(json.loads(done.stdout))
    return Took(
        median(one["seconds"] for one in found),
        median(one["busy"] for one in found),
        max(one["megabytes"] for one in found),
    )


@dataclass(frozen=True, slots=True)
class Goal:
    """What a ratio or the memory should be, said and checked."""

    words: str
    met: bool


def faster(took: Took, peer: Took, least: float) -> Goal:
    """At least so many times faster than a peer."""
    ratio = peer.seconds / took.seconds
    words = f"{ratio:.1f} × faster ({peer.busy / took.busy:.1f} by processor)"
    return Goal(f"{words}, goal ≥ {least:g}", ratio >= least)


def within(took: Took, raw: Took, most: float) -> Goal:
    """At most so many times the raw read."""
    ratio = took.seconds / raw.seconds
    words = f"{ratio:.1f} × the raw read ({took.busy / raw.busy:.1f} by processor)"
    return Goal(f"{words}, goal ≤ {most:g}", ratio <= most)


def holds(took: Took, most: float) -> Goal:
    """At most so many megabytes."""
    return Goal(f"memory, goal ≤ {most:.0f} MB", took.megabytes <= most)


def line(name: str, took: Took, *goals: Goal) -> str:
    """One row of the table."""
    said = "; ".join(
        f"{goal.words}: {'met' if goal.met else '**unmet**'}" for goal in goals
    )
    spent = f"{took.seconds:.2f} s | {took.busy:.2f} s | {took.megabytes:.0f} MB"
    return f"| {name} | {spent} | {said} |"


def main() -> int:
    """Measure and write the page."""
    rows = int(float(sys.argv[1])) if len(sys.argv) > 1 else 10_000_000
    out: list[str] = []
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "detection.parquet"
        write_detection(path, rows)
        raw, peer = took("raw", path), took("sklearn", path)
        exact, sketch = took("exact", path), took("sketch", path)
        out += [
            line(f"pyarrow reads {rows:,} rows", raw),
            line("scikit-learn on pandas", peer),
            line(
                "Kenshu, exact",
                exact,
                faster(exact, peer, 30),
                within(exact, raw, 3),
                holds(exact, 200 + 12e-6 * rows),
            ),
            line(
                "Kenshu, sketch",
                sketch,
                faster(sketch, peer, 60),
                within(sketch, raw, 2),
            ),
        ]
        cold, script = took("cold", path), took("script", path)
        out += [
            line("scikit-learn script, whole process", script),
            line("kenshu-evaluate, whole process", cold, faster(cold, script, 18)),
        ]
        for more in (rows // 10, rows, 5 * rows):
            larger = Path(folder) / f"{more}.parquet"
            write_detection(larger, more)
            done = took("sketch", larger)
            out.append(line(f"sketch, {more:,} rows", done, holds(done, 250)))
            larger.unlink()
        forecast = Path(folder) / "forecast.parquet"
        write_forecast(forecast, rows)
        raw, ours = took("raw", forecast), took("forecast", forecast)
        out += [
            line("pyarrow reads the forecast file", raw),
            line("pandas groupby, six metrics", took("pandas", forecast)),
            line("Kenshu, forecast, all metrics", ours, within(ours, raw, 3)),
        ]
    machine = f"{platform.machine()}, Python {platform.python_version()}"
    ready = f"{load:.1f} processes ready to run on {os.cpu_count()} processors"
    head = (
        f"# Measured {date.today():%Y-%m-%d} on {machine}\n\n"  # noqa: DTZ011 - a label
        f"`make bench`, begun with {ready}: medians of three processes each (of the "
        "slow scikit-learn one), the file in the page cache; memory is the most the "
        "process held. Seconds of the clock and of all processors together; the clock "
        "depends on what else the machine does, and the goals are about the clock.\n\n"
        "| What | Clock | Processors | Memory | Goals |\n|---|---:|---:|---:|---|\n"
    )
    RESULTS.write_text(head + "\n".join(out) + "\n", encoding="utf-8")
    sys.stdout.write(RESULTS.read_text(encoding="utf-8"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
