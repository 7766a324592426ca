"""Speed and memory of the engine beside its peers, in one run on one machine.

    python -m bench.run [ROWS]

Each measurement is a process of its own, so that memory is its own too. Peers that
need packages of their own run in environments of their own, which `make bench`
installs. Writes bench/RESULTS.md.
"""

from __future__ import annotations

import os
import platform
import sys
import tempfile
from datetime import date
from pathlib import Path
from typing import Final

from bench.files import write_csv, write_detection, write_forecast
from bench.table import (
    Contender,
    Goal,
    faster,
    holds,
    line,
    ours,
    printed,
    spent,
    took,
    within,
)

RESULTS: Final = Path(__file__).with_name("RESULTS.md")
PEERS: Final = Path(__file__).parent.parent / ".bench"
REPEATS: Final = 5
STORED: Final = 64 * 1024  # bytes of a result that another threshold is counted from


def peer(where: str, program: str, path: Path, *words: str) -> Contender:
    """A peer in its own environment."""
    python = str(PEERS / where / "bin" / "python")
    return Contender((python, "-m", f"bench.peers.{program}", str(path), *words))


def detection(path: Path, rows: int) -> list[str]:
    """Warm, with a peer's script, and the peers that report."""
    found = took(
        {
            "raw": ours("raw", path, REPEATS),
            "exact": ours("exact", path, REPEATS),
            "sketch": ours("sketch", path, REPEATS),
            "scikit-learn": ours("scikit-learn", path),
            "mlflow": peer("mlflow", "mlflow_model", path),
            "preset": peer("evidently", "evidently_report", path, "preset"),
            "quality": peer("evidently", "evidently_report", path, "quality"),
        }
    )
    exact, sketch, raw = found["exact"], found["sketch"], found["raw"]
    return [
        line(f"pyarrow reads {rows:,} rows", spent(raw)),
        line("scikit-learn on pandas", spent(found["scikit-learn"])),
        line("mlflow.models.evaluate of a model", spent(found["mlflow"])),
        line("Evidently, classification preset", spent(found["preset"])),
        line("Evidently, classification quality", spent(found["quality"])),
        line(
            "Kenshu, exact",
            spent(exact),
            faster(exact, found["scikit-learn"], 30, "scikit-learn"),
            faster(exact, found["mlflow"], 150, "MLflow"),
            faster(exact, found["preset"], 200, "Evidently's preset"),
            faster(exact, found["quality"], 90, "its quality report"),
            within(exact, raw, 3),
            holds(exact, 200 + 12e-6 * rows),
        ),
        line(
            "Kenshu, sketch",
            spent(sketch),
            faster(sketch, found["scikit-learn"], 60, "scikit-learn"),
            within(sketch, raw, 2),
        ),
    ]


def cold(path: Path, rows: int, least: float) -> list[str]:
    """Whole processes from start to end."""
    found = took({"ours": ours("cold", path, 3), "script": ours("script", path)})
    return [
        line(f"scikit-learn script, {rows:,} rows, whole", spent(found["script"])),
        line(
            f"kenshu-evaluate, {rows:,} rows, whole",
            spent(found["ours"]),
            faster(found["ours"], found["script"], least),
        ),
    ]


def growing(folder: Path, rows: int) -> list[str]:
    """Sketches of ever larger files; the largest shared by two workers too."""
    out = []
    for more in (rows // 10, rows, 5 * rows):
        path = folder / f"{more}.parquet"
        write_detection(path, more)
        wanted = {"sketch": ours("sketch", path, 3)}
        largest = more == 5 * rows
        if largest:
            wanted |= {
                name: ours(name, path, 3) for name in ("one worker", "two workers")
            }
            wanted |= {
                "raw": ours("raw", path, 3),
                "scikit-learn": ours("scikit-learn", path),
            }
        found = took(wanted)
        goals = [holds(found["sketch"], 250)]
        if largest:
            out.append(
                line(f"scikit-learn, {more:,} rows", spent(found["scikit-learn"]))
            )
            goals += [
                faster(found["sketch"], found["scikit-learn"], 90, "scikit-learn"),
                within(found["sketch"], found["raw"], 2),
            ]
        out.append(line(f"sketch, {more:,} rows", spent(found["sketch"]), *goals))
        if largest:
            one, two = found["one worker"], found["two workers"]
            out += [
                line(f"one worker process, {more:,} rows", spent(one)),
                line("two worker processes", spent(two), faster(two, one, 1.7)),
            ]
        path.unlink()
    return out


def csv(folder: Path, parquet: Path, rows: int) -> list[str]:
    """The same rows as text."""
    path = folder / "detection.csv"
    write_csv(path, parquet)
    found = took(
        {
            "raw": ours("raw csv", path, 3),
            "ours": ours("exact", path, 3),
            "scikit-learn": ours("scikit-learn", path),
        }
    )
    path.unlink()
    return [
        line(f"pyarrow reads {rows:,} rows of CSV", spent(found["raw"])),
        line("pandas and scikit-learn on CSV", spent(found["scikit-learn"])),
        line(
            "Kenshu on CSV, exact",
            spent(found["ours"]),
            within(found["ours"], found["raw"], 1.2, "the reader alone"),
            faster(found["ours"], found["scikit-learn"], 12, "scikit-learn"),
        ),
    ]


def forecast(folder: Path, rows: int) -> list[str]:
    """A thousand series: all metrics with intervals for each of them."""
    path = folder / "forecast.parquet"
    write_forecast(path, rows)
    found = took(
        {
            "raw": ours("raw", path, REPEATS),
            "ours": ours("forecast", path, REPEATS),
            "pandas": ours("pandas", path, 3),
            "utilsforecast": peer("utilsforecast", "utils_forecast", path),
        }
    )
    path.unlink()
    return [
        line(f"pyarrow reads {rows:,} rows of forecasts", spent(found["raw"])),
        line("pandas groupby, six metrics", spent(found["pandas"])),
        line("utilsforecast, six metrics", spent(found["utilsforecast"])),
        line(
            "Kenshu, forecast, all metrics with intervals",
            spent(found["ours"]),
            faster(found["ours"], found["utilsforecast"], 5, "utilsforecast"),
            within(found["ours"], found["raw"], 3),
        ),
    ]


def stored(folder: Path, path: Path, rows: int) -> list[str]:
    """What is asked of a stored result, and the whole path to one."""
    again = printed(ours("again", path).words)
    smaller = folder / "smaller.parquet"
    write_detection(smaller, rows)
    exact = printed(ours("exactness", smaller).words)
    whole = printed((sys.executable, "-m", "bench.path", str(smaller)))
    ratio = whole["path"] / whole["engine"]
    smaller.unlink()
    return [
        line(
            "another threshold and other prices, from what is stored",
            f"{1000 * again['seconds']:.1f} ms | | {again['bytes'] / 1024:.0f} kB",
            Goal("goal ≤ 5 ms", again["seconds"] <= 0.005),
            Goal("goal ≤ 64 kB", again["bytes"] <= STORED),
        ),
        line(
            f"exactness, {rows:,} rows",
            "| |",
            Goal(
                f"{exact['away']:.0e} from scikit-learn, goal ≤ 1e-12",
                exact["away"] <= 1e-12,
            ),
            Goal("the value inside the sketch's bound", exact["inside"]),
        ),
        line(
            f"task picked up to verdict recorded, {rows:,} rows",
            f"{whole['path']:.2f} s | |",
            Goal(f"{ratio:.1f} × the engine alone, goal ≤ 2", ratio <= 2),
        ),
    ]


def main() -> int:
    """Measure and write the page."""
    rows = int(float(sys.argv[1])) if len(sys.argv) > 1 else 10_000_000
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path, small = folder / "detection.parquet", folder / "small.parquet"
        write_detection(path, rows)
        write_detection(small, rows // 10)
        out = [
            *detection(path, rows),
            *cold(path, rows, 18),
            *cold(small, rows // 10, 5),
            *stored(folder, path, rows // 10),
            *csv(folder, path, rows),
            *forecast(folder, rows),
        ]
        path.unlink()
        out += growing(folder, rows)
    machine = f"{platform.machine()}, Python {platform.python_version()}"
    ready = f"{load:.1f} processes ready to run on {os.cpu_count()} processors"
    head = (
        f"# Measured {date.today():%Y-%m-%d} on {machine}\n\n"  # noqa: DTZ011 - a label
        f"`make bench`, begun with {ready}: medians of up to five processes each "
        "(of the slow peers one), taken by turns; the file is in the page cache, and a "
        "second call in the same process is timed unless it says whole; memory is the "
        "most the process held. Seconds of the clock and of all processors together; "
        "the clock depends on what else the machine does, and the goals are about the "
        "clock.\n\n"
        "| What | Clock | Processors | Memory | Goals |\n|---|---:|---:|---:|---|\n"
    )
    RESULTS.write_text(head + "\n".join(out) + "\n", encoding="utf-8")
    sys.stdout.write(RESULTS.read_text(encoding="utf-8"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
