"""Reading all that an engagement's one page says, in a fixed number of queries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from dashboards.entry_queries import called, entry_of, judged, waiting_on
from dashboards.overview import queries as overview
from dashboards.overview.blocking import blocks
from dashboards.overview.facts import facts_of
from dashboards.report_shapes import (
    Ahead,
    Blocking,
    Borne,
    Burned,
    EngagementReport,
    Signed,
    Verdict,
)
from evaluation import operation
from evaluation.models import Review, ReviewStatus
from projects.catalogue import ERRORS, Text
from projects.glancing import Coming
from projects.models import Engagement
from projects.waiver_pages import items_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from django.db.models import QuerySet

    from evaluation.models import CriterionVerdict, ErrorAcceptance, ReviewSignature
    from projects.models import Agreement, AgreementSignature, User, Waiver

DAYS_SHOWN = 5


def readable(user: User, today: date) -> QuerySet[Engagement]:
    """What the user may see, each as its report is read from it."""
    return overview.seen_by(user, today).filter(glance__isnull=False)


def engagement_report(engagement: Engagement, today: date) -> EngagementReport:
    """Everything the one page says, of an engagement out of `readable`."""
    loaded = overview.load(engagement, today)
    agreement = loaded.agreement
    stood = operation.operated(engagement, agreement, today)
    errors = ERRORS[engagement.shape]
    because = engagement.declined_because
    since = loaded.moved[-1].at if loaded.moved else engagement.created_at
    return EngagementReport(
        entry=entry_of(engagement),
        problem=engagement.problem,
        provider=called(engagement.provider),
        since=timezone.localdate(since),
        declined=Text(because, engagement.declined_because_en or because)
        if because
        else None,
        verdict=_verdict(engagement, loaded.verdicts),
        burned=tuple(
            Burned(
                burn.allowance.measure.value,
                burn.allowance.per,
                burn.used,
                burn.allowance.most,
                burn.share,
            )
            for burn in stood.burns
        ),
        borne=_borne(loaded.acceptance),
        over=errors.over,
        under=errors.under,
        waivers=_waivers(loaded.in_force),
        blocks=tuple(
            Blocking(one.what, one.owner, one.due)
            for one in blocks(facts_of(loaded))
            if one.blocks
        ),
        ahead=_ahead(engagement),
        waiting=waiting_on(Engagement.objects.filter(pk=engagement.pk)),
        signed=_signed(engagement, agreement),
        version=agreement.version if agreement else None,
        digest=agreement.digest if agreement else "",
    )


def _verdict(
    engagement: Engagement, verdicts: Iterable[CriterionVerdict]
) -> Verdict | None:
    latest = getattr(engagement, "latest", None)
    if latest is None:
        return None
    finished = latest.run.finished_at
    return Verdict(
        run=latest.run.number,
        version=latest.run.agreement.version,
        outcome=latest.outcome,
        loosened=latest.run.agreement.loosened_from is not None,
        measured_on=timezone.localdate(finished) if finished else None,
        lines=tuple(judged(one) for one in verdicts),
    )


def _borne(one: ErrorAcceptance | None) -> Borne | None:
    """What stands, or what ended and was not replaced."""
    if one is None:
        return None
    return Borne(
        false_alarms=one.false_alarms_a_month,
        misses=one.misses_a_month,
        yen=one.yen_a_month,
        low=one.yen_low,
        high=one.yen_high,
        until=one.until,
        who=called(one.accepted_by),
        ended=one.ended_because,
    )


def _waivers(held: Iterable[Waiver]) -> tuple[Text, ...]:
    return tuple(
        Text(
            f"{waiver.item_id}「{item.question.ja}」" if item else waiver.item_id,
            f"{waiver.item_id}, “{item.question.en}”" if item else waiver.item_id,
        )
        for waiver, item in items_of(held)
    )


def _ahead(engagement: Engagement) -> tuple[Ahead, ...]:
    if not engagement.is_open:
        return ()
    glance = engagement.glance
    days = {
        Coming.TASK: glance.task_on,
        Coming.WAIVER: glance.waiver_on,
        Coming.RUNS_OUT: glance.runs_out_on,
        Coming.ACCEPTANCE: glance.accepted_until,
        Coming.END: engagement.ends_on,
    }
    known = [Ahead(day, what.value) for what, day in days.items() if day]
    return tuple(sorted(known, key=lambda one: one.on))[:DAYS_SHOWN]


def _signed(engagement: Engagement, agreement: Agreement | None) -> tuple[Signed, ...]:
    """Who signed the agreement in force, and the stage that was accepted last."""
    review = (
        Review.objects.filter(engagement=engagement, status=ReviewStatus.ACCEPTED)
        .prefetch_related("signatures__signer", "signatures__organisation")
        .order_by("-ended_at")
        .first()
    )
    found: list[Signed] = []
    if agreement:
        given = agreement.signatures.all()
        found += (_signature(one, "agreement", agreement.version) for one in given)
    if review:
        found += (_signature(one, review.stage, 0) for one in review.signatures.all())
    return tuple(found)


def _signature(
    one: AgreementSignature | ReviewSignature, what: str, number: int
) -> Signed:
    side, who = called(one.organisation), called(one.signer)
    return Signed(what, number, side, who, timezone.localdate(one.signed_at))
