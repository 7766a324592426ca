"""Engagements of every kind with what was agreed of them, and a file that is judged."""

from __future__ import annotations

from decimal import Decimal

from projects.catalogue import Terms
from projects.services.agreement import CriterionDraft


def agreed() -> dict[str, tuple[str, CriterionDraft, Terms]]:
    """Engagements by name: their kind, a criterion, and how files are measured."""
    usual, sure = Terms(), Decimal("0.95")
    classes = (
        "anomaly",
        CriterionDraft("macro_f1", "at_least", Decimal("0.5"), None),
        Terms(classes=("良品", "傷", "打痕", "汚れ")),
    )
    return {
        "anomaly": (
            "anomaly",
            CriterionDraft("f1", "at_least", Decimal("0.66"), None),
            usual,
        ),
        "demand_forecast": (
            "demand_forecast",
            CriterionDraft("mape", "at_most", Decimal(3), None),
            usual,
        ),
        "measured": (
            "anomaly",
            CriterionDraft("miss_rate", "at_most", Decimal("0.05"), sure),
            usual,
        ),
        "priced": (
            "anomaly",
            CriterionDraft("event_recall", "at_least", Decimal("0.5"), sure),
            Terms(yen_false_alarm=4_000, yen_miss=90_000, alarm_gap_seconds=3_600),
        ),
        "classes": classes,
        # Another version comes into force here: no run may be measured by it.
        "drafted": classes,
        "ahead": (
            "demand_forecast",
            CriterionDraft("coverage", "at_least", Decimal("0.9"), sure),
            Terms(season=24, interval=0.9, yen_over=30, yen_under=90),
        ),
        "inventory": (
            "inventory",
            CriterionDraft("fill_rate", "at_least", Decimal("0.95"), sure),
            Terms(holding_rate=0.02, unit_cost=900, yen_shortage=5_000, yen_order=400),
        ),
        "segments": (
            "anomaly",
            CriterionDraft("miss_rate", "at_most", Decimal("0.2"), sure, "each"),
            usual,
        ),
        "layout": (
            "layout",
            CriterionDraft("improvement_percent", "at_least", Decimal(10), sure),
            usual,
        ),
    }


def alarms() -> bytes:
    """Scores and segments too, so that the run's page shows all it can show."""
    lines = ["y_true,y_pred,y_score,segment"]
    for row in range(600):
        happened = row % 10 == 0
        alarm = happened != (row % 7 == 0)
        score = (0.5 if alarm else 0.0) + (row * 37 % 50) / 100
        lines.append(f"{happened:d},{alarm:d},{score:.2f},{row % 3 + 1}号機")
    return "\n".join(lines).encode()
