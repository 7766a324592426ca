"""Whether the cases a site expects can prove a criterion, in a sentence. No Django."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Final

from projects import sampling
from projects.catalogue import Scope, Text
from projects.promise import plain
from projects.sample_words import percent

if TYPE_CHECKING:
    from projects.promise import Line, Promise

# What the cases of a rate are, and who tells how many come.
REAL: Final = frozenset({"miss_rate", "recall", "event_recall", "early_share"})
ALL: Final = frozenset(
    {"accuracy", "class_accuracy", "micro_f1", "alarm_rate", "cycle_service_level"}
)
# Where nearly every case is normal, the rows tell how many normal ones come.
NORMAL: Final = frozenset(
    {"false_positive_rate", "specificity", "negative_predictive_value"}
)
MONTHS: Final = 12


def warning(line: Line, promise: Promise) -> Text | None:
    """Why the cases expected do not prove the line within a year; None where they do.

    Said too where the truth set fixed in advance holds too few of them.
    """
    limit = line.as_limit()
    rate, confidence = limit.tolerated, limit.confidence
    if rate is None or confidence is None:
        return None
    cases, at = sampling.cases_needed(rate, confidence), percent(confidence)
    if cases is None:
        return Text(
            f"{at}の確信では、1,000万件あっても証明できません。",
            f"Not even ten million cases prove this at {at} confidence.",
        )
    what = _what(line)
    if what is None:
        return None
    each = Text("区分ごとに", " in every segment") if line.scope is Scope.EACH else None
    ja = f"誤りのない{what.ja}が{each.ja if each else ''}{cases:,}件必要です。"
    en = f"{cases:,} {what.en} without an error are needed{each.en if each else ''}"
    held, come = _held(line, promise), _a_year(line, promise)
    if held is not None and held < cases:
        shown = percent(sampling.shown_by(held, confidence))
        return Text(
            f"{ja}正解データにあるのは{held:,}件で、示せるのは誤り{shown}以下までです。",
            f"{en}; the truth set holds {held:,}, which can show at most {shown} "
            "errors.",
        )
    if held is None and come is not None and come < cases:
        if not come:
            return Text(
                f"{ja}見込みは0件です。", f"{en}; you expect none, so it stays open."
            )
        years = _years(cases, come)
        return Text(
            f"{ja}見込みは年{come:,}件なので、{years}年かかります。",
            f"{en}; you expect {come:,} a year, which takes {years} years.",
        )
    return None


def _what(line: Line) -> Text | None:
    if line.metric in REAL:
        return Text("実際の異常", "real events")
    if line.metric in NORMAL:
        return Text("正常な件", "normal cases")
    return Text("件", "cases") if line.metric in ALL else None


def _held(line: Line, promise: Promise) -> int | None:
    """Cases of this kind in the truth set fixed in advance, where it tells."""
    truth = promise.truth
    if truth is None or truth.rows is None:
        return None
    if line.metric in ALL:
        return truth.rows
    if truth.events is None:
        return None
    return truth.events if line.metric in REAL else truth.rows - truth.events


def _a_year(line: Line, promise: Promise) -> int | None:
    return cases_a_year(line.metric, promise.rows_a_month, promise.events_a_year)


def cases_a_year(
    metric: str, rows_a_month: int | None, events_a_year: int | None
) -> int | None:
    """Cases of the metric's kind that a site expects in a year, where it says.

    None too of a metric whose cases nobody counts.
    """
    if metric in REAL:
        return events_a_year
    if rows_a_month is None or metric not in NORMAL | ALL:
        return None
    rows = MONTHS * rows_a_month
    return rows if metric in ALL else max(0, rows - (events_a_year or 0))


def _years(cases: int, a_year: int) -> str:
    exact = Decimal(cases) / Decimal(a_year)
    return plain(exact.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP))
