"""What the pages of spend show: sheets, the burn-up and the sentences of both."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from costs.burnup import POINTS, Ahead, Words, burn_up
from costs.models import CostKind, PurchaseOption, Purpose
from costs.sheets import (
    Cell,
    Column,
    Kind,
    Sheet,
    Sum,
    change,
    cumulative,
    thinned,
    whole_of,
    with_shares,
)
from projects.charts import Chart, Table
from projects.marks import MAN, MILLION
from projects.templatetags.figures import yen, yen_full
from projects.templatetags.times import day, joined, month

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from django.utils.functional import _StrPromise

    from costs.models.spend import SpendDayQuerySet

NOT_SAID: Final = "–"


@dataclass(frozen=True, slots=True)
class Cut:
    """One way to take the spend apart: by which fields, under which heads."""

    title: _StrPromise
    heads: tuple[_StrPromise, ...]
    fields: tuple[str, ...]
    gpus_only: bool = False


CUTS: Final = {
    "type": Cut(
        gettext_lazy("By type and purchase"),
        (gettext_lazy("Type"), gettext_lazy("Purchase option")),
        ("gpu_type", "option"),
        gpus_only=True,
    ),
    "kind": Cut(gettext_lazy("By kind of cost"), (gettext_lazy("Kind"),), ("kind",)),
    "purpose": Cut(
        gettext_lazy("By purpose"),
        (gettext_lazy("Purpose"),),
        ("purpose",),
        gpus_only=True,
    ),
    "person": Cut(gettext_lazy("By person"), (gettext_lazy("Who"),), ("person",)),
    "month": Cut(gettext_lazy("By month"), (gettext_lazy("Month"),), ("month",)),
}
OF_A_PROVIDER: Final = {
    "engagement": Cut(
        gettext_lazy("By engagement"),
        (gettext_lazy("Engagement"),),
        ("engagement__name", "engagement__name_en"),
    ),
    **CUTS,
}
WORDS: Final = {
    "option": dict(PurchaseOption.choices),
    "purpose": dict(Purpose.choices),
    "kind": dict(CostKind.choices),
}


def sheet_of(days: SpendDayQuerySet, key: str, cut: Cut) -> Sheet:
    """The spend taken apart in one way, the dearest first; months in their order."""
    chosen = days.filter(kind=CostKind.GPU) if cut.gpus_only else days
    sums = chosen.summed_by(*cut.fields)
    rows = with_shares(sums)
    if key == "month":
        # By the day itself: its ISO form sorts as time does.
        rows.sort(key=lambda row: str(row[0].names[0]), reverse=True)
    whole = whole_of(sums)
    first = Kind.MONTH if key == "month" else Kind.TEXT
    columns = (
        *(Column(str(head), first) for head in cut.heads),
        Column(_("GPU hours"), Kind.HOURS),
        Column(_("Lines"), Kind.COUNT),
        Column(_("Cost (yen)"), Kind.YEN),
        Column(_("Share"), Kind.SHARE),
    )
    blank = ("",) * (len(cut.heads) - 1)
    return Sheet(
        key=key,
        title=str(cut.title),
        columns=columns,
        rows=tuple(
            (*_names(one, cut), one.gpu_hours, one.lines, one.yen, part)
            for one, part in rows
        ),
        total=(_("Total"), *blank, whole.gpu_hours, whole.lines, whole.yen, None),
    )


def _names(one: Sum, cut: Cut) -> tuple[Cell, ...]:
    if cut.fields[0] == "engagement__name":
        japanese, english = one.names
        name = english or japanese if get_language() == "en" else japanese
        return (name or _("Belongs to nobody yet"),)
    return tuple(
        _word(field, name) for field, name in zip(cut.fields, one.names, strict=True)
    )


def _word(field: str, value: Cell) -> Cell:
    if not value:
        return NOT_SAID
    return str(WORDS[field].get(str(value), value)) if field in WORDS else value


def day_sheet(days: SpendDayQuerySet) -> Sheet:
    """What each day cost, and what was spent until its end."""
    sums = {one.names[0]: one for one in days.summed_by("day")}
    points = cumulative([(d, one.yen) for d, one in sums.items()])  # type: ignore[misc]
    return Sheet(
        key="day",
        title=_("By day"),
        columns=(
            Column(_("Day"), Kind.DAY),
            Column(_("GPU hours"), Kind.HOURS),
            Column(_("Lines"), Kind.COUNT),
            Column(_("Cost (yen)"), Kind.YEN),
            Column(_("Spent so far (yen)"), Kind.YEN),
        ),
        rows=tuple(
            (d, sums[d].gpu_hours, sums[d].lines, sums[d].yen, spent)
            for d, spent in points
        ),
    )


def months_sheet(days: SpendDayQuerySet, before: date, after: date) -> Sheet:
    """Two months side by side, by kind of cost and type."""
    found: dict[tuple[Cell, ...], dict[Cell, Decimal]] = {}
    for one in days.filter(month__in=[before, after]).summed_by(
        "kind", "gpu_type", "month"
    ):
        kind, gpu_type, in_month = one.names
        found.setdefault((kind, gpu_type), {})[in_month] = one.yen
    nothing = Decimal(0)
    pairs = {
        names: (by.get(before, nothing), by.get(after, nothing))
        for names, by in found.items()
    }
    ordered = sorted(pairs.items(), key=lambda row: (-max(row[1]), str(row[0])))
    totals = [sum((pair[at] for pair in pairs.values()), nothing) for at in (0, 1)]
    return Sheet(
        key="months",
        title=_("Two months side by side"),
        columns=(
            Column(_("Kind"), Kind.TEXT),
            Column(_("Type"), Kind.TEXT),
            Column(f"{month(before)} ({_('yen')})", Kind.YEN),
            Column(f"{month(after)} ({_('yen')})", Kind.YEN),
            Column(_("Difference (yen)"), Kind.YEN),
        ),
        rows=tuple(
            (_word("kind", kind), _word("gpu_type", gpu_type), old, new, new - old)
            for (kind, gpu_type), (old, new) in ordered
        ),
        total=(_("Total"), "", totals[0], totals[1], totals[1] - totals[0]),
    )


def told_months(sheet: Sheet, before: date, after: date) -> str:
    """The comparison in a sentence; empty where neither month cost anything."""
    old, new = sheet.total[2], sheet.total[3]
    if not isinstance(old, Decimal) or not isinstance(new, Decimal) or not (old or new):
        return ""
    part = change(old, new)
    said = {"before": month(before), "after": month(after), "cost": yen(new)}
    if part is None:
        return _("%(after)s cost %(cost)s; %(before)s cost nothing.") % said
    said["part"] = f"{abs(part) * 100:.0f}%"
    if part < 0:
        return _("%(after)s cost %(cost)s, %(part)s less than %(before)s.") % said
    return _("%(after)s cost %(cost)s, %(part)s more than %(before)s.") % said


def last_two(sheet: Sheet) -> tuple[date, date] | None:
    """The two newest months of a sheet of months."""
    months: Sequence[Any] = [row[0] for row in sheet.rows]
    return (months[1], months[0]) if len(months) > 1 else None


def burn_up_chart(
    days: Sheet,
    *,
    budget: Decimal | None,
    stop: Decimal | None,
    ahead: Sequence[Ahead] = (),
) -> Chart | None:
    """The burn-up with its sentence and its table; None before anything was spent."""
    points: list[Any] = [(row[0], row[4]) for row in days.rows]
    told: list[Any] = [(row[0], row[3], row[4]) for row in days.rows[-POINTS:]]
    if not points:
        return None
    first, last = points[0], points[-1]
    if first[1] and len(points) == 1:
        points = [(first[0], Decimal(0)), first]
    words = _burn_words(budget, stop)
    shown = thinned(points, POINTS)
    spoken = [
        _("%(spent)s was spent by %(day)s.")
        % {"day": day(last[0]), "spent": yen(last[1])}
    ]
    if budget is not None:
        spoken.append(_("The budget is %(budget)s.") % {"budget": yen(budget)})
    if stop is not None:
        spoken.append(_("The stop line is %(stop)s.") % {"stop": yen(stop)})
    return Chart(
        key="burn-up",
        title=_burn_title(last[0], last[1], budget),
        spoken=joined(spoken),
        figure=burn_up(shown, budget=budget, stop=stop, ahead=ahead, words=words),
        table=Table(
            title=_("Spend over time"),
            head=(_("Day"), _("Cost"), _("Spent so far")),
            rows=tuple((day(d), yen_full(c), yen_full(spent)) for d, c, spent in told),
        ),
        note=_("%(drawn)s of %(all)s points drawn; all are in the CSV.")
        % {"drawn": f"{len(shown):,}", "all": f"{len(points):,}"}
        if len(shown) < len(points)
        else "",
        how=joined(_how_to_read(budget, stop, ahead)),
    )


def _how_to_read(
    budget: Decimal | None, stop: Decimal | None, ahead: Sequence[Ahead]
) -> list[str]:
    """What the picture shows, and nothing that it does not."""
    said = [_("The filled area is what was spent so far.")]
    if budget is not None:
        said.append(_("The solid line is the budget."))
    if stop is not None:
        said.append(_("The red dashes are the stop line."))
    if ahead:
        said.append(_("The blue dashes are the forecast, with its range in grey."))
    return said


def _burn_title(until: date, spent: Decimal, budget: Decimal | None) -> str:
    said = {"spent": yen(spent), "day": day(until), "budget": yen(budget)}
    if budget is None:
        return _("%(spent)s spent by %(day)s") % said
    return _("%(spent)s of %(budget)s spent by %(day)s") % said


def spend_page(
    days: SpendDayQuerySet,
    *,
    cuts: Mapping[str, Cut],
    asked: Mapping[str, str],
    budget: Decimal | None = None,
    stop: Decimal | None = None,
    ahead: Sequence[Ahead] = (),
) -> dict[str, Any]:
    """All that a page of spend shows; ``asked`` says which cut and which months."""
    key = asked.get("by", "")
    key = key if key in cuts else next(iter(cuts))
    months = sheet_of(days, "month", CUTS["month"])
    pair = _asked_months(months, asked) or last_two(months)
    compared = months_sheet(days, *pair) if pair else None
    by_day = day_sheet(days)
    return {
        "cuts": [(name, str(cut.title)) for name, cut in cuts.items()],
        "by": key,
        "sheet": months if key == "month" else sheet_of(days, key, cuts[key]),
        "chart": burn_up_chart(by_day, budget=budget, stop=stop, ahead=ahead),
        "months": [row[0] for row in months.rows],
        "pair": pair,
        "compared": compared,
        "compared_words": told_months(compared, *pair) if compared and pair else "",
    }


def _asked_months(months: Sheet, asked: Mapping[str, str]) -> tuple[date, date] | None:
    """The two months somebody chose, of those that there are."""
    known: dict[str, Any] = {str(row[0]): row[0] for row in months.rows}
    chosen = [known.get(asked.get(name, "")) for name in ("before", "after")]
    return (chosen[0], chosen[1]) if all(chosen) else None  # type: ignore[return-value]


def _burn_words(budget: Decimal | None, stop: Decimal | None) -> Words:
    japanese = get_language() != "en"
    return Words(
        up="万円" if japanese else "¥ M",
        spent=_("Spent"),
        budget=f"{_('Budget')} {yen(budget)}",
        stop=f"{_('Stop line')} {yen(stop)}",
        ahead=_("Forecast"),
        unit=MAN if japanese else MILLION,
        months="%Y年%-m月" if japanese else "%b %Y",
        days="%-m/%-d" if japanese else "%-d %b",
    )
