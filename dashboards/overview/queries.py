"""All that an engagement's overview shows, in a fixed number of queries.

The page may make fifteen with those of its frame, so what hangs on one row comes with
it, and the notes in the head get their rows from here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import (
    CharField,
    Exists,
    Min,
    OuterRef,
    Prefetch,
    Q,
    Subquery,
    Sum,
    Value,
)
from django.utils import timezone

from costs import outlook
from costs.models import Breach, Reservation, SpendDay
from dashboards.queries import latest_verdicts
from evaluation.models import (
    Drill,
    ErrorAcceptance,
    OperationDay,
    Repair,
    Result,
    Review,
    ReviewSignature,
    ReviewStatus,
)
from projects.models import (
    Agreement,
    AgreementSignature,
    AgreementStatus,
    Answer,
    Assessment,
    Engagement,
    Intake,
    Side,
    Stage,
    Waiver,
)
from projects.pages import MOVED, members

if TYPE_CHECKING:
    from datetime import date

    from django.db.models import QuerySet

    from evaluation.models import CriterionVerdict
    from projects.models import Event, Membership, User

EVENTS_SHOWN = 10
# A version that is signed by nobody or by one side, and the one that judges.
LIVE = (AgreementStatus.DRAFT, AgreementStatus.OFFERED, AgreementStatus.IN_FORCE)


@dataclass(frozen=True, slots=True)
class Loaded:
    """The rows of one overview, on one day."""

    engagement: Engagement
    today: date
    members: list[Membership]
    events: list[Event]
    acceptance: ErrorAcceptance | None
    breaches: list[Breach]
    waivers: list[Waiver]
    agreements: list[Agreement]
    # Any: what, owner, owner in English, due, and whether a task or a repair.
    todos: list[dict[str, Any]]
    verdicts: list[CriterionVerdict]
    assessment: Assessment | None = None
    answers: list[Answer] = field(default_factory=list)
    days: list[OperationDay] = field(default_factory=list)
    # Any: as json keeps it.
    finished: dict[str, Any] | None = None

    @property
    def agreement(self) -> Agreement | None:
        """The version that judges now."""
        return self._first(AgreementStatus.IN_FORCE)

    @property
    def waiting(self) -> Agreement | None:
        """The newest version that is not in force yet."""
        return self._first(AgreementStatus.OFFERED, AgreementStatus.DRAFT)

    @property
    def standing(self) -> ErrorAcceptance | None:
        """The acceptance of errors that holds."""
        found = self.acceptance
        return found if found is not None and found.ended_at is None else None

    @property
    def lapsed(self) -> ErrorAcceptance | None:
        """The newest acceptance, where it ended and nothing replaced it."""
        found = self.acceptance
        return found if found is not None and found.ended_at is not None else None

    @property
    def moved(self) -> list[Event]:
        """The events that changed the stage, the oldest first."""
        return [one for one in reversed(self.events) if one.verb == MOVED]

    @property
    def waived(self) -> frozenset[str]:
        """Questions whose answer management has accepted until today or later."""
        return frozenset(one.item_id for one in self.in_force)

    @property
    def in_force(self) -> list[Waiver]:
        return [one for one in self.waivers if one.until >= self.today]

    def _first(self, *statuses: AgreementStatus) -> Agreement | None:
        found = (one for one in self.agreements if one.status in statuses)
        return next(found, None)


def seen_by(user: User, today: date) -> QuerySet[Engagement]:
    """What the user may see, each with all that one row can carry."""
    return (
        Engagement.objects.visible_to(user)
        .select_related(
            *("customer", "provider", "owner", "glance", "spend"),
            *("latest__run__agreement", "latest__run__submitted_by"),
            "latest__worst__criterion",
            *("operation_plan__owner", "operation_plan__deputy"),
        )
        .annotate(
            **_of_reviews(),
            **_of_money(today),
            **_of_intake(user),
            drill_worked=Exists(
                Drill.objects.filter(engagement=OuterRef("pk"), worked=True)
            ),
            stands_as=Subquery(_issued().values("stands_as")[:1]),
            stands_since=Subquery(_issued().values("issued_at")[:1]),
            booked_from=Subquery(
                Reservation.objects.standing()
                .filter(engagement=OuterRef("pk"), wanted_from__gte=timezone.now())
                .values("wanted_from")[:1]
            ),
        )
    )


def load(engagement: Engagement, today: date) -> Loaded:
    """The rest of the rows: nine queries, and one or two more by the stage."""
    stage = Stage(engagement.stage)
    waivers = engagement.waivers.filter(ended_at__isnull=True)
    held = list(waivers.select_related("given_by", "organisation"))
    agreements = _agreements(engagement)
    assessment, answers = _round(engagement, stage, held, today)
    return Loaded(
        engagement=engagement,
        today=today,
        members=list(members(engagement)),
        events=_events(engagement),
        acceptance=engagement.error_acceptances.select_related(
            "accepted_by", "organisation", "run"
        ).first(),
        breaches=Breach.objects.newest_of(engagement),
        waivers=held,
        agreements=agreements,
        todos=_todos(engagement),
        verdicts=latest_verdicts(engagement),
        assessment=assessment,
        answers=answers,
        days=list(OperationDay.objects.filter(engagement=engagement))
        if stage == Stage.OPERATION
        else [],
        finished=_finished(engagement, stage, agreements),
    )


def _events(engagement: Engagement) -> list[Event]:
    """The newest, and those that changed the stage; the newest first."""
    newest = engagement.events.values("pk")[:EVENTS_SHOWN]
    chosen = engagement.events.filter(Q(verb=MOVED) | Q(pk__in=Subquery(newest)))
    return list(chosen.select_related("engagement", "actor"))


def _agreements(engagement: Engagement) -> list[Agreement]:
    signed = AgreementSignature.objects.select_related("signer", "organisation")
    found = engagement.agreements.filter(status__in=LIVE)
    return list(
        found.select_related("error_budget", "stop_line").prefetch_related(
            Prefetch("signatures", signed)
        )
    )


def _todos(engagement: Engagement) -> list[dict[str, Any]]:
    """Tasks and repairs that are not done, the soonest due first; one query."""
    named = ("owner__name", "owner__name_en", "due_on", "what", "kind")
    kind = {word: Value(word, CharField()) for word in ("task", "repair")}
    tasks = engagement.tasks.undone().order_by().annotate(kind=kind["task"])
    repairs = Repair.objects.filter(
        review__engagement=engagement, done_at__isnull=True
    ).order_by()
    both = tasks.values(*named).union(
        repairs.annotate(kind=kind["repair"]).values(*named), all=True
    )
    return list(both.order_by("due_on"))


def _round(
    engagement: Engagement, stage: Stage, held: list[Waiver], today: date
) -> tuple[Assessment | None, list[Answer]]:
    """The round that decides about the stage, with its answers, where one does.

    Until an agreement is in force it is judged afresh; of the initial judgement only
    where it may stand in the way.
    """
    rounds = engagement.assessments.all()
    if stage == Stage.INITIAL:
        stands = getattr(engagement, "stands_as", None) in ("go", "conditional")
        if stands and all(one.until >= today for one in held):
            return None, []
        rounds = rounds.filter(issued_at__isnull=False)
    elif stage == Stage.AGREEMENT:
        rounds = rounds.filter(issued_at__isnull=False)
    elif stage != Stage.FEASIBILITY:
        return None, []
    found = rounds.first()
    if found is None:
        return None, []
    found.engagement = engagement
    return found, list(found.answers.all())


def _finished(
    engagement: Engagement, stage: Stage, agreements: list[Agreement]
) -> dict[str, Any] | None:
    """What the newest run measured, where a baseline is to be beaten by it."""
    agreed = [one for one in agreements if one.status == AgreementStatus.IN_FORCE]
    latest = getattr(engagement, "latest", None)
    if stage != Stage.INITIAL or latest is None or not agreed or not agreed[0].baseline:
        return None
    found: dict[str, Any] | None = (
        Result.objects.filter(run=latest.run_id)
        .values_list("finished", flat=True)
        .first()
    )
    return found


def _issued() -> QuerySet[Assessment]:
    return Assessment.objects.filter(
        engagement=OuterRef("pk"), issued_at__isnull=False
    ).order_by("-round")


# Any: expressions by the name of what they find.
def _of_reviews() -> dict[str, Any]:
    """Which stages are accepted, and which review is open with whose signatures."""
    of_it = Review.objects.filter(engagement=OuterRef("pk"))
    opened = of_it.filter(status=ReviewStatus.OPEN)
    signed = ReviewSignature.objects.filter(
        review__engagement=OuterRef("pk"), review__status=ReviewStatus.OPEN
    )
    accepted = {
        f"accepted_{stage.value}": Subquery(
            of_it.filter(status=ReviewStatus.ACCEPTED, stage=stage).values("ended_at")[
                :1
            ]
        )
        for stage in (Stage.INITIAL, Stage.ACCURACY, Stage.OPERATION)
    }
    sides = {f"signed_{side.value}": Exists(signed.filter(side=side)) for side in Side}
    return accepted | sides | {"open_review": Subquery(opened.values("pk")[:1])}


def _of_money(today: date) -> dict[str, Any]:
    """The spend of the last days up to yesterday, and the first day of any."""
    of_it = SpendDay.objects.filter(engagement=OuterRef("pk")).order_by()
    since = today - timedelta(days=outlook.WINDOW)
    late = of_it.filter(day__gte=since, day__lt=today).values("engagement")
    return {
        "recent_yen": Subquery(late.annotate(all=Sum("cost_yen")).values("all")),
        "first_spent_on": Subquery(
            of_it.values("engagement").annotate(first=Min("day")).values("first")
        ),
    }


def _of_intake(user: User) -> dict[str, Any]:
    """The intake it came from, for those who may read it."""
    read = Intake.objects.visible_to(user).filter(engagement=OuterRef("pk"))
    return {
        f"intake_{name}": Subquery(read.values(name)[:1])
        for name in ("id", "asker_name", "filed_at")
    }
