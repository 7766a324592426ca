"""What blocks a stage, in both languages: the thing, and how it is mended. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from projects.catalogue import Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# More than these ids in one sentence nobody reads.
LISTED: Final = 5
WEEKS_A_YEAR: Final = 365.25 / 7

NO_ROUND: Final = (
    Text("実現性の質問にまだ答えていません", "No feasibility question is answered yet"),
    Text("質問に答え、判定を確定します", "Answer the questions and issue the verdict"),
)
NOT_ISSUED: Final = (
    Text("実現性の判定が確定していません", "The feasibility verdict is not issued"),
    Text(
        "すべて答え終わっています。判定を確定してください",
        "Every question is answered; issue the verdict",
    ),
)
CONDITIONS: Final = (
    Text(
        "条件付きの判定が確定していません",
        "The conditional verdict is not issued",
    ),
    Text(
        "条件ごとに、だれがいつまでに何をするかを決めて確定します",
        "Say of each condition who does what by when, then issue it",
    ),
)
NO_GO: Final = Text(
    "答えを改めるか、経営層が期限付きで容認します",
    "Mend it and answer again, or management waives it for a time",
)
NO_DRAFT: Final = (
    Text("合意書の案がありません", "No agreement is drafted"),
    Text(
        "検収の基準を決め、双方が署名します",
        "Write down the criteria of acceptance, then both sides sign",
    ),
)
BREACH: Final = Text(
    "続けるか、増やすか、止めるかを経営層が決めます",
    "Management goes on, raises the budget or stops the spending",
)
NOT_ACCEPTED: Final = Text(
    "誤りの承認が効力を失っています", "The accepted errors are no longer in force"
)
TODOS: Final[Mapping[str, Text]] = {
    "task": Text(
        "実現性の条件として約束した作業",
        "A task promised as a condition of feasibility",
    ),
    "repair": Text(
        "差し戻しの際に決めた手直し", "A repair asked for when a stage was rejected"
    ),
}
MANAGEMENT: Final = Text("双方の経営層", "Management of either side")
SIDES: Final[Mapping[str, Text]] = {
    "provider": Text("受託側", "The provider"),
    "customer": Text("委託側", "The customer"),
}
# Of what a stage needs: where it is mended, what is missing, and how.
PLACES: Final[Mapping[str, str]] = {
    "feasible": "feasibility",
    "agreement": "agreement",
    "before": "stages",
    "run": "runs",
    "criteria": "stages",
    "baseline": "run",
    "truth": "runs",
    "errors_accepted": "run",
    "owner": "operation",
    "days": "operation",
    "truth_arrived": "operation",
    "budget": "operation",
    "drill": "operation",
}
# Whose count says more than that it is missing.
COUNTED: Final = frozenset({"days", "truth_arrived"})
MISSING: Final[Mapping[str, Text]] = {
    "feasible": Text("実現性が実施可になっていません", "Feasibility is not GO"),
    "agreement": Text(
        "双方が署名した合意書がありません",
        "No agreement signed by both sides is in force",
    ),
    "before": Text(
        "前の段階が検収されていません", "The stage before it has not been accepted"
    ),
    "run": Text(
        "有効な版で測定した評価がありません",
        "No run has been measured under the version in force",
    ),
    "criteria": Text(
        "合意書にこの段階の基準がありません",
        "The agreement has no criterion for this stage",
    ),
    "baseline": Text(
        "基準手法を上回っていません", "It is not better than the baseline"
    ),
    "truth": Text(
        "合意した正解で判定していません",
        "It was not judged by the truth that was agreed",
    ),
    "errors_accepted": Text(
        "経営層が誤りを認めていません", "Management has not accepted the errors"
    ),
    "owner": Text("責任者と代行が決まっていません", "Owner and deputy are not named"),
    "days": Text("運用日数が足りません", "Too few days in operation"),
    "truth_arrived": Text("正解がまだ届いていません", "Truth has not arrived yet"),
    "budget": Text("許容誤り枠を守れていません", "The error budget was not kept"),
    "no_budget": Text("許容誤り枠が合意されていません", "No error budget is agreed"),
    "drill": Text(
        "元のやり方に戻す練習をしていません", "The fallback drill has not been held"
    ),
}
HOW: Final[Mapping[str, Text]] = {
    "feasible": NO_GO,
    "agreement": NO_DRAFT[1],
    "before": Text("前の段階を先に検収します", "Have that stage accepted first"),
    "run": Text("評価のファイルを投稿します", "Upload a file to be measured"),
    "criteria": Text(
        "次の版でこの段階の基準を決めます", "Name one in the next version"
    ),
    "baseline": Text(
        "改善して再投稿するか、合意書を改めます",
        "Improve it and upload again, or agree on another version",
    ),
    "truth": Text(
        "事前に登録した正解で測り直します",
        "Measure again by the truth registered in advance",
    ),
    "errors_accepted": Text(
        "委託側の経営層が、評価の画面で動作点と期限を選んで認めます",
        "The customer's executive accepts an operating point of a run for a time",
    ),
    "owner": Text("運用の画面で二人を決めます", "Name both on the page of operation"),
    "days": Text("毎日の件数を記録し続けます", "Keep writing each day"),
    "truth_arrived": Text(
        "届いた正解を日ごとに書き足します", "Add the truth to the days it belongs to"
    ),
    "budget": Text(
        "原因を直すか、合意書で枠を改めます",
        "Mend the cause, or agree on another budget",
    ),
    "no_budget": Text("次の版で枠を決めます", "Agree on one in the next version"),
    "drill": Text(
        "一度止めて元のやり方で動かし、結果を記録します",
        "Stop it once, run the old way, and record how it went",
    ),
}


def unanswered(ids: Sequence[str]) -> tuple[Text, Text]:
    """Questions that decide and have no answer."""
    count, more = len(ids), len(ids) - LISTED
    verb = "question that decides is" if count == 1 else "questions that decide are"
    rest = Text(f"ほか{more}問", f" and {more} more") if more > 0 else Text("", "")
    return (
        Text(f"判定を決める{count}問が未回答です", f"{count} {verb} not answered"),
        Text("、".join(ids[:LISTED]) + rest.ja, f"{', '.join(ids[:LISTED])}{rest.en}"),
    )


def unsigned_version(version: int, side: str) -> tuple[Text, Text]:
    """A version of the agreement that one side has to sign next."""
    who = SIDES[side]
    return (
        Text(
            f"合意書 第{version}版に{who.ja}の署名がありません",
            f"Agreement v{version} waits for {who.en.lower()}'s signature",
        ),
        Text(
            "内容を読み、署名するか理由を添えて断ります",
            "Read it, then sign it or refuse with a reason",
        )
        if side == "customer"
        else Text("案を仕上げて署名します", "Finish the draft and sign it"),
    )


def unsigned_review(side: str) -> tuple[Text, Text]:
    """A review that one side has not signed."""
    who = SIDES[side]
    return (
        Text(
            f"{who.ja}の検収の署名がありません", f"{who.en} has not signed the review"
        ),
        Text(
            "出された証拠を読み、署名するか差し戻します",
            "Read what is put forward, then sign or reject it",
        ),
    )


def failed(name: Text, segment: str, shown: str, promised: str) -> tuple[Text, Text]:
    """A criterion whose interval lies outside its limit."""
    of = _of(segment)
    return (
        Text(
            f"{name.ja}{of.ja}が{shown}で、合意した{promised}に届きません",
            f"{name.en}{of.en} is {shown}, not {promised} as agreed",
        ),
        Text(
            "直して再投稿するか、合意書の次の版を結びます",
            "Mend it and upload again, or sign another version",
        ),
    )


def undecided(
    name: Text,
    segment: str,
    further: int | None,
    a_year: int | None,
    weeks: int | None,
) -> tuple[Text, Text]:
    """A criterion of too few cases, and how long more of them take."""
    of = _of(segment)
    if not further:
        return (
            Text(f"{name.ja}{of.ja}を判定できません", f"{name.en}{of.en} is undecided"),
            Text("理由は評価の画面にあります", "The page of the run says why"),
        )
    cases = "case, which must be right" if further == 1 else "cases, none of them wrong"
    what = Text(
        f"{name.ja}{of.ja}にはあと{further:,}件、誤りなしが必要です",
        f"{name.en}{of.en} needs {further:,} more {cases}",
    )
    if a_year is None:
        return what, Text(
            "件数の見込みが合意書にないため、時期は分かりません",
            "The agreement does not say how many cases come, so no date is given",
        )
    a_week = a_year / WEEKS_A_YEAR
    rate = f"{a_week:,.0f}" if a_week >= 10 else f"{a_week:.1f}"
    if weeks is None:
        return what, Text(
            f"見込みは週{rate}件なので、10年以上かかります",
            f"At the {rate} a week that are expected it takes more than ten years",
        )
    plural = "" if weeks == 1 else "s"
    return what, Text(
        f"週{rate}件の見込みで約{weeks:,}週間",
        f"About {weeks:,} week{plural} at the {rate} a week that are expected",
    )


def of_later_stage(stage: Text, how: Text) -> Text:
    """That a criterion is not asked for yet, before how it comes to pass."""
    return Text(
        f"今の段階ではなく「{stage.ja}」の基準です。{how.ja}",
        f"For the stage “{stage.en}”, not for this one. {how.en}",
    )


def lacking(key: str, now: Text) -> tuple[Text, Text]:
    """Another thing a stage needs; ``now`` is how it is with it, where that is told."""
    what = MISSING[key]
    if key in COUNTED:
        what = Text(f"{what.ja}({now.ja})", f"{what.en} ({now.en})")
    return what, HOW[key]


def lapsed(why: Text) -> Text:
    """How accepted errors that ended come into force again."""
    return Text(
        f"{why.ja}もう一度認めてもらいます", f"{why.en} Have them accepted again"
    )


def _of(segment: str) -> Text:
    return Text(f"({segment})", f" of {segment}") if segment else Text("", "")


def and_more(name: Text, more: int) -> Text:
    """One person, and how many more may do the same."""
    if not more:
        return name
    return Text(f"{name.ja}ほか{more}人", f"{name.en} or {more} more")
