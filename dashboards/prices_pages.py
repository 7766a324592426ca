"""The price of accuracy of several engagements, in words, as a chart and as a file."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from dashboards.accuracy_price import reach
from dashboards.price_pages import OUTCOMES
from dashboards.prices_chart import Course, Said, prices_figure
from projects.charts import Chart, Table
from projects.marks import MAN, MILLION
from projects.templatetags.figures import share, yen
from projects.templatetags.parts import named
from projects.templatetags.times import japanese

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from costs.sheets import Cell
    from dashboards.price_queries import Priced
    from projects.models import Engagement


def courses(priced: Iterable[tuple[Engagement, Priced]]) -> list[Course]:
    """Each engagement that a run was compared of, with what lies ahead of it."""
    return [
        Course(
            name=named(engagement),
            points=of.points,
            outcome=engagement.latest.outcome,
            reach=reach(of.points),
        )
        for engagement, of in priced
        if of.points
    ]


def finding(shown: Sequence[Course]) -> str:
    """What the chart shows, as its title."""
    inside = sum(course.points[-1].error <= 1 for course in shown)
    words = ngettext(
        "%(inside)s of %(n)s engagement measured inside its agreed line",
        "%(inside)s of %(n)s engagements measured inside their agreed line",
        len(shown),
    )
    return words % {"inside": inside, "n": len(shown)}


def chart(shown: Sequence[Course]) -> Chart:
    """The chart with its table."""
    said = Said(
        across=_("Spent so far") + (" (万円)" if japanese() else " (¥ M)"),
        up=_("Error, % of what is allowed"),
        agreed=_("agreed line; below it is accepted"),
        ahead=_("Forecast"),
        unit=MAN if japanese() else MILLION,
    )
    title = finding(shown)
    return Chart(
        key="accuracy-prices",
        title=title,
        spoken=f"{title}. {'; '.join(_told(one) for one in shown)}",
        figure=prices_figure(shown, said),
        table=Table(
            title=_("Price of accuracy"),
            head=(
                _("Engagement"),
                _("Runs"),
                _("Spent so far"),
                _("Error at first"),
                _("Error now"),
                _("Verdict"),
                _("To the agreed line"),
            ),
            rows=tuple(_cells(one) for one in shown),
            note=_("Errors are parts of what was agreed: 100% is the agreed line."),
        ),
    )


def _cells(one: Course) -> tuple[str, ...]:
    first, last = one.points[0], one.points[-1]
    return (
        one.name,
        str(len(one.points)),
        yen(last.yen),
        share(first.error, 0),
        share(last.error, 0),
        OUTCOMES[one.outcome].in_(get_language() or "ja"),
        _to_the_line(one),
    )


def _told(one: Course) -> str:
    """An engagement's course, for those who cannot see it."""
    first, last = one.points[0], one.points[-1]
    return _(
        "%(name)s: from %(first)s to %(last)s of the allowed error for %(yen)s"
    ) % {
        "name": one.name,
        "first": share(first.error, 0),
        "last": share(last.error, 0),
        "yen": yen(last.yen),
    }


def _to_the_line(one: Course) -> str:
    last = one.points[-1]
    if last.error <= 1:
        return _("reached")
    if one.reach is None:
        return _("no forecast")
    more = max(Decimal(round(one.reach.middle)) - last.yen, Decimal(0))
    return _("about %(yen)s more") % {"yen": yen(more)}


def as_rows(
    priced: Iterable[tuple[Engagement, Priced]],
) -> tuple[list[str], list[tuple[Cell, ...]]]:
    """Every run of every engagement, as the head and the rows of a file."""
    language = get_language() or "ja"
    head = [
        _("Engagement"),
        _("Metric"),
        _("Run"),
        _("Day"),
        _("Spent so far (yen)"),
        pgettext("a figure", "Measured"),
        _("Of the allowed error"),
        _("Verdict"),
    ]
    return head, [
        (
            named(engagement),
            of.metric.name.in_(language),
            point.number,
            point.day,
            point.yen,
            Decimal(str(point.value)),
            Decimal(str(round(point.error, 6))),
            OUTCOMES[point.outcome].in_(language),
        )
        for engagement, of in priced
        for point in of.points
    ]
