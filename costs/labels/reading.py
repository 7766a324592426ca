"""A file of answers as a batch: Mechanical Turk's own, or one answer to a row."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from costs.labels import mturk
from costs.labels.answers import Answer, Approval, Batch
from costs.labels.gold import read_gold, with_gold
from costs.tables import NOT_A_NUMBER, Fault, Table, TableRefused, amount, read_table
from projects.catalogue import Text

if TYPE_CHECKING:
    from costs.tables import Row

NOTHING: Final = Decimal(0)
MOST_REWARD: Final = Decimal(100_000)
MOST_SECONDS: Final = Decimal(31_536_000)
NEEDED: Final = ("item_id", "worker_id", "label")
# Of the plain format: our name and the names that mean the same.
OPTIONAL: Final = {
    "gold": ("gold",),
    "assignment": ("assignment", "assignment_id"),
    "time": ("time", "seconds", "work_seconds"),
    "reward": ("reward", "price"),
    "approved": ("approved", "approval", "status"),
}
APPROVALS: Final = {
    **dict.fromkeys(("", "submitted", "waiting"), Approval.WAITING),
    **dict.fromkeys(("approved", "yes", "true", "1", "x"), Approval.APPROVED),
    **dict.fromkeys(("rejected", "no", "false", "0"), Approval.REJECTED),
}


def read_batch(
    content: bytes,
    *,
    gold: bytes | None = None,
    item_column: str = "",
    reward_each: Decimal | None = None,
) -> Batch:
    """The batch, whole; TableRefused with the faults, each with its row and column.

    ``gold`` is a file of ``item_id, gold``. ``item_column`` names the column of
    Mechanical Turk's file that says which item it is, where ours would be the wrong
    one. ``reward_each`` is what an answer is paid where the file does not say.
    """
    table = read_table(content, may_lack=mturk.OFTEN_LACKING)
    if mturk.is_mturk(table):
        batch = mturk.batch_of(table, item_column)
    elif all(name in table.columns for name in NEEDED):
        batch = _plain(table, reward_each)
    else:
        raise TableRefused([_unknown(table)])
    _refuse_twice(batch)
    return with_gold(batch, read_gold(gold)) if gold is not None else batch


def _unknown(table: Table) -> Fault:
    have = ", ".join(table.columns[:8])
    return Fault(
        Text(
            "Mechanical Turkの結果(HITId、WorkerIdなど)でも、"
            f"item_id, worker_id, label の表でもありません。ある列: {have}",
            "This is neither a result of Mechanical Turk (HITId, WorkerId …) nor a "
            f"table of item_id, worker_id, label. Its columns: {have}",
        ),
        1,
    )


def _plain(table: Table, reward_each: Decimal | None) -> Batch:
    """One answer to a row: who says what of which item."""
    known = {
        name: next((one for one in names if one in table.columns), "")
        for name, names in OPTIONAL.items()
    }
    if not known["reward"] and reward_each is None:
        raise TableRefused([Fault(NO_REWARD, 1)])
    answers: list[Answer] = []
    faults: list[Fault] = []
    for row in table.rows:
        wrong, answer = _answer(row, known, reward_each or NOTHING)
        faults += wrong
        answers.append(answer)
    if faults:
        raise TableRefused(faults)
    if len({one.labels for one in answers}) > mturk.MOST_LABELS:
        raise TableRefused([Fault(FREE_TEXT, 0, "label")])
    batch = Batch(("label",), tuple(answers), "item_id", _rest(table, known))
    if known["gold"]:
        said = {one.row: one.gold for one in batch.answers}
        _refuse_two_golds(batch, said, known["gold"])
    return batch


def _rest(table: Table, known: dict[str, str]) -> tuple[str, ...]:
    read = {*NEEDED, *known.values()}
    return tuple(name for name in table.columns if name not in read)


def _answer(
    row: Row, known: dict[str, str], reward_each: Decimal
) -> tuple[list[Fault], Answer]:
    cells = {name: row.cells.get(column, "") for name, column in known.items()}
    faults = [
        Fault(EMPTY, row.number, name)
        for name in NEEDED[:2]
        if not row.cells[name].strip()
    ]
    reward = amount(cells["reward"], MOST_REWARD) if known["reward"] else reward_each
    if reward is None:
        faults.append(Fault(NOT_A_NUMBER, row.number, known["reward"]))
    seconds = amount(cells["time"], MOST_SECONDS) if cells["time"].strip() else None
    if cells["time"].strip() and seconds is None:
        faults.append(Fault(NOT_A_NUMBER, row.number, known["time"]))
    approval = APPROVALS.get(cells["approved"].strip().lower())
    if approval is None:
        faults.append(Fault(NO_APPROVAL, row.number, known["approved"]))
    return faults, Answer(
        row=row.number,
        item=row.cells["item_id"].strip(),
        worker=row.cells["worker_id"].strip(),
        labels=(row.cells["label"].strip(),),
        reward=reward or NOTHING,
        # Where nobody is asked to approve, every answer is taken.
        approval=(approval or Approval.WAITING)
        if known["approved"]
        else Approval.APPROVED,
        gold=cells["gold"].strip(),
        seconds=seconds,
    )


def _refuse_two_golds(batch: Batch, said: dict[int, str], column: str) -> None:
    first: dict[str, str] = {}
    faults = [
        Fault(TWO_GOLDS, one.row, column)
        for one in batch.answers
        if first.setdefault(one.item, said[one.row]) != said[one.row]
    ]
    if faults:
        raise TableRefused(faults)


def _refuse_twice(batch: Batch) -> None:
    """One worker answers an item once: a second answer would agree with the first."""
    pairs = Counter((one.item, one.worker) for one in batch.answers)
    if len(pairs) == len(batch.answers):
        return
    first: dict[tuple[str, str], int] = {}
    faults = []
    for one in batch.answers:
        before = first.setdefault((one.item, one.worker), one.row)
        if before != one.row:
            faults.append(Fault(_twice(before), one.row, batch.item_column))
    raise TableRefused(faults)


def _twice(before: int) -> Text:
    return Text(
        f"同じ作業者が同じ対象に{before:,}行目でも答えています。一つにするか、対象の列を選び直してください。",
        f"The same worker answered the same item in row {before:,} already. Keep one, "
        "or name another column for the item.",
    )


EMPTY: Final = Text("空です。書いてください。", "It is empty; fill it in.")
NO_REWARD: Final = Text(
    "回答の単価の列(reward)がありません。画面で1回答の単価を入れてください。",
    "There is no column reward. Type what one answer is paid beside the file.",
)
FREE_TEXT: Final = Text(
    f"ラベルが{mturk.MOST_LABELS}種類を超えています。自由記述は扱いません。",
    f"There are more than {mturk.MOST_LABELS} labels. Free text is not measured.",
)
NO_APPROVAL: Final = Text(
    "approved、rejectedのどちらかを書いてください。空は承認待ちとみなします。",
    "Write approved or rejected; empty means that it waits.",
)
TWO_GOLDS: Final = Text(
    "同じ対象の正解が、ほかの行と違います。どちらかに合わせてください。",
    "The gold of this item differs from another row's. Make them one.",
)
