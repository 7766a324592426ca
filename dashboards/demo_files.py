"""The demo's files: made up, shaped like those of a press line, a grid and a store."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from datetime import date

HOURS = 2400
MONTHS = 24


def press_line(spread: float, missed: int = 1) -> bytes:
    """Shifts of three presses: 40 failures, so many missed; too few to prove 5 %.

    ``spread``: how far the scores lie apart from what is true.
    """
    random = np.random.default_rng(20260401)
    truth = np.zeros(1638, int)
    truth[random.choice(1638, 40, replace=False)] = 1
    score = np.clip(random.normal(0.25 + 0.5 * truth, spread), 0, 1)
    predicted = (score >= 0.5).astype(int)
    predicted[truth == 1] = 1
    predicted[np.flatnonzero(truth)[:missed]] = 0
    lines = ["y_true,y_pred,y_score,segment"]
    for row, (t, p, s) in enumerate(zip(truth, predicted, score, strict=True)):
        lines.append(f"{t},{p},{s:.4f},プレス{row % 3 + 1}号機")
    return "\n".join(lines).encode()


def forecast(error: float, until: date) -> bytes:
    """A hundred days of demand with a forecast that misses by ``error`` (a share)."""
    random = np.random.default_rng(20260402)
    hours = np.arange(HOURS)
    truth = 3000 + 600 * np.sin(hours * 2 * np.pi / 24) + random.normal(0, 50, HOURS)
    predicted = truth * (1 + random.normal(0, error, HOURS))
    first = np.datetime64(until, "h") - np.timedelta64(HOURS, "h")
    lines = ["timestamp,y_true,y_pred"]
    for hour, t, p in zip(hours, truth, predicted, strict=True):
        stamp = str(first + np.timedelta64(int(hour), "h")).replace("T", " ")
        lines.append(f"{stamp}:00,{t:.1f},{p:.1f}")
    return "\n".join(lines).encode()


def spare_parts(cover: float, until: date) -> bytes:
    """Two years of twelve parts under a policy that runs short too often.

    ``cover``: up to how many months of demand are ordered.
    """
    random = np.random.default_rng(20260403)
    lines = ["sku,period,demand,demand_met_from_stock,on_hand_end,order_qty"]
    first = np.datetime64(until, "M") - np.timedelta64(MONTHS, "M")
    for part in range(12):
        mean = 4 + 3 * part
        level, held, coming = round(cover * mean), round(cover * mean), 0
        for month in range(MONTHS):
            held += coming
            demand = int(random.poisson(mean))
            met = min(held, demand)
            held -= met
            coming = level - held
            period = f"{first + np.timedelta64(month, 'M')}-01"
            sku = f"P-{4100 + 7 * part}"
            lines.append(f"{sku},{period},{demand},{met},{held},{coming}")
    return "\n".join(lines).encode()
