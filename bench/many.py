"""Ten thousand engagements and a million runs, poured into the database in bulk."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from bench.drawn import NOW, Many, outcome_of
from bench.many_runs import write_runs
from bench.pouring import pour

if TYPE_CHECKING:
    from collections.abc import Iterator

    from projects.models import Engagement, Organisation, User

CUSTOMERS: Final = 100
PEOPLE: Final = 200


def write(engagement: Engagement, engagements: int, runs: int) -> Many:
    """All of it, like the one engagement that a service made."""
    many = Many(engagements, runs)
    customers = _customers()
    people = _people(engagement.provider, customers)
    _engagements(engagement, many, customers, people)
    first_agreement, first_criterion = _agreements(engagement, many, people)
    _uploads(engagement, many, people)
    write_runs(many, people, first_agreement, first_criterion)
    _glances(engagement, many, customers)
    _settle()
    return many


def _customers() -> list[Organisation]:
    from projects.models import Organisation

    return Organisation.objects.bulk_create(
        Organisation(name=f"委託{n:03}", name_en=f"Customer {n:03}", kind="customer")
        for n in range(CUSTOMERS)
    )


def _people(provider: Organisation, customers: list[Organisation]) -> list[User]:
    """Engineers of the provider, and an executive of each customer."""
    from projects.models import Membership, User

    people = User.objects.bulk_create(
        User(email=f"person-{n}@example.test", name=f"担当{n:03}")
        for n in range(PEOPLE)
    )
    Membership.objects.bulk_create(
        Membership(user=one, organisation=customers[n], role="executive")
        if n < CUSTOMERS
        else Membership(user=one, organisation=provider, role="engineer")
        for n, one in enumerate(people)
    )
    return people


def _engagements(
    like: Engagement, many: Many, customers: list[Organisation], people: list[User]
) -> None:
    from projects.models import Engagement, Membership

    def rows() -> Iterator[dict[str, Any]]:
        for n, pk in enumerate(many.ids):
            yield {
                "id": pk,
                "name": f"案件{n:05} 異常検知",
                "name_en": f"Engagement {n:05}, early warning",
                "stage": many.stage(n),
                "customer_id": customers[n % CUSTOMERS].pk,
                "owner_id": people[CUSTOMERS + n % (PEOPLE - CUSTOMERS)].pk,
                "ends_on": date(2027, 1, 1) + timedelta(days=n % 500),
                "created_at": NOW - timedelta(minutes=n),
            }

    fresh = Engagement(
        **{
            field.attname: getattr(like, field.attname)
            for field in Engagement._meta.concrete_fields
            if field.attname not in ("id", "created_at")
        }
    )
    pour(fresh, rows())
    pour(
        Membership(user=people[0], organisation=like.provider, role="viewer"),
        (
            {
                "user_id": people[(n * 7 + each) % PEOPLE].pk,
                "organisation_id": customers[n % CUSTOMERS].pk,
                "engagement_id": pk,
            }
            for n, pk in enumerate(many.ids)
            for each in range(3)
        ),
    )


def _agreements(like: Engagement, many: Many, people: list[User]) -> tuple[int, int]:
    """One in force with one criterion each; gives the first numbers of both."""
    from projects.models import Agreement, Criterion

    agreement = Agreement(
        engagement=like,
        status="in_force",
        digest="d" * 64,
        reason="初版",
        drafted_by=people[0],
    )
    pour(agreement, ({"engagement_id": pk} for pk in many.ids))
    first = Agreement.objects.order_by("pk").values_list("pk", flat=True)[0]
    criterion = Criterion(
        agreement_id=first, metric="miss_rate", bound="at_most", limit=Decimal("0.05")
    )
    pour(criterion, ({"agreement_id": first + n} for n in range(len(many.ids))))
    found = Criterion.objects.order_by("pk").values_list("pk", flat=True)
    return first, found[0]


def _uploads(like: Engagement, many: Many, people: list[User]) -> None:
    from evaluation.models import Upload

    layout = {
        "format": "csv",
        "encoding": "utf-8",
        "separator": ",",
        "columns": ["y_true", "y_pred"],
        "preview": [["1", "1"]],
        "rows": None,
        "compressed": False,
    }
    upload = Upload(
        engagement=like,
        file="none.csv",
        name="predictions.csv",
        size=50_000,
        sha256="e" * 64,
        layout=layout,
        uploaded_by=people[0],
    )
    # An upload is known by the same number as its engagement, which saves a look-up.
    pour(upload, ({"id": pk, "engagement_id": pk} for pk in many.ids))


def _glances(like: Engagement, many: Many, customers: list[Organisation]) -> None:
    """What each act would have told the lists, and what was spent."""
    import json

    from costs.models import Spend
    from projects.glancing import Need
    from projects.models import Glance

    def rows() -> Iterator[dict[str, Any]]:
        for place, pk in enumerate(many.ids):
            errors = [] if many.needs[place] == "UNMEASURED" else many.errors(place)
            in_hand = many.needs[place] != "ENDED"
            yield {
                "engagement_id": pk,
                "customer_id": customers[place % CUSTOMERS].pk,
                "stage": many.stage(place),
                "spent_yen": Decimal(place % 380 * 10_000),
                "gpu_yen": Decimal(place % 380 * 6_000),
                "labels_yen": Decimal(place % 380 * 1_000),
                "worst": json.dumps(_worst(errors[-1])) if errors else None,
                "need": Need[many.needs[place]].value,
                "outcome": outcome_of(many.needs[place]),
                "error": errors[-1] if errors else None,
                "errors": json.dumps(errors),
                "measured_on": NOW.date() if errors else None,
                "burned": round(many.levels[place] / 2, 3) if place % 3 == 0 else None,
                "burned_until": NOW.date() if place % 3 == 0 else None,
                "errors_yen": Decimal(place % 400 * 1_000),
                "expected_yen": Decimal(12_000_000 + place % 50 * 100_000),
                "realised_yen": Decimal(place % 90 * 100_000),
                "next_on": NOW.date() + timedelta(days=place % 200)
                if in_hand
                else None,
                "coming": "end" if in_hand else "",
            }

    alike = Glance(
        engagement_id=many.ids[0],
        provider=like.provider,
        customer=like.customer,
        budget_yen=Decimal(4_000_000),
    )
    pour(alike, rows())
    pour(
        Spend(engagement_id=many.ids[0], budget_yen=Decimal(4_000_000)),
        (
            {
                "engagement_id": pk,
                "spent_yen": Decimal(place % 380 * 10_000),
                "gpu_yen": Decimal(place % 380 * 6_000),
                "labels_yen": Decimal(place % 380 * 1_000),
            }
            for place, pk in enumerate(many.ids)
        ),
    )


def _worst(error: float) -> dict[str, Any]:
    """The criterion of `_agreements` with such an error by what it allows."""
    from projects.glancing import Worst

    return Worst(
        metric="miss_rate",
        bound="at_most",
        limit=Decimal("0.05"),
        outcome="fail" if error > 1 else "pass",
        value=error * 0.05,
        low=error * 0.045,
        high=error * 0.055,
        further_cases=None,
    ).kept


def _settle() -> None:
    """Let the database know what it holds, as it does by itself after a while."""
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("VACUUM ANALYZE")
        else:
            cursor.execute("ANALYZE")
