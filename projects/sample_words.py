"""What numbers of cases can and cannot prove, in a sentence. No Django in here."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from projects import sampling
from projects.catalogue import Text

if TYPE_CHECKING:
    from projects.catalogue import Limit

# What the checklist's T3 takes for granted until somebody says otherwise.
USUAL_RATE: Final = 0.05
USUAL_CONFIDENCE: Final = 0.95
DAYS_A_MONTH: Final = 30


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence to lead with, and its reasons. ``enough``: None when none asked."""

    lead: Text
    text: Text
    enough: bool | None = None


def percent(share: float) -> str:
    """A share in percent with three digits that matter, at either end: 5, 12.2, 99.97.

    Half a percent from certainty must not be rounded to certainty.
    """
    nearest = 100 * min(share, 1 - share)
    decimals = (
        0 if nearest <= 0 else min(8, max(0, 2 - math.floor(math.log10(nearest))))
    )
    text = f"{100 * share:.{decimals}f}"
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text}%"


def cases_told(
    *,
    rate: float = USUAL_RATE,
    confidence: float = USUAL_CONFIDENCE,
    errors: int = 0,
    cases: int | None = None,
    a_month: float | None = None,
) -> Told:
    """Whether the cases at hand prove a miss rate, and how many it takes.

    ``errors`` may be missed among them; ``cases`` are there already, ``a_month`` come.
    ValueError as ``sampling.cases_needed``.
    """
    needed = sampling.cases_needed(rate, confidence, errors)
    p, at = percent(rate), percent(confidence)
    if needed is None:
        return Told(
            Text(ja="証明できません。", en="It cannot be proved."),
            Text(
                ja=f"見逃し率{p}以下には1,000万件を超える事象が要ります。",
                en=f"A miss rate of at most {p} would take over ten million cases.",
            ),
            enough=False,
        )
    proof = _proof(needed, errors)
    ja = f"見逃し率{p}以下を信頼度{at}で言うには、{proof.ja}要ります。"
    en = f"To claim a miss rate of at most {p} at {at} confidence takes {proof.en}."
    if cases is not None:
        shown = _shown(cases, confidence, rate, needed)
        ja, en = ja + shown.ja, f"{en} {shown.en}"
    missing = needed - (cases or 0)
    if a_month and missing > 0:
        wait = _wait(missing, a_month, is_more=bool(cases))
        ja, en = ja + wait.ja, f"{en} {wait.en}"
    enough = None if cases is None else cases >= needed
    lead = (
        Text(ja="件数は足りています。", en="There are enough cases.")
        if enough
        else Text(ja=f"{needed:,}件必要です。", en=f"{_cases(needed)} needed.")
    )
    return Told(lead, Text(ja=ja, en=en), enough)


def misses_told(
    a_year: float, *, events: int | None = None, months: float | None = None
) -> Told:
    """What proves that no more are missed a year, as often as the events have come."""
    if a_year <= 0:
        return Told(
            Text(ja="0件は証明できません。", en="None at all cannot be proved."),
            Text(
                ja="何件見逃さなくても、次も見逃さないとは言えません。"
                "許せる件数か率を決めると、必要な件数が出ます。",
                en="However many are caught, the next may be missed. Settle a number "
                "or a rate that can be borne, and the cases it takes stand here.",
            ),
            enough=False,
        )
    if not events or not months:
        return Told(
            Text(ja="必要な件数はまだ出せません。", en="The cases it takes are open."),
            Text(
                ja="T2(データの月数)とT3(事象の件数)に答えると、ここに出ます。",
                en="They stand here once T2 (months of data) and T3 (events) are "
                "answered.",
            ),
        )
    come = 12 * events / months
    often = Text(
        ja=f"{months:g}か月に{events:,}件なら年{_plain(come)}件です。",
        en=f"{_cases(events, verb=False)} in {months:g} months are {_plain(come)} "
        "a year.",
    )
    if a_year >= come:
        return Told(
            Text(ja="条件になっていません。", en="This is no condition."),
            Text(
                ja=f"{often.ja}年{_plain(a_year)}件までなら、すべて見逃してもよいことに"
                "なります。",
                en=f"{often.en} With {_plain(a_year)} a year tolerated, all of them "
                "might be missed.",
            ),
            enough=False,
        )
    told = cases_told(rate=a_year / come, cases=events, a_month=events / months)
    return Told(
        told.lead,
        Text(ja=often.ja + told.text.ja, en=f"{often.en} {told.text.en}"),
        told.enough,
    )


def alarms_told(a_month: float, *, confidence: float = USUAL_CONFIDENCE) -> Told:
    """How long must be watched to prove that false alarms stay that few a month."""
    if a_month <= 0:
        return Told(
            Text(ja="0件は証明できません。", en="None at all cannot be proved."),
            Text(
                ja="どれだけ長く見ても、次の月に出ないとは言えません。",
                en="However long is watched, the next month may bring one.",
            ),
            enough=False,
        )
    none, one = (
        _span(sampling.months_to_watch(a_month, confidence, seen)) for seen in (0, 1)
    )
    n, at = _plain(a_month), percent(confidence)
    return Told(
        Text(ja=f"{none.ja}の記録が必要です。", en=f"{none.en} of records are needed."),
        Text(
            ja=f"誤検知が月{n}件以下だと信頼度{at}で言うには、1件も出ないまま{none.ja}、"
            f"1件出れば{one.ja}の記録が要ります。",
            en=f"To claim at most {n} false alarms a month at {at} confidence takes "
            f"{none.en} without any, or {one.en} with one.",
        ),
    )


def doubt(limit: Limit, cases: int) -> Text | None:
    """Why so many cases could not prove a criterion even without one error; else None.

    None too where exact cases are no matter: no rate, or no confidence asked.
    """
    rate, confidence = limit.tolerated, limit.confidence
    if rate is None or confidence is None:
        return None
    needed = sampling.cases_needed(rate, confidence)
    if needed is not None and cases >= needed:
        return None
    shown, at = sampling.shown_by(cases, confidence), percent(confidence)
    best = percent(shown if limit.bound.is_upper else 1 - shown)
    ja_side, en_side = ("以下", "most") if limit.bound.is_upper else ("以上", "least")
    n, p = _cases(cases, verb=False), percent(limit.value)
    ja = f"{cases:,}件では、誤りが1件もなくても{best}{ja_side}までしか示せません。"
    en = f"{n} without one error would show only at {en_side} {best}."
    if needed is not None:
        ja += f"{p}{ja_side}を信頼度{at}で示すには{needed:,}件必要です。"
        en += f" At {en_side} {p} at {at} confidence takes {needed:,}."
    return Text(ja=ja, en=en)


def _proof(needed: int, errors: int) -> Text:
    if not errors:
        without = _cases(needed, verb=False)
        return Text(
            ja=f"見逃しのない事象が{needed:,}件", en=f"{without} without a single miss"
        )
    return Text(
        ja=f"見逃しが{errors:,}件までの事象が{needed:,}件",
        en=f"{_cases(needed, verb=False)} with no more than {errors:,} missed",
    )


def _shown(cases: int, confidence: float, rate: float, needed: int) -> Text:
    """What the cases at hand show at best, and how many of enough may be missed."""
    if not cases:
        return Text(
            ja="1件もなければ何も示せません。", en="Without one, nothing is shown."
        )
    best = percent(sampling.shown_by(cases, confidence))
    n = _cases(cases, verb=False)
    allowed = sampling.errors_allowed(cases, rate, confidence)
    if not allowed:
        only = "まで" if cases < needed else ""
        return Text(
            ja=f"{cases:,}件で示せるのは{best}以下{only}です。",
            en=f"{n} can show at most {best}.",
        )
    return Text(
        ja=f"{cases:,}件なら、見逃しなしで{best}以下を示せ、{allowed:,}件まで見逃しても"
        "言えます。",
        en=f"{n} without a miss show at most {best}; with up to {allowed:,} missed the "
        "claim still holds.",
    )


def _wait(missing: int, a_month: float, *, is_more: bool) -> Text:
    months = sampling.months_of(missing, a_month)
    span = Text(
        ja=f"{months:,}か月", en="a month" if months == 1 else f"{months:,} months"
    )
    n, often = f"{missing:,}", _plain(a_month)
    if is_more:
        return Text(
            ja=f"あと{n}件は、月{often}件なら{span.ja}で集まります。",
            en=f"The {n} still missing take {span.en} at {often} a month.",
        )
    return Text(
        ja=f"月{often}件なら、{span.ja}分のデータです。",
        en=f"At {often} a month that is {span.en} of data.",
    )


def _span(months: float) -> Text:
    """A length of time, never rounded down: days below two months."""
    if months < 2:
        days = max(1, math.ceil(months * DAYS_A_MONTH - 1e-9))
        return Text(ja=f"{days}日", en="a day" if days == 1 else f"{days} days")
    tenths = math.ceil(months * 10 - 1e-9) / 10
    return Text(ja=f"{tenths:,g}か月", en=f"{tenths:,g} months")


def _cases(count: int, *, verb: bool = True) -> str:
    if count == 1:
        return "1 case is" if verb else "1 case"
    return f"{count:,} cases are" if verb else f"{count:,} cases"


def _plain(number: float) -> str:
    """A number of things a month or a year: 8, 0.6, 0.04."""
    return f"{number:,.2g}" if number < 10 else f"{number:,.0f}"
