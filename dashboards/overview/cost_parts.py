"""Burn-up and price of accuracy, small on the overview; their own pages say more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from costs import budget_pages, spend_pages
from dashboards import price_queries
from dashboards.overview.parts import Part, metric_chips, metric_of
from dashboards.price_pages import price_page

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from projects.charts import Chart
    from projects.models import Engagement


def burn_up(engagement: Engagement, _asked: Mapping[str, str]) -> Part:
    """What was spent until each day against the budget, and what lies ahead."""
    costs = reverse("costs:costs", args=[engagement.pk])
    spend = getattr(engagement, "spend", None)
    budget = None if spend is None else spend.budget_yen
    ahead = budget_pages.ahead(budget_pages.current(engagement)["budgets"])
    chart = spend_pages.burn_up_chart(
        spend_pages.day_sheet(engagement.spend_days.all()),
        budget=budget,
        stop=None if spend is None else spend.stop_yen,
        ahead=ahead,
    )
    if chart is None:
        return Part(
            "burn-up",
            _("Spend over time"),
            empty=_("Nothing has been spent yet."),
            more=costs,
            more_label=_("See the costs"),
        )
    return Part(
        key="burn-up",
        title=chart.spoken,
        how=_how(ahead=bool(ahead), budget=budget),
        charts=(_small(chart),),
        csv=f"{costs}day.csv",
        more=costs,
        more_label=_("See the costs"),
    )


def _small(chart: Chart) -> Chart:
    """The same on half the width: fewer words under the axis, none of them turned."""
    for shape in chart.figure.values():
        axis = shape["layout"]["xaxis"]
        axis |= {"nticks": 4, "tickangle": 0}
        if "dtick" in axis:
            axis["dtick"] = f"M{2 * int(axis['dtick'].removeprefix('M'))}"
    return chart


def _how(*, ahead: bool, budget: Decimal | None) -> str:
    if ahead:
        return _(
            "Spent until each day; the ink line is the budget, the red dashes the stop "
            "line, the wedge what is ahead at the pace of the last 28 days."
        )
    if budget is None:
        return _("Spent until each day; no budget is set.")
    return _("Spent until each day; the ink line is the budget.")


def price(engagement: Engagement, asked: Mapping[str, str]) -> Part:
    """Error against the money spent until each run."""
    whole = reverse("dashboards:accuracy_price", args=[engagement.pk])
    metrics, key = metric_of(engagement, asked)
    spend = getattr(engagement, "spend", None)
    shown = None
    if key:
        newest = price_queries.NEWEST
        found = price_queries.priced(engagement, key, metrics[key], newest)
        shown = price_page(found, None if spend is None else spend.stop_yen)
    if shown is None or shown["chart"] is None:
        return Part(
            "price",
            _("Price of accuracy"),
            empty=_(
                "Once runs are judged, their error stands here against what was spent "
                "until then."
            ),
            more=whole,
            more_label=_("See the price of accuracy"),
        )
    address = reverse("dashboards:accuracy_price_csv", args=[engagement.pk])
    return Part(
        key="price",
        title=shown["lede"],
        how=_(
            "Each mark is a run: circle pass, square fail, diamond undecided. Lower is "
            "better; 100% is the agreed line."
        ),
        charts=(_small(shown["chart"]),),
        chips=metric_chips(metrics, key),
        chips_label=_("Metric"),
        csv=f"{address}?metric={key}",
        more=f"{whole}?metric={key}",
        more_label=_("See the price of accuracy"),
    )
