"""The portfolio in words: its opening sentences, its figures, its filters and heads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from dashboards.choosing import STATES, By, Chosen, Order
from projects.catalogue import KIND_NAMES, Kind
from projects.models import Stage
from projects.screening import COUNT_WORDS
from projects.templatetags.figures import number, share, yen
from projects.templatetags.parts import named
from projects.templatetags.times import day_week, japanese

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dashboards.totals import Group, Sums
    from projects.models import Engagement

STATE_NAMES: Final = {
    "missed": gettext_lazy("Short of what was agreed"),
    "unsure": gettext_lazy("Not decided"),
    "unmeasured": gettext_lazy("Not measured"),
    "kept": gettext_lazy("Inside what was agreed"),
    "ended": gettext_lazy("Ended"),
}
ONE_BY_ONE: Final = gettext_lazy("one by one")
BY_NAMES: Final = {
    By.CUSTOMER: gettext_lazy("by organisation"),
    By.KIND: gettext_lazy("by kind"),
    By.STAGE: gettext_lazy("by stage"),
}
# More organisations than this nobody looks through: they are found by the search.
CUSTOMERS_OFFERED: Final = 50
FILTER_NAMES: Final = {
    "q": gettext_lazy("Search"),
    "customer": gettext_lazy("Customer"),
    "kind": gettext_lazy("Kind"),
    "stage": gettext_lazy("Stage"),
    "state": gettext_lazy("State"),
    "mine": gettext_lazy("Owner"),
}


def counted(n: int) -> str:
    """Three, in a sentence; 3 in Japanese and above ten."""
    return COUNT_WORDS[n] if not japanese() and 0 < n < len(COUNT_WORDS) else number(n)


def heading(decisions: int) -> str:
    """How many decisions wait."""
    if not decisions:
        return _("No decision waits for you")
    words = ngettext(
        "%(n)s decision waits for you", "%(n)s decisions wait for you", decisions
    )
    said = words % {"n": counted(decisions)}
    return said[0].upper() + said[1:]


def lede(sums: Sums, runs_out: Engagement | None) -> SafeString:
    """How the engagements stand, which runs out of errors next, and what was spent."""
    if not sums.all:
        return SafeString(_("You take part in no engagement yet."))
    said = [_standing(sums)]
    if runs_out is not None:
        said.append(
            format_html(
                _("The error budget of {name} will be used up on {day}."),
                name=named(runs_out),
                day=day_week(runs_out.glance.runs_out_on),
            )
        )
    if sums.budget_yen:
        said.append(
            format_html(
                _("<strong>{spent} of {budget} ({share})</strong> is spent."),
                spent=yen(sums.budgeted_yen),
                budget=yen(sums.budget_yen),
                share=share(sums.budgeted_yen / sums.budget_yen, 0),
            )
        )
    # Each part is escaped already.
    return mark_safe(("" if japanese() else " ").join(said))  # noqa: S308


def _standing(sums: Sums) -> SafeString:
    if not sums.open:
        return SafeString(_("Every engagement has ended."))
    kept, missed, unsure, unknown = (
        sums.kept,
        sums.missed,
        sums.unsure,
        sums.unmeasured,
    )
    told = (
        (
            kept,
            True,
            ngettext("{n} keeps what was agreed", "{n} keep what was agreed", kept),
        ),
        (missed, True, ngettext("{n} falls short", "{n} fall short", missed)),
        (
            unsure,
            False,
            ngettext("{n} is not decided yet", "{n} are not decided yet", unsure),
        ),
        (
            unknown,
            False,
            ngettext("{n} is not measured yet", "{n} are not measured yet", unknown),
        ),
    )
    parts = [
        format_html(
            "<strong>{}</strong>" if strong else "{}", said.format(n=counted(n))
        )
        for n, strong, said in told
        if n
    ]
    start = ngettext(
        "Of {n} engagement in hand, {parts}.",
        "Of {n} engagements in hand, {parts}.",
        sums.open,
    )
    return format_html(start, n=counted(sums.open), parts=_listed(parts))


def _listed(parts: Sequence[SafeString]) -> SafeString:
    """Parts of a sentence, of which each is escaped already."""
    if japanese():
        return mark_safe("、".join(parts))  # noqa: S308
    *first, last = parts
    return mark_safe(" and ".join([", ".join(first), last] if first else [last]))  # noqa: S308


@dataclass(frozen=True, slots=True)
class Figure:
    """A sum of money with one line of meaning; words where nobody knows it yet."""

    label: str
    text: str
    meaning: str
    is_known: bool = True


def figures(sums: Sums) -> list[Figure]:
    """Value, errors, GPUs and labels, in yen."""
    return [_value(sums), _errors(sums), _gpus(sums), _labels(sums)]


def _value(sums: Sums) -> Figure:
    label = _("Value realised")
    meaning = (
        _("no engagement says yet what it should bring")
        if sums.expected_yen is None
        else _("of %(yen)s expected a year") % {"yen": yen(sums.expected_yen)}
    )
    if not sums.realised_yen:
        return Figure(label, _("none recorded yet"), meaning, is_known=False)
    return Figure(label, yen(sums.realised_yen), meaning)


def _errors(sums: Sums) -> Figure:
    label = _("Cost of errors")
    if not sums.operating and not sums.errors_yen:
        return Figure(
            label, _("none yet"), _("no engagement operates yet"), is_known=False
        )
    meaning = ngettext(
        "in %(n)s engagement in operation",
        "in %(n)s engagements in operation",
        sums.operating,
    )
    return Figure(label, yen(sums.errors_yen), meaning % {"n": number(sums.operating)})


def _gpus(sums: Sums) -> Figure:
    label = _("GPUs")
    if not sums.gpu_yen:
        return Figure(label, _("none yet"), _("no use is recorded"), is_known=False)
    part = share(sums.gpu_yen / sums.spent_yen, 0) if sums.spent_yen else "–"
    return Figure(
        label, yen(sums.gpu_yen), _("%(share)s of all that was spent") % {"share": part}
    )


def _labels(sums: Sums) -> Figure:
    label = _("Labels")
    meaning = (
        _("and %(yen)s for people's hours") % {"yen": yen(sums.people_yen)}
        if sums.people_yen
        else _("no hours of people recorded")
    )
    if not sums.labels_yen:
        return Figure(label, _("none yet"), meaning, is_known=False)
    return Figure(label, yen(sums.labels_yen), meaning)


# Filters and heads ------------------------------------------------------------------


def choices(
    groups: Sequence[Group], chosen: Chosen
) -> dict[str, list[tuple[str, str]]]:
    """What each filter offers, beside everything; the organisations by their names.

    Of very many organisations those that the rest of the filter leaves, the first few.
    """
    language = get_language() or "ja"
    many = len(groups) > CUSTOMERS_OFFERED and chosen.customer is None
    customers = sorted(
        ((name_en if language == "en" else "") or name, str(pk))
        for group in groups
        for pk, name, name_en in (group.named,)
        if not many or group.sums.shown
    )
    kept = customers[:CUSTOMERS_OFFERED]
    kept += [
        one for one in customers[CUSTOMERS_OFFERED:] if one[1] == str(chosen.customer)
    ]
    return {
        "customer": [(pk, name) for name, pk in kept],
        "kind": [(kind.value, KIND_NAMES[kind].in_(language)) for kind in Kind],
        "stage": [(stage.value, str(stage.label)) for stage in Stage],
        "state": [(state, str(STATE_NAMES[state])) for state in STATES],
    }


@dataclass(frozen=True, slots=True)
class Lift:
    """A filter that is set, in words, and the address without it."""

    words: str
    query: str


def lifts(chosen: Chosen, offered: dict[str, list[tuple[str, str]]]) -> list[Lift]:
    """Every filter that is set."""
    found = []
    for name in chosen.filters:
        value = getattr(chosen, name)
        text = _("mine") if name == "mine" else str(value)
        if name in offered:
            # Of another reader's organisations nobody learns the name.
            text = dict(offered[name]).get(str(value), _("another"))
        words = _("%(filter)s: %(value)s")
        words %= {"filter": FILTER_NAMES[name], "value": text}
        found.append(Lift(words, chosen.without(name).query))
    return found


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a column: for each order it offers a name and an address."""

    links: tuple[tuple[str, str], ...]
    # As ARIA has it: ascending, descending, or none.
    sorted: str


def heads(chosen: Chosen) -> list[Head]:
    """The columns of the table that may be sorted by."""
    columns = (
        ((Order.NAME, _("Engagement")), (Order.CUSTOMER, _("customer"))),
        ((Order.STAGE, _("Stage")),),
        ((Order.ACCURACY, _("Accuracy and the agreed line")),),
        ((Order.BURNED, _("Error budget used")),),
        ((Order.SPENT, _("Spent / budget")),),
        ((Order.NEXT, _("Next date")),),
    )
    way = "descending" if chosen.falling else "ascending"
    return [
        Head(
            links=tuple(
                (name, chosen.sorted_by(order).query) for order, name in column
            ),
            sorted=way if chosen.sort in dict(column) else "",
        )
        for column in columns
    ]


@dataclass(frozen=True, slots=True)
class Line:
    """One group in the table of sums, with the address of its engagements."""

    name: str
    query: str
    sums: Sums


def lines(groups: Sequence[Group], chosen: Chosen, by: By) -> list[Line]:
    """Each group by its name; stages in their order, the rest by name."""
    language = get_language() or "ja"

    def told(group: Group) -> tuple[Any, str, str]:
        key = group.named[0]
        if by is By.STAGE:
            at = Stage.values.index(key)
            return at, str(Stage(key).label), key
        if by is By.KIND:
            name = KIND_NAMES[Kind(key)].in_(language)
        else:
            name = (group.named[2] if language == "en" else "") or group.named[1]
        return name, name, str(key)

    found = sorted((told(group), group) for group in groups)
    return [
        Line(name, _narrowed(chosen, by, key), group.sums)
        for (_at, name, key), group in found
    ]


def _narrowed(chosen: Chosen, by: By, key: str) -> str:
    asked = Chosen.read(chosen.summed_by(None).query + f"&{by.value}={key}")
    return asked.query
