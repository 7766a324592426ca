"""The engagements of the portfolio, narrowed and in the order asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.db.models import Case, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import get_language

from dashboards.choosing import STATES, Order
from evaluation.models import OperationPlan
from projects.models import Assessment, Engagement, Stage

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from dashboards.choosing import Chosen
    from projects.models import User


# What a row says; the rest of an engagement, its customer and its owner is left alone.
COLUMNS: Final = (
    *("name", "name_en", "stage", "ends_on"),
    *("declined_because", "declined_because_en"),
    *("customer__name", "customer__name_en", "owner__name", "owner__name_en"),
    *("glance__outcome", "glance__worst", "glance__loosened"),
    *("glance__error", "glance__errors", "glance__measured_on", "glance__unaccepted"),
    *("glance__burned", "glance__next_on", "glance__coming"),
    *("glance__spent_yen", "glance__budget_yen", "glance__stop_yen"),
)


def narrowing(chosen: Chosen, user: User) -> Q:
    """The filter as a condition on engagements."""
    asked = Q()
    if chosen.q:
        asked &= (
            Q(name__icontains=chosen.q)
            | Q(name_en__icontains=chosen.q)
            | Q(customer__name__icontains=chosen.q)
            | Q(customer__name_en__icontains=chosen.q)
        )
    if chosen.customer is not None:
        asked &= Q(customer=chosen.customer)
    if chosen.kind:
        asked &= Q(kind=chosen.kind)
    if chosen.stage:
        asked &= Q(stage=chosen.stage)
    if chosen.state:
        asked &= Q(glance__need=STATES[chosen.state])
    if chosen.mine:
        asked &= Q(owner=user)
    return asked


def listed(
    user: User, chosen: Chosen, part: slice, **only: Any
) -> QuerySet[Engagement]:
    """A part of the engagements asked for, in that order, ready for their rows.

    By need the index gives them at once. In any other order it is found first which
    they are: joining what rows need to all that is sorted takes ten times as long.
    ``only``: what else narrows them. ``feasible`` is what the newest issued assessment
    stands as, ``operating_from`` the day operation began.
    """
    order = ordering(chosen)
    asked = Q(narrowing(chosen, user), **only)
    issued = Assessment.objects.filter(
        engagement=OuterRef("pk"), issued_at__isnull=False
    ).order_by("-round")
    plan = OperationPlan.objects.filter(engagement=OuterRef("pk"))
    found = Engagement.objects.visible_to(user).filter(asked, glance__isnull=False)
    found = found.order_by(*order)
    ready = found
    if chosen.sort is not Order.NEED:
        ready = Engagement.objects.filter(pk__in=found.values("pk")[part])
        ready, part = ready.order_by(*order), slice(None)
    return (
        ready.select_related("customer", "owner", "glance")
        .only(*COLUMNS)
        .annotate(
            feasible=Subquery(issued.values("stands_as")[:1]),
            operating_from=Subquery(plan.values("starts_on")),
        )[part]
    )


# Any: names of columns and expressions, as Django takes them.
def ordering(chosen: Chosen) -> list[Any]:
    """The order asked for. By need an index gives it; what is equal goes by need."""
    sign = "-" if chosen.falling else ""
    need = ["glance__need", "glance__next_on", "glance__engagement_id"]
    if chosen.sort is Order.NEED:
        return [f"{sign}{name}" for name in need]
    by = _sorted_by(chosen.sort)
    # What is not known stands last, whichever way.
    first = by.desc(nulls_last=True) if chosen.falling else by.asc(nulls_last=True)
    return [first, *need]


def _sorted_by(order: Order) -> Any:
    match order:
        case Order.STAGE:
            return Case(*(When(stage=s, then=n) for n, s in enumerate(Stage.values)))
        case Order.ACCURACY:
            return F("glance__error")
        case Order.BURNED:
            return F("glance__burned")
        case Order.SPENT:
            return F("glance__spent_yen") / F("glance__budget_yen")
        case Order.NEXT:
            return F("glance__next_on")
        case Order.CUSTOMER:
            return _named("customer__")
        case _:
            return _named("")


def _named(of: str) -> Any:
    """A name as the reader sees it."""
    if get_language() != "en":
        return F(f"{of}name")
    return Coalesce(NullIf(F(f"{of}name_en"), Value("")), F(f"{of}name"))
