"""The page of what accuracy has cost, in words."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from django.utils import timezone
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from dashboards import left_out
from dashboards.accuracy_price import Reach, reach, yen_a_point
from dashboards.price_chart import Words, price_figure
from projects.catalogue import Text
from projects.charts import Chart, Table
from projects.marks import MAN, MILLION
from projects.templatetags.figures import metric_text, yen
from projects.templatetags.times import day_near, joined

if TYPE_CHECKING:
    from collections.abc import Sequence

    from costs.sheets import Cell
    from dashboards.accuracy_price import Point
    from dashboards.price_queries import Priced

OUTCOMES: Final = {
    "pass": Text("合格", "PASS"),
    "fail": Text("不合格", "FAIL"),
    "undecided": Text("判定保留", "UNDECIDED"),
}


def price_page(shown: Priced, stop: Decimal | None) -> dict[str, Any]:
    """Everything the page shows of one metric."""
    points = shown.points
    ahead = reach(points) if points else None
    return {
        "lede": lede(shown, ahead, stop),
        "chart": chart(shown, ahead, stop) if points else None,
        "ahead": ahead,
        "is_enough": len(points) > 1,
    }


def as_rows(points: Sequence[Point]) -> tuple[list[str], list[tuple[Cell, ...]]]:
    """Every run of one metric, as the head and the rows of a file."""
    head = [
        _("Run"),
        _("Day"),
        _("Spent so far (yen)"),
        pgettext("a figure", "Measured"),
        _("Of the allowed error"),
        _("Verdict"),
    ]
    return head, [
        (
            point.number,
            point.day,
            point.yen,
            Decimal(str(point.value)),
            Decimal(str(round(point.error, 6))),
            OUTCOMES[point.outcome].in_(get_language() or "ja"),
        )
        for point in points
    ]


def lede(shown: Priced, ahead: Reach | None, stop: Decimal | None) -> str:
    """What the runs cost so far, what a point cost, and where the line lies."""
    points = shown.points
    if not points:
        return _("No run has measured this yet.")
    best = min(points, key=lambda point: point.error)
    said = [
        _("%(spent)s was spent until run %(n)s.")
        % {"spent": yen(points[-1].yen), "n": points[-1].number}
    ]
    if best.error <= 1:
        reached = next(point for point in points if point.error <= 1)
        words = (
            # Of older ones nothing is known here.
            _("Of the runs shown, run %(n)s was inside the agreed line, at %(spent)s.")
            if shown.is_cut
            else _("The agreed line was reached by run %(n)s, after %(spent)s.")
        )
        said.append(words % {"n": reached.number, "spent": yen(reached.yen)})
        return joined(said)
    a_point = yen_a_point(points)
    if a_point is not None:
        said.append(
            _("Each point of the allowed error that was gained cost %(yen)s.")
            % {"yen": yen(_whole(a_point))}
        )
    said += _ahead_words(ahead, stop, len(points))
    return joined(said)


def _ahead_words(ahead: Reach | None, stop: Decimal | None, runs: int) -> list[str]:
    if ahead is None:
        if runs < 4:
            return [_("With four runs it can be said at which spend the line lies.")]
        return [_("At the present pace the agreed line is not reached.")]
    low, middle = yen(_whole(ahead.low)), yen(_whole(ahead.middle))
    if ahead.high is None:
        said = [
            _("At the present pace the line lies near %(yen)s, at best %(low)s.")
            % {"yen": middle, "low": low}
        ]
    else:
        said = [
            _("At the present pace the line lies near %(yen)s (%(low)s to %(high)s).")
            % {"yen": middle, "low": low, "high": yen(_whole(ahead.high))}
        ]
    if stop is not None and ahead.middle > stop:
        said.append(_("That is past the stop line of %(stop)s.") % {"stop": yen(stop)})
    return said


def chart(shown: Priced, ahead: Reach | None, stop: Decimal | None) -> Chart:
    """The chart with its table."""
    japanese = get_language() != "en"
    unit = shown.metric.unit
    rows = tuple(
        (
            _("Run %(n)s") % {"n": point.number},
            day_near(point.day, timezone.localdate()),
            yen(point.yen),
            metric_text(point.value, unit, 2),
            f"{point.error * 100:.0f}%",
            OUTCOMES[point.outcome].in_(get_language() or "ja"),
        )
        for point in shown.points
    )
    words = Words(
        across=_("Spent so far") + (" (万円)" if japanese else " (¥ M)"),
        up=_("Error, % of what is allowed"),
        best=_("Best so far"),
        ahead=_("Forecast"),
        agreed=_("agreed line"),
        stop=f"{_('Stop line')} {yen(stop)}",
        runs=tuple(" · ".join(row) for row in rows),
        unit=MAN if japanese else MILLION,
    )
    head = (
        _("Run"),
        _("Day"),
        _("Spent so far"),
        pgettext("a figure", "Measured"),
        _("Of the allowed error"),
        _("Verdict"),
    )
    last = shown.points[-1]
    title = _("Error at %(share)s of what is allowed, for %(spent)s") % {
        "share": f"{last.error * 100:.0f}%",
        "spent": yen(last.yen),
    }
    return Chart(
        key="accuracy-price",
        title=title,
        spoken=lede(shown, ahead, stop),
        figure=price_figure(shown.points, ahead, stop, words),
        table=left_out.shortened(Table(title=title, head=head, rows=rows)),
        note=left_out.told("", len(rows), is_cut=shown.is_cut),
    )


def _whole(value: float) -> int:
    return round(value)
