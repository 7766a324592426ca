"""A scheduler's list of jobs, its columns named in English or in Japanese.

A list of jobs knows no money: who uses these lines prices them.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC
from typing import TYPE_CHECKING, Final, NamedTuple

from costs import instances
from costs.imports import cells
from costs.imports.faults import CellRefused
from costs.imports.line import UNPRICED, Line, Tally
from costs.imports.rows import collected, columns_of, filled, numbered
from costs.imports.table import plain
from costs.imports.units import between

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import tzinfo

    from costs.imports.stream import Caps
    from costs.imports.table import Table

# Names of a column, the one to ask for first.
NAMES: Final[dict[str, tuple[str, ...]]] = {
    "start": (
        *("start", "started_at", "start_time", "begin", "begin_time", "started"),
        *("開始", "開始日時", "開始時刻", "利用開始"),
    ),
    "end": (
        *("end", "ended_at", "end_time", "finish", "finished_at", "finish_time"),
        *("ended", "終了", "終了日時", "終了時刻", "利用終了"),
    ),
    "gpus": (
        *("gpus", "gpu", "num_gpus", "num_gpu", "gpu_count", "n_gpus", "alloc_gpus"),
        *("GPU数", "GPU枚数", "GPU台数", "枚数"),
    ),
    "user": (
        *("user", "username", "user_name", "owner", "person"),
        *("利用者", "ユーザー", "ユーザ", "使用者", "担当者", "担当", "氏名"),
    ),
    "type": (
        *("type", "gpu_type", "instance_type", "gpu_model", "model", "card"),
        *("種類", "GPU種類", "GPU種別", "型番", "機種"),
    ),
    "project": ("project", "プロジェクト"),
    "engagement": ("engagement", "案件"),
    "job": ("job_id", "job", "id", "ジョブID", "ジョブ", "ジョブ番号"),
    "state": ("state", "status", "状態", "結果"),
    "node": ("node", "host", "machine", "nodelist", "ノード", "ホスト", "サーバー"),
    "purpose": ("purpose", "用途", "目的"),
    "interruptions": ("interruptions", "restarts", "中断回数", "再開回数"),
}
NEEDED: Final = ("start", "end", "gpus")
# What schedulers write where there is no time yet.
NO_TIME: Final = frozenset({"unknown", "none", "n/a", "-", "null", "未開始", "実行中"})
OUTCOMES: Final[dict[str, str]] = {
    **dict.fromkeys(("completed", "finished", "succeeded", "success"), "finished"),
    **dict.fromkeys(("完了", "正常終了", "成功"), "finished"),
    **dict.fromkeys(("failed", "error", "timeout", "out_of_memory"), "failed"),
    **dict.fromkeys(("失敗", "異常終了", "エラー"), "failed"),
    **dict.fromkeys(("preempted", "node_fail", "interrupted"), "interrupted"),
    **dict.fromkeys(("cancelled", "中断", "中止"), "interrupted"),
}
PURPOSES: Final[dict[str, str]] = {
    **dict.fromkeys(("training", "train", "学習"), "training"),
    **dict.fromkeys(("tuning", "tune", "調整", "チューニング"), "tuning"),
    **dict.fromkeys(("evaluation", "eval", "評価"), "evaluation"),
    **dict.fromkeys(("inference", "serving", "推論"), "inference"),
    **dict.fromkeys(("notebook", "jupyter", "ノートブック"), "notebook"),
}
# A card of which nobody said what it is.
SOME_GPU: Final = "GPU"


class Job(NamedTuple):
    """The cells of a job, named as in NAMES."""

    start: str
    end: str
    gpus: str
    user: str
    type: str
    project: str
    engagement: str
    job: str
    state: str
    node: str
    purpose: str
    interruptions: str


def is_list_of_jobs(table: Table) -> bool:
    """Whether the columns that a job cannot be without are there."""
    chosen = _chosen(table)
    return all(chosen[role] for role in NEEDED)


def lines(
    table: Table, caps: Caps, zone: tzinfo | None, tally: Tally
) -> Iterator[Line]:
    """The jobs that ran, as lines; FileRefused for the file's faults."""
    chosen = _chosen(table)
    named = {role: name for role, name in chosen.items() if name}
    places = columns_of(table, [named.get(role, "") for role in Job._fields])
    rows = (
        (number, Job._make(map(cells.text, found)))
        for number, found in filled(table, places, caps)
    )
    ran = (item for item in rows if _ran(item[1].start, item[1].end, tally))
    with_identity = numbered(ran, _key)
    items = ((number, job, name) for (number, job), name in with_identity)

    def make(item: tuple[int, Job, str]) -> Line:
        try:
            return _line(*item, zone)
        except CellRefused as wrong:
            column = named.get(wrong.column, wrong.column)
            raise CellRefused(wrong.code, column, wrong.found, **wrong.fills) from wrong

    return collected(table, items, make)


def _chosen(table: Table) -> dict[str, str]:
    """Which column holds what; empty for what none does."""
    held = {plain(name): name for name in reversed(table.columns)}
    return {
        role: next((held[plain(n)] for n in names if plain(n) in held), "")
        for role, names in NAMES.items()
    }


def _ran(start: str, end: str, tally: Tally) -> bool:
    """Whether a job began and ended; else it is counted."""
    began, over = (cell and cell.lower() not in NO_TIME for cell in (start, end))
    if not began:
        tally.never_ran += 1
    elif not over:
        tally.still_running += 1
    return bool(began and over)


def _key(item: tuple[int, Job]) -> str:
    """What stays when a job is listed again: its number and start, or all it asks."""
    job = item[1]
    if job.job:
        return "\x1f".join((job.job, job.start))
    return "\x1f".join((job.start, job.end, job.user, job.gpus, job.type, job.node))


def _line(number: int, job: Job, identity: str, zone: tzinfo | None) -> Line:
    written = cells.local(job.start, "start", zone)
    started, ended = written.astimezone(UTC), cells.instant(job.end, "end", zone)
    if ended < started:
        raise CellRefused("backwards", "end", job.end)
    gpus = cells.count(job.gpus, "gpus")
    tags = {
        key: value
        for key, value in (("project", job.project), ("engagement", job.engagement))
        if value
    }
    known = instances.instance(job.type)
    return replace(
        UNPRICED,
        row=number,
        identity=identity,
        started_at=started,
        ended_at=ended,
        # A job belongs to the month on the clock of those who ran it.
        month=cells.month_of(written),
        description=job.job,
        resource=job.node,
        tags=tags,
        gpu_type=(job.type or SOME_GPU) if gpus else "",
        gpus=gpus,
        hours=between(started, ended),
        option="on_demand" if known else "on_prem",
        service="compute" if known else "on_prem",
        purpose=PURPOSES.get(job.purpose.lower(), "other" if job.purpose else ""),
        person=job.user,
        # Slurm writes "CANCELLED by 1001".
        outcome=OUTCOMES.get(job.state.lower().split(" ")[0].rstrip("+"), ""),
        interruptions=int(cells.count(job.interruptions or "0", "interruptions")),
        line_type=job.state,
    )
