"""A time sheet as CSV: who worked how long on which day, and what an hour costs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from costs.tables import (
    NOT_A_NUMBER,
    Fault,
    Row,
    Table,
    TableRefused,
    amount,
    read_table,
    shortened,
)
from projects.catalogue import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

# Our name of a column, and those that mean the same, in small letters.
NAMES: Final = {
    "day": ("day", "date", "日付", "日", "作業日"),
    "who": ("who", "person", "email", "name", "氏名", "担当者", "メール"),
    "hours": ("hours", "時間", "作業時間", "工数"),
    "yen_an_hour": ("yen_an_hour", "yen an hour", "rate", "単価", "時間単価"),
    "note": ("note", "備考", "内容"),
}
NEEDED: Final = ("day", "who", "hours")
MOST_HOURS: Final = Decimal(24)
MOST_YEN: Final = Decimal(1_000_000)
CENT: Final = Decimal("0.01")
LONGEST_NOTE: Final = 200


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a time sheet; ``who`` is the key of a known person."""

    row: int
    who: int
    day: date
    hours: Decimal
    yen_an_hour: Decimal
    note: str = ""


def read_timesheet(
    content: bytes, people: Mapping[str, int], yen_an_hour: Decimal | None = None
) -> list[Line]:
    """Every line, or TableRefused with each fault, its row and its column.

    ``people`` gives a person's key by mail address or name, in small letters.
    ``yen_an_hour`` is taken where a line says none.
    """
    table = read_table(content)
    at = _columns(table)
    lines: list[Line] = []
    faults: list[Fault] = []
    for row in table.rows:
        line = _line(row, at, people, yen_an_hour, faults)
        if line:
            lines.append(line)
    if faults:
        raise TableRefused(faults)
    return lines


def _columns(table: Table) -> dict[str, str]:
    """Our names → the names in the file; empty where the file has none."""
    theirs = {name.lower(): name for name in table.columns}
    at = {
        ours: next((theirs[name] for name in names if name in theirs), "")
        for ours, names in NAMES.items()
    }
    lacking = [name for name in NEEDED if not at[name]]
    if lacking:
        raise TableRefused([Fault(_lacks(name), 1) for name in lacking])
    return at


def _lacks(name: str) -> Text:
    ways = ", ".join(NAMES[name])
    return Text(
        f"必要な列がありません。見出しを次のどれかにしてください: {ways}",
        f"A column is missing. Name it one of: {ways}",
    )


def _line(
    row: Row,
    at: Mapping[str, str],
    people: Mapping[str, int],
    yen_an_hour: Decimal | None,
    faults: list[Fault],
) -> Line | None:
    cells = {name: row.cells.get(column, "").strip() for name, column in at.items()}
    who = people.get(cells["who"].lower())
    day = _day(cells["day"])
    hours = _exact(cells["hours"], MOST_HOURS)
    rate = _exact(cells["yen_an_hour"], MOST_YEN)
    if not cells["yen_an_hour"]:
        rate = yen_an_hour
    wrong = {
        "who": _nobody(cells["who"]) if who is None else None,
        "day": NO_DAY if day is None else None,
        "hours": NO_HOURS if not hours else None,
        "yen_an_hour": None if rate is not None else _no_rate(cells["yen_an_hour"]),
        "note": TOO_LONG if len(cells["note"]) > LONGEST_NOTE else None,
    }
    found = [
        Fault(said, row.number, at[name] or name)
        for name, said in wrong.items()
        if said
    ]
    faults += found
    if found or who is None or day is None or hours is None or rate is None:
        return None
    return Line(row.number, who, day, hours, rate, cells["note"])


def _day(text: str) -> date | None:
    try:
        return date(*map(int, text.replace("/", "-").split("-")))
    except (TypeError, ValueError):
        return None


def _exact(text: str, most: Decimal) -> Decimal | None:
    """A number with two decimals at most: none is rounded unseen."""
    value = amount(text, most)
    return value if value is not None and value == value.quantize(CENT) else None


def _nobody(name: str) -> Text:
    return Text(
        f"「{shortened(name)}」は、この案件の受託側の人ではありません。"
        "体制に加えるか、メールアドレスで書いてください。",
        f"{shortened(name) or 'Nobody'} is not of the provider's people on this "
        "engagement. Add the person to the team, or write the mail address.",
    )


def _no_rate(text: str) -> Text:
    return NOT_A_NUMBER if text else NO_RATE


NO_DAY: Final = Text(
    "2026-11-25のように、年から書いてください。",
    "Write the day with its year first, as 2026-11-25.",
)
NO_HOURS: Final = Text(
    "0より大きく24以下の時間を、小数2桁までで書いてください。",
    "Write hours above 0 and up to 24, with two decimals at most.",
)
NO_RATE: Final = Text(
    "単価がありません。列に書くか、画面で単価を入れてください。",
    "There is no rate: write it in the column, or type one beside the file.",
)
TOO_LONG: Final = Text(
    f"{LONGEST_NOTE}文字以内にしてください。",
    f"Keep it within {LONGEST_NOTE} letters.",
)
