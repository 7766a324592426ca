"""Which signatures wait for a reader; and whether a role allows what is waited for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Exists, Max, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone

from dashboards.shapes import Decision, Waits
from evaluation.models import Review, ReviewStatus
from evaluation.reviews import MAY_SIGN
from projects.models import Agreement, AgreementStatus, Membership, Side, Stage
from projects.permissions import CUSTOMER, PROVIDER, roles_with
from projects.permissions import Permission as P

if TYPE_CHECKING:
    from datetime import date

    from django.db.models import QuerySet

    from projects.models import User


def holds(user: User, permission: P, side: Side, engagement: str) -> Exists:
    """Whether the user's role on that side allows it; ``engagement``: how to get there.

    An empty path is the engagement itself.
    """
    tables = {Side.PROVIDER: PROVIDER, Side.CUSTOMER: CUSTOMER}
    to = f"{engagement}__" if engagement else ""
    held = Membership.objects.filter(
        Q(engagement__isnull=True) | Q(engagement=OuterRef(engagement or "pk")),
        user=user,
        role__in=roles_with(permission, tables[side]),
        organisation=OuterRef(f"{to}{side.value}"),
    )
    return Exists(held)


def signatures(user: User) -> list[Decision]:
    """Agreements and stages that wait for the signature of the user's side."""
    found: list[Decision] = []
    for one in to_sign(user):
        if one.status == AgreementStatus.OFFERED and one.signs_customer:  # type: ignore[attr-defined]
            found.append(
                Decision(
                    kind=Waits.SIGN,
                    engagement=one.engagement,
                    number=one.version,
                    reason=one.reason,
                    url=reverse("projects:agreement_sign", args=[one.pk]),
                    day=day_of(one.signed_at),  # type: ignore[attr-defined]
                )
            )
        if one.review_provider or one.review_customer:  # type: ignore[attr-defined]
            review = one.review_provider or one.review_customer  # type: ignore[attr-defined]
            found.append(
                Decision(
                    kind=Waits.REVIEW,
                    engagement=one.engagement,
                    number=one.version,
                    reason=str(Stage(one.review_stage).label),  # type: ignore[attr-defined]
                    url=reverse("evaluation:review_sign", args=[review]),
                    day=day_of(one.review_at),  # type: ignore[attr-defined]
                )
            )
    return found


def to_sign(user: User) -> QuerySet[Agreement]:
    """Versions that are offered, or by which a stage is under review, to be signed.

    ``review_provider`` and ``review_customer``: the open review that this user may
    sign for that side and which that side has not signed yet.
    """
    reviews = Review.objects.filter(agreement=OuterRef("pk"), status=ReviewStatus.OPEN)
    unsigned = {
        f"review_{side.value}": Subquery(
            reviews.filter(holds(user, permission, side, "engagement"))
            .exclude(signatures__side=side)
            .values("pk")[:1]
        )
        for side, permission in MAY_SIGN.items()
    }
    opened = Review.objects.filter(status=ReviewStatus.OPEN).values("agreement")
    signed = Agreement.objects.filter(pk=OuterRef("pk")).order_by()
    return (
        Agreement.objects.visible_to(user)
        .filter(Q(status=AgreementStatus.OFFERED) | Q(pk__in=opened))
        .annotate(
            **unsigned,
            signs_customer=holds(
                user, P.SIGN_FOR_CUSTOMER, Side.CUSTOMER, "engagement"
            ),
            review_stage=Subquery(reviews.values("stage")[:1]),
            review_at=Subquery(reviews.values("opened_at")[:1]),
            signed_at=Subquery(
                signed.annotate(at=Max("signatures__signed_at")).values("at")
            ),
        )
        .filter(
            Q(status=AgreementStatus.OFFERED, signs_customer=True)
            | Q(review_provider__isnull=False)
            | Q(review_customer__isnull=False)
        )
        .select_related("engagement")
        .order_by("pk")
    )


# Any: a moment, or none.
def day_of(moment: Any) -> date | None:
    """The day of a moment, where people read it."""
    return None if moment is None else timezone.localdate(moment)
