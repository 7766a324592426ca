"""The rows of the portfolio: each engagement in the words and pictures of one line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from projects.catalogue import METRICS, Bound, error_span
from projects.models import Glance, Stage
from projects.templatetags import pictures
from projects.templatetags.figures import metric_text, promise, share, yen
from projects.templatetags.parts import named
from projects.templatetags.times import day_near

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from decimal import Decimal

    from projects.glancing import Worst
    from projects.models import Engagement

# Of an error budget, what is used before it is told in ochre.
NEARLY = 0.8


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; what is drawn is drawn already."""

    of: Engagement
    href: str
    name: str
    customer: str
    mark: SafeString
    stage: SafeString
    accuracy: SafeString
    burned: SafeString
    spent: SafeString
    next_day: str
    next_what: str
    is_late: bool
    owner: str


# Any: rows of `listing.listed`, whose annotations are no columns of the model.
def rows(listed: Iterable[Any], *, today: date) -> list[Row]:
    """Each engagement as a line of the table."""
    return [_row(one, today) for one in listed]


def _row(one: Any, today: date) -> Row:
    glance = one.glance
    late = glance.next_on is not None and glance.next_on < today
    return Row(
        of=one,
        href=one.get_absolute_url(),
        name=named(one),
        customer=named(one.customer),
        mark=mark_unaccepted() if glance.unaccepted and one.is_open else SafeString(""),
        stage=pictures.mini_steps(
            one.stage_number, str(Stage(one.stage).label), extra=months(one, today)
        ),
        accuracy=accuracy(one),
        burned=burned(one),
        spent=spent(one),
        next_day=day_near(glance.next_on, today) if glance.next_on else "",
        next_what=coming(one, today),
        is_late=late,
        owner=named(one.owner),
    )


def mark_unaccepted() -> SafeString:
    """That management no longer bears the errors."""
    return format_html(
        '<span class="v v-warn">{}{}</span>',
        pictures.icon("open"),
        _("Errors not accepted"),
    )


def months(one: Any, today: date) -> str:
    """How far a year of operation has come: 8/12 months."""
    begun = one.operating_from
    if one.stage != Stage.OPERATION or begun is None or begun > today:
        return ""
    whole = _months_between(begun, today) + 1
    planned = max(_months_between(begun, one.ends_on) + 1, 1)
    if whole > planned:
        return ngettext("%(n)s month", "%(n)s months", whole) % {"n": whole}
    return _("%(n)s/%(planned)s months") % {"n": whole, "planned": planned}


def _months_between(start: date, end: date) -> int:
    """Whole months that have passed."""
    passed = (end.year - start.year) * 12 + end.month - start.month
    return passed - (end.day < start.day)


def accuracy(one: Any) -> SafeString:
    """The newest verdict: its worst criterion against the line, and which way it goes.

    Before there is one, what the feasibility assessment said, or why it was declined.
    """
    glance: Glance = one.glance
    if not glance.outcome:
        return _before_measuring(one)
    worst = glance.judged
    words = SafeString("")
    if worst is not None and worst.value is not None:
        metric = METRICS[worst.metric]
        words = format_html(
            '<span><a href="{}">{} {}</a> <span class="nowrap">({})</span></span>{}',
            reverse("dashboards:accuracy", args=[one.pk]),
            metric.name.in_(get_language() or "ja"),
            metric_text(worst.value, metric.unit, 2),
            promise(worst.bound, worst.limit, metric.unit),
            further(worst),
        )
    return format_html(
        '<div class="acc"><span class="acc-p">{}{}</span>'
        '<span class="acc-t">{}{}{}</span></div>',
        bar(glance),
        pictures.trend(glance.errors),
        pictures.verdict(glance.outcome),
        _loosened(glance),
        words,
    )


def bar(glance: Glance) -> SafeString:
    """The worst criterion's error and its interval, as parts of what is allowed.

    So every row has one scale, with the agreed line in the middle. Empty where nothing
    is known, or the line allows no error to compare with.
    """
    worst = glance.judged
    if worst is None or worst.value is None:
        return SafeString("")
    span = error_span(
        worst.value,
        worst.low,
        worst.high,
        float(worst.limit),
        Bound(worst.bound),
        METRICS[worst.metric].unit,
    )
    if span is None:
        return SafeString("")
    return pictures.interval_bar(
        *span,
        1.0,
        Bound.AT_MOST,
        glance.outcome,
        name=str(glance.pk),
        mini=True,
    )


def _before_measuring(one: Any) -> SafeString:
    if one.declined_because:
        english = get_language() == "en" and one.declined_because_en
        because = one.declined_because_en if english else one.declined_because
        return format_html(
            '<span class="acc-t">{}</span>',
            because if len(because) <= 60 else f"{because[:59]}…",
        )
    if one.feasible and one.stage == Stage.FEASIBILITY:
        return format_html(
            '<span class="acc-t">{}<span>{}</span></span>',
            pictures.verdict(one.feasible),
            _("feasibility verdict"),
        )
    return pictures.verdict(None)


def further(worst: Worst) -> SafeString:
    """How many cases more would prove a pass, where it is undecided."""
    if worst.outcome != "undecided" or not worst.further_cases:
        return SafeString("")
    words = ngettext(
        "%(n)s more case without an error would prove a pass.",
        "%(n)s more cases, none of them wrong, would prove a pass.",
        worst.further_cases,
    )
    return format_html(
        '<span class="row-sub">{}</span>', words % {"n": worst.further_cases}
    )


def _loosened(glance: Glance) -> SafeString:
    """The mark of a version that asks less than the one that had judged."""
    if glance.loosened_id is None:
        return SafeString("")
    return format_html(
        '<a class="v v-warn" href="{}">{}{}</a>',
        reverse("projects:agreement_changes", args=[glance.loosened_id]),
        pictures.icon("loosened"),
        pictures.verdict_word("loosened"),
    )


def burned(one: Any) -> SafeString:
    """How much of the error budget is used; in words where there is none yet."""
    used = one.glance.burned
    if used is None:
        said = (
            _("no error budget yet")
            if one.stage == Stage.OPERATION
            else _("not yet operating")
            if one.is_open
            else "–"
        )
        return format_html('<span class="quiet xs">{}</span>', said)
    words = share(used, 0)
    if used > 1:
        words = _("%(share)s, used up") % {"share": words}
    elif used > NEARLY:
        words = _("%(share)s, nearly used up") % {"share": words}
    return format_html(
        '<div class="mon"><b>{}</b>{}</div>',
        words,
        pictures.budget_bar(used, 1, spoken="", css="bar-s"),
    )


def spent(one: Any) -> SafeString:
    """What was spent of the budget, with the stop line."""
    kept: Glance = one.glance
    if not kept.spent_yen and not kept.budget_yen:
        return format_html('<span class="quiet xs">{}</span>', _("nothing spent"))
    if not kept.budget_yen:
        return format_html(
            '<div class="mon"><b>{}</b><span>{}</span></div>',
            yen(kept.spent_yen),
            _("no budget is set"),
        )
    return format_html(
        '<div class="mon"><span><b>{}</b> / {}</span>{}{}</div>',
        yen(kept.spent_yen),
        yen(kept.budget_yen),
        pictures.budget_bar(
            float(kept.spent_yen),
            float(kept.budget_yen),
            None if kept.stop_yen is None else float(kept.stop_yen),
            spoken="",
            css="bar-s",
        ),
        _past(kept.spent_yen, kept.budget_yen, kept.stop_yen),
    )


def _past(spent: Decimal, budget: Decimal, stop: Decimal | None) -> SafeString:
    """What the colour of the bar says, in words."""
    said = (
        _("over the budget")
        if spent > budget
        else _("past the stop line")
        if stop is not None and spent >= stop
        else ""
    )
    return format_html("<span>{}</span>", said) if said else SafeString("")


# Asking the field for it would make all its choices anew for every line.
COMINGS = dict(Glance._meta.get_field("coming").flatchoices)


def coming_word(coming: str) -> str:
    """What happens on the next date."""
    return str(COMINGS[coming])


def coming(one: Any, today: date) -> str:
    """What happens on the next date, and how late it is."""
    glance = one.glance
    if glance.next_on is None:
        return ""
    what = coming_word(glance.coming)
    late = (today - glance.next_on).days
    if late <= 0:
        return what
    words = ngettext(
        "%(what)s, %(n)s day overdue", "%(what)s, %(n)s days overdue", late
    )
    return words % {"what": what, "n": late}
