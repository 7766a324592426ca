"""Which signatures wait for a reader."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Max, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone

from dashboards.shapes import Decision, Waits
from evaluation.models import Review, ReviewStatus
from evaluation.reviews import MAY_SIGN
from projects.models import Agreement, AgreementStatus, Side, Stage
from projects.models.engagement import permitted
from projects.permissions import Permission as P

if TYPE_CHECKING:
    from datetime import date

    from django.db.models import QuerySet

    from projects.models import User


def signatures(user: User) -> list[Decision]:
    """Agreements and stages that wait for the signature of the user's side."""
    return [
        _agreement(one) if one.status == AgreementStatus.OFFERED else _stage(one)
        for one in to_sign(user)
    ]


# Any: the annotations are no columns of the model.
def _agreement(one: Any) -> Decision:
    return Decision(
        kind=Waits.SIGN,
        engagement=one.engagement,
        number=one.version,
        reason=one.reason,
        url=reverse("projects:agreement_sign", args=[one.pk]),
        day=day_of(one.signed_at),
    )


def _stage(one: Any) -> Decision:
    return Decision(
        kind=Waits.REVIEW,
        engagement=one.engagement,
        number=one.version,
        reason=str(Stage(one.review_stage).label),
        url=reverse("evaluation:review_sign", args=[one.review]),
        day=day_of(one.review_at),
    )


def to_sign(user: User) -> QuerySet[Agreement]:
    """Versions that are offered, or by which a stage is under review, to be signed.

    ``review``: the open review by it that a side of this user has not signed yet.
    """
    opened = Review.objects.filter(status=ReviewStatus.OPEN)
    unsigned = [
        opened.filter(permitted(user, permission, "engagement__", sides=[side]))
        .exclude(signatures__side=side)
        .values("agreement")
        for side, permission in MAY_SIGN.items()
    ]
    review = opened.filter(agreement=OuterRef("pk"))
    signed = Agreement.objects.filter(pk=OuterRef("pk")).order_by()
    signs = permitted(user, P.SIGN_FOR_CUSTOMER, "engagement__", sides=[Side.CUSTOMER])
    asked = Q(signs, status=AgreementStatus.OFFERED)
    for agreements in unsigned:
        asked |= Q(pk__in=agreements)
    # Who may sign is a member: what is asked for is visible.
    return (
        Agreement.objects.filter(asked)
        .annotate(
            review=Subquery(review.values("pk")[:1]),
            review_stage=Subquery(review.values("stage")[:1]),
            review_at=Subquery(review.values("opened_at")[:1]),
            signed_at=Subquery(
                signed.annotate(at=Max("signatures__signed_at")).values("at")
            ),
        )
        .select_related("engagement")
        .order_by("pk")
    )


# Any: a moment, or none.
def day_of(moment: Any) -> date | None:
    """The day of a moment, where people read it."""
    return None if moment is None else timezone.localdate(moment)
