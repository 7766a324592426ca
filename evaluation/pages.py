"""What the run pages show, made from rows; no HTTP in here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import plotly.graph_objects as go
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from evaluation.ingest.roles import ROLES
from evaluation.judge import Outcome, Reason
from evaluation.metrics import finished_from_json
from evaluation.metrics.detected import FinishedDetection
from evaluation.services import place_in_queue
from projects.catalogue import METRICS
from projects.templatetags.figures import metric_text

if TYPE_CHECKING:
    from evaluation.ingest.faults import FileRefused
    from evaluation.ingest.roles import Role
    from evaluation.judge import Measured
    from evaluation.metrics import Finished
    from evaluation.models import CriterionVerdict, Run, Upload
    from projects.catalogue import Metric, Shape

# Worst first, as a reader in a hurry wants it.
ORDER = (Outcome.FAIL, Outcome.UNDECIDED, Outcome.PASS)
SEGMENTS_SHOWN = 10
COLOURS = {
    "light": {
        "accent": "#2b4a9e",
        "grey": "#858d9a",
        "ink": "#646c79",
        "line": "#e1e4ea",
    },
    "dark": {
        "accent": "#9db4f7",
        "grey": "#6d7684",
        "ink": "#929ba8",
        "line": "#29303a",
    },
}


@dataclass(frozen=True, slots=True)
class SegmentLine:
    """One segment and how it measured."""

    name: str
    metric: Metric
    measured: Measured


def upload_url(upload: Upload) -> str:
    return reverse("evaluation:upload", args=[upload.pk])


def roles(shape: Shape) -> tuple[Role, ...]:
    """The columns a file of this shape may have."""
    return tuple(ROLES[shape])


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


def run_page(run: Run, language: str) -> dict[str, Any]:
    """Everything the run page and its polled fragment show."""
    context: dict[str, Any] = {
        "run": run,
        "engagement": run.agreement.engagement,
        "tab": "runs",
        "reason": run.reason(language),
    }
    if not run.is_finished:
        context["position"] = place_in_queue(run)
    result = getattr(run, "result", None)
    if result is None:
        return context
    finished = finished_from_json(result.finished)
    verdicts = sorted(
        result.verdicts.select_related("criterion"),
        key=lambda verdict: ORDER.index(Outcome(verdict.outcome)),
    )
    context |= {
        "result": result,
        "verdicts": [(v, why(v)) for v in verdicts],
        "headline": headline(verdicts),
        "confusion": (
            finished.confusion() if isinstance(finished, FinishedDetection) else None
        ),
        "segments": worst_segments(finished),
        "chart": threshold_chart(finished),
        "sweep": (
            (finished.sweep() or [])[::20]
            if isinstance(finished, FinishedDetection)
            else []
        ),
        "overall": overall(finished),
    }
    return context


def headline(verdicts: list[CriterionVerdict]) -> str:
    """How many criteria pass, fail and stay open, in one sentence."""
    count = {o: sum(v.outcome == o for v in verdicts) for o in ORDER}
    return _(
        "Criteria: %(passed)d pass, %(failed)d fail and %(open)d cannot be decided "
        "yet, of %(all)d."
    ) % {
        "all": len(verdicts),
        "passed": count[Outcome.PASS],
        "failed": count[Outcome.FAIL],
        "open": count[Outcome.UNDECIDED],
    }


def why(verdict: CriterionVerdict) -> str:
    """One sentence saying why a criterion came out as it did."""
    unit = verdict.criterion.of.unit
    if verdict.value is None:
        return _("There is no value to judge in this file.")
    said = {
        "value": metric_text(verdict.value, unit, 2),
        "limit": metric_text(float(verdict.criterion.limit), unit, 2),
        "where": verdict.segment or _("the whole file"),
        "cases": f"{verdict.cases:,}",
    }
    if verdict.short_by:
        return ngettext(
            "%(n)s more case is needed before this may be judged.",
            "%(n)s more cases are needed before this may be judged.",
            verdict.short_by,
        ) % {"n": f"{verdict.short_by:,}"}
    if verdict.outcome == Outcome.PASS:
        return _("%(value)s over %(cases)s cases keeps the limit of %(limit)s.") % said
    if verdict.outcome == Outcome.FAIL:
        return (
            _("%(where)s measured %(value)s, which breaks the limit of %(limit)s.")
            % said
        )
    if verdict.further_cases:
        return ngettext(
            "%(n)s more case without an error would prove a pass.",
            "%(n)s more cases, none of them wrong, would prove a pass.",
            verdict.further_cases,
        ) % {"n": f"{verdict.further_cases:,}"}
    if verdict.reason == Reason.CROSSES:
        return _("%(value)s: the limit of %(limit)s lies inside the interval.") % said
    return _("These cases are not enough to decide.")


def overall(finished: Finished) -> list[tuple[Metric, Measured]]:
    """Every metric the file gives, with its interval at 95 %."""
    from_keys = (
        ("false_positive_rate", "miss_rate", "precision", "recall", "f1", "accuracy")
        if isinstance(finished, FinishedDetection)
        else ("mae", "rmse", "mape", "smape", "wape", "bias")
    )
    return [(METRICS[key], finished.measured(key)) for key in from_keys]


def worst_segments(finished: Finished) -> list[SegmentLine]:
    """The segments with the highest error, worst first."""
    key = "miss_rate" if isinstance(finished, FinishedDetection) else "wape"
    measured = [
        SegmentLine(name, METRICS[key], finished.measured(key, name))
        for name in finished.segments()
    ]
    shown = sorted(
        (one for one in measured if one.measured.value is not None),
        key=lambda one: one.measured.value or 0.0,
        reverse=True,
    )
    return shown[:SEGMENTS_SHOWN]


def threshold_chart(finished: Finished) -> dict[str, Any] | None:
    """False alarms and misses at every threshold, for light and dark; or None."""
    sweep = finished.sweep() if isinstance(finished, FinishedDetection) else None
    if not sweep:
        return None
    points = [p for p in sweep if abs(p[0]) < float("inf")]
    return {theme: _figure(points, COLOURS[theme]) for theme in COLOURS}


def _figure(points: list[Any], colour: dict[str, str]) -> dict[str, Any]:
    figure = go.Figure()
    x = [p[0] for p in points]
    for name, values, line in (
        (_("false alarms"), [p[2] for p in points], {"color": colour["accent"]}),
        (
            _("misses"),
            [p[3] for p in points],
            {"color": colour["grey"], "dash": "dash"},
        ),
    ):
        figure.add_scatter(x=x, y=values, name=name, mode="lines", line=line)
    axis = {"gridcolor": colour["line"], "zeroline": False}
    figure.update_layout(
        template="none",
        height=300,
        margin={"l": 56, "r": 16, "t": 24, "b": 44},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"size": 12, "color": colour["ink"]},
        hovermode="x unified",
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        xaxis={**axis, "showgrid": False, "title": _("operating point →")},
        yaxis={**axis, "rangemode": "tozero", "title": _("cases")},
    )
    shape: dict[str, Any] = figure.to_plotly_json()
    return shape
