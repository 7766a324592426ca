"""Ten thousand engagements and a million runs, poured into the database in bulk."""

from __future__ import annotations

import random
import uuid
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.db.models import Model

    from projects.models import Engagement, Organisation, User

CUSTOMERS: Final = 100
PEOPLE: Final = 200
NOW: Final = datetime(2026, 11, 25, 3, tzinfo=UTC)
# How many engagements of a hundred keep what was agreed, and so on; the rest has ended.
NEEDS: Final = {"MISSED": 6, "UNSURE": 12, "UNMEASURED": 15, "KEPT": 55, "ENDED": 12}
STAGES: Final = ("feasibility", "agreement", "initial", "accuracy", "operation")
# What stands in most rows of results: nobody opens a run of two years ago.
OLD: Final = "{}"
KEPT_ERRORS: Final = 12
AT_ONCE: Final = 20_000


# Any: rows of whatever model, columns by their names.
def pour(like: Model, rows: Iterable[dict[str, Any]]) -> None:
    """Write rows that are like one that was never saved, but for what each says.

    By COPY on Postgres, which a million rows need; in batches elsewhere. No service is
    asked and no guard: the rows are what the services would have left.
    """
    from django.db import connection, transaction

    fields = [
        one
        for one in like._meta.concrete_fields
        if one.get_internal_type() != "BigAutoField"
    ]
    usual = {
        one.attname: one.get_db_prep_save(one.pre_save(like, add=True), connection)
        for one in fields
    }
    names = [one.attname for one in fields]
    columns = ", ".join(f'"{one.column}"' for one in fields)
    table = like._meta.db_table
    lines = ([(usual | row)[name] for name in names] for row in rows)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # The rows are ours and fit together: no look at the other table for each.
            cursor.execute("SET session_replication_role = replica")
            with cursor.copy(f'COPY "{table}" ({columns}) FROM STDIN') as copy:
                for line in lines:
                    copy.write_row(line)
            return
        marks = ", ".join(["%s"] * len(names))
        while batch := [
            [_plain(one) for one in line] for line in islice(lines, AT_ONCE)
        ]:
            # One transaction a batch, else each row would wait for the disk.
            with transaction.atomic():
                cursor.executemany(
                    f'INSERT INTO "{table}" ({columns}) VALUES ({marks})',  # noqa: S608 - our own names
                    batch,
                )


def _plain(value: Any) -> Any:
    """As SQLite keeps it."""
    if isinstance(value, uuid.UUID):
        return value.hex
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


class Many:
    """What was drawn for each engagement, by one seed: its need, runs and errors."""

    def __init__(self, engagements: int, runs: int) -> None:
        self.chance = random.Random(20261125)  # noqa: S311 - a demonstration
        self.ids = [self._id() for _each in range(engagements)]
        needs = [need for need, share in NEEDS.items() for _each in range(share)]
        self.needs = [self.chance.choice(needs) for _each in self.ids]
        # A few engagements have very many runs, most of them few.
        weights = [self.chance.lognormvariate(0, 1) for _each in self.ids]
        share = runs / sum(weights)
        self.runs = [max(1, int(weight * share)) for weight in weights]
        self.runs[0] += runs - sum(self.runs)
        # As a part of what is allowed: below 1 is inside.
        self.levels = [self._level(need) for need in self.needs]

    def _id(self) -> uuid.UUID:
        return uuid.UUID(int=self.chance.getrandbits(128), version=4)

    def _level(self, need: str) -> float:
        low, high = {"MISSED": (1.05, 2.0), "UNSURE": (0.8, 1.1)}.get(need, (0.3, 0.95))
        return self.chance.uniform(low, high)

    def stage(self, place: int) -> str:
        """How far an engagement has come."""
        need = self.needs[place]
        if need == "ENDED":
            return "closed"
        return STAGES[place % 2] if need == "UNMEASURED" else STAGES[2 + place % 3]

    def errors(self, place: int) -> list[float]:
        """The worst errors of the newest runs of an engagement, the newest last."""
        wave = random.Random(place)  # noqa: S311
        level = self.levels[place]
        few = min(KEPT_ERRORS, self.runs[place])
        return [round(level * wave.uniform(0.9, 1.2), 4) for _ in range(few - 1)] + [
            round(level, 4)
        ]


def outcome_of(need: str) -> str:
    """The newest verdict of an engagement that needs so much."""
    return {"MISSED": "fail", "UNSURE": "undecided", "UNMEASURED": ""}.get(need, "pass")


def write(engagement: Engagement, engagements: int, runs: int) -> Many:
    """All of it, like the one engagement that a service made."""
    many = Many(engagements, runs)
    customers = _customers()
    people = _people(engagement.provider, customers)
    _engagements(engagement, many, customers, people)
    first_agreement, first_criterion = _agreements(engagement, many, people)
    _uploads(engagement, many, people)
    _runs(many, people, first_agreement, first_criterion)
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


def _runs(many: Many, people: list[User], agreement: int, criterion: int) -> None:
    from evaluation.models import CriterionVerdict, Result, Run

    run = Run(
        number=1,
        agreement_id=agreement,
        upload_id=many.ids[0],
        columns={},
        submitted_by=people[0],
    )
    pour(run, _run_rows(many, agreement))
    finished, figures = _finished()
    result = Result(
        run_id=many.ids[0],
        outcome="pass",
        finished={},
        figures=figures,
        rows=1638,
        evaluator_version="1",
        seconds=0.4,
    )
    newest = {run_id(n, count) for n, count in enumerate(many.runs)}
    pour(
        result,
        (
            {
                "run_id": pk,
                "outcome": outcome,
                "finished": finished if pk in newest else OLD,
            }
            for _place, pk, outcome, _error, _number in _measured(many)
        ),
    )
    first = Result.objects.order_by("pk").values_list("pk", flat=True)[0]
    verdict = CriterionVerdict(
        result_id=first,
        criterion_id=criterion,
        outcome="pass",
        reason="interval",
        cases=40,
    )
    pour(
        verdict,
        (
            {
                "result_id": first + line,
                "criterion_id": criterion + place,
                "outcome": outcome,
                "value": error * 0.05,
                "low": error * 0.03,
                "high": error * 0.08,
            }
            for line, (place, _pk, outcome, error, _number) in enumerate(
                _measured(many)
            )
        ),
    )
    _latest(many, agreement)


def run_id(place: int, number: int) -> uuid.UUID:
    """The address of a run, which can be told from its place and number."""
    return uuid.UUID(int=(4 << 76) | (8 << 60) | (place << 32) | number)


def _status(place: int, number: int, runs: int) -> str:
    """Of twenty runs one was refused; a few newer ones broke off."""
    if number == runs:
        return "measured"
    if (place + number) % 20 == 0:
        return "refused"
    # What breaks off is sent again, so that few of them stay.
    return "failed" if number == runs - 1 and place % 200 == 0 else "measured"


def _run_rows(many: Many, agreement: int) -> Iterator[dict[str, Any]]:
    for place, runs in enumerate(many.runs):
        for number in range(1, runs + 1):
            at = NOW - timedelta(hours=6 * (runs - number) + place % 6)
            yield {
                "id": run_id(place, number),
                "number": number,
                "agreement_id": agreement + place,
                "upload_id": many.ids[place],
                "sha256": f"{number:064x}",
                "status": _status(place, number, runs),
                "submitted_at": at,
                "begun_at": at,
                "finished_at": at + timedelta(seconds=2),
                "rows_read": 1638,
                "rows_total": 1638,
            }


def _measured(many: Many) -> Iterator[tuple[int, uuid.UUID, str, float, int]]:
    """Every measured run: place, run, outcome, error by what is allowed, number."""
    for place, runs in enumerate(many.runs):
        errors = many.errors(place)
        for number in range(1, runs + 1):
            if _status(place, number, runs) != "measured":
                continue
            error = errors[number - runs - 1] if runs - number < len(errors) else 1.3
            outcome = "fail" if error > 1 else "pass"
            if number == runs:
                outcome = outcome_of(many.needs[place]) or "pass"
            yield place, run_id(place, number), outcome, error, number


def _finished() -> tuple[str, dict[str, Any]]:
    """What is kept of one small file that was really measured, and its figures."""
    import json

    import numpy as np
    import pyarrow as pa

    from evaluation.figures import figures_of
    from evaluation.metrics import detection
    from projects.catalogue import Shape

    chance = np.random.default_rng(20261125)
    truth = (chance.random(1638) < 0.03).astype(np.int8)
    score = np.clip(chance.normal(0.25 + 0.5 * truth, 0.15), 0, 1)
    batch = {"y_true": truth, "y_pred": (score > 0.5).astype(np.int8)}
    finished = detection.finish(
        detection.part(pa.record_batch({**batch, "y_score": score}))
    )
    keys = ("miss_rate", "precision", "recall")
    return json.dumps(finished.to_json()), figures_of(finished, Shape.DETECTION, keys)


def _latest(many: Many, agreement: int) -> None:
    from django.db.models import Max

    from evaluation.models import CriterionVerdict, LatestVerdict

    newest = dict(
        CriterionVerdict.objects.order_by()
        .values_list("criterion__agreement_id")
        .annotate(pk=Max("pk"))
    )
    latest = LatestVerdict(
        engagement_id=many.ids[0], run_id=run_id(0, 1), outcome="pass"
    )
    pour(
        latest,
        (
            {
                "engagement_id": many.ids[place],
                "run_id": run_id(place, runs),
                "outcome": outcome_of(many.needs[place]),
                "worst_id": newest[agreement + place],
            }
            for place, runs in enumerate(many.runs)
            if many.needs[place] != "UNMEASURED"
        ),
    )


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
