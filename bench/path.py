"""The whole path of a run, from the task that takes it up to its recorded verdict.

    python -m bench.path FILE ...

On a Postgres of its own. Prints the median seconds of the path and of the engine alone.
"""

from __future__ import annotations

import json
import sys
from decimal import Decimal
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING

from bench.place import PASSWORD, engaged, standing

if TYPE_CHECKING:
    from projects.models import Engagement

CUSTOMER = "executive@example.test"


def agree(engagement: Engagement) -> None:
    """Answer the screening, then put a version with one criterion in force."""
    from projects.catalogue import Bound, Terms
    from projects.models import Side, User
    from projects.services import agreement as agreements
    from projects.services import feasibility

    manager = engagement.owner
    assessment = feasibility.open_assessment(engagement=engagement, by=manager)
    for item in assessment.checklist.items:
        if item.due.value == "screen":
            feasibility.give_answer(
                assessment=assessment,
                item_id=item.id,
                value="yes" if "yes" in item.answers else item.answers[0],
                number=None,
                note="",
                by=manager,
            )
    feasibility.issue_assessment(assessment=assessment, by=manager)
    draft = agreements.draft_agreement(
        engagement=engagement,
        reason="Bench",
        terms=Terms(threshold=0.5, yen_false_alarm=300.0, yen_miss=9_000.0),
        criteria=[
            agreements.CriterionDraft("miss_rate", Bound.AT_MOST, Decimal("0.9"), None)
        ],
        by=manager,
    )
    signers = (
        (Side.PROVIDER, manager),
        (Side.CUSTOMER, User.objects.get(email=CUSTOMER)),
    )
    for side, signer in signers:
        agreements.sign(agreement=draft, side=side, password=PASSWORD, by=signer)
        draft.refresh_from_db()


def measure(file: Path, engagement: Engagement) -> tuple[float, float]:
    """Seconds of the path and of the engine alone, of one file that was submitted."""
    from django.core.files.base import File

    from evaluation import pipeline, stripes
    from evaluation.ingest.folders import digest_of
    from evaluation.ingest.mapping import recognise
    from evaluation.models import Run
    from evaluation.services import receive_upload, submit_run
    from evaluation.sources import source_of

    with file.open("rb") as held:
        upload = receive_upload(
            engagement=engagement,
            file=File(held),
            name=file.name,
            sha256=digest_of(file),
            by=engagement.owner,
        )
    run = submit_run(
        upload=upload,
        columns=recognise(upload.seen.columns, engagement.shape),
        note="",
        by=engagement.owner,
    )
    source, _truth = source_of(Run.objects.get(pk=run.pk))
    stripes.measure(source)
    began = perf_counter()
    stripes.measure(source)
    between = perf_counter()
    pipeline.evaluate_next(lambda _run: None)
    ended = perf_counter()
    run.refresh_from_db()
    if run.status != "measured":
        raise RuntimeError(f"the run is {run.status}: {run.reason('en')}")
    return ended - between, between - began


def main() -> int:
    """Measure every file; print the medians."""
    with standing():
        engagement = engaged()
        agree(engagement)
        found = [measure(Path(name), engagement) for name in sys.argv[1:]]
    path, engine = (median(column) for column in zip(*found, strict=True))
    sys.stdout.write(json.dumps({"path": path, "engine": engine}) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
