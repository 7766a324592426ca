"""Reports as tables to keep: a portfolio, and one engagement with all that it has.

Numbers are numbers and yen are exact; heads and words are in both languages, so that
one file serves both sides.
"""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Final

from django.utils import timezone

from costs.models import CostKind
from costs.sheets import Cell, Column, Kind, Sheet
from dashboards.entry_queries import entry_of, in_both
from dashboards.report_lines import badge, coming_words
from evaluation.models import OperationDay, Run, RunStatus
from projects import catalogue
from projects.catalogue import KIND_NAMES, Text, Unit
from projects.models import Stage
from projects.templatetags.figures import promise
from projects.workbook.cells import label

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from django.db.models import QuerySet

    from dashboards.report_shapes import EngagementReport, Entry, Judged
    from projects.models import Engagement

AT_ONCE: Final = 1_000
UNITS: Final = {
    Unit.SHARE: Text("割合(1 = 100%)", "share (1 = 100%)"),
    Unit.RATIO: Text("比", "ratio"),
    Unit.PERCENT: Text("%", "%"),
    Unit.SAME: Text("対象と同じ単位", "unit of the target"),
    Unit.COUNT: Text("件", "cases"),
    Unit.NUMBER: Text("数", "number"),
    Unit.MONEY: Text("円", "yen"),
    Unit.SECONDS: Text("秒", "seconds"),
    Unit.DAYS: Text("日", "days"),
}
LOOSENED: Final = Text("あり", "yes")
JUDGED: Final = (
    Column("指標 / Metric", Kind.TEXT),
    Column("区分 / Segment", Kind.TEXT),
    Column("判定 / Verdict", Kind.TEXT),
    Column("合意した値 / Agreed", Kind.TEXT),
    Column("限度 / Limit", Kind.TEXT),
    Column("測定値 / Measured", Kind.TEXT),
    Column("区間の下 / Low", Kind.TEXT),
    Column("区間の上 / High", Kind.TEXT),
    Column("単位 / Unit", Kind.TEXT),
    Column("判断後の緩和 / Loosened after results", Kind.TEXT),
)
MONEY: Final = (
    Column("使用額(円) / Spent (yen)", Kind.YEN),
    Column("予算(円) / Budget (yen)", Kind.YEN),
    Column("撤退ライン(円) / Stop line (yen)", Kind.YEN),
    Column("GPU(円) / GPUs (yen)", Kind.YEN),
    Column("ラベル(円) / Labels (yen)", Kind.YEN),
    Column("人件費(円) / People (yen)", Kind.YEN),
    Column("運用中の誤り(円) / Errors in operation (yen)", Kind.YEN),
    Column("期待される効果(円/年) / Value expected (yen a year)", Kind.YEN),
    Column("実現した効果(円) / Value realised (yen)", Kind.YEN),
)
PORTFOLIO: Final = (
    Column("案件", Kind.TEXT),
    Column("Engagement", Kind.TEXT),
    Column("顧客", Kind.TEXT),
    Column("Customer", Kind.TEXT),
    Column("種類 / Kind", Kind.TEXT),
    Column("場所 / Place", Kind.TEXT),
    Column("段階 / Stage", Kind.TEXT),
    *JUDGED,
    Column("許容に対する誤り / Of the allowed error", Kind.SHARE),
    Column("測定日 / Measured on", Kind.DAY),
    Column("誤り枠の消費 / Error budget used", Kind.SHARE),
    Column("その期間の末日 / Its last day", Kind.DAY),
    Column("誤りの承認の期限 / Errors accepted until", Kind.DAY),
    *MONEY,
    Column("次の日付 / Next date", Kind.DAY),
    Column("その内容 / What", Kind.TEXT),
    Column("責任者 / Owner", Kind.TEXT),
    Column("開始 / Starts", Kind.DAY),
    Column("終了 / Ends", Kind.DAY),
)
RUNS: Final = (
    Column("評価 / Run", Kind.COUNT),
    Column("合意書の版 / Agreement version", Kind.COUNT),
    Column("測定日 / Measured on", Kind.DAY),
    Column("ファイル / File", Kind.TEXT),
    Column("変更点 / What changed", Kind.TEXT),
    Column("投稿者 / Submitted by", Kind.TEXT),
    Column("行数 / Rows", Kind.COUNT),
    Column("判定 / Verdict", Kind.TEXT),
)
SPENT: Final = (
    Column("月 / Month", Kind.MONTH),
    Column("費目 / Kind", Kind.TEXT),
    Column("GPU時間 / GPU hours", Kind.HOURS),
    Column("費用(円) / Cost (yen)", Kind.YEN),
)


@cache
def _stage(stage: str) -> str:
    return label(in_both(lambda: str(Stage(stage).label)))


@cache
def _outcome(outcome: str) -> str:
    return label(in_both(lambda: badge(outcome).word))


@cache
def _coming(what: str) -> str:
    return label(in_both(lambda: coming_words(what)))


@cache
def _kind_of_cost(kind: str) -> str:
    return label(in_both(lambda: str(CostKind(kind).label)))


def portfolio_rows(listed: QuerySet[Engagement]) -> Iterator[tuple[Cell, ...]]:
    """Every engagement of the list as a row, read as it is written."""
    for one in listed.iterator(chunk_size=AT_ONCE):
        yield _row(entry_of(one))


def portfolio_sheet_of(listed: QuerySet[Engagement]) -> Sheet:
    """All of them as one table."""
    rows = tuple(portfolio_rows(listed))
    return Sheet("portfolio", "案件 Engagements", PORTFOLIO, rows)


def _row(entry: Entry) -> tuple[Cell, ...]:
    money, comes = entry.money, entry.next
    return (
        entry.name.ja,
        entry.name.en,
        entry.customer.ja,
        entry.customer.en,
        label(KIND_NAMES[catalogue.Kind(entry.kind)]),
        entry.place,
        _stage(entry.stage),
        *_judged(entry.worst, entry.outcome, loosened=entry.loosened),
        _number(entry.errors[-1] if entry.errors else None),
        entry.measured_on,
        _number(entry.burned),
        entry.burned_until,
        entry.accepted_until,
        money.spent,
        money.budget,
        money.stop,
        money.gpu,
        money.labels,
        money.people,
        money.errors,
        money.expected,
        money.realised,
        comes.on if comes else None,
        _coming(comes.what) if comes else "",
        label(entry.owner),
        entry.starts_on,
        entry.ends_on,
    )


def _judged(one: Judged | None, outcome: str, *, loosened: bool) -> tuple[Cell, ...]:
    mark = label(LOOSENED) if loosened else ""
    if one is None:
        return ("", "", _outcome(outcome), "", *(None,) * 4, "", mark)
    agreed = in_both(lambda: promise(one.bound, one.limit, one.unit, 2))
    return (
        label(one.name),
        one.segment,
        _outcome(outcome),
        label(agreed),
        one.limit,
        _number(one.value),
        _number(one.low),
        _number(one.high),
        label(UNITS[Unit(one.unit)]),
        mark,
    )


def _number(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(repr(value))


def engagement_sheets(
    engagement: Engagement, report: EngagementReport
) -> tuple[Sheet, ...]:
    """The engagement's line, its criteria, runs, days in operation and months."""
    lines = report.verdict.lines if report.verdict else ()
    loosened = report.verdict is not None and report.verdict.loosened
    return (
        Sheet("engagement", "案件 Engagement", PORTFOLIO, (_row(report.entry),)),
        Sheet(
            "criteria",
            "基準と判定 Criteria",
            JUDGED,
            tuple(_judged(one, one.outcome, loosened=loosened) for one in lines),
        ),
        Sheet("runs", "評価 Runs", RUNS, tuple(_runs(engagement))),
        Sheet(
            "days",
            "運用 Operation",
            _day_columns(report),
            tuple(_days(engagement)),
        ),
        Sheet("spend", "費用 Spend", SPENT, tuple(_months(engagement))),
    )


def _runs(engagement: Engagement) -> Iterator[tuple[Cell, ...]]:
    found = (
        Run.objects.filter(agreement__engagement=engagement, status=RunStatus.MEASURED)
        .select_related("agreement", "upload", "submitted_by", "result")
        .order_by("submitted_at")
    )
    for run in found.iterator(chunk_size=AT_ONCE):
        yield (
            run.number,
            run.agreement.version,
            _on(run),
            run.upload.name,
            run.note,
            run.submitted_by.name,
            run.result.rows,
            _outcome(run.result.outcome),
        )


def _on(run: Run) -> date:
    # Every run that was measured has ended, as a constraint says.
    assert run.finished_at is not None  # noqa: S101
    return timezone.localdate(run.finished_at)


def _day_columns(report: EngagementReport) -> tuple[Column, ...]:
    return (
        Column("日 / Day", Kind.DAY),
        Column("件数 / Cases", Kind.COUNT),
        Column("正解が届いた件数 / Truth known of", Kind.COUNT),
        Column(label(report.over), Kind.COUNT),
        Column(label(report.under), Kind.COUNT),
        Column("誤りの費用(円) / Cost of the errors (yen)", Kind.YEN),
        Column("メモ / Note", Kind.TEXT),
    )


def _days(engagement: Engagement) -> Iterator[tuple[Cell, ...]]:
    for one in OperationDay.objects.filter(engagement=engagement).order_by("day"):
        yield (
            one.day,
            one.cases,
            one.known,
            one.false_alarms,
            one.misses,
            one.cost_yen,
            one.note,
        )


def _months(engagement: Engagement) -> Iterator[tuple[Cell, ...]]:
    sums = engagement.spend_days.summed_by("month", "kind")
    for one in sorted(sums, key=lambda one: str(one.names)):
        month, kind = one.names
        yield month, _kind_of_cost(str(kind)), one.gpu_hours, one.yen
