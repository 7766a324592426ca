"""What an agreement says, line by line, in plain words of both languages."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from projects.catalogue import (
    BASELINES,
    ESTIMATED,
    METRICS,
    TERMS_OF,
    Bound,
    Scope,
    Text,
    Unit,
    day_in_words,
)
from projects.promise import Budget, Line, Promise, Stop, plain

if TYPE_CHECKING:
    from projects.catalogue import Metric, Shape, Terms

NO_BREAK: Final = "\u00a0"
PERIODS: Final = {
    "week": Text("週", "a week"),
    "month": Text("月", "a month"),
    "quarter": Text("四半期", "a quarter"),
    "year": Text("年", "a year"),
}
BOUNDS: Final = {
    Bound.AT_MOST: Text("{}以下", "at most {}"),
    Bound.AT_LEAST: Text("{}以上", "at least {}"),
    Bound.BELOW: Text("{}未満", "below {}"),
    Bound.ABOVE: Text("{}を超える値", "above {}"),
}
NO_BUDGET: Final = Text("誤りの許容枠は決めていません。", "No error budget is agreed.")
NO_STOP: Final = Text("撤退ラインは決めていません。", "No stop line is agreed.")


def figure(value: Decimal, unit: Unit) -> Text:
    """A promised number in its unit, exactly as it was agreed: never rounded."""
    if unit is Unit.SHARE:
        return _both(f"{_grouped(value * 100)}%")
    if unit is Unit.PERCENT:
        return _both(f"{_grouped(value)}%")
    if unit is Unit.MONEY:
        return money(value)
    number = _grouped(value)
    ends = {
        Unit.COUNT: ("件", ""),
        Unit.SECONDS: ("秒", f"{NO_BREAK}s"),
        Unit.DAYS: ("日", f"{NO_BREAK}days"),
    }
    ja, en = ends.get(unit, ("", ""))
    return Text(f"{number}{ja}", f"{number}{en}")


def money(value: Decimal | float) -> Text:
    """Yen in full: 51,600円, ¥51,600; part of a yen only where there is one."""
    number = _grouped(Decimal(str(value)))
    sign, digits = ("\u2212", number[1:]) if number[0] == "\u2212" else ("", number)
    return Text(f"{number}円", f"{sign}¥{digits}")


def bounded(line: Line) -> Text:
    """The bound with its limit: 1%以下, at most 1%."""
    return _bounded(line.bound, line.limit, METRICS[line.metric])


def certainty(confidence: Decimal | None) -> Text:
    """With how much confidence a limit must be kept."""
    if confidence is None:
        return Text("測定値", "by the measured value")
    share = _grouped(confidence * 100)
    return Text(f"{share}%の確信", f"with {share}% confidence")


def where(line: Line) -> Text:
    """Which rows a line speaks of."""
    match line.scope:
        case Scope.WHOLE:
            return Text("全体", "all rows together")
        case Scope.EACH:
            return Text("どの区分でも", "every segment by itself")
        case _:
            return Text(f"区分「{line.segment}」", f"segment “{line.segment}”")


def line_in_words(line: Line) -> Text:
    """見逃し率は95%の確信で1%以下. Miss rate at most 1%, with 95% confidence."""
    name, limit = METRICS[line.metric].name, bounded(line)
    sure = certainty(line.confidence)
    told = {
        Scope.WHOLE: Text("", ""),
        Scope.EACH: Text("どの区分でも、", ", in every segment"),
        Scope.NAMED: Text(f"区分「{line.segment}」の", f", in “{line.segment}”"),
    }[line.scope]
    ja = f"{told.ja}{name.ja}は{sure.ja}で{limit.ja}"
    en = f"{name.en} {limit.en}, {sure.en}{told.en}"
    if line.smallest_cases:
        count = f"{line.smallest_cases:,}"
        ja += f"({count}件以上で判定)"
        en += f", judged on {count} cases or more"
    return Text(f"{ja}。", f"{en}.")


def budget_in_words(budget: Budget | None) -> Text:
    """What management bears: counts, yen, and until when."""
    if budget is None:
        return NO_BUDGET
    ja: list[str] = []
    en: list[str] = []
    counts = (
        (budget.false_alarms, budget.false_alarms_per, "誤検知", "false alarm"),
        (budget.misses, budget.misses_per, "見逃し", "miss"),
    )
    for count, per, name_ja, name_en in counts:
        if count is not None:
            period = PERIODS[per]
            ja.append(f"{name_ja}は{period.ja}{count:,}件まで")
            most = "up to " if count else ""
            en.append(f"{most}{_counted(count, name_en)} {period.en}")
    if budget.yen_a_month is not None:
        yen = money(budget.yen_a_month)
        ja.append(f"誤りの費用は月{yen.ja}まで")
        en.append(f"errors of at most {yen.en} a month")
    until = day_in_words(budget.until)
    return Text(
        f"{'、'.join(ja)}、{until.ja}まで認めます。",
        f"Accepted: {', '.join(en)}, until {until.en}.",
    )


def stop_in_words(stop: Stop | None) -> Text:
    """When the work stops unless management decides to go on."""
    if stop is None:
        return NO_STOP
    ja: list[str] = []
    en: list[str] = []
    on = None if stop.on is None else day_in_words(stop.on)
    if stop.metric and stop.value is not None:
        metric = METRICS[stop.metric]
        bound = Bound.AT_MOST if metric.smaller_is_better else Bound.AT_LEAST
        kept = _bounded(bound, stop.value, metric)
        name = metric.name
        ja.append(f"{f'{on.ja}までに' if on else ''}{name.ja}が{kept.ja}にならないとき")
        en.append(f"{name.en} is not {kept.en}{f' by {on.en}' if on else ''}")
    elif on:
        ja.append(f"{on.ja}を過ぎたとき")
        en.append(f"{on.en} has passed")
    if stop.yen is not None:
        yen = money(stop.yen)
        ja.append(f"支出が{yen.ja}を超えたとき")
        en.append(f"more than {yen.en} is spent")
    return Text(
        f"{'、または'.join(ja)}、経営が続けると決めないかぎり中止します。",
        f"Work stops when {', or when '.join(en)}, "
        "unless management decides otherwise.",
    )


def costs_in_words(terms: Terms, shape: Shape) -> tuple[Text, ...]:
    """Each cost of an error with the band it lies in."""
    told: list[Text] = []
    for term in TERMS_OF[shape]:
        cost = getattr(terms, term.key) if term.key in ESTIMATED else None
        if cost is None:
            continue
        low, high = (getattr(terms, f"{term.key}_{end}") for end in ("low", "high"))
        label = Text(
            term.label.ja.removesuffix("(円)"), term.label.en.removesuffix(" (yen)")
        )
        yen, band = money(cost), _band(low, high)
        told.append(
            Text(f"{label.ja}は{yen.ja}{band.ja}。", f"{label.en}: {yen.en}{band.en}.")
        )
    return tuple(told)


def _band(low: float | None, high: float | None) -> Text:
    if low is None and high is None:
        return Text("", "")
    least, most = (money(end or 0) for end in (low, high))
    if high is None:
        return Text(f"(低くて{least.ja})", f" (at least {least.en})")
    if low is None:
        return Text(f"(高くて{most.ja})", f" (at most {most.en})")
    return Text(
        f"({least.ja.removesuffix('円')}–{most.ja})", f" ({least.en}–{most.en})"
    )


def rest_in_words(promise: Promise) -> tuple[Text, ...]:
    """What is compared, with which truth, how often, and how much is expected."""
    told: list[Text] = []
    if promise.baseline:
        name = BASELINES[promise.shape][promise.baseline]
        told.append(
            Text(
                f"{name.ja}より良いことが条件です。",
                f"It must do better than {name.en}.",
            )
        )
    if promise.truth is not None:
        name_of = promise.truth.name
        told.append(
            Text(
                f"正解データ「{name_of}」を先に決めて使います。",
                f"The truth set “{name_of}” is fixed in advance.",
            )
        )
    if promise.own_truth:
        told.append(
            Text(
                "ファイルが自分の正解を持つことを認めます。",
                "Files may bring their own truth.",
            )
        )
    if promise.uploads_a_day is not None:
        count = f"{promise.uploads_a_day:,}"
        told.append(
            Text(f"投稿は1日{count}回までです。", f"At most {count} uploads a day.")
        )
    if promise.rows_a_month is not None:
        count = f"{promise.rows_a_month:,}"
        told.append(
            Text(f"月に{count}行を見込みます。", f"{count} rows a month are expected.")
        )
    if promise.events_a_year is not None:
        count = f"{promise.events_a_year:,}"
        told.append(
            Text(
                f"実際に起きる件は年{count}件を見込みます。",
                f"{count} real events a year are expected.",
            )
        )
    return tuple(told)


def _bounded(bound: Bound, limit: Decimal, metric: Metric) -> Text:
    said, words = figure(limit, metric.unit), BOUNDS[bound]
    return Text(words.ja.format(said.ja), words.en.format(said.en))


def _both(text: str) -> Text:
    return Text(text, text)


def _grouped(value: Decimal) -> str:
    text = plain(value)
    whole, _point, part = text.lstrip("-").partition(".")
    written = f"{int(whole):,}" + (f".{part}" if part else "")
    return f"\u2212{written}" if text.startswith("-") and value else written


def _counted(count: int, noun: str) -> str:
    many = f"{noun}es" if noun == "miss" else f"{noun}s"
    if count == 0:
        return f"no {many}"
    return f"{count:,} {noun if count == 1 else many}"
