"""Files of every kind, small and the same each time, as the browser tests send them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

if TYPE_CHECKING:
    from pathlib import Path

START = datetime(2026, 4, 1)  # noqa: DTZ001 - files have no zone

SHIFTS = ("早番", "遅番")


def written(folder: Path, name: str, head: str, rows: list[tuple[object, ...]]) -> Path:
    path = folder / name
    lines = [head, *(",".join(map(str, row)) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def events(folder: Path) -> Path:
    """Two presses by the minute, with stretches of faults, scores and today's rule."""
    random = np.random.default_rng(1)
    rows: list[tuple[object, ...]] = []
    for press in ("1号機", "2号機"):
        for minute in range(1_500):
            at = START + timedelta(minutes=minute)
            real = minute % 300 in range(140, 170)
            score = float(np.clip(random.normal(0.25 + 0.4 * real, 0.15), 0, 1))
            known = "" if minute < 5 else f"{score:.3f}"
            flagged = int(score > 0.55 and minute >= 5)
            rule = int(random.random() < (0.5 if real else 0.04))
            counts, changed = int(minute >= 20), int(minute % 300 in (140, 170))
            rows.append((at, int(real), flagged, known, press, counts, rule, changed))
    head = "timestamp,y_true,y_pred,y_score,segment,scored,y_rule,changepoint"
    return written(folder, "press.csv", head, rows)


def plain(folder: Path) -> Path:
    """Truth and judgement, and nothing else."""
    rows: list[tuple[object, ...]] = [
        (int(n % 9 == 0), int(n % 9 == 0 or n % 31 == 0)) for n in range(400)
    ]
    return written(folder, "plain.csv", "y_true,y_pred", rows)


def parted(folder: Path) -> Path:
    """A folder of Parquet files by press, with what a job leaves beside them."""
    base = folder / "presses"
    for number, press in enumerate(("1号機", "2号機")):
        inside = base / f"segment={press}"
        inside.mkdir(parents=True)
        truth = [int(n % 9 == 0) for n in range(200)]
        judged = [int(n % 9 == 0 or n % 31 == number) for n in range(200)]
        table = pa.table({"y_true": truth, "y_pred": judged})
        pq.write_table(table, inside / "part-0.parquet")
    (base / "_SUCCESS").write_bytes(b"")
    (base / "notes.txt").write_text("not read", encoding="utf-8")
    return base


def classes(folder: Path) -> Path:
    """Four named kinds of surface, some mixed up, from two lines."""
    names, random = ("良品", "傷", "打痕", "汚れ"), np.random.default_rng(2)
    rows: list[tuple[object, ...]] = []
    for number in range(600):
        truth = random.choice(4, p=(0.7, 0.15, 0.1, 0.05))
        judged = truth if random.random() < 0.85 else random.choice(4)
        rows.append((names[truth], names[judged], "AB"[number % 2]))
    return written(folder, "surface.csv", "正解,判定,ライン", rows)


def ahead(folder: Path) -> Path:
    """Three areas, two days by the hour, with the ends of a 90 % interval."""
    random = np.random.default_rng(3)
    rows: list[tuple[object, ...]] = []
    for area, mean in (("北", 900), ("中央", 3_000), ("南", 1_500)):
        for hour in range(48):
            actual = _load(mean, hour + 24 * 14, random)
            forecast = actual * random.normal(1, 0.02)
            ends = (f"{forecast * 0.97:.1f}", f"{forecast * 1.03:.1f}")
            at = START + timedelta(hours=hour + 24 * 14)
            rows.append((area, at, hour + 1, f"{actual:.1f}", f"{forecast:.1f}", *ends))
    head = "series_id,timestamp,horizon,y_true,y_pred,y_lower,y_upper"
    return written(folder, "load.csv", head, rows)


def past(folder: Path) -> Path:
    """Two weeks before ``ahead``."""
    random = np.random.default_rng(4)
    rows: list[tuple[object, ...]] = [
        (area, START + timedelta(hours=hour), f"{_load(mean, hour, random):.1f}")
        for area, mean in (("北", 900), ("中央", 3_000), ("南", 1_500))
        for hour in range(24 * 14)
    ]
    return written(folder, "past.csv", "series_id,timestamp,y", rows)


def _load(mean: float, hour: int, random: np.random.Generator) -> float:
    wave = 0.2 * np.sin(hour * 2 * np.pi / 24)
    return float(mean * (1 + wave + random.normal(0, 0.01)))


def stock(folder: Path) -> Path:
    """Twelve parts in two stores over two years, some of them short."""
    random = np.random.default_rng(5)
    rows: list[tuple[object, ...]] = []
    for part in range(12):
        level = held = 6 + 4 * part
        for month in range(24):
            demand = int(random.poisson(4 + 3 * part))
            met = min(held, demand)
            held = held - met
            store = ("東倉庫", "西倉庫")[part % 2]
            period = f"{2024 + month // 12}-{month % 12 + 1:02d}"
            ordered = level - held
            rows.append((f"P-{part:03d}", period, demand, met, held, ordered, store))
            held += ordered
    head = "品番,年月,需要,在庫充足,期末在庫,発注数,拠点"
    return written(folder, "stock.csv", head, rows)


def trials(folder: Path) -> Path:
    """Steps of a kitchen before and after moving a shelf."""
    random = np.random.default_rng(6)
    rows: list[tuple[object, ...]] = [
        (f"T{n:02d}", 420 + n, round(350 + n + random.normal(0, 15)), SHIFTS[n % 2])
        for n in range(24)
    ]
    return written(folder, "kitchen.csv", "trial,steps_before,steps_after,区分", rows)
