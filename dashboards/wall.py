"""What a screen on a factory wall shows of each open engagement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dashboards.listing import listed, narrowing
from dashboards.portfolio_rows import bar, coming_word, further, mark_unaccepted
from projects.glancing import Need
from projects.models import Engagement, Stage
from projects.templatetags import pictures
from projects.templatetags.figures import share
from projects.templatetags.parts import named
from projects.templatetags.times import day_short

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from uuid import UUID

    from django.db.models import QuerySet

    from dashboards.choosing import Chosen
    from projects.models import Glance, User

# More than this nobody stands still for.
MOST: Final = 60
EDGES: Final = {"pass": "wall-pass", "fail": "wall-fail", "undecided": "wall-open"}


@dataclass(frozen=True, slots=True)
class Tile:
    """One engagement, to be read from across a hall."""

    name: str
    customer: str
    css: str
    verdict: SafeString
    marks: list[SafeString]
    further: SafeString
    trend: SafeString
    error: str
    error_bar: SafeString
    burned: str
    burned_bar: SafeString
    next_in: str
    next_what: str
    since: str


def left_out(user: User, chosen: Chosen) -> int:
    """How many open ones do not find room any more; asked only when it is full."""
    asked = narrowing(chosen, user)
    found = Engagement.objects.visible_to(user).filter(
        asked, glance__need__lt=Need.ENDED
    )
    return max(0, found.count() - MOST)


def open_ones(
    user: User, chosen: Chosen, only: UUID | None = None
) -> QuerySet[Engagement]:
    """Those that have not ended, in the order asked for; ``only`` one of them."""
    alone = {} if only is None else {"pk": only}
    return listed(user, chosen, slice(MOST), glance__need__lt=Need.ENDED, **alone)


# Any: rows of `listing.listed`.
def tiles(engagements: Iterable[Any], *, today: date) -> list[Tile]:
    """Each as a tile."""
    return [_tile(one, today) for one in engagements]


def _tile(one: Any, today: date) -> Tile:
    glance = one.glance
    outcome = glance.outcome
    used = glance.burned
    return Tile(
        name=named(one),
        customer=named(one.customer),
        css=EDGES.get(outcome, ""),
        verdict=pictures.verdict(outcome or None),
        marks=_marks(glance),
        further=further(glance.judged) if glance.judged else SafeString(""),
        trend=pictures.trend(glance.errors),
        error=_error(glance.error, outcome),
        error_bar=bar(glance),
        burned=_burned(one, used),
        burned_bar=SafeString("")
        if used is None
        else pictures.budget_bar(used, 1, spoken=""),
        next_in=_in_days(glance.next_on, today),
        next_what=coming_word(glance.coming) if glance.next_on else "",
        since=_("measured %(day)s") % {"day": day_short(glance.measured_on)}
        if glance.measured_on
        else "",
    )


def _marks(glance: Glance) -> list[SafeString]:
    """What nobody may overlook beside a verdict."""
    marks = [mark_unaccepted()] if glance.unaccepted else []
    return [*marks, pictures.verdict("loosened")] if glance.loosened_id else marks


def _error(error: float | None, outcome: str) -> str:
    if error is None:
        return _("error not comparable") if outcome else _("no run measured yet")
    return _("error at %(share)s of the agreed line") % {"share": share(error, 0)}


def _burned(one: Any, used: float | None) -> str:
    if used is not None:
        return _("error budget %(share)s used") % {"share": share(used, 0)}
    if one.stage == Stage.OPERATION:
        return _("no error budget yet")
    return _("not yet operating")


def _in_days(day: date | None, today: date) -> str:
    if day is None:
        return ""
    left = (day - today).days
    if left < 0:
        return ngettext("%(n)s day overdue", "%(n)s days overdue", -left) % {"n": -left}
    if left == 0:
        return _("today")
    return ngettext("in %(n)s day", "in %(n)s days", left) % {"n": left}
