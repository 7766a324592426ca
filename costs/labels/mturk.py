"""The CSV that Mechanical Turk hands out: one row for each assignment.

Its header may name more columns than its rows have: ``Approve`` and ``Reject`` are
there for the requester to fill in. ``Input.*`` is what the worker was shown, of which
only what names the item is kept; it is never taken for gold, whatever it is called.
``Answer.*`` is what the worker said.
"""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from costs.labels.answers import Answer, Approval, Batch
from costs.tables import NOT_A_NUMBER, Fault, TableRefused, amount, shortened
from projects.catalogue import Text

if TYPE_CHECKING:
    from costs.tables import Row, Table

OFTEN_LACKING: Final = ("Approve", "Reject")
NEEDED: Final = ("HITId", "WorkerId", "AssignmentId", "AssignmentStatus", "Reward")
MOST_REWARD: Final = Decimal(100_000)
MOST_SECONDS: Final = Decimal(31_536_000)
# More different answers are no labels but free text, which may name people.
MOST_LABELS: Final = 100
FEW_LABELS: Final = 20
LONGEST_LABEL: Final = 120
STATUSES: Final = {
    "approved": Approval.APPROVED,
    "rejected": Approval.REJECTED,
    "submitted": Approval.WAITING,
}
# As the file writes them: Sat Feb 22 05:53:21 PST 2020.
ZONES: Final = {"PST": -8, "PDT": -7, "UTC": 0, "GMT": 0, "JST": 9}
MOMENT: Final = re.compile(r"\w{3} (\w{3} \d{1,2} \d\d:\d\d:\d\d) (\w{3}) (\d{4})")
JAPAN: Final = timezone(timedelta(hours=9))


def is_mturk(table: Table) -> bool:
    """Whether the header is that of Mechanical Turk."""
    return "HITId" in table.columns and "WorkerId" in table.columns


def batch_of(table: Table, item_column: str = "") -> Batch:
    """The batch; TableRefused with each fault of a row."""
    lacking = [name for name in NEEDED if name not in table.columns]
    if lacking:
        said = Text("この列がありません。", "This column is missing.")
        raise TableRefused([Fault(said, 1, name) for name in lacking])
    item = _item_column(table, item_column)
    columns = _label_columns(table)
    faults = [fault for row in table.rows for fault in _faults(row, item)]
    if faults:
        raise TableRefused(faults)
    kept = {*NEEDED, "WorkTimeInSeconds", "SubmitTime", "CreationTime", item, *columns}
    return Batch(
        columns=columns,
        answers=tuple(_answer(row, item, columns) for row in table.rows),
        item_column=item,
        left_out=tuple(
            name
            for name in table.columns
            if name.startswith(("Input.", "Answer.")) and name not in kept
        ),
        day=_last_day(table),
    )


def _item_column(table: Table, wished: str) -> str:
    """Which column says which item it is: the wish, an id of the input, or the HIT."""
    if wished:
        if wished in table.columns:
            return wished
        have = ", ".join(n for n in table.columns if n.startswith("Input.")) or "–"
        raise TableRefused([Fault(_no_item(wished, have), 1)])
    hits = {row.cells["HITId"] for row in table.rows}
    for name in table.columns:
        words = re.split(r"[._\W]+", name.removeprefix("Input.").lower())
        if not name.startswith("Input.") or "id" not in words:
            continue
        pairs = {(row.cells["HITId"], row.cells[name]) for row in table.rows}
        values = {value for _hit, value in pairs}
        if len(pairs) == len(values) == len(hits) and "" not in values:
            return name
    return "HITId"


def _no_item(wished: str, have: str) -> Text:
    return Text(
        f"対象の列「{shortened(wished)}」がありません。選べる列: {have}",
        f"There is no column {shortened(wished)} for the item. There are: {have}",
    )


def _label_columns(table: Table) -> tuple[str, ...]:
    """The answers that may be labels: few different ones, and short."""
    found = []
    named = [name for name in table.columns if name.startswith("Answer.")]
    for name in named:
        values = {row.cells[name].strip() for row in table.rows} - {""}
        few = len(values) <= max(FEW_LABELS, len(table.rows) // 2)
        short = all(len(value) <= LONGEST_LABEL for value in values)
        if values and few and len(values) <= MOST_LABELS and short:
            found.append(name)
    if not found:
        have = ", ".join(named) or "–"
        raise TableRefused([Fault(_no_label(have), 1)])
    return tuple(found)


def _no_label(have: str) -> Text:
    return Text(
        f"ラベルになる列(Answer.で始まり、値が{MOST_LABELS}種類まで)がありません。"
        f"ある列: {have}",
        f"No column can be the label: it begins with Answer. and has up to "
        f"{MOST_LABELS} different values. There are: {have}",
    )


def _faults(row: Row, item: str) -> list[Fault]:
    cells, faults = row.cells, []
    for name in (item, "WorkerId", "AssignmentId"):
        if not cells[name].strip():
            empty = Text("空です。書いてください。", "It is empty; fill it in.")
            faults.append(Fault(empty, row.number, name))
    if cells["AssignmentStatus"].strip().lower() not in STATUSES:
        faults.append(Fault(NO_STATUS, row.number, "AssignmentStatus"))
    if amount(cells["Reward"], MOST_REWARD) is None:
        faults.append(Fault(NOT_A_NUMBER, row.number, "Reward"))
    time = cells.get("WorkTimeInSeconds", "").strip()
    if time and amount(time, MOST_SECONDS) is None:
        faults.append(Fault(NOT_A_NUMBER, row.number, "WorkTimeInSeconds"))
    return faults


NO_STATUS: Final = Text(
    "Approved、Rejected、Submittedのどれでもありません。",
    "It is none of Approved, Rejected and Submitted.",
)


def _answer(row: Row, item: str, columns: tuple[str, ...]) -> Answer:
    cells = row.cells
    time = cells.get("WorkTimeInSeconds", "").strip()
    return Answer(
        row=row.number,
        item=cells[item].strip(),
        worker=cells["WorkerId"].strip(),
        labels=tuple(cells[name].strip() for name in columns),
        reward=amount(cells["Reward"], MOST_REWARD) or Decimal(0),
        approval=STATUSES[cells["AssignmentStatus"].strip().lower()],
        seconds=amount(time, MOST_SECONDS) if time else None,
    )


def _last_day(table: Table) -> date | None:
    """The last day of work, in Japan: of handing in, else of asking."""
    found: dict[str, set[datetime]] = defaultdict(set)
    for name in ("SubmitTime", "CreationTime"):
        for text in {row.cells.get(name, "") for row in table.rows}:
            at = _moment(text)
            if at:
                found[name].add(at)
    known = found["SubmitTime"] or found["CreationTime"]
    return max(known).astimezone(JAPAN).date() if known else None


def _moment(text: str) -> datetime | None:
    match = MOMENT.fullmatch(text.strip())
    if not match or match[2] not in ZONES:
        return None
    try:
        written = datetime.strptime(
            f"{match[1]} {match[3]}", "%b %d %H:%M:%S %Y"
        ).replace(tzinfo=UTC)
    except ValueError:
        return None
    return written - timedelta(hours=ZONES[match[2]])
