"""The facts of what blocks a stage, out of the rows of an overview."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from django.utils.translation import override

from dashboards.overview.blocking import Facts, Judged, Reason, Round, Todo, Waiting
from dashboards.overview.words import MANAGEMENT, and_more
from evaluation.beaten import beats
from evaluation.metrics import finished_from_json
from evaluation.operation import counted
from evaluation.requirements import Facts as Stood
from evaluation.requirements import requirements
from evaluation.reviews import COUNTED, REVIEWED
from evaluation.templatetags.borne import why_ended
from projects.catalogue import Text
from projects.difference.lines import STAGES
from projects.models import Side, Stage
from projects.permissions import Permission, permissions_by
from projects.provable import cases_a_year
from projects.templatetags.figures import measured, promise

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dashboards.overview.queries import Loaded
    from evaluation.models import CriterionVerdict, ErrorAcceptance
    from evaluation.requirements import Requirement
    from projects.models import Agreement, User


def facts_of(loaded: Loaded) -> Facts:
    """What stands of the engagement, for the rule that says what blocks it."""
    engagement, agreement = loaded.engagement, loaded.agreement
    latest = getattr(engagement, "latest", None)
    plan = getattr(engagement, "operation_plan", None)
    lead, lapsed = name_of(engagement.owner), loaded.lapsed
    customer = engagement.customer
    return Facts(
        stage=engagement.stage,
        today=loaded.today,
        lead=lead,
        sender=lead if latest is None else name_of(latest.run.submitted_by),
        operator=lead if plan is None else name_of(plan.owner),
        signer=_signer(loaded)
        or Text(customer.name, customer.name_en or customer.name),
        management=MANAGEMENT,
        round=_round(loaded),
        waiting=_waiting(loaded.waiting),
        required=required(loaded),
        judged=tuple(_judged(one, agreement) for one in _counted(loaded)),
        ahead=tuple(_ahead(loaded, agreement)),
        unsigned=_unsigned(loaded),
        days_left=0 if plan is None else max(0, plan.days_needed - len(loaded.days)),
        has_budget=getattr(agreement, "error_budget", None) is not None,
        lapsed=None if lapsed is None else _said(lapsed),
        todos=tuple(_todos(loaded)),
        breaches=tuple(
            Text(one.sentence("ja"), one.sentence("en"))
            for one in loaded.breaches
            if one.decided_at is None
        ),
    )


def required(loaded: Loaded) -> tuple[Requirement, ...]:
    """What the stage needs and how it stands: as `evaluation.reviews` asks it."""
    stage = Stage(loaded.engagement.stage)
    if stage not in REVIEWED:
        return ()
    return requirements(stage.value, _stood(loaded, stage))


def name_of(user: User) -> Text:
    """A person in both languages."""
    return Text(user.name, user.name_en or user.name)


def _stood(loaded: Loaded, stage: Stage) -> Stood:
    engagement, agreement = loaded.engagement, loaded.agreement
    latest = getattr(engagement, "latest", None)
    run = None if latest is None else latest.run
    plan = getattr(engagement, "operation_plan", None)
    operated = counted(plan, loaded.days, agreement, loaded.today)
    standing = loaded.standing
    return Stood(
        feasible=_feasible(loaded),
        agreement_version=None if agreement is None else agreement.version,
        accepted_before=_accepted_before(loaded, stage),
        run_number=None if run is None else run.number,
        run_version=None if run is None else run.agreement.version,
        outcomes=Counter(one.outcome for one in _of_stage(loaded)),
        own_truth=run is not None and run.truth_set_id is None,
        own_truth_agreed=agreement is not None and agreement.own_truth,
        beats_baseline=_beats(loaded),
        errors_accepted=standing is not None and standing.until >= loaded.today,
        owner="" if plan is None else plan.owner.name,
        deputy="" if plan is None else plan.deputy.name,
        days=operated.days,
        days_needed=0 if plan is None else plan.days_needed,
        truth_share=operated.truth_share,
        budget_kept=operated.budget_kept,
        drill_worked=engagement.drill_worked,  # type: ignore[attr-defined]
    )


def _feasible(loaded: Loaded) -> bool:
    found = _round(loaded)
    if found is None:
        return getattr(loaded.engagement, "stands_as", None) in ("go", "conditional")
    return found.verdict in ("go", "conditional")


def _accepted_before(loaded: Loaded, stage: Stage) -> bool:
    if stage == Stage.INITIAL:
        return True
    before = REVIEWED[REVIEWED.index(stage) - 1]
    return getattr(loaded.engagement, f"accepted_{before.value}") is not None


def _beats(loaded: Loaded) -> bool | None:
    agreement = loaded.agreement
    if agreement is None or not agreement.baseline:
        return None
    if loaded.finished is None:
        return False
    return bool(beats(finished_from_json(loaded.finished), agreement.baseline))


def _round(loaded: Loaded) -> Round | None:
    asked = loaded.assessment
    if asked is None:
        return None
    screened = asked.screened(loaded.answers, loaded.waived)
    return Round(
        is_issued=asked.issued_at is not None,
        verdict=screened.verdict.value,
        reasons=tuple(
            Reason(one.item_id, one.why, one.leads_to.value) for one in screened.reasons
        ),
    )


def _waiting(agreement: Agreement | None) -> Waiting | None:
    if agreement is None:
        return None
    side = Side.PROVIDER if agreement.is_draft else Side.CUSTOMER
    return Waiting(agreement.version, side.value)


def _unsigned(loaded: Loaded) -> tuple[str, ...]:
    """The sides that an open review still waits for."""
    engagement = loaded.engagement
    if getattr(engagement, "open_review", None) is None:
        return ()
    return tuple(
        side.value for side in Side if not getattr(engagement, f"signed_{side.value}")
    )


def _of_stage(loaded: Loaded) -> list[CriterionVerdict]:
    """The verdicts that the stage counts: its own and those of stages before it."""
    counts = COUNTED.get(Stage(loaded.engagement.stage), ())
    return [one for one in loaded.verdicts if one.criterion.stage in counts]


def _counted(loaded: Loaded) -> list[CriterionVerdict]:
    return [one for one in _of_stage(loaded) if one.outcome != "pass"]


def _ahead(loaded: Loaded, agreement: Agreement | None) -> Iterator[Judged]:
    """Criteria of stages behind this one that do not pass yet."""
    order = Stage.values
    now = order.index(loaded.engagement.stage)
    for one in loaded.verdicts:
        stage = one.criterion.stage
        if one.outcome != "pass" and order.index(stage) > now:
            yield replace(_judged(one, agreement), stage=STAGES[stage])


def _judged(one: CriterionVerdict, agreement: Agreement | None) -> Judged:
    line = one.criterion
    a_year = None
    # Of one segment nobody says how many of the cases are its own.
    if agreement is not None and not one.segment:
        a_year = cases_a_year(
            line.metric, agreement.rows_a_month, agreement.events_a_year
        )
    unit = line.of.unit
    return Judged(
        outcome=one.outcome,
        name=line.of.name,
        segment=one.segment,
        shown=measured(one.value, one.low, one.high, unit, 2),
        promised=promise(line.bound, line.limit, unit),
        further=max(one.further_cases or 0, one.short_by) or None,
        a_year=a_year,
    )


def _todos(loaded: Loaded) -> Iterator[Todo]:
    for one in loaded.todos:
        name, english = one["owner__name"], one["owner__name_en"]
        yield Todo(one["kind"], one["what"], Text(name, english or name), one["due_on"])


def _signer(loaded: Loaded) -> Text | None:
    """Who signs for the customer; of several the first, and how many more."""
    able = {
        one.user_id: name_of(one.user)
        for one in loaded.members
        if Permission.SIGN_FOR_CUSTOMER in permissions_by([one], loaded.engagement)
    }
    names = list(able.values())
    return and_more(names[0], len(names) - 1) if names else None


def _said(ended: ErrorAcceptance) -> Text:
    said = []
    for language in ("ja", "en"):
        with override(language):
            said.append(why_ended(ended))
    ja, en = said
    return Text(ja, en[0].upper() + en[1:])
