"""A list of exchange rates: day, currency, yen for one of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from costs.currencies import YEN
from costs.lists.table import EMPTY, Fault, ListRefused, Row, checked, columns_and_rows
from projects.catalogue import Text

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

NAMES: Final = {
    "day": ("day", "date", "日付", "日"),
    "currency": ("currency", "通貨"),
    "yen": ("yen", "jpy", "rate", "円", "円換算"),
}
WHICH_COLUMNS: Final = Text(
    ja="見出しに day, currency, yen の3列が必要です。",
    en="The header needs the columns day, currency and yen.",
)
YEN_ITSELF: Final = Text(
    ja="円にレートは要りません。この行を消してください。",
    en="The yen needs no rate. Take this row out.",
)
NOTHING: Final = Text(ja="0より大きい数です。", en="A rate is above 0.")
# A rate keeps eight digits behind the point and ten before it.
MOST_AFTER: Final = 8
MOST_YEN: Final = 10**10
TOO_FINE: Final = Text(
    ja="小数点以下は8桁まで、100億円未満です。",
    en="At most 8 digits behind the point, and below ten thousand million yen.",
)
AGAIN: Final = Text(
    ja="同じ日の同じ通貨が、上の行と違う値で書かれています。",
    en="A row above says another rate for this currency and day.",
)


@dataclass(frozen=True, slots=True)
class Rate:
    """Yen for one unit of a currency on a day."""

    day: date
    currency: str
    yen: Decimal
    row: int = 0


def read_rates(content: bytes) -> list[Rate]:
    """The rates of a file; ListRefused with every fault of it otherwise."""
    columns, rows = columns_and_rows(content)
    named = {}
    for name, aliases in NAMES.items():
        found = [column for column in columns if column in aliases]
        if len(found) != 1:
            raise ListRefused([Fault(WHICH_COLUMNS, 1)])
        named[name] = found[0]
    known: dict[tuple[str, date], Rate] = {}
    for row in rows:
        rate = _rate(row, named)
        if rate is None:
            continue
        before = known.setdefault((rate.currency, rate.day), rate)
        if before.yen != rate.yen:
            row.refuse(named["yen"], AGAIN)
    checked(rows)
    return list(known.values())


def _rate(row: Row, named: dict[str, str]) -> Rate | None:
    day = row.day(named["day"])
    if day is None and not row.faults:
        row.refuse(named["day"], EMPTY)
    currency = row.currency(named["currency"])
    if currency == YEN:
        row.refuse(named["currency"], YEN_ITSELF)
    yen = row.amount(named["yen"])
    if not row.faults and fault_of(yen):
        row.refuse(named["yen"], fault_of(yen) or NOTHING)
    if day is None or row.faults:
        return None
    return Rate(day, currency, yen, row.number)


def fault_of(yen: Decimal) -> Text | None:
    """What keeps a number from being a rate."""
    if yen <= 0:
        return NOTHING
    if yen >= MOST_YEN or round(yen, MOST_AFTER) != yen:
        return TOO_FINE
    return None
