"""Runs of every kind with real results, written without a worker."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from evaluation import judge, runner
from evaluation.figures import figures_of
from evaluation.metrics import detection, forecast, inventory, trial
from evaluation.metrics.history import history_of
from evaluation.models import CriterionVerdict, Result, Run, RunStatus, Upload
from projects.catalogue import Terms
from projects.models import Agreement, AgreementStatus, Criterion, Engagement
from tests.past import past_the_guard

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evaluation.metrics import Finished

NOON = datetime(2026, 11, 25, 3, tzinfo=UTC)
LINES = ("プレス1号機", "プレス2号機", "12", 'a "quoted" name')


def alarms(
    seed: int = 1,
    rows: int = 800,
    segments: Sequence[str] = LINES,
    blind: str = "",
    classes: tuple[str, ...] = (),
) -> Finished:
    """Watched rows with a tenth real; in the ``blind`` segment nothing is found."""
    random = np.random.default_rng(seed)
    names = np.array(segments, object)[np.arange(rows) % len(segments)]
    if classes:
        truth = np.array(classes, object)[random.integers(0, len(classes), rows)]
        right = random.random(rows) < 0.8
        said = np.where(right, truth, classes[0])
        columns = {"y_true": pa.array(truth), "y_pred": pa.array(said)}
        terms = Terms(classes=classes)
    else:
        real = random.random(rows) < 0.1
        found = np.where(real, random.random(rows) < 0.9, random.random(rows) < 0.05)
        found &= names != blind
        columns = {"y_true": real.astype(np.int8), "y_pred": found.astype(np.int8)}
        terms = Terms(threshold=0.5)
    start = np.datetime64("2026-11-01T00:00", "us")
    stamps = start + np.arange(rows) * np.timedelta64(600, "s")
    batch = pa.record_batch({**columns, "segment": names, "timestamp": stamps})
    return detection.finish(detection.part(batch, terms=terms), terms)


def forecasts(series: Sequence[str] = ("北",), error: float = 0.1) -> Finished:
    """Forecasts some hours ahead with an interval, and past values to scale by."""
    random = np.random.default_rng(3)
    hours = np.arange("2026-01-01", "2026-01-08", dtype="datetime64[h]")
    rows = len(hours) * len(series)
    stamps = np.tile(hours, len(series)).astype("datetime64[us]")
    name = np.repeat(np.array(series, object), len(hours))
    actual = 100 + 20 * np.sin(np.arange(rows)) + random.normal(0, 5, rows)
    said = actual * random.normal(1, error, rows)
    terms = Terms(interval=0.9)
    columns = {
        "target_time": stamps,
        "timestamp": stamps,
        "series_id": name,
        "horizon": np.tile(np.arange(len(hours)) % 24 + 1, len(series)),
        "y_true": actual,
        "y_pred": said,
        "y_lower": said - 20,
        "y_upper": said + 20,
    }
    past = pa.record_batch(
        {
            "series_id": np.repeat(np.array(series, object), 48),
            "timestamp": np.tile(
                np.arange("2025-12-30", "2026-01-01", dtype="datetime64[h]"),
                len(series),
            ).astype("datetime64[us]"),
            "y_true": 100 + 20 * np.sin(np.arange(48 * len(series))),
        }
    )
    history = history_of([past], 1)
    batch = pa.record_batch(columns)
    found = forecast.part(batch, 0, terms, history=history)
    return forecast.finish(found, terms, history)


def stock(segments: Sequence[str] = ("部品",)) -> Finished:
    """Two years of three parts, held at a price."""
    random = np.random.default_rng(4)
    months = np.arange("2024-01", "2026-01", dtype="datetime64[M]")
    rows = len(months) * 3
    demand = random.poisson(9, rows).astype(float)
    met = np.minimum(demand, 10)
    terms = Terms(holding_rate=0.02, yen_shortage=500.0, unit_cost=1200.0)
    batch = pa.record_batch(
        {
            "sku": np.repeat(np.array(["P1", "P2", "P3"], object), len(months)),
            "segment": np.array(segments, object)[np.arange(rows) % len(segments)],
            "period": np.tile(months, 3).astype("datetime64[us]"),
            "demand": demand,
            "demand_met_from_stock": met,
            "on_hand_end": 10 - met,
        }
    )
    return inventory.finish(inventory.part(batch, 0, terms), terms)


def trials(gain: float = 0.1) -> Finished:
    """Forty trips before and after a new layout, in two zones."""
    random = np.random.default_rng(5)
    before = random.normal(60, 5, 40)
    batch = pa.record_batch(
        {
            "trial": np.arange(40),
            "before": before,
            "after": before * (1 - gain) + random.normal(0, 1, 40),
            "segment": np.array(["倉庫A", "倉庫B"], object)[np.arange(40) % 2],
        }
    )
    return trial.finish(trial.part(batch))


def version(
    engagement: Engagement,
    number: int,
    *limits: dict[str, Any],
    terms: Terms | None = None,
    in_force: bool = True,
) -> Agreement:
    """A signed version with these limits, the one in force unless it is past."""
    found: Agreement = past_the_guard(Agreement).create(
        engagement=engagement,
        version=number,
        status=AgreementStatus.IN_FORCE if in_force else AgreementStatus.SUPERSEDED,
        digest="d" * 64,
        reason="版",
        terms=(terms or Terms()).to_json(),
        drafted_by=engagement.owner,
    )
    past_the_guard(Criterion).bulk_create(
        [Criterion(agreement=found, **limit) for limit in limits]
    )
    return found


def run_of(
    agreement: Agreement,
    number: int,
    finished: Finished,
    *,
    days_ago: int = 0,
    told: bool = True,
) -> Run:
    """A measured run, judged as the worker judges; without figures unless ``told``."""
    engagement = agreement.engagement
    upload = Upload.objects.create(
        engagement=engagement,
        file="none.csv",
        name=f"{number}.csv",
        size=1,
        sha256=f"{number:064}",
        layout={},
        uploaded_by=engagement.owner,
    )
    run = Run.objects.create(
        number=number,
        agreement=agreement,
        upload=upload,
        sha256=upload.sha256,
        columns={},
        submitted_by=engagement.owner,
        status=RunStatus.MEASURED,
        finished_at=NOON - timedelta(days=days_ago),
    )
    lines = [
        (one, runner.judged(one.as_limit(), finished))
        for one in agreement.criteria.all()
    ]
    result = Result.objects.create(
        run=run,
        outcome=judge.judge(line for _one, line in lines).value,
        finished=finished.to_json(),
        figures=figures_of(finished, engagement.shape) if told else None,
        rows=finished.rows,
        evaluator_version="1",
        seconds=1,
    )
    CriterionVerdict.objects.bulk_create(
        CriterionVerdict(
            result=result,
            criterion=one,
            outcome=line.outcome.value,
            reason=line.reason.value,
            segment=line.segment,
            value=line.measured.value,
            low=line.measured.low,
            high=line.measured.high,
            cases=line.measured.cases,
        )
        for one, line in lines
    )
    return run
