"""What a run page shows beside the verdict, by the shape of its file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from evaluation import operating
from evaluation.hourly import over
from evaluation.metrics.detected import OF_CLASS, FinishedDetection
from evaluation.metrics.forecasted import FinishedForecast
from evaluation.metrics.stocked import FinishedInventory
from projects.catalogue import METRICS, Shape, Unit
from projects.charts import Chart, Table
from projects.templatetags.figures import metric_text, rounded

if TYPE_CHECKING:
    from evaluation.metrics import Finished
    from evaluation.metrics.counts import Confusion

# The metric that says which segments are worst, and whether a high value is.
WORST: Final = {
    Shape.DETECTION: ("miss_rate", True),
    Shape.FORECAST: ("wape", True),
    Shape.INVENTORY: ("fill_rate", False),
    Shape.TRIAL: ("improvement_percent", False),
}
SHORT_LIST: Final = 10


def charts(finished: Finished) -> list[Chart]:
    """The charts of a run, most telling first."""
    if isinstance(finished, FinishedDetection):
        return operating.charts(finished)
    if isinstance(finished, FinishedForecast):
        return [
            over(finished.shown[name], name)
            for name in ("horizon", "hour", "weekday")
            if len(finished.shown.get(name, ())) > 1
        ]
    return []


def tables(finished: Finished) -> list[Table]:
    """The tables of a run beside its figures."""
    if isinstance(finished, FinishedDetection):
        return _detection_tables(finished)
    if isinstance(finished, FinishedForecast):
        return _forecast_tables(finished)
    if isinstance(finished, FinishedInventory):
        return _stock_tables(finished)
    return []


def _detection_tables(finished: FinishedDetection) -> list[Table]:
    found = [_beside(finished), *operating.tables(finished)]
    if len(finished.classes) > 2:
        found += [_classes(finished), _mixed_up(finished)]
    ranking = finished.ranking
    if ranking is not None and ranking.calibration:
        found.append(
            Table(
                _("Score against what came true"),
                (_("Mean score"), _("Cases"), _("Share real")),
                tuple(
                    (rounded(t.score, 3), f"{t.rows:,}", metric_text(t.share, "share"))
                    for t in ranking.calibration
                ),
            )
        )
    return found


def _beside(finished: FinishedDetection) -> Table:
    names = {
        "null": _("Never flag"),
        "always": _("Always flag"),
        "rule": _("Present judgement"),
    }
    lines = [(_("This run"), finished.confusion())]
    lines += [(names[key], c) for key, c in finished.baselines().items()]
    note = ""
    apart = finished.disagreements()
    if apart is not None:
        note = _(
            "On %(ours)s cases only this run is right, on %(theirs)s only the present "
            "judgement."
        ) % {"ours": f"{apart[0]:,}", "theirs": f"{apart[1]:,}"}
    return Table(
        _("Beside what is simple"),
        ("", _("False alarms"), _("Misses"), "F1"),
        tuple((name, f"{c.fp:,}", f"{c.fn:,}", _f1(c)) for name, c in lines),
        note,
    )


def _f1(c: Confusion) -> str:
    both = 2 * c.tp + c.fp + c.fn
    return metric_text(2 * c.tp / both if both else None, Unit.RATIO)


def _classes(finished: FinishedDetection) -> Table:
    keys = ("precision", "recall", "f1")
    return Table(
        _("By class"),
        ("", _("Cases"), *(METRICS[key].name.in_(_language()) for key in keys)),
        tuple(
            (
                name,
                f"{finished.confusion(OF_CLASS + name).happened:,}",
                *(
                    metric_text(
                        finished.measured(key, OF_CLASS + name).value,
                        METRICS[key].unit,
                    )
                    for key in keys
                ),
            )
            for name in finished.classes
        ),
    )


def _mixed_up(finished: FinishedDetection) -> Table:
    counts = finished.table().tolist()
    return Table(
        _("Truth by row, judgement by column"),
        ("", *finished.classes),
        tuple(
            (name, *(f"{count:,}" for count in row))
            for name, row in zip(finished.classes, counts, strict=True)
        ),
    )


def _forecast_tables(finished: FinishedForecast) -> list[Table]:
    names = {
        "rule": _("Present forecast"),
        "naive": _("Last value repeated"),
        "seasonal_naive": _("Last season repeated"),
        "naive2": _("Naive2"),
        "mean": _("Mean of the past"),
    }
    held = finished.whole.baselines
    if not held:
        return []
    own = {key: finished.whole.values.get(key) for key in ("mae", "wape")}
    lines = [(_("This run"), own)]
    lines += [(names[key], dict(values)) for key, values in held.items()]
    return [
        Table(
            _("Beside what is simple"),
            ("", "MAE", "WAPE"),
            tuple(
                (
                    name,
                    metric_text(values.get("mae"), Unit.SAME),
                    metric_text(values.get("wape"), Unit.PERCENT),
                )
                for name, values in lines
            ),
        )
    ]


def _at_level(finished: FinishedInventory) -> list[Table]:
    level = finished.at_level()
    if level is None:
        return []
    keys = ("fill_rate", "avg_on_hand")
    own = tuple(finished.measured(key).value for key in keys)
    lines = ((_("This run"), own), (_("Last order-up-to level, at once"), level))
    return [
        Table(
            _("Beside what is simple"),
            ("", *(METRICS[key].name.in_(_language()) for key in keys)),
            tuple(
                (
                    name,
                    metric_text(rate, Unit.SHARE),
                    metric_text(held, Unit.NUMBER),
                )
                for name, (rate, held) in lines
            ),
            _("The level as if every order had arrived at once."),
        )
    ]


def _stock_tables(finished: FinishedInventory) -> list[Table]:
    return [
        *_at_level(finished),
        Table(
            _("Items served worst"),
            (
                _("Item"),
                METRICS["fill_rate"].name.in_(_language()),
                METRICS["cycle_service_level"].name.in_(_language()),
                METRICS["stockout_periods"].name.in_(_language()),
                METRICS["avg_on_hand"].name.in_(_language()),
            ),
            tuple(
                (
                    f"{item.segment} {item.sku}".strip(),
                    metric_text(item.fill_rate, Unit.SHARE),
                    metric_text(item.service_level, Unit.SHARE),
                    f"{item.stockouts:,}",
                    metric_text(item.on_hand, Unit.NUMBER),
                )
                for item in finished.worst[:SHORT_LIST]
            ),
        ),
    ]


def _language() -> str:
    return get_language() or "ja"
