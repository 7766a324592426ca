"""What an engagement's overview lists: what blocks, what comes, and the money."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from costs import outlook
from evaluation.acceptances import sentence_of
from evaluation.ended import borne_by
from projects.catalogue import ERRORS
from projects.models import Stage
from projects.templatetags.times import day_near

if TYPE_CHECKING:
    from collections.abc import Sequence

    from costs.models import Spend
    from dashboards.overview.blocking import Block
    from dashboards.overview.queries import Loaded

DATES_SHOWN: Final = 7


@dataclass(frozen=True, slots=True)
class Line:
    """A block in the reader's language, with the page on which it is mended."""

    key: str
    icon: str
    what: str
    how: str
    owner: str
    due: date | None
    due_text: str
    is_late: bool
    blocks: bool
    href: str


@dataclass(frozen=True, slots=True)
class Coming:
    """A day that matters, and what it is."""

    on: date
    text: str
    what: str
    href: str
    is_late: bool


ICONS: Final = {0: "fail", 1: "undecided", 2: "open", 3: "clock"}


def lines(loaded: Loaded, found: Sequence[Block]) -> list[Line]:
    """What blocks and what is open beside it, as a table shows it."""
    language = get_language() or "ja"
    return [
        Line(
            key=one.key,
            icon=ICONS[one.weight],
            what=one.what.in_(language),
            how=one.how.in_(language),
            owner=one.owner.in_(language),
            due=one.due,
            due_text=day_near(one.due, loaded.today),
            is_late=one.due is not None and one.due < loaded.today,
            blocks=one.blocks,
            href=href_of(loaded, one.place),
        )
        for one in found
    ]


def href_of(loaded: Loaded, place: str) -> str:
    """The page on which something is mended."""
    pk = loaded.engagement.pk
    latest = getattr(loaded.engagement, "latest", None)
    waiting = loaded.waiting
    if place == "run" and latest is not None:
        return str(latest.run.get_absolute_url())
    if place == "review":
        opened = loaded.engagement.open_review  # type: ignore[attr-defined]
        return reverse("evaluation:review", args=[opened])
    if place == "agreement" and waiting is not None:
        return waiting.get_absolute_url()
    pages = {
        "feasibility": "projects:feasibility",
        "agreement": "projects:agreements",
        "stages": "evaluation:stages",
        "operation": "evaluation:operation",
        "budget": "costs:budgets",
    }
    return reverse(pages.get(place, "evaluation:runs"), args=[pk])


def dates(loaded: Loaded, found: Sequence[Block]) -> list[Coming]:
    """The days that come next, the soonest first; what is late stands in front."""
    engagement = loaded.engagement
    if not engagement.is_open:
        return []
    language = get_language() or "ja"
    todos = [
        (one.due, one.what.in_(language), href_of(loaded, one.place))
        for one in found
        if one.due is not None and not one.blocks
    ]
    found_days = [*todos, *_kept_days(loaded)]
    known = [(on, what, href) for on, what, href in found_days if on is not None]
    known.sort(key=lambda one: one[0])
    return [
        Coming(on, day_near(on, loaded.today), what, href, on < loaded.today)
        for on, what, href in known
    ][:DATES_SHOWN]


def _kept_days(loaded: Loaded) -> list[tuple[date | None, str, str]]:
    engagement, standing = loaded.engagement, loaded.standing
    glance = engagement.glance
    plan = getattr(engagement, "operation_plan", None)
    agreement = loaded.agreement
    stop = getattr(agreement, "stop_line", None)
    budget = getattr(agreement, "error_budget", None)
    booked = engagement.booked_from  # type: ignore[attr-defined]
    operation = reverse("evaluation:operation", args=[engagement.pk])
    agreed = "" if agreement is None else agreement.get_absolute_url()
    found = [
        (
            one.until,
            _("The waiver of %(item)s ends") % {"item": one.item_id},
            reverse("projects:feasibility", args=[engagement.pk]),
        )
        for one in loaded.waivers
    ]
    starts = None if plan is None or plan.starts_on < loaded.today else plan.starts_on
    return [
        *found,
        (
            None if standing is None else standing.until,
            _("The accepted errors end"),
            "" if standing is None else standing.run.get_absolute_url(),
        ),
        (glance.runs_out_on, _("The error budget runs out at this pace"), operation),
        (starts, _("Operation begins"), operation),
        (None if stop is None else stop.on, _("Stop line of the agreement"), agreed),
        (None if budget is None else budget.until, _("The error budget ends"), agreed),
        (
            timezone.localdate(booked) if booked else None,
            _("GPUs are booked"),
            reverse("costs:costs", args=[engagement.pk]),
        ),
        (engagement.ends_on, _("Planned end"), ""),
    ]


def accepted_words(loaded: Loaded) -> str:
    """What management accepted, in the reader's language; empty where nothing holds."""
    found = loaded.standing
    if found is None:
        return ""
    of_cases = ERRORS[loaded.engagement.shape].of_cases
    language = get_language() or "ja"
    return sentence_of(borne_by(found), found.until, language, are_cases=of_cases)


def money(loaded: Loaded) -> dict[str, Any]:
    """What was spent of what may be, what it comes to, and what it brings."""
    engagement = loaded.engagement
    spend = getattr(engagement, "spend", None)
    glance = engagement.glance
    return {
        "spend": spend,
        "at_end": _at_end(loaded, spend) if engagement.is_open else None,
        "other_yen": None
        if spend is None
        else spend.spent_yen - spend.gpu_yen - spend.labels_yen - spend.people_yen,
        "errors_yen": glance.errors_yen,
        "expected_yen": glance.expected_yen,
        "realised_yen": glance.realised_yen,
        "operates": loaded.engagement.stage == Stage.OPERATION,
    }


def _at_end(loaded: Loaded, spend: Spend | None) -> Decimal | None:
    """The spend on the last day at the pace of late; None where it is too early."""
    engagement = loaded.engagement
    first = getattr(engagement, "first_spent_on", None)
    if spend is None or first is None:
        return None
    begin = max(first, loaded.today - timedelta(days=outlook.WINDOW))
    recent = getattr(engagement, "recent_yen", None) or Decimal(0)
    return outlook.at_end(
        recent,
        (loaded.today - begin).days,
        spent=spend.spent_yen,
        starts_on=engagement.starts_on,
        ends_on=engagement.ends_on,
        today=loaded.today,
    )
