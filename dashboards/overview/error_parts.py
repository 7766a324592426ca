"""The errors in operation by period, in words: against the budget, and in yen."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from dashboards import left_out
from dashboards.overview import errors, part_queries
from dashboards.overview.parts import Chip, Part
from evaluation.budget import Measure
from projects import marks
from projects.catalogue import ERRORS
from projects.charts import Chart, Table
from projects.templatetags.figures import number, yen
from projects.templatetags.times import day_near, japanese, joined, month

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from costs.sheets import Cell
    from dashboards.overview.errors import Kept, Period
    from evaluation.budget import Allowance
    from projects.models import Engagement


def errors_part(engagement: Engagement, asked: Mapping[str, str]) -> Part:
    """False alarms and misses of each period, in counts and in yen."""
    days = part_queries.written(engagement)
    operation = reverse("evaluation:operation", args=[engagement.pk])
    if not days:
        return Part(
            "errors",
            _("Errors in operation against the budget"),
            empty=_(
                "It is not in operation yet. Each period will stand here with its "
                "errors in counts and yen, against what management bears."
            ),
            more=operation,
            more_label=_("See the operation"),
        )
    allowed = part_queries.allowed(engagement)
    per = period_of(asked, allowed)
    found = errors.periods(days, per)
    whole = errors.unbroken(found, per)
    shown = whole[-errors.SHOWN :]
    lines = errors.kept(found, allowed, per)
    title = told(engagement, found, lines, per)
    table = _table(_names(engagement), found, lines, title, per)
    address = reverse("dashboards:overview_errors_csv", args=[engagement.pk])
    return Part(
        key="errors",
        title=title,
        how=_how(allowed, per, is_cut=len(shown) < len(whole)),
        charts=_charts(
            engagement, shown, lines, per, left_out.shortened(table, newest_first=True)
        ),
        chips=tuple(
            Chip(name, f"by={key}", key == per) for key, name in _periods().items()
        ),
        chips_label=_("Period"),
        csv=f"{address}?by={per}",
        more=operation,
        more_label=_("See the operation"),
    )


def period_of(asked: Mapping[str, str], allowed: Sequence[Allowance]) -> str:
    """The period that was asked for, else the one the budget counts by."""
    per = asked.get("by", "")
    return per if per in errors.PERIODS else errors.usual_period(allowed)


def told(
    engagement: Engagement, found: Sequence[Period], lines: Sequence[Kept], per: str
) -> str:
    """What the periods show: how the budget was kept, else how many errors there were.

    The units of a forecast and of stock have words of their own.
    """
    if lines:
        names = _names(engagement)
        said = [
            _("%(what)s stayed inside the budget in %(kept)s of %(periods)s")
            % {
                "what": names[one.measure],
                "kept": one.kept,
                "periods": _many(per, one.periods),
            }
            for one in lines
        ]
        return "。".join(said) + "。" if japanese() else "; ".join(said)
    named = ERRORS[engagement.shape]
    language = get_language() or "ja"
    return _("%(over)s %(a)s, %(under)s %(b)s, %(yen)s in %(periods)s") % {
        "over": named.over.in_(language),
        "a": number(sum(one.false_alarms for one in found)),
        "under": named.under.in_(language),
        "b": number(sum(one.misses for one in found)),
        "yen": yen(sum((one.yen for one in found), Decimal())),
        "periods": _many(per, len(found)),
    }


def error_rows(
    engagement: Engagement, found: Sequence[Period], lines: Sequence[Kept]
) -> tuple[list[str], list[tuple[Cell, ...]]]:
    """Every period, as the head and the rows of a file."""
    names, most = _names(engagement), {one.measure: one.most for one in lines}
    head = [_("From"), _("Until"), _("Days written")]
    for measure in Measure:
        unit = f" ({_('yen')})" if measure is Measure.YEN else ""
        head.append(f"{names[measure]}{unit}")
        if measure in most:
            head.append(f"{names[measure]}{unit}, {_('allowed')}")
    rows: list[tuple[Cell, ...]] = []
    for period in found:
        row: list[Cell] = [period.starts, period.ends, period.days]
        for measure in Measure:
            row.append(period.of(measure))
            if measure in most:
                row.append(most[measure])
        rows.append(tuple(row))
    return head, rows


def _charts(
    engagement: Engagement,
    found: Sequence[Period],
    lines: Sequence[Kept],
    per: str,
    table: Table,
) -> tuple[Chart, ...]:
    names = _names(engagement)
    dearest = max(period.yen for period in found)
    allowed_yen = [one.most for one in lines if one.measure is Measure.YEN]
    most = float(max([dearest, *allowed_yen]))
    unit, unit_name = marks.yen_axis(most, japanese=japanese())
    words = errors.Words(
        over=names[Measure.FALSE_ALARMS],
        under=names[Measure.MISSES],
        yen=unit_name,
        yen_unit=unit,
        periods=tuple(_named(one, per) for one in found),
        limits={one.measure: _limit(names, one) for one in lines},
    )
    counts = Chart(
        key="errors-counts",
        title=_counted(engagement, found),
        spoken=table.title,
        figure=errors.counts_figure(found, lines, words),
        table=table,
    )
    spoken = _("The errors cost %(yen)s in all.") % {
        "yen": yen(sum((one.yen for one in found), Decimal()))
    }
    money = Chart(
        key="errors-yen",
        title=spoken,
        spoken=spoken,
        figure=errors.yen_figure(found, lines, words),
        table=table,
    )
    return (counts, money) if dearest else (counts,)


def _counted(engagement: Engagement, found: Sequence[Period]) -> str:
    """How many errors of either kind the periods drawn have; units say so."""
    named, language = ERRORS[engagement.shape], get_language() or "ja"
    said = {
        "over": named.over.in_(language),
        "a": number(sum(one.false_alarms for one in found)),
        "under": named.under.in_(language),
        "b": number(sum(one.misses for one in found)),
    }
    if named.of_cases:
        return _("%(over)s %(a)s, %(under)s %(b)s") % said
    return _("%(over)s %(a)s units, %(under)s %(b)s units") % said


def _table(
    names: dict[Measure, str],
    found: Sequence[Period],
    lines: Sequence[Kept],
    title: str,
    per: str,
) -> Table:
    most = {one.measure: one.most for one in lines}
    head = [_("Period"), _("Days written")]
    for measure in Measure:
        head.append(names[measure])
        if measure in most:
            head.append(_("allowed"))
    rows = []
    for period in reversed(found):
        row = [_named(period, per), number(period.days)]
        for measure in Measure:
            row.append(_shown(measure, period.of(measure)))
            if measure in most:
                row.append(_shown(measure, most[measure]))
        rows.append(tuple(row))
    return Table(title=title, head=tuple(head), rows=tuple(rows))


def _named(period: Period, per: str) -> str:
    """A period as a reader calls it; the one that today is in is not over yet."""
    starts = period.starts
    quarter = {"n": (starts.month + 2) // 3, "year": starts.year}
    said = {
        "week": _("week of %(day)s") % {"day": day_near(starts, timezone.localdate())},
        "month": month(starts),
        "quarter": _("Q%(n)s %(year)s") % quarter,
    }[per]
    if period.ends < timezone.localdate():
        return said
    return _("%(period)s so far") % {"period": said}


def _shown(measure: Measure, value: Decimal) -> str:
    return yen(value) if measure is Measure.YEN else number(value)


def _limit(names: dict[Measure, str], one: Kept) -> str:
    said = {"what": names[one.measure], "most": _shown(one.measure, one.most)}
    return _("%(what)s, at most %(most)s") % said


def _names(engagement: Engagement) -> dict[Measure, str]:
    named, language = ERRORS[engagement.shape], get_language() or "ja"
    return {
        Measure.FALSE_ALARMS: named.over.in_(language),
        Measure.MISSES: named.under.in_(language),
        Measure.YEN: _("Cost of the errors"),
    }


def _periods() -> dict[str, str]:
    return {"week": _("By week"), "month": _("By month"), "quarter": _("By quarter")}


def _many(per: str, count: int) -> str:
    said = {
        "week": ngettext("%(n)s week", "%(n)s weeks", count),
        "month": ngettext("%(n)s month", "%(n)s months", count),
        "quarter": ngettext("%(n)s quarter", "%(n)s quarters", count),
    }
    return said[per] % {"n": count}


def _how(allowed: Sequence[Allowance], per: str, *, is_cut: bool) -> str:
    """How to read it, which allowance another period counts, and what is left out."""
    if not allowed:
        said = _("No error budget is agreed, so nothing is held against it.")
    elif any(one.per == per for one in allowed):
        said = _("The ink lines are what management bears in one such period.")
    else:
        said = _("The budget counts by another period; choose it to see its line.")
    if not is_cut:
        return said
    older = _("Older periods are not drawn; the CSV holds every one.")
    return joined([said, older])
