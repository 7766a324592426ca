"""A million runs with their results and verdicts, poured into the database."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from bench.drawn import NOW, outcome_of
from bench.pouring import pour

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.drawn import Many
    from projects.models import User

# What stands in most rows of results: nobody opens a run of two years ago.
OLD: Final = "{}"


def write_runs(many: Many, people: list[User], agreement: int, criterion: int) -> None:
    """Every run of each engagement, what was measured, and the newest verdicts."""
    from evaluation.models import CriterionVerdict, Result, Run

    run = Run(
        number=1,
        agreement_id=agreement,
        upload_id=many.ids[0],
        columns={},
        submitted_by=people[0],
    )
    pour(run, _run_rows(many, agreement))
    finished, figures = _finished()
    result = Result(
        run_id=many.ids[0],
        outcome="pass",
        finished={},
        figures=figures,
        rows=1638,
        evaluator_version="1",
        seconds=0.4,
    )
    newest = {run_id(n, count) for n, count in enumerate(many.runs)}
    pour(
        result,
        (
            {
                "run_id": pk,
                "outcome": outcome,
                "finished": finished if pk in newest else OLD,
            }
            for _place, pk, outcome, _error, _number in _measured(many)
        ),
    )
    first = Result.objects.order_by("pk").values_list("pk", flat=True)[0]
    verdict = CriterionVerdict(
        result_id=first,
        criterion_id=criterion,
        outcome="pass",
        reason="interval",
        cases=40,
    )
    pour(
        verdict,
        (
            {
                "result_id": first + line,
                "criterion_id": criterion + place,
                "outcome": outcome,
                "value": error * 0.05,
                "low": error * 0.03,
                "high": error * 0.08,
            }
            for line, (place, _pk, outcome, error, _number) in enumerate(
                _measured(many)
            )
        ),
    )
    _latest(many, agreement)


def run_id(place: int, number: int) -> uuid.UUID:
    """The address of a run, which can be told from its place and number."""
    return uuid.UUID(int=(4 << 76) | (8 << 60) | (place << 32) | number)


def _status(place: int, number: int, runs: int) -> str:
    """Of twenty runs one was refused; a few newer ones broke off."""
    if number == runs:
        return "measured"
    if (place + number) % 20 == 0:
        return "refused"
    # What breaks off is sent again, so that few of them stay.
    return "failed" if number == runs - 1 and place % 200 == 0 else "measured"


def _run_rows(many: Many, agreement: int) -> Iterator[dict[str, Any]]:
    for place, runs in enumerate(many.runs):
        for number in range(1, runs + 1):
            at = NOW - timedelta(hours=6 * (runs - number) + place % 6)
            yield {
                "id": run_id(place, number),
                "number": number,
                "agreement_id": agreement + place,
                "upload_id": many.ids[place],
                "sha256": f"{number:064x}",
                "status": _status(place, number, runs),
                "submitted_at": at,
                "begun_at": at,
                "finished_at": at + timedelta(seconds=2),
                "rows_read": 1638,
                "rows_total": 1638,
            }


def _measured(many: Many) -> Iterator[tuple[int, uuid.UUID, str, float, int]]:
    """Every measured run: place, run, outcome, error by what is allowed, number."""
    for place, runs in enumerate(many.runs):
        errors = many.errors(place)
        for number in range(1, runs + 1):
            if _status(place, number, runs) != "measured":
                continue
            error = errors[number - runs - 1] if runs - number < len(errors) else 1.3
            outcome = "fail" if error > 1 else "pass"
            if number == runs:
                outcome = outcome_of(many.needs[place]) or "pass"
            yield place, run_id(place, number), outcome, error, number


def _finished() -> tuple[str, dict[str, Any]]:
    """What is kept of one small file that was really measured, and its figures."""
    import json

    import numpy as np
    import pyarrow as pa

    from evaluation.figures import figures_of
    from evaluation.metrics import detection
    from projects.catalogue import Shape

    chance = np.random.default_rng(20261125)
    truth = (chance.random(1638) < 0.03).astype(np.int8)
    score = np.clip(chance.normal(0.25 + 0.5 * truth, 0.15), 0, 1)
    batch = {"y_true": truth, "y_pred": (score > 0.5).astype(np.int8)}
    finished = detection.finish(
        detection.part(pa.record_batch({**batch, "y_score": score}))
    )
    keys = ("miss_rate", "precision", "recall")
    return json.dumps(finished.to_json()), figures_of(finished, Shape.DETECTION, keys)


def _latest(many: Many, agreement: int) -> None:
    from django.db.models import Max

    from evaluation.models import CriterionVerdict, LatestVerdict

    newest = dict(
        CriterionVerdict.objects.order_by()
        .values_list("criterion__agreement_id")
        .annotate(pk=Max("pk"))
    )
    latest = LatestVerdict(
        engagement_id=many.ids[0], run_id=run_id(0, 1), outcome="pass"
    )
    pour(
        latest,
        (
            {
                "engagement_id": many.ids[place],
                "run_id": run_id(place, runs),
                "outcome": outcome_of(many.needs[place]),
                "worst_id": newest[agreement + place],
            }
            for place, runs in enumerate(many.runs)
            if many.needs[place] != "UNMEASURED"
        ),
    )
