"""What changed in the error budget, the stop line, the terms, and all the rest."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Final

from projects import preview
from projects.catalogue import (
    BASELINES,
    METRICS,
    TERMS_OF,
    WITHOUT_SCORE,
    Term,
    Text,
    day_in_words,
)
from projects.difference.ways import (
    NOTHING,
    Change,
    Direction,
    cap,
    changed,
    either,
    more_is_tighter,
    number,
    present,
    said,
)

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from projects.catalogue import Terms
    from projects.promise import Budget, Promise, Stop

WHOLE: Final = Text("", "")
# Weeks and months of a year of 365.25 days, so that budgets by any period compare.
A_YEAR: Final = {
    "week": Fraction(36525, 700),
    "month": Fraction(12),
    "quarter": Fraction(4),
    "year": Fraction(1),
}
# Of the terms, those that make every promise easier to keep as they grow, or as they
# fall: cheaper errors keep a limit on their cost more easily. Others have no side.
LOOSER_WHEN_MORE: Final = frozenset({"alarm_gap_seconds", "event_window_seconds"})
LOOSER_WHEN_LESS: Final = frozenset(
    {
        *("yen_false_alarm", "yen_miss", "yen_over", "yen_under", "yen_shortage"),
        *("yen_order", "holding_rate", "unit_cost"),
    }
)


def of_budget(old: Budget | None, new: Budget | None) -> list[Change]:
    """The error budget, whole or part by part."""
    item = Text("許容誤り枠", "Error budget")
    if old is None or new is None or old == new:
        words = said(preview.budget_in_words, old, new)
        return [Change(item, WHOLE, *words, present(old, new))]
    found = [
        _counts(
            Text("誤検知", "False alarms"),
            (old.false_alarms, old.false_alarms_per),
            (new.false_alarms, new.false_alarms_per),
        ),
        _counts(
            Text("見逃し", "Misses"),
            (old.misses, old.misses_per),
            (new.misses, new.misses_per),
        ),
        Change(
            item,
            Text("月の費用", "Yen a month"),
            *said(_money, old.yen_a_month, new.yen_a_month),
            cap(old.yen_a_month, new.yen_a_month),
        ),
        Change(
            item,
            Text("期限", "Until"),
            *said(day_in_words, old.until, new.until),
            cap(old.until.toordinal(), new.until.toordinal()),
        ),
    ]
    return [change for change in found if not change.is_same]


def _counts(
    part: Text, old: tuple[int | None, str], new: tuple[int | None, str]
) -> Change:
    def words(allowed: tuple[int | None, str]) -> Text:
        count, period = allowed[0], preview.PERIODS[allowed[1]]
        if count is None:
            return NOTHING
        return Text(f"{period.ja}{count:,}件", f"{count:,} {period.en}")

    way = cap(_a_year(*old), _a_year(*new))
    if way is Direction.SAME and words(old) != words(new):
        way = Direction.OTHER
    item = Text("許容誤り枠", "Error budget")
    return Change(item, part, *said(words, old, new), way)


def _a_year(count: int | None, per: str) -> Fraction | None:
    return None if count is None else count * A_YEAR[per]


def of_stop(old: Stop | None, new: Stop | None) -> list[Change]:
    """The stop line, whole or part by part."""
    item = Text("撤退ライン", "Stop line")
    if old is None or new is None or old == new:
        words = said(preview.stop_in_words, old, new)
        return [Change(item, WHOLE, *words, present(old, new))]
    found = [
        Change(
            item, Text("期日", "Date"), *said(_day, old.on, new.on), _date(old, new)
        ),
        Change(
            item,
            Text("支出", "Spent"),
            *said(_money, old.yen, new.yen),
            cap(old.yen, new.yen),
        ),
        Change(
            item,
            Text("精度", "Accuracy"),
            *said(_goal, old, new),
            _goal_way(old, new),
        ),
    ]
    return [change for change in found if not change.is_same]


def _day(on: date | None) -> Text:
    return NOTHING if on is None else day_in_words(on)


def _date(old: Stop, new: Stop) -> Direction:
    return cap(*(None if s.on is None else s.on.toordinal() for s in (old, new)))


def _goal(stop: Stop) -> Text:
    if stop.value is None:
        return NOTHING
    metric = METRICS[stop.metric]
    value = preview.figure(stop.value, metric.unit)
    return Text(f"{metric.name.ja} {value.ja}", f"{metric.name.en} {value.en}")


def _goal_way(old: Stop, new: Stop) -> Direction:
    if old.metric == new.metric and old.value is not None and new.value is not None:
        if METRICS[new.metric].smaller_is_better:
            return more_is_tighter(new.value, old.value)
        return more_is_tighter(old.value, new.value)
    if old.metric and new.metric:
        return Direction.OTHER
    return present(old.metric or None, new.metric or None)


def of_rest(before: Promise, after: Promise) -> list[Change]:
    """What is compared, with which truth, how often, and how much is expected."""
    sets = [None if p.truth is None else p.truth.sha256 for p in (before, after)]
    rows = [
        Change(
            Text("比べる相手", "To be beaten"),
            WHOLE,
            *said(_baseline, before, after),
            either(before.baseline or None, after.baseline or None),
        ),
        Change(
            Text("正解データ", "Truth set"),
            WHOLE,
            *said(_truth, before, after),
            either(*sets),
        ),
        Change(
            Text("ファイルの自前の正解", "Truth in the files"),
            WHOLE,
            *said(_own_truth, before, after),
            cap(before.own_truth, after.own_truth),
        ),
        Change(
            Text("1日の投稿", "Uploads a day"),
            WHOLE,
            *said(number, before.uploads_a_day, after.uploads_a_day),
            cap(before.uploads_a_day, after.uploads_a_day),
        ),
        Change(
            Text("月の行数の見込み", "Rows a month expected"),
            WHOLE,
            *said(number, before.rows_a_month, after.rows_a_month),
            changed(before.rows_a_month, after.rows_a_month),
        ),
        Change(
            Text("年の件数の見込み", "Events a year expected"),
            WHOLE,
            *said(number, before.events_a_year, after.events_a_year),
            changed(before.events_a_year, after.events_a_year),
        ),
    ]
    return [row for row in rows if row.before != NOTHING or row.after != NOTHING]


def _baseline(promise: Promise) -> Text:
    if not promise.baseline:
        return NOTHING
    return BASELINES[promise.shape][promise.baseline]


def _truth(promise: Promise) -> Text:
    if promise.truth is None:
        return NOTHING
    return Text(promise.truth.name, promise.truth.name)


def _own_truth(promise: Promise) -> Text:
    return Text("認める", "allowed") if promise.own_truth else NOTHING


def of_terms(before: Promise, after: Promise) -> list[Change]:
    old, new = before.measured_by, after.measured_by
    found: list[Change] = []
    for term in TERMS_OF[after.shape]:
        was, now = getattr(old, term.key), getattr(new, term.key)
        if was == now and term.key not in after.terms:
            continue
        words = (_term(term, old), _term(term, new))
        way = _term_way(term.key, was, now)
        found.append(Change(term.label, WHOLE, *words, way))
    return found


# object: a term may be a number, a word, a tick or a list of names.
def _term_way(key: str, was: object, now: object) -> Direction:
    if was == now:
        return Direction.SAME
    if key == "without_score":
        # Rows that are left out are missed by nobody.
        return Direction.LOOSER if now == "left_out" else Direction.TIGHTER
    if isinstance(was, int | float) and isinstance(now, int | float):
        if key in LOOSER_WHEN_MORE:
            return more_is_tighter(now, was)
        if key in LOOSER_WHEN_LESS:
            return more_is_tighter(was, now)
    return Direction.OTHER


def _term(term: Term, terms: Terms) -> Text:
    value = getattr(terms, term.key)
    match value:
        case None | ():
            return NOTHING
        case bool():
            return Text("はい", "yes") if value else Text("いいえ", "no")
        case tuple():
            return Text("、".join(value), ", ".join(value))
        case str():
            return WITHOUT_SCORE[value]
        case _ if term.kind == "yen":
            return preview.money(value)
        case _:
            return Text(f"{value:g}", f"{value:g}")


def _money(value: Decimal | None) -> Text:
    return NOTHING if value is None else preview.money(value)
