"""What each stage of acceptance needs, and what of it is missing. No Django in here.

Three stages: the initial judgement asks whether it is worth going on, accuracy whether
the agreed metrics are met on a truth fixed in advance, production operation whether it
has run, with truth arriving, inside the error budget, by people who can stop it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from projects.catalogue import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

# Of the cases whose truth could be known by now, so many must be.
TRUTH_SHARE: Final = 0.95


@dataclass(frozen=True, slots=True)
class Facts:
    """What stands of an engagement, for one stage.

    ``outcomes``: of the run's criteria that belong to the stage or an earlier one, how
    many came out as "pass", "fail" and "undecided".
    """

    feasible: bool = False
    agreement_version: int | None = None
    accepted_before: bool = True
    run_number: int | None = None
    run_version: int | None = None
    outcomes: Mapping[str, int] | None = None
    own_truth: bool = False
    own_truth_agreed: bool = True
    beats_baseline: bool | None = None
    errors_accepted: bool = False
    owner: str = ""
    deputy: str = ""
    days: int = 0
    days_needed: int = 0
    truth_share: float | None = None
    budget_kept: bool | None = None
    drill_worked: bool = False


@dataclass(frozen=True, slots=True)
class Requirement:
    """One thing a stage needs, whether it stands, and in words how it is with it."""

    key: str
    is_met: bool
    name: Text
    now: Text


def requirements(stage: str, facts: Facts) -> tuple[Requirement, ...]:
    """Everything the stage needs, in the order of the work.

    KeyError for a stage that is not accepted by a review.
    """
    return STAGES[stage](facts)


def missing(stage: str, facts: Facts) -> tuple[Requirement, ...]:
    """What still stands in the way."""
    return tuple(one for one in requirements(stage, facts) if not one.is_met)


def _initial(facts: Facts) -> tuple[Requirement, ...]:
    needed = [
        Requirement(
            "feasible",
            facts.feasible,
            Text("実現性が実施可または条件付き", "Feasibility is GO or CONDITIONAL"),
            _is(facts.feasible),
        ),
        _agreement(facts),
        *_judged(facts),
    ]
    if facts.beats_baseline is not None:
        needed.append(
            Requirement(
                "baseline",
                facts.beats_baseline,
                Text("基準手法を上回る", "Better than the baseline"),
                Text("上回っています", "It is better")
                if facts.beats_baseline
                else Text("上回っていません", "It is not better"),
            )
        )
    return tuple(needed)


def _accuracy(facts: Facts) -> tuple[Requirement, ...]:
    return (
        _before(facts, Text("初期判定の検収", "Initial judgement accepted")),
        _agreement(facts),
        *_judged(facts),
        Requirement(
            "truth",
            facts.run_number is not None
            and (not facts.own_truth or facts.own_truth_agreed),
            Text("合意した正解で判定", "Judged by the truth that was agreed"),
            Text("予測と一緒に投稿された正解", "Truth supplied with the predictions")
            if facts.own_truth
            else Text("事前に登録した正解", "Truth registered in advance"),
        ),
        Requirement(
            "errors_accepted",
            facts.errors_accepted,
            Text("誤りを経営層が認めた", "Management has accepted the errors"),
            _is(facts.errors_accepted),
        ),
    )


def _operation(facts: Facts) -> tuple[Requirement, ...]:
    share = facts.truth_share
    share_text = "–" if share is None else f"{share:.0%}"
    return (
        _before(facts, Text("精度検収の完了", "Accuracy accepted")),
        Requirement(
            "owner",
            bool(facts.owner and facts.deputy),
            Text("責任者と代行が決まっている", "Owner and deputy are named"),
            Text(f"{facts.owner}、{facts.deputy}", f"{facts.owner}, {facts.deputy}")
            if facts.owner
            else _is(False),
        ),
        Requirement(
            "days",
            facts.days_needed > 0 and facts.days >= facts.days_needed,
            Text("運用した日数", "Days in operation"),
            Text(
                f"{facts.days_needed}日中{facts.days}日",
                f"{facts.days} of {facts.days_needed} days",
            ),
        ),
        Requirement(
            "truth_arrived",
            share is not None and share >= TRUTH_SHARE,
            Text(
                f"正解が{TRUTH_SHARE:.0%}以上届いた",
                f"Truth has arrived for {TRUTH_SHARE:.0%}",
            ),
            Text(share_text, share_text),
        ),
        Requirement(
            "budget",
            facts.budget_kept is True,
            Text("許容誤り枠を守った", "Error budget kept"),
            _is(facts.budget_kept is True)
            if facts.budget_kept is not None
            else Text("枠が合意されていません", "No budget is agreed"),
        ),
        Requirement(
            "drill",
            facts.drill_worked,
            Text("元のやり方に戻す練習", "Fallback drill done"),
            _is(facts.drill_worked),
        ),
        Requirement(
            "errors_accepted",
            facts.errors_accepted,
            Text("誤りの承認が有効", "Accepted errors in force"),
            _is(facts.errors_accepted),
        ),
    )


STAGES: Final = {
    "initial": _initial,
    "accuracy": _accuracy,
    "operation": _operation,
}


def _agreement(facts: Facts) -> Requirement:
    version = facts.agreement_version
    return Requirement(
        "agreement",
        version is not None,
        Text("双方が署名した合意書", "An agreement signed by both sides"),
        Text(f"第{version}版", f"v{version}") if version is not None else _is(False),
    )


def _judged(facts: Facts) -> tuple[Requirement, ...]:
    number = facts.run_number
    current = number is not None and facts.run_version == facts.agreement_version
    found = facts.outcomes or {}
    passed, count = found.get("pass", 0), sum(found.values())
    return (
        Requirement(
            "run",
            current,
            Text("有効な版で測定した評価", "A run measured under that version"),
            _is(False)
            if number is None
            else Text(
                f"評価{number}、第{facts.run_version}版",
                f"Run {number}, v{facts.run_version}",
            ),
        ),
        Requirement(
            "criteria",
            count > 0 and passed == count,
            Text("この段階の基準にすべて合格", "Every criterion of the stage passes"),
            Text(f"{count}件中{passed}件が合格", f"{passed} of {count} pass")
            if count or number is None
            else Text(
                "合意書にこの段階の基準がありません", "The agreement has none for it"
            ),
        ),
    )


def _before(facts: Facts, name: Text) -> Requirement:
    return Requirement(
        "before", facts.accepted_before, name, _is(facts.accepted_before)
    )


def _is(met: bool) -> Text:
    return Text("済み", "Done") if met else Text("まだです", "Not yet")
