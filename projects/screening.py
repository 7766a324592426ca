"""Answers in, verdict out: GO, CONDITIONAL, NO-GO or NOT YET, and what decided it.

The rule, over the items due before a step: any hard item without an answer is NOT YET;
else any hard answer against, or a number past its limit, is NO-GO; else any hard answer
in part, or a conditional one against, is CONDITIONAL; else GO. No Django in here.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from projects.catalogue import Text
from projects.checklist import NO, AnswerType, Block, Checklist, Due, Item
from projects.standing import Answers, Given, Progress, Standing

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = [
    "VERDICT_NAMES",
    "Given",
    "Progress",
    "Reason",
    "Screened",
    "Verdict",
    "screen",
]


class Verdict(StrEnum):
    """May the engagement go on? The earlier one outweighs the later."""

    NOT_YET = "not_yet"
    NO_GO = "no_go"
    CONDITIONAL = "conditional"
    GO = "go"


VERDICT_NAMES: Final[Mapping[Verdict, Text]] = {
    Verdict.NOT_YET: Text(ja="未判定", en="NOT YET"),
    Verdict.NO_GO: Text(ja="実施不可", en="NO-GO"),
    Verdict.CONDITIONAL: Text(ja="条件付き", en="CONDITIONAL"),
    Verdict.GO: Text(ja="実施可", en="GO"),
}
# What a hard item in this standing makes of the verdict.
HARD_VERDICTS: Final[Mapping[Standing, Verdict]] = {
    Standing.OPEN: Verdict.NOT_YET,
    Standing.AGAINST: Verdict.NO_GO,
    Standing.PARTLY: Verdict.CONDITIONAL,
}
COUNT_WORDS: Final = (
    *("no", "one", "two", "three", "four", "five"),
    *("six", "seven", "eight", "nine", "ten"),
)
# More ids than this in one sentence nobody reads.
LISTED: Final = 5


@dataclass(frozen=True, slots=True)
class Reason:
    """An item that keeps the verdict from GO, the verdict it leads to, and why."""

    item_id: str
    why: Text
    leads_to: Verdict
    standing: Standing
    # The cure is to make it "yes" (and not a number, or a remedy elsewhere).
    cured_by_yes: bool


@dataclass(frozen=True, slots=True)
class Screened:
    """The verdict before one step.

    `decided` holds the reasons that lead to this very verdict, `reasons` all of them;
    both in the order of the checklist. `score` is a percentage, shown, never deciding.
    """

    verdict: Verdict
    decided: tuple[Reason, ...]
    reasons: tuple[Reason, ...]
    summary: Text
    would_change: Text
    progress: Mapping[Due, Progress]
    score: int


def screen(
    checklist: Checklist,
    answers: Iterable[Given],
    *,
    due: Due,
    placement: str,
    kind: str,
    waived: frozenset[str] = frozenset(),
) -> Screened:
    """Judge the answers before the step `due`; ValueError for an impossible answer.

    `waived`: ids of hard items whose answer against management has accepted for now;
    each counts as a condition instead. The caller leaves out those that have expired.
    """
    given = Answers(checklist, answers)
    items = checklist.items_due(due, placement, kind)
    held = (_reason(item, given, item.id in waived) for item in items)
    reasons = tuple(reason for reason in held if reason)
    verdict = next(
        (each for each in Verdict if any(each is r.leads_to for r in reasons)),
        Verdict.GO,
    )
    decided = tuple(reason for reason in reasons if reason.leads_to is verdict)
    progress = {step: given.progress(step, placement, kind) for step in Due}
    asked = sum(progress[step].total for step in due.by_then())
    return Screened(
        verdict=verdict,
        decided=decided,
        reasons=reasons,
        summary=_summary(verdict, decided, asked),
        would_change=_would_change(verdict, decided, reasons),
        progress=progress,
        score=given.score(items),
    )


def _reason(item: Item, answers: Answers, is_waived: bool) -> Reason | None:
    """Why an item keeps the verdict from GO; None when it does not."""
    standing = answers.standing(item)
    if item.block is Block.HARD and standing in HARD_VERDICTS:
        leads_to = HARD_VERDICTS[standing]
    elif item.block is Block.CONDITIONAL and standing is Standing.AGAINST:
        leads_to = Verdict.CONDITIONAL
    else:
        return None
    is_waived = is_waived and leads_to is Verdict.NO_GO
    remedy = answers.remedy(item)
    named = remedy if remedy and standing is Standing.OPEN else item
    return Reason(
        item_id=named.id,
        why=_why(item, standing, answers, is_waived),
        leads_to=Verdict.CONDITIONAL if is_waived else leads_to,
        standing=standing,
        cured_by_yes=item.type is not AnswerType.NUMBER and remedy is None,
    )


def _why(item: Item, standing: Standing, answers: Answers, is_waived: bool) -> Text:
    remedy = answers.remedy(item)
    if remedy:
        answer = item.answer_name(item.against)
        state = _state(remedy, standing, answers.given(remedy.id))
        ja = f"{item.short.ja}が「{answer.ja}」で、{remedy.short.ja}{state.ja}"
        en = f"{item.short.en}: {answer.en.lower()}; {remedy.short.en}{state.en}"
    else:
        state = _state(item, standing, answers.given(item.id))
        ja, en = f"{item.short.ja}{state.ja}", f"{item.short.en}{state.en}"
    if is_waived:
        ja, en = f"{ja}(経営判断で条件付き)", f"{en} (waived by management)"
    return Text(ja=ja, en=en[0].upper() + en[1:])


def _state(item: Item, standing: Standing, given: Given) -> Text:
    """The second half of a reason: 「が一部だけ」, “: only in part”."""
    if standing is Standing.OPEN:
        return Text(ja="が未回答", en=": not answered")
    if given.number is not None and item.unit:
        limit = item.limit
        number = f"{given.number.normalize():,f}"
        ja, en = f"が{number}{item.unit.ja}で、", f": {number} {item.unit.en}, "
        if limit.at_most is not None and given.number > limit.at_most:
            most = f"{limit.at_most:,f}"
            return Text(
                ja=f"{ja}上限の{most}を超える", en=f"{en}over the limit of {most}"
            )
        least = f"{limit.at_least or Decimal():,f}"
        return Text(ja=f"{ja}{least}に足りない", en=f"{en}short of {least}")
    choice = item.choice(given.value or "")
    if choice:
        return Text(ja=f"が{choice.name.ja}", en=f": {choice.name.en.lower()}")
    if standing is Standing.PARTLY:
        return Text(ja="が一部だけ", en=": only in part")
    answer = item.answer_name(given.value or NO)
    return Text(ja=f"が「{answer.ja}」", en=f": {answer.en.lower()}")


def _summary(verdict: Verdict, decided: tuple[Reason, ...], asked: int) -> Text:
    """The verdict and what decided it, in one or two sentences."""
    name, ids, many = VERDICT_NAMES[verdict], _ids(decided), len(decided)
    if verdict is Verdict.GO:
        ja = f"{asked}問すべてが条件を満たしています。"
        en = f"All {asked} blocking questions are met."
    elif verdict is Verdict.NOT_YET:
        ja = f"{many}問がまだ未回答です({ids.ja})。"
        verb = "is" if many == 1 else "are"
        en = f"{_count(many, 'question')} {verb} still open: {ids.en}."
    elif many == 1:
        ja = f"{ids.ja}の答えが判定を決めました。"
        en = f"One answer decides it: {ids.en}."
    else:
        counter = "つ" if many < 10 else "個"
        ja = f"{ids.ja}の{many}{counter}の答えが判定を決めました。"
        en = f"{_count(many, 'answer')} decide it: {ids.en}."
    return Text(ja=f"{name.ja}。{ja}", en=f"{name.en}. {en}")


def _would_change(
    verdict: Verdict, decided: tuple[Reason, ...], reasons: tuple[Reason, ...]
) -> Text:
    """Which answers would change the verdict, and to what."""
    if verdict is Verdict.GO:
        return Text(
            ja="どれか1問でも「いいえ」になれば実施不可です。",
            en="If any blocking answer becomes no, it is NO-GO.",
        )
    if verdict is Verdict.NOT_YET:
        against = tuple(r for r in reasons if r.leads_to is Verdict.NO_GO)
        answered = Text(
            ja="すべてに答えると判定が出ます。",
            en="The verdict comes when every question is answered.",
        )
        return _joined(answered, _if_unchanged(against))
    rest = {r.leads_to for r in reasons} - {verdict}
    better = Verdict.CONDITIONAL if rest else Verdict.GO
    # A partial answer can still fall to "no"; one that is "no" already cannot.
    falling = tuple(
        r
        for r in decided
        if r.standing is Standing.PARTLY and verdict is Verdict.CONDITIONAL
    )
    return _joined(_if_cured(decided, better), _if_fallen(falling))


def _if_cured(decided: tuple[Reason, ...], better: Verdict) -> Text:
    name = VERDICT_NAMES[better]
    by_yes = all(reason.cured_by_yes for reason in decided)
    if len(decided) == 1:
        ja = en = decided[0].item_id
        verb = "becomes yes" if by_yes else "is met"
    else:
        ja = f"{len(decided)}問すべて"
        en = "both" if len(decided) == 2 else f"all {_word(len(decided))}"
        verb = "become yes" if by_yes else "are met"
    cure = "が「はい」になれば" if by_yes else "が満たされれば"
    return Text(
        ja=f"{ja}{cure}{name.ja}です。",
        en=f"If {en} {verb}, it is {name.en}.",
    )


def _if_unchanged(against: tuple[Reason, ...]) -> Text | None:
    if not against:
        return None
    ids = _ids(against)
    verb = "stays as it is" if len(against) == 1 else "stay as they are"
    return Text(
        ja=f"{ids.ja}が今の答えのままなら実施不可です。",
        en=f"If {ids.en} {verb}, it will be NO-GO.",
    )


def _if_fallen(falling: tuple[Reason, ...]) -> Text | None:
    if not falling:
        return None
    ids = _ids(falling)
    by_no = all(reason.cured_by_yes for reason in falling)
    ja = "が「いいえ」になれば" if by_no else "が満たされなくなれば"
    en = "becomes no" if by_no else "is no longer met even in part"
    one_of = len(falling) > 1
    return Text(
        ja=f"{ids.ja}{'のどれか' if one_of else ''}{ja}実施不可です。",
        en=f"If {'any of ' if one_of else ''}{ids.en} {en}, it is NO-GO.",
    )


def _joined(first: Text, second: Text | None) -> Text:
    if second is None:
        return first
    return Text(ja=first.ja + second.ja, en=f"{first.en} {second.en}")


def _ids(reasons: tuple[Reason, ...]) -> Text:
    """The items by their ids; the first few, then how many more."""
    shown = [reason.item_id for reason in reasons[:LISTED]]
    more = len(reasons) - len(shown)
    return Text(
        ja="、".join(shown) + (f"ほか{more}問" if more else ""),
        en=", ".join(shown) + (f" and {more} more" if more else ""),
    )


def _word(count: int) -> str:
    return COUNT_WORDS[count] if count < len(COUNT_WORDS) else str(count)


def _count(count: int, noun: str) -> str:
    return f"{_word(count).capitalize()} {noun}{'' if count == 1 else 's'}"
