"""What the run pages show, made from rows; no HTTP in here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from evaluation import kinds
from evaluation.acceptances import sentence_of
from evaluation.ended import borne_by
from evaluation.explorer import explorer
from evaluation.ingest.roles import Part
from evaluation.judge import Outcome
from evaluation.metrics import finished_from_json
from evaluation.metrics.detected import FinishedDetection
from evaluation.metrics.forecasted import FinishedForecast
from evaluation.metrics.stocked import FinishedInventory
from evaluation.models import ErrorAcceptance, ReviewStatus, RunStatus
from evaluation.services import place_in_queue
from evaluation.verdict_words import cause, headline, spoken, why
from projects.catalogue import METRICS, Shape, metrics_of
from projects.models import Stage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evaluation.ingest.faults import FileRefused
    from evaluation.judge import Measured
    from evaluation.metrics import Finished
    from evaluation.models import CriterionVerdict, Run, Upload
    from projects.catalogue import Metric
    from projects.models import Agreement

# Worst first, as a reader in a hurry wants it.
ORDER = (Outcome.FAIL, Outcome.UNDECIDED, Outcome.PASS)
SEGMENTS_SHOWN = 10
# Each brings all its points with the page.
SEGMENTS_OFFERED = 6


@dataclass(frozen=True, slots=True)
class SegmentLine:
    """One segment and how it measured."""

    name: str
    metric: Metric
    measured: Measured


def upload_url(upload: Upload) -> str:
    return reverse("evaluation:upload", args=[upload.pk])


def part_of(agreement: Agreement | None, *, own_truth: bool) -> Part:
    """What a file that is judged by the version holds."""
    joins = agreement is not None and agreement.truth_set_id is not None
    return Part.PREDICTIONS if joins and not own_truth else Part.WHOLE


def can_choose_truth(agreement: Agreement | None) -> bool:
    """Whether a file may either be joined or bring its own truth."""
    return (
        agreement is not None
        and agreement.truth_set_id is not None
        and agreement.own_truth
    )


def refusal(refused: FileRefused, name: str, language: str) -> dict[str, Any]:
    """The refusal in words: the first fault whole, the next ones briefly."""
    first = refused.faults[0]
    return {
        "fault": first,
        "sentence": first.sentence(language, name),
        "cure": first.cure(language),
        "more": [f.sentence(language, name) for f in refused.faults[1:10]],
        "total": refused.total,
    }


def run_page(
    run: Run, language: str, *, asked: str = "", segment: str = ""
) -> dict[str, Any]:
    """Everything the run page and its polled fragment show."""
    context: dict[str, Any] = {
        "run": run,
        "engagement": run.agreement.engagement,
        "tab": "runs",
        "reason": run.reason(language),
    }
    if run.status == RunStatus.QUEUED:
        place = place_in_queue(run)
        context |= {
            "position": place.position,
            "wait": wait(place.seconds),
            "at_once": settings.RUNS_PER_ENGAGEMENT,
            "minutes": round(settings.CELERY_TASK_SOFT_TIME_LIMIT / 60),
            "memory": f"{settings.WORKER_MEMORY_MB:,}",
        }
    result = getattr(run, "result", None)
    if result is None:
        return context
    context["is_trial"] = is_trial(run)
    finished = finished_from_json(result.finished)
    shape = Shape(result.finished["shape"])
    verdicts = sorted(
        result.verdicts.select_related("criterion"),
        key=lambda verdict: ORDER.index(Outcome(verdict.outcome)),
    )
    context |= _explored(run, finished, verdicts, language, asked, segment) | {
        "result": result,
        "verdicts": [(v, why(v), spoken(v)) for v in verdicts],
        "headline": headline(verdicts),
        "cause": cause(verdicts),
        "confusion": (
            finished.confusion() if isinstance(finished, FinishedDetection) else None
        ),
        "segments": worst_segments(finished, shape),
        "charts": kinds.charts(finished),
        "tables": kinds.tables(finished),
        "left_out": left_out(finished),
        "overall": overall(finished, shape),
    }
    return context


def explorer_part(
    run: Run, language: str, *, asked: str = "", segment: str = ""
) -> dict[str, Any]:
    """The explorer of a measured run by itself; nothing of one that is not."""
    result = getattr(run, "result", None)
    if result is None:
        return {}
    finished = finished_from_json(result.finished)
    verdicts = list(result.verdicts.select_related("criterion"))
    return _explored(run, finished, verdicts, language, asked, segment)


def _explored(
    run: Run,
    finished: Finished,
    verdicts: Sequence[CriterionVerdict],
    language: str,
    asked: str,
    segment: str,
) -> dict[str, Any]:
    worst = worst_segments(finished, Shape(run.result.finished["shape"]))
    accepted = (
        ErrorAcceptance.objects.standing()
        .filter(engagement=run.agreement.engagement)
        .select_related("accepted_by", "run")
        .first()
    )
    return {
        "run": run,
        "explorer": explorer(
            finished,
            run.agreement,
            accepted,
            [one.name for one in worst[:SEGMENTS_OFFERED]],
            asked=asked,
            segment=segment,
            passing=[v.criterion for v in verdicts if v.outcome == Outcome.PASS],
        ),
        "accepted": accepted,
        "accepted_sentence": ""
        if accepted is None
        else sentence_of(
            borne_by(accepted),
            accepted.until,
            language,
            are_cases=isinstance(finished, FinishedDetection),
        ),
    }


def wait(seconds: float | None) -> str:
    """How long a run will wait, roughly; empty when nothing tells."""
    if seconds is None:
        return ""
    if seconds < 60:
        return _("It will be measured in less than a minute.")
    minutes = round(seconds / 60)
    return ngettext(
        "It will be measured in about %(n)d minute.",
        "It will be measured in about %(n)d minutes.",
        minutes,
    ) % {"n": minutes}


def left_out(finished: Finished) -> list[str]:
    """Rows and series that did not count, in sentences."""
    told: list[str] = []
    if isinstance(finished, FinishedDetection):
        stand_for_many = finished.weighted_rows is not None
        if finished.rows_left_out:
            said = (
                _("%(n)s cases do not count and were left out.")
                if stand_for_many
                else _("%(n)s rows do not count and were left out.")
            )
            told.append(said % {"n": f"{finished.rows_left_out:,}"})
        if finished.rows_without_score:
            said = (
                _("%(n)s cases have no score; no threshold flags them.")
                if stand_for_many
                else _("%(n)s rows have no score; no threshold flags them.")
            )
            told.append(said % {"n": f"{finished.rows_without_score:,}"})
    if isinstance(finished, FinishedForecast) and finished.whole.without_scale:
        told.append(
            _("%(n)s series have a past that is too short or never changes.")
            % {"n": f"{finished.whole.without_scale:,}"}
        )
    if isinstance(finished, FinishedInventory):
        items = finished.whole.items
        if items.without_demand:
            told.append(
                _("Nobody asked for %(n)s of %(all)s items.")
                % {"n": f"{items.without_demand:,}", "all": f"{items.count:,}"}
            )
    return told


def is_trial(run: Run) -> bool:
    """Whether it was sent before the initial judgement was accepted: a trial.

    Of such a verdict no accuracy is warranted (METI's staged contracts, 2018).
    """
    accepted = run.agreement.engagement.reviews.filter(
        stage=Stage.INITIAL,
        status=ReviewStatus.ACCEPTED,
        ended_at__lte=run.submitted_at,
    )
    return not accepted.exists()


def overall(finished: Finished, shape: Shape) -> list[tuple[Metric, Measured]]:
    """Every metric of the shape, with its interval at 95 %; the withheld ones last."""
    measured = [(metric, finished.measured(metric.key)) for metric in metrics_of(shape)]
    return sorted(measured, key=lambda line: line[1].value is None)


def worst_segments(finished: Finished, shape: Shape) -> list[SegmentLine]:
    """The segments that do worst, worst first."""
    key, high_is_bad = kinds.WORST[shape]
    if isinstance(finished, FinishedInventory) and not finished.has_segments:
        # Its segments are the items, which have a table of their own.
        return []
    measured = [
        SegmentLine(name, METRICS[key], finished.measured(key, name))
        for name in finished.segments()
    ]
    shown = sorted(
        (one for one in measured if one.measured.value is not None),
        key=lambda one: one.measured.value or 0.0,
        reverse=high_is_bad,
    )
    return shown[:SEGMENTS_SHOWN]
