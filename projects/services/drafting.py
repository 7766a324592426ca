"""Writing a draft part by part; what was signed can no longer be written."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from projects.catalogue import BASELINES, METRICS
from projects.models import (
    Agreement,
    AgreementStatus,
    Criterion,
    Engagement,
    ErrorBudget,
    StopLine,
)
from projects.permissions import Permission, require
from projects.presets import PRESETS
from projects.promised import promise_of
from projects.services.agreement import check_line
from projects.services.audit import record_event

if TYPE_CHECKING:
    from collections.abc import Iterator

    from projects.catalogue import Terms
    from projects.models import TruthSet, User
    from projects.promise import Budget, Line, Stop


@dataclass(frozen=True, slots=True)
class Conditions:
    """What is compared, with which truth, how often, and how much is expected."""

    baseline: str = ""
    truth_set: TruthSet | None = None
    own_truth: bool = True
    uploads_a_day: int | None = None
    rows_a_month: int | None = None
    events_a_year: int | None = None


def begin_draft(
    *, engagement: Engagement, reason: str, preset: str, by: User
) -> Agreement:
    """Open the next version: a copy of the last one, or the lines of a preset.

    ``preset`` is a key of ``PRESETS``, ``copy`` or ``empty``. ValidationError while
    another version is open, or for what is none of these.
    """
    require(by, Permission.DRAFT_AGREEMENT, engagement)
    with transaction.atomic():
        Engagement.objects.select_for_update().get(pk=engagement.pk)
        last = engagement.agreements.select_related("engagement", "truth_set").first()
        if last and last.status in (AgreementStatus.DRAFT, AgreementStatus.OFFERED):
            raise ValidationError(
                _("Version %(version)d is still open. Finish that one first.")
                % {"version": last.version}
            )
        presets = PRESETS[engagement.shape]
        if preset not in (*presets, "empty") and not (preset == "copy" and last):
            raise ValidationError(_("Choose what the version begins with."))
        agreement = Agreement.objects.create(
            engagement=engagement,
            version=last.version + 1 if last else 1,
            reason=reason,
            drafted_by=by,
        )
        if preset in presets:
            _write_lines(agreement, presets[preset].lines)
        elif preset == "copy" and last:
            _copy(last, agreement)
        record_event(
            "agreement.drafted", engagement=engagement, by=by, version=agreement.version
        )
    return agreement


def set_reason(*, agreement: Agreement, reason: str, by: User) -> Agreement:
    """Say why there is this version."""
    with _open(agreement, by) as draft:
        draft.reason = reason
        draft.save()
    return draft


def set_line(
    *, agreement: Agreement, line: Line, known: int | None, by: User
) -> Agreement:
    """Add a criterion, or change the one that is ``known`` by its number.

    ValidationError where it fits no file of this kind, or is gone.
    """
    check_line(agreement.engagement, line)
    with _open(agreement, by) as draft:
        if known is None:
            Criterion.objects.create(agreement=draft, **asdict(line))
        elif not draft.criteria.filter(pk=known).update(**asdict(line)):
            raise ValidationError(_("This criterion is gone. Add it anew."))
    return draft


def take_out_line(*, agreement: Agreement, known: int, by: User) -> Agreement:
    """Take a criterion out of the draft; one that is gone already is no matter."""
    with _open(agreement, by) as draft:
        draft.criteria.filter(pk=known).delete()
    return draft


def set_terms(*, agreement: Agreement, terms: Terms, by: User) -> Agreement:
    """Say how files are measured and what an error costs."""
    with _open(agreement, by) as draft:
        draft.terms = terms.to_json()
        draft.save()
    return draft


def set_conditions(
    *, agreement: Agreement, conditions: Conditions, by: User
) -> Agreement:
    """Say what is compared, with which truth, how often, and how much is expected.

    ValidationError for a baseline that is no matter of this kind, a truth set of
    another engagement or not yet registered, and no truth at all.
    """
    shape, truth = agreement.engagement.shape, conditions.truth_set
    if conditions.baseline and conditions.baseline not in BASELINES[shape]:
        raise ValidationError(_("Choose something to beat that fits this kind."))
    if truth and (
        truth.engagement_id != agreement.engagement_id or truth.registered_at is None
    ):
        raise ValidationError(_("Choose a registered truth set of this engagement."))
    if truth is None and not conditions.own_truth:
        raise ValidationError(
            _("Without a truth set files must bring their own truth. Allow it.")
        )
    with _open(agreement, by) as draft:
        draft.baseline, draft.truth_set = conditions.baseline, truth
        draft.own_truth = conditions.own_truth
        draft.uploads_a_day = conditions.uploads_a_day
        draft.rows_a_month = conditions.rows_a_month
        draft.events_a_year = conditions.events_a_year
        draft.save()
    return draft


def set_budget(*, agreement: Agreement, budget: Budget | None, by: User) -> Agreement:
    """Say which errors management will bear, or that nothing is said of them."""
    if budget and budget.allows_nothing:
        raise ValidationError(
            _("Say how many errors, or how many yen of them, are accepted.")
        )
    with _open(agreement, by) as draft:
        ErrorBudget.objects.filter(agreement=draft).delete()
        if budget:
            ErrorBudget.objects.create(agreement=draft, **asdict(budget))
    return draft


def set_stop(*, agreement: Agreement, stop: Stop | None, by: User) -> Agreement:
    """Say past which line the work stops, or that there is none."""
    if stop and stop.says_nothing:
        raise ValidationError(_("Name a date, an amount, or a metric to be reached."))
    if stop and bool(stop.metric) != (stop.value is not None):
        raise ValidationError(_("Name the metric together with its value."))
    if stop and stop.metric:
        metric = METRICS.get(stop.metric)
        if metric is None or metric.shape != agreement.engagement.shape:
            raise ValidationError(_("Choose metrics that fit this kind of engagement."))
    with _open(agreement, by) as draft:
        StopLine.objects.filter(agreement=draft).delete()
        if stop:
            StopLine.objects.create(agreement=draft, **asdict(stop))
    return draft


@contextmanager
def _open(agreement: Agreement, by: User) -> Iterator[Agreement]:
    """The draft under lock; who may and when is asked here, and the act is recorded."""
    engagement = agreement.engagement
    require(by, Permission.DRAFT_AGREEMENT, engagement)
    with transaction.atomic():
        draft = Agreement.objects.select_for_update().get(pk=agreement.pk)
        if not draft.is_draft:
            raise ValidationError(_("A signed version cannot be changed."))
        yield draft
        record_event(
            "agreement.edited", engagement=engagement, by=by, version=draft.version
        )


def _copy(last: Agreement, agreement: Agreement) -> None:
    before = promise_of(last)
    agreement.terms, agreement.baseline = last.terms, last.baseline
    agreement.truth_set, agreement.own_truth = last.truth_set, last.own_truth
    agreement.uploads_a_day = last.uploads_a_day
    agreement.rows_a_month = last.rows_a_month
    agreement.events_a_year = last.events_a_year
    agreement.save()
    _write_lines(agreement, before.lines)
    if before.budget:
        ErrorBudget.objects.create(agreement=agreement, **asdict(before.budget))
    if before.stop:
        StopLine.objects.create(agreement=agreement, **asdict(before.stop))


def _write_lines(agreement: Agreement, lines: tuple[Line, ...]) -> None:
    Criterion.objects.bulk_create(
        Criterion(agreement=agreement, **asdict(line)) for line in lines
    )
