"""The demo's engagement in operation: two stages accepted, and its first months."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from django.utils import timezone

from dashboards.demo import PASSWORD
from dashboards.demo_clock import ago, on, today
from evaluation import operation, realised, reviews
from projects.models import Side, Stage
from projects.promise import Budget
from projects.services import drafting

if TYPE_CHECKING:
    from evaluation.models import Run
    from projects.models import Agreement, Engagement, User

# So many days ago it began.
STARTED: Final = 140
# What each month saved in balancing power, the first one with the work of the change.
SAVED_YEN: Final = (-240_000, 1_460_000, 1_880_000, 2_120_000, 1_970_000)
# Truth of a day's demand is known the day after next.
DELAY: Final = 2


def promise_errors(draft: Agreement, manager: User) -> None:
    """What management will bear of the forecast's errors, written into the draft."""
    until = timezone.localdate() + timedelta(days=300)
    bears = Budget(until=until, yen_a_month=Decimal(300_000))
    drafting.set_budget(agreement=draft, budget=bears, by=manager)


def accept_stage(run: Run, stage: Stage, manager: User, executive: User) -> None:
    """Put one stage forward on a run, and sign it for both sides."""
    engagement = run.agreement.engagement
    engagement.refresh_from_db()
    review = reviews.open_review(
        engagement=engagement, stage=stage, run=run, by=manager
    )
    for side, signer in ((Side.PROVIDER, manager), (Side.CUSTOMER, executive)):
        reviews.sign_review(review=review, side=side, password=PASSWORD, by=signer)


def operate(engagement: Engagement, manager: User, executive: User) -> None:
    """Name who answers, write every day so far, and the drill that was held."""
    engagement.refresh_from_db()
    with on(ago(STARTED)):
        operation.plan_operation(
            engagement=engagement,
            starts_on=ago(STARTED),
            owner=executive,
            deputy=manager,
            truth_delay_days=DELAY,
            fallback="前年同日の実績に戻し、当直が手で直す。",
            days_needed=365,
            by=manager,
        )
    for days in range(STARTED, 0, -1):
        _write_day(engagement, days, manager)
    with on(ago(90)):
        operation.record_drill(
            engagement=engagement,
            held_on=ago(90),
            what="予測を止め、前年同日の実績で一日運用した",
            worked=True,
            minutes=14,
            by=manager,
        )


def _write_day(engagement: Engagement, days: int, manager: User) -> None:
    """One day, written when its truth is known; of the newest that is still to come."""
    day, is_known = ago(days), days > DELAY
    with on(ago(days - DELAY - 1 if is_known else days - 1), hour=9):
        operation.record_day(
            engagement=engagement,
            day=day,
            cases=24,
            known=24 if is_known else 0,
            false_alarms=380 + 37 * day.day % 120 if is_known else 0,
            misses=250 + 53 * day.day % 110 if is_known else 0,
            note="落雷で一時停止" if days == 17 else "",
            by=manager,
        )


def bring(engagement: Engagement, executive: User) -> None:
    """What the months of operation brought, written by the customer's management."""
    engagement.refresh_from_db()
    month = today().replace(day=1)
    for yen in reversed(SAVED_YEN):
        after, month = month, (month - timedelta(days=1)).replace(day=1)
        with on(after + timedelta(days=6)):
            realised.record_value(
                engagement=engagement,
                month=month,
                value_yen=Decimal(yen),
                measured_how="需給調整の精算書を前年同月と比べた差額。経理部が確認。",
                by=executive,
            )
