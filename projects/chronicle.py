"""The audit feed in words: one sentence for each kind of event, in both languages.

Events keep a verb and plain parameters, never a sentence, so that each reader gets the
feed in their own language and a better wording reaches old events too. Known words
(verdicts, stages, roles, answers) are spoken by their names, numbers with thousands
separators; every other parameter stands as it was recorded. No Django in here.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from string import Formatter
from typing import TYPE_CHECKING, Final

from projects.catalogue import Text, day_in_words, period_in_words
from projects.checklist import ANSWER_NAMES, load
from projects.chronicle_budgets import BUDGET_VERBS, BUDGET_WORDS
from projects.chronicle_gpus import GPU_VERBS
from projects.chronicle_imports import IMPORT_VERBS
from projects.chronicle_intake import INTAKE_VERBS
from projects.chronicle_notices import NOTICE_VERBS
from projects.chronicle_prices import PRICE_VERBS
from projects.chronicle_reports import REPORT_VERBS
from projects.chronicle_tokens import TOKEN_VERBS
from projects.chronicle_value import VALUE_VERBS
from projects.chronicle_work import WORK_VERBS
from projects.screening import VERDICT_NAMES
from projects.skills import INSIDE, SKILL_NAMES

if TYPE_CHECKING:
    from collections.abc import Mapping

Param = str | int | float | Decimal

VERBS: Final[Mapping[str, Text]] = {
    **BUDGET_VERBS,
    **IMPORT_VERBS,
    **GPU_VERBS,
    **INTAKE_VERBS,
    **NOTICE_VERBS,
    **WORK_VERBS,
    **PRICE_VERBS,
    **REPORT_VERBS,
    **TOKEN_VERBS,
    **VALUE_VERBS,
    "engagement.created": Text(
        ja="{who}が案件「{name}」を作りました。",
        en="{who} created the engagement {name}",
    ),
    "engagement.edited": Text(
        ja="{who}が案件「{name}」の内容を直しました。",
        en="{who} edited the engagement {name}",
    ),
    "engagement.stage_changed": Text(
        ja="{who}が段階を「{stage}」に進めました。",
        en="{who} moved the engagement to the stage {stage}",
    ),
    "errors.accepted": Text(
        ja="{who}が評価{number}の運用しきい値での誤りを{until}まで認めました。",
        en="{who} accepted the errors of run {number} until {until}",
    ),
    "errors.breached_by_run": Text(
        ja="評価{number}の誤りが、認められた件数を超えました。改めて判断が必要です。",
        en="Run {number} brings more errors than were accepted; decide anew",
    ),
    "errors.breached_on": Text(
        ja="{day}に、認められた誤りの件数か金額を超えました。改めて判断が必要です。",
        en="On {day} the errors passed what was accepted; decide anew",
    ),
    "errors.expired": Text(
        ja="誤りの承認が{day}で期限切れになりました。改めて判断が必要です。",
        en="The acceptance of errors ran out on {day}; decide anew",
    ),
    "runs.compared": Text(
        ja="{who}が評価{number}と評価{other}の検定を求めました。",
        en="{who} asked whether runs {number} and {other} differ by more than luck",
    ),
    "engagement.declined": Text(
        ja="{who}が案件を見送りました。理由: {reason}",
        en="{who} declined the engagement: {reason}",
    ),
    "team.added": Text(
        ja="{who}が{name}を{role}として加えました。",
        en="{who} added {name} as {role}",
    ),
    "team.removed": Text(
        ja="{who}が{name}を体制から外しました。",
        en="{who} removed {name} from the team",
    ),
    "skill.covered": Text(
        ja="{name}が「{skill}」を週{hours}時間受け持つと{who}が登録しました。",
        en="{who} entered {name} for {skill}, {hours} hours a week",
    ),
    "skill.uncovered": Text(
        ja="{who}が{name}を「{skill}」の担当から外しました。",
        en="{who} took {name} off {skill}",
    ),
    "answer.given": Text(
        ja="{who}が{item}に「{answer}」と答えました。",
        en="{who} answered {item}: {answer}",
    ),
    "answer.set_aside": Text(
        ja="{who}が{item}を該当しないとしました。理由: {reason}",
        en="{who} set {item} aside as not applicable: {reason}",
    ),
    "answers.taken_in": Text(
        ja="{who}が{file}から{count}問の回答を取り込みました。",
        en="{who} took in {count} answers from {file}",
    ),
    "evidence.added": Text(
        ja="{who}が{item}に証拠「{document}」を付けました。",
        en="{who} added evidence to {item}: {document}",
    ),
    "evidence.superseded": Text(
        ja="{who}が{item}の証拠「{older}」を「{document}」に差し替えました。",
        en="{who} superseded {older}, evidence of {item}, by {document}",
    ),
    "item.assigned": Text(
        ja="{who}が{item}への回答を{name}に頼みました。",
        en="{who} asked {name} to answer {item}",
    ),
    "item.unassigned": Text(
        ja="{who}が{item}の回答の依頼を取り下げました。",
        en="{who} took back the request to answer {item}",
    ),
    "task.planned": Text(
        ja="{who}が{item}の作業を決めました。{what}(担当 {owner}、期限 {due_on})",
        en="{who} planned a task on {item}: {what} ({owner}, by {due_on})",
    ),
    "task.given": Text(
        ja="{who}が{item}の作業を頼みました。{what}(期限 {due_on})",
        en="{who} gave you a task on {item}: {what} (by {due_on})",
    ),
    "task.done": Text(
        ja="{who}が{item}の作業を終えました。{what}(証拠 {proof})",
        en="{who} finished the task on {item}: {what} (evidence: {proof})",
    ),
    "task.dropped": Text(
        ja="{who}が{item}の作業を取り下げました。{what}",
        en="{who} took back the task on {item}: {what}",
    ),
    "assessment.upgraded": Text(
        ja="{who}が実現性評価の第{number}回を質問票{version}に改めました。",
        en="{who} moved assessment round {number} to the questions of {version}",
    ),
    "assessment.issued": Text(
        ja="{who}が実現性評価の第{number}回を確定しました。判定は{verdict}です。",
        en="{who} issued assessment round {number}: {verdict}",
    ),
    "assessment.reopened": Text(
        ja="{who}が実現性評価の第{number}回を始めました。",
        en="{who} opened assessment round {number}",
    ),
    "assessment.stands": Text(
        ja="実現性評価の第{number}回の判定は、いまは{verdict}です。",
        en="Assessment round {number} now stands as {verdict}",
    ),
    "waiver.given": Text(
        ja="{who}が{item}を{until}まで条件付きで認めました。理由: {reason}",
        en="{who} waived {item} until {until}: {reason}",
    ),
    "waiver.withdrawn": Text(
        ja="{who}が{item}の条件付き承認を取り下げました。",
        en="{who} withdrew the waiver of {item}",
    ),
    "waiver.ended": Text(
        ja="{item}の条件付き承認は{until}で期限が切れました。",
        en="The waiver of {item} ended after {until}",
    ),
    "agreement.drafted": Text(
        ja="{who}が合意書 第{version}版の案を作りました。",
        en="{who} drafted agreement v{version}",
    ),
    "agreement.edited": Text(
        ja="{who}が合意書 第{version}版の案を直しました。",
        en="{who} edited the draft of agreement v{version}",
    ),
    "agreement.offered": Text(
        ja="{who}が合意書 第{version}版の署名を求めました。",
        en="{who} offered agreement v{version} for signature",
    ),
    "agreement.signed": Text(
        ja="{who}が{organisation}として合意書 第{version}版に署名しました。",
        en="{who} signed agreement v{version} for {organisation}",
    ),
    "agreement.in_force": Text(
        ja="双方の署名がそろい、合意書 第{version}版が有効になりました。",
        en="Agreement v{version} came into force with both signatures",
    ),
    "agreement.refused": Text(
        ja="{who}が合意書 第{version}版への署名を断りました。理由: {reason}",
        en="{who} refused to sign agreement v{version}: {reason}",
    ),
    "agreement.superseded": Text(
        ja="合意書 第{version}版は第{successor}版に置き換わりました。",
        en="Agreement v{version} was superseded by v{successor}",
    ),
    "upload.received": Text(
        ja="{who}が{file}を預けました。",
        en="{who} uploaded {file}",
    ),
    "upload.refused": Text(
        ja="{who}の{file}は受け付けられませんでした。誤りは{faults}か所です。",
        en="{file} from {who} was refused; faults found: {faults}",
    ),
    "truth.received": Text(
        ja="{who}が正解データ{file}を預けました。",
        en="{who} uploaded the truth file {file}",
    ),
    "truth.registered": Text(
        ja="{who}が正解データ{file}を登録しました。{rows}行です。",
        en="{who} registered the truth set {file}: {rows} rows",
    ),
    "run.submitted": Text(
        ja="{who}が評価{number}を{file}で提出しました。",
        en="{who} submitted run {number} with {file}",
    ),
    "run.measured": Text(
        ja="評価{number}を測定しました。合意書 第{version}版で{verdict}です。",
        en="Run {number} measured: {verdict}, judged by v{version}",
    ),
    "run.refused": Text(
        ja="評価{number}のファイルは受け付けられませんでした。",
        en="The file of run {number} was refused",
    ),
    "run.failed": Text(
        ja="評価{number}は測定できませんでした。",
        en="Run {number} could not be measured",
    ),
    "run.cancelled": Text(
        ja="{who}が評価{number}を取り消しました。",
        en="{who} cancelled run {number}",
    ),
    "run.restarted": Text(
        ja="{who}が評価{number}をもう一度測定に回しました。",
        en="{who} sent run {number} to be measured again",
    ),
    "run.lost": Text(
        ja="評価{number}の測定が途中で止まったため、待ち行列に戻しました。",
        en="Measuring of run {number} broke off; it is back in the queue",
    ),
    "operation.planned": Text(
        ja="{who}が運用の責任者を{name}、代行を{deputy}にしました。",
        en="{who} named {name} to answer for the operation, and {deputy} as deputy",
    ),
    "operation.day": Text(
        ja="{who}が{day}の運用を記録しました。判定{cases}件、誤り{errors}です。",
        en="{who} recorded {day} in operation: {cases} cases, errors {errors}",
    ),
    "operation.day_open": Text(
        ja="{who}が{day}の運用を記録しました。判定{cases}件、正解はまだわかりません。",
        en="{who} recorded {day} in operation: {cases} cases, the truth not known yet",
    ),
    "operation.drill": Text(
        ja="{who}が{day}の切り戻しの練習を記録しました。",
        en="{who} recorded the fallback drill of {day}",
    ),
    "review.opened": Text(
        ja="{who}が「{stage}」の検収を求めました。",
        en="{who} put the stage {stage} forward for acceptance",
    ),
    "review.signed": Text(
        ja="{who}が{organisation}として「{stage}」の検収に署名しました。",
        en="{who} accepted the stage {stage} for {organisation}",
    ),
    "review.accepted": Text(
        ja="双方の署名がそろい、「{stage}」が検収されました。",
        en="The stage {stage} was accepted with both signatures",
    ),
    "review.rejected": Text(
        ja="{who}が「{stage}」の検収を差し戻しました。理由: {reason}",
        en="{who} rejected the stage {stage}: {reason}",
    ),
    "repair.done": Text(
        ja="{who}が直しました: {what}",
        en="{who} mended: {what}",
    ),
    "gpu_usage.recorded": Text(
        ja="{who}がGPU利用を記録しました。{type}、{hours}時間、{cost_yen}円です。",
        en="{who} recorded GPU use: {type}, {hours} hours, ¥{cost_yen}",
    ),
    "gpu_usage.removed": Text(
        ja="{who}がGPU利用の記録を消しました。{type}、{hours}時間、{cost_yen}円です。",
        en="{who} removed a record of GPU use: {type}, {hours} hours, ¥{cost_yen}",
    ),
    "budget.set": Text(
        ja="{who}が予算を{amount_yen}円にしました。",
        en="{who} set the budget to ¥{amount_yen}",
    ),
}

_VERDICTS: Final[Mapping[str, Text]] = {
    **{verdict.value: name for verdict, name in VERDICT_NAMES.items()},
    "pass": Text(ja="合格", en="PASS"),
    "fail": Text(ja="不合格", en="FAIL"),
    "undecided": Text(ja="判定保留", en="UNDECIDED"),
}
_STAGES: Final[Mapping[str, Text]] = {
    "intake": Text(ja="引き合い", en="Intake"),
    "feasibility": Text(ja="実現性判断", en="Feasibility"),
    "agreement": Text(ja="目標合意", en="Agreement"),
    "initial": Text(ja="初期判定", en="Initial judgement"),
    "initial_judgement": Text(ja="初期判定", en="Initial judgement"),
    "accuracy": Text(ja="精度検収", en="Accuracy"),
    "operation": Text(ja="実運用", en="Operation"),
    "production": Text(ja="実運用", en="Operation"),
    "closed": Text(ja="終了", en="Closed"),
    "declined": Text(ja="見送り", en="Declined"),
}
_ROLES: Final[Mapping[str, Text]] = {
    "project_manager": Text(ja="プロジェクトマネージャー", en="project manager"),
    "engineer": Text(ja="エンジニア", en="engineer"),
    "executive": Text(ja="経営者", en="executive"),
    "viewer": Text(ja="閲覧者", en="viewer"),
    "administrator": Text(ja="管理者", en="administrator"),
}
# A name is spoken as a known word only where that parameter means one: an engagement
# may well be called "Accuracy".
WORDS: Final[Mapping[str, Mapping[str, Text]]] = {
    "verdict": _VERDICTS,
    "stage": _STAGES,
    "role": _ROLES,
    "skill": {
        skill.value: Text(ja=name.ja, en=INSIDE[skill])
        for skill, name in SKILL_NAMES.items()
    },
    "answer": {**ANSWER_NAMES, "": Text(ja="未回答", en="not answered")},
    **BUDGET_WORDS,
}
# Days are kept as ISO 8601 writes them, and read as people do.
ISO_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
# Two days with a stroke between them, as ISO 8601 writes a period.
ISO_PERIOD: Final = re.compile(rf"({ISO_DAY.pattern})/({ISO_DAY.pattern})")
# Recorded as JSON, an amount may be a number or the text of one.
AMOUNTS: Final = frozenset(
    {
        *("hours", "cost_yen", "amount_yen", "spent_yen", "at_end_yen"),
        *("value_yen", "before_yen"),
        *("rows", "faults", "lines", "corrected"),
        *("answers", "before_hours", "predictions"),
    }
)


def params_of(verb: str) -> frozenset[str]:
    """The parameters an event of this kind must carry; KeyError for an unknown verb."""
    names = (name for _, name, _, _ in Formatter().parse(VERBS[verb].en))
    return frozenset(name for name in names if name)


def describe(verb: str, params: Mapping[str, Param], language: str) -> str:
    """The event as one sentence in `language` ("ja" or "en").

    KeyError for an unknown verb; ValueError, naming it, for a missing parameter.
    Parameters the sentence does not use are ignored.
    """
    missing = sorted(params_of(verb) - params.keys())
    if missing:
        raise ValueError(f"{verb} lacks {', '.join(missing)}.")
    spoken = {name: _spoken(name, value, language) for name, value in params.items()}
    if "item" in params:
        spoken |= _spoken_answer(params, language)
    return VERBS[verb].in_(language).format_map(spoken)


def _spoken(name: str, value: Param, language: str) -> str:
    if name in AMOUNTS:
        # Hours are kept as exactly as they were measured, and read to the hundredth.
        return f"{round(Decimal(str(value)), 2).normalize():,f}"
    text = str(value)
    if ISO_DAY.fullmatch(text):
        return day_in_words(date.fromisoformat(text)).in_(language)
    if period := ISO_PERIOD.fullmatch(text):
        ends = (date.fromisoformat(day) for day in period.groups())
        return period_in_words(*ends).in_(language)
    word = WORDS.get(name, {}).get(text)
    return word.in_(language) if word else text


def _spoken_answer(params: Mapping[str, Param], language: str) -> dict[str, str]:
    """The item with its short name, and a choice by the name the item gives it."""
    item_id, answer = str(params["item"]), str(params.get("answer", ""))
    try:
        item = load().item(item_id)
    except KeyError:  # an item of an older checklist keeps its id
        return {}
    short = item.short.in_(language)
    is_japanese = language == "ja"
    spoken = {"item": f"{item_id}「{short}」" if is_japanese else f"{item_id}, {short}"}
    choice = item.choice(answer)
    return spoken | ({"answer": choice.name.in_(language)} if choice else {})
