"""Two to six runs side by side: what differs, what it costs, what got worse."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Final

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from evaluation.curve import judged_point
from evaluation.kinds import WORST
from evaluation.metrics import finished_from_json
from evaluation.models import PairStatus, Run, RunPair, RunStatus, next_bell
from evaluation.tasks import ring_for_pair
from projects.catalogue import METRICS
from projects.models import Engagement
from projects.services.audit import record_event

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from evaluation.curve import Bill
    from evaluation.judge import Measured
    from evaluation.metrics import Finished
    from evaluation.models import CriterionVerdict
    from projects.catalogue import Metric, Shape
    from projects.models import Criterion, User

FEWEST: Final = 2
MOST: Final = 6
SHOWN: Final = 10


@dataclass(frozen=True, slots=True)
class CriterionLine:
    """One criterion and how every run did by it; None where its version had none."""

    criterion: Criterion
    verdicts: tuple[CriterionVerdict | None, ...]


@dataclass(frozen=True, slots=True)
class Monthly:
    """What the errors of a run cost as it was judged; ``of_file`` without a volume."""

    bill: Bill | None
    of_file: bool


@dataclass(frozen=True, slots=True)
class Worse:
    """A segment that one run does worse than the first of those compared."""

    segment: str
    run: Run
    metric: Metric
    before: Measured
    after: Measured
    beyond_chance: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """All that is said of the runs, the oldest first."""

    runs: tuple[Run, ...]
    criteria: tuple[CriterionLine, ...]
    costs: tuple[Monthly, ...]
    worse: tuple[Worse, ...]
    pairs: tuple[RunPair | None, ...]


def chosen(engagement: Engagement, ids: Sequence[str]) -> list[Run]:
    """The measured runs meant, the oldest first. ValidationError unless two to six."""
    found = (
        Run.objects.filter(
            agreement__engagement=engagement, pk__in=ids, status=RunStatus.MEASURED
        )
        .select_related(*("agreement__engagement", "upload", "result", "submitted_by"))
        .prefetch_related("result__verdicts__criterion")
        .order_by("number")
    )
    runs = list(found[: MOST + 1])
    if not FEWEST <= len(runs) <= MOST:
        raise ValidationError(_("Choose two to six runs that are measured."))
    return runs


def compared(runs: Sequence[Run]) -> Comparison:
    """Everything side by side, from what is stored; no file is read."""
    shape = runs[0].agreement.engagement.shape
    measured = [finished_from_json(run.result.finished) for run in runs]
    tested = {
        pair.second_id: pair
        for pair in RunPair.objects.filter(first=runs[0], second__in=runs[1:])
    }
    return Comparison(
        tuple(runs),
        _criteria(runs),
        tuple(
            _monthly(one, run.agreement.rows_a_month)
            for one, run in zip(measured, runs, strict=True)
        ),
        _worse(runs, measured, shape),
        tuple(tested.get(run.pk) for run in runs[1:]),
    )


def ask_for_tests(*, runs: Sequence[Run], by: User) -> None:
    """Queue the paired test of the oldest run with each other one, once.

    A pair that is tested or waits is left alone; one that failed is tried again. Who
    sees the runs may ask: it tells nothing that is not theirs.
    """
    engagement = runs[0].agreement.engagement
    if not Engagement.objects.visible_to(by).filter(pk=engagement.pk).exists():
        raise PermissionDenied
    first = runs[0]
    with transaction.atomic():
        for second in runs[1:]:
            pair, new = RunPair.objects.get_or_create(first=first, second=second)
            failed = RunPair.objects.filter(pk=pair.pk, status=PairStatus.FAILED)
            again = failed.update(
                status=PairStatus.QUEUED,
                attempt=0,
                lease_until=next_bell(),
                reason_ja="",
                reason_en="",
            )
            if not new and not again:
                continue
            record_event(
                "runs.compared",
                engagement=engagement,
                by=by,
                number=first.number,
                other=second.number,
            )
            transaction.on_commit(partial(ring_for_pair, str(pair.pk)))


def _criteria(runs: Sequence[Run]) -> tuple[CriterionLine, ...]:
    """The same promise in several versions is one line."""
    own = [{_key(v.criterion): v for v in run.result.verdicts.all()} for run in runs]
    keys = dict.fromkeys(chain.from_iterable(own))
    lines = []
    for key in keys:
        verdicts = tuple(held.get(key) for held in own)
        known = next(verdict for verdict in verdicts if verdict is not None)
        lines.append(CriterionLine(known.criterion, verdicts))
    return tuple(lines)


def _key(line: Criterion) -> tuple[str, str, Decimal, Decimal | None, str, str]:
    return (
        *(line.metric, line.bound, line.limit.normalize(), line.confidence),
        *(line.scope, line.segment),
    )


def _monthly(finished: Finished, rows_a_month: int | None) -> Monthly:
    """As judged: at its threshold, unmoved; by what its agreement says errors cost."""
    curve = judged_point(finished, rows_a_month)
    if curve is None:
        return Monthly(None, of_file=False)
    return Monthly(curve.bill(curve.steps[0]), of_file=curve.scale is None)


def _worse(
    runs: Sequence[Run], measured: Sequence[Finished], shape: Shape
) -> tuple[Worse, ...]:
    """Segments that a later run does worse than the first, the surest first.

    Beyond chance where the two intervals do not touch.
    """
    key, high_is_bad = WORST[shape]
    first = measured[0]
    known = set(first.segments())
    found = []
    for run, one in zip(runs[1:], measured[1:], strict=True):
        for segment in one.segments():
            if segment not in known:
                continue
            before, after = first.measured(key, segment), one.measured(key, segment)
            if before.value is None or after.value is None:
                continue
            lost = after.value - before.value
            if not high_is_bad:
                lost = -lost
            if lost > 0:
                sure = _apart(before, after, high_is_bad)
                line = Worse(segment, run, METRICS[key], before, after, sure)
                found.append((not sure, -lost, segment, line))
    found.sort(key=lambda each: each[:3])
    return tuple(line for *_order, line in found[:SHOWN])


def _apart(before: Measured, after: Measured, high_is_bad: bool) -> bool:
    if not high_is_bad:
        before, after = after, before
    if before.high is None or after.low is None:
        return False
    return after.low > before.high
