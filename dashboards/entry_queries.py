"""Reading engagements as lines, and what waits on them, in few queries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Count, Q, Sum
from django.utils import translation

from costs.models import Breach
from dashboards.report_shapes import (
    Ahead,
    Entry,
    Judged,
    Money,
    PortfolioReport,
    Totals,
    Waiting,
)
from evaluation.models import CriterionVerdict, ErrorAcceptance, Review, ReviewStatus
from evaluation.verdict_words import why
from projects.catalogue import Text
from projects.models import Agreement, AgreementStatus, Engagement, Stage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from decimal import Decimal

    from django.db.models import QuerySet

    from projects.models import Glance

# So many lines of a portfolio go on one sheet of paper.
ON_PAPER = 12


def in_both(write: Callable[[], str]) -> Text:
    """What is written in the active language, in both of them."""
    said = []
    for language in ("ja", "en"):
        with translation.override(language):
            said.append(write())
    return Text(*said)


def called(thing: object) -> Text:
    """The name of a person, a side or an engagement in both languages."""
    name = str(getattr(thing, "name", thing))
    return Text(name, str(getattr(thing, "name_en", "") or name))


def judged(one: CriterionVerdict) -> Judged:
    """One criterion with what it came to, and why in both languages."""
    return Judged(
        name=one.criterion.of.name,
        segment=one.segment,
        unit=one.criterion.of.unit,
        bound=one.criterion.bound,
        limit=one.criterion.limit,
        value=one.value,
        low=one.low,
        high=one.high,
        outcome=one.outcome,
        why=in_both(lambda: why(one)),
    )


def portfolio_report(
    listed: QuerySet[Engagement], whose: object, *, is_part: bool = False
) -> PortfolioReport:
    """What stands in all of them; ``listed`` as ``queries.portfolio`` gives them.

    ``is_part``: a filter has left some out.
    """
    return PortfolioReport(
        is_part=is_part,
        whose=called(whose),
        totals=_totals(listed),
        entries=tuple(entry_of(one) for one in listed[:ON_PAPER]),
        waiting=waiting_on(listed),
    )


def entry_of(engagement: Engagement) -> Entry:
    """The line of an engagement, from the rows that were loaded with it."""
    glance: Glance = engagement.glance
    latest = getattr(engagement, "latest", None)
    worst = latest.worst if latest else None
    comes = Ahead(glance.next_on, glance.coming) if glance.next_on else None
    return Entry(
        key=engagement.pk,
        name=called(engagement),
        customer=called(engagement.customer),
        owner=called(engagement.owner),
        kind=engagement.kind,
        place=engagement.place,
        stage=engagement.stage,
        step=engagement.stage_number,
        is_open=engagement.is_open,
        outcome=latest.outcome if latest else "",
        worst=judged(worst) if worst else None,
        loosened=latest is not None and latest.run.agreement.loosened_from is not None,
        errors=tuple(glance.errors),
        measured_on=glance.measured_on,
        unaccepted=glance.unaccepted,
        burned=glance.burned,
        burned_until=glance.burned_until,
        accepted_until=glance.accepted_until,
        money=_money(engagement, glance),
        next=comes,
        starts_on=engagement.starts_on,
        ends_on=engagement.ends_on,
    )


def _money(engagement: Engagement, glance: Glance) -> Money:
    spend = getattr(engagement, "spend", None)
    nothing = type(glance.errors_yen)(0)
    return Money(
        spent=spend.spent_yen if spend else nothing,
        budget=spend.budget_yen if spend else None,
        stop=spend.stop_yen if spend else None,
        gpu=spend.gpu_yen if spend else nothing,
        labels=spend.labels_yen if spend else nothing,
        people=spend.people_yen if spend else nothing,
        errors=glance.errors_yen,
        expected=glance.expected_yen,
        realised=glance.realised_yen,
    )


def _totals(listed: QuerySet[Engagement]) -> Totals:
    found = listed.order_by().aggregate(
        all=Count("pk"),
        measured=Count("pk", filter=~Q(glance__outcome="")),
        inside=Count("pk", filter=Q(glance__outcome="pass")),
        missed=Count("pk", filter=Q(glance__outcome="fail")),
        undecided=Count("pk", filter=Q(glance__outcome="undecided")),
        spent=Sum("spend__spent_yen", default=0),
        # Spend that nobody gave a budget is held against none.
        budget=Sum("spend__budget_yen"),
        gpu=Sum("spend__gpu_yen", default=0),
        labels=Sum("spend__labels_yen", default=0),
        people=Sum("spend__people_yen", default=0),
        errors=Sum("glance__errors_yen", default=0),
        expected=Sum("glance__expected_yen"),
        realised=Sum("glance__realised_yen", default=0),
    )
    counts = ("all", "measured", "inside", "missed", "undecided")
    money: dict[str, Decimal | None] = {
        name: value for name, value in found.items() if name not in counts
    }
    return Totals(
        **{name: found[name] for name in counts},
        money=Money(**money, stop=None),  # type: ignore[arg-type]
    )


def waiting_on(engagements: QuerySet[Engagement]) -> tuple[Waiting, ...]:
    """What management has to decide on them, whoever reads it; four queries."""
    of = engagements.order_by().values("pk")
    ended = [Stage.CLOSED, Stage.DECLINED]
    offered = Agreement.objects.filter(
        engagement__in=of, status=AgreementStatus.OFFERED
    ).select_related("engagement")
    opened = Review.objects.filter(
        engagement__in=of, status=ReviewStatus.OPEN
    ).select_related("engagement")
    breached = (
        Breach.objects.undecided()
        .filter(budget__engagement__in=of, budget__replaced_at__isnull=True)
        .exclude(budget__engagement__stage__in=ended)
        .select_related("budget__engagement")
        .order_by("pk")
    )
    lapsed = (
        ErrorAcceptance.objects.lapsed()
        .filter(engagement__in=of)
        .exclude(engagement__stage__in=ended)
        .select_related("engagement", "run")
    )
    found = [
        *(("sign", one.engagement, one.version) for one in offered),
        *(("stage", one.engagement, 0) for one in opened),
        *(("budget", one.budget.engagement, 0) for one in breached),
        *(("errors", one.engagement, one.run.number) for one in lapsed),
    ]
    return _once(found)


def _once(found: Iterable[tuple[str, Engagement, int]]) -> tuple[Waiting, ...]:
    """One of a kind for an engagement: two lines of its budgets are one question."""
    first: dict[tuple[str, object], Waiting] = {}
    for kind, engagement, number in found:
        made = Waiting(kind, engagement.pk, called(engagement), number)
        first.setdefault((kind, engagement.pk), made)
    return tuple(first.values())
