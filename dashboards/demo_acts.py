"""What happens to every engagement of the demo: begun, agreed, measured, borne."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.core.files.base import ContentFile
from django.utils import timezone

from dashboards.demo import PASSWORD, PROVIDER
from dashboards.demo_clock import ago, on
from dashboards.demo_operation import promise_errors
from evaluation.acceptances import USUAL, accept_errors
from evaluation.curve import cheapest, curve_of
from evaluation.ingest.mapping import recognise
from evaluation.metrics import finished_from_json
from evaluation.models import Run
from evaluation.pipeline import evaluate
from evaluation.services import receive_upload, submit_run
from projects.models import Side
from projects.services import agreement as agreements
from projects.services import engagement as engagements

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from projects.catalogue import Terms
    from projects.models import Agreement, Engagement, Organisation, User
    from projects.services.agreement import CriterionDraft

LASTS: Final = 365


@dataclass(frozen=True, slots=True)
class Wanted:
    """An engagement as it was asked for, so many days ago."""

    customer: str
    name: str
    name_en: str
    kind: str
    place: str
    since: int


def take_on(
    wanted: Wanted, manager: User, sides: dict[str, Organisation]
) -> Engagement:
    """One engagement at its beginning."""
    day = ago(wanted.since)
    with on(day):
        return engagements.create_engagement(
            by=manager,
            provider=sides[PROVIDER],
            customer=sides[wanted.customer],
            name=wanted.name,
            name_en=wanted.name_en,
            problem=f"{wanted.place}の{wanted.name}を、合意した精度で一年運用する。",
            kind=wanted.kind,
            place=wanted.place,
            placement="on_prem",
            owner=manager,
            starts_on=day,
            ends_on=ago(wanted.since - LASTS),
        )


def offer(
    engagement: Engagement,
    lines: Sequence[CriterionDraft],
    terms: Terms,
    manager: User,
    reason: str,
) -> Agreement:
    """A version that waits for the customer."""
    draft = agreements.draft_agreement(
        engagement=engagement, reason=reason, terms=terms, criteria=lines, by=manager
    )
    if engagement.kind == "demand_forecast":
        promise_errors(draft, manager)
    agreements.sign(agreement=draft, side=Side.PROVIDER, password=PASSWORD, by=manager)
    draft.refresh_from_db()
    return draft


def agree(
    engagement: Engagement,
    lines: Sequence[CriterionDraft],
    terms: Terms,
    manager: User,
    executive: User,
    *,
    since: int,
    reason: str = "初版",
) -> None:
    """A version that both sides signed so many days ago, the provider a day before."""
    with on(ago(since + 1)):
        draft = offer(engagement, lines, terms, manager, reason)
    with on(ago(since)):
        agreements.sign(
            agreement=draft, side=Side.CUSTOMER, password=PASSWORD, by=executive
        )
    engagement.refresh_from_db()


def submit(
    engagement: Engagement, file: tuple[str, bytes], note: str, manager: User
) -> Run:
    """One file of the demo, uploaded and queued."""
    name, content = file
    upload = receive_upload(
        engagement=engagement,
        file=ContentFile(content, name=name),
        name=name,
        sha256=hashlib.sha256(content).hexdigest(),
        by=manager,
    )
    columns = recognise(upload.seen.columns, engagement.shape)
    return submit_run(upload=upload, columns=columns, note=note, by=manager)


def measure(
    engagement: Engagement,
    file: tuple[str, bytes],
    note: str,
    manager: User,
    day: date,
) -> None:
    """One file, measured on the day it was sent."""
    with on(day, hour=14):
        evaluate(submit(engagement, file, note, manager).pk)


def newest_of(engagement: Engagement) -> Run:
    """The run with the highest number."""
    return Run.objects.filter(agreement__engagement=engagement).latest("number")


def bear(engagement: Engagement, executive: User) -> None:
    """The errors of the newest run accepted, at its cheapest point, for half a year."""
    newest = newest_of(engagement)
    curve = curve_of(finished_from_json(newest.result.finished))
    best = None if curve is None else cheapest(curve)
    if best is None:
        raise LookupError("The demo's run has no cheapest point.")
    accept_errors(
        run=newest,
        at=best.at,
        until=timezone.localdate() + USUAL,
        password=PASSWORD,
        by=executive,
    )
