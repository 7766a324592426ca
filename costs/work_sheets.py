"""Labels, people's hours and deployments as tables to take away."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from costs.sheets import Column, Kind, Sheet

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from costs.deployment_pages import Compared
    from costs.labels.majority import Voted
    from costs.labels.report import Report
    from costs.labels.workers import Worker
    from costs.models import WorkLog

BETWEEN: Final = "; "


def batch_sheets(report: Report) -> tuple[Sheet, Sheet]:
    """Every item with its majority, and every worker under their pseudonym."""
    return _items(report.items), _workers(report.workers)


def _items(items: Sequence[Voted]) -> Sheet:
    columns = (
        Column(pgettext("labels", "Item"), Kind.TEXT),
        Column(_("Majority"), Kind.TEXT),
        Column(_("Tied with"), Kind.TEXT),
        Column(_("Answers"), Kind.COUNT),
        Column(_("Votes"), Kind.TEXT),
        Column(_("Gold"), Kind.TEXT),
        Column(_("Usable"), Kind.COUNT),
    )
    rows = tuple(
        (
            one.item,
            "" if one.tied else one.winners[0],
            BETWEEN.join(one.winners) if one.tied else "",
            one.answers,
            BETWEEN.join(f"{label} × {votes}" for label, votes in one.votes),
            one.gold,
            int(one.usable),
        )
        for one in items
    )
    return Sheet("items", _("Items"), columns, rows)


def _workers(workers: Sequence[Worker]) -> Sheet:
    columns = (
        Column(_("Worker"), Kind.TEXT),
        Column(_("Answers"), Kind.COUNT),
        Column(_("Others say the same"), Kind.SHARE),
        Column(_("At most"), Kind.SHARE),
        Column(_("Right by gold"), Kind.SHARE),
        Column(_("Median time (s)"), Kind.HOURS),
        Column(pgettext("labels", "Rejected"), Kind.COUNT),
        Column(_("Reward"), Kind.TEXT),
    )
    rows = tuple(
        (
            one.name,
            one.answers,
            _exact(one.agreed),
            _exact(one.at_most),
            _exact(one.right),
            _exact(one.seconds),
            one.rejected,
            f"{one.reward:f}",
        )
        for one in workers
    )
    return Sheet("workers", _("Workers"), columns, rows)


def _exact(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def hours_sheet(logs: Iterable[WorkLog]) -> Sheet:
    """Every line of hours with its name and its rate."""
    columns = (
        Column(_("Day"), Kind.DAY),
        Column(_("Who"), Kind.TEXT),
        Column(_("Hours"), Kind.HOURS),
        Column(_("Yen an hour"), Kind.HOURS),
        Column(_("Cost"), Kind.YEN),
        Column(_("Note"), Kind.TEXT),
    )
    rows = tuple(
        (one.day, one.person, one.hours, one.yen_an_hour, one.cost_yen, one.note)
        for one in logs
    )
    return Sheet("hours", _("People's hours"), columns, rows)


def deployments_sheet(those: Sequence[Compared]) -> Sheet:
    """Deployments side by side, in yen."""
    columns = (
        Column(_("Deployment"), Kind.TEXT),
        Column(_("Where"), Kind.TEXT),
        Column(_("In operation from"), Kind.DAY),
        Column(_("until"), Kind.DAY),
        Column(_("Predictions a month"), Kind.COUNT),
        Column(_("Cost a month"), Kind.YEN),
        Column(_("Fixed"), Kind.YEN),
        Column(_("By volume"), Kind.YEN),
        Column(_("For 1,000 predictions"), Kind.HOURS),
        Column(_("Half are answered within (ms)"), Kind.HOURS),
        Column(_("95% are answered within (ms)"), Kind.HOURS),
    )
    rows = tuple(
        (
            one.row.name,
            one.row.get_target_display(),
            one.row.starts_on,
            one.row.ends_on,
            one.row.predictions_a_month,
            one.month.cost,
            one.month.fixed,
            one.month.variable,
            one.month.per_thousand,
            one.row.p50_ms,
            one.row.p95_ms,
        )
        for one in those
    )
    return Sheet("deployments", _("Inference"), columns, rows)
