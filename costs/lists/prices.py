"""A list of prices: one price to a row, or a column for each purchase option.

The second is how price sites publish them: ``usd_per_hour_linux_ondemand`` says the
currency, that it is an hour's price, and the option.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from costs.currencies import is_currency
from costs.lists.table import Fault, ListRefused, Row, checked, columns_and_rows
from projects.catalogue import Text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from decimal import Decimal

# Of each thing the names its column may have.
NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "type": ("type", "gpu_type", "instance_type", "種類", "種別"),
    "service": ("service", "サービス"),
    "option": ("option", "purchase_option", "購入方法"),
    "region": ("region", "リージョン"),
    "currency": ("currency", "通貨"),
    "per_hour": ("per_hour", "price_per_hour", "時間単価"),
    "valid_from": ("valid_from", "適用開始"),
    "valid_until": ("valid_until", "適用終了"),
    "source": ("source", "出典"),
}
WIDE: Final = re.compile(r"([a-z]{3})_per_hour_(.+)")
# A part of a column's name, and the option it means; the first that fits counts.
OPTION_WORDS: Final = (
    ("spot", "spot"),
    ("savings", "savings_plan"),
    ("reserved", "reserved"),
    ("ondemand", "on_demand"),
    ("on_demand", "on_demand"),
)
OPTIONS: Final = ("on_demand", "spot", "reserved", "savings_plan", "on_prem")
SERVICES: Final = ("compute", "sagemaker", "batch", "on_prem", "other")

WHICH_COLUMNS: Final = Text(
    ja="type, option, currency, per_hour の列か、type と usd_per_hour_ondemand の"
    "ような列が必要です。",
    en="It needs the columns type, option, currency and per_hour, or type and columns "
    "like usd_per_hour_ondemand.",
)
NO_OPTION: Final = Text(
    ja="列名から購入方法が分かりません。ondemand, spot, reserved, savings のどれかを"
    "列名に入れてください。",
    en="Its name does not say the purchase option. It must hold ondemand, spot, "
    "reserved or savings.",
)
OPTION_TWICE: Final = Text(
    ja="同じ購入方法の列が2つあります。どちらかを消してください。",
    en="Two columns are of the same purchase option. Take one of them out.",
)
UNKNOWN_OPTION: Final = Text(
    ja=f"{', '.join(OPTIONS)} のどれかです。", en=f"It is one of {', '.join(OPTIONS)}."
)
UNKNOWN_SERVICE: Final = Text(
    ja=f"{', '.join(SERVICES)} のどれかです。",
    en=f"It is one of {', '.join(SERVICES)}.",
)
BACKWARDS: Final = Text(ja="終了が開始より前です。", en="It ends before it begins.")


@dataclass(frozen=True, slots=True)
class Line:
    """One price of a list, with the place in the file it comes from."""

    row: int
    column: str
    gpu_type: str
    service: str
    option: str
    region: str
    currency: str
    per_hour: Decimal
    valid_from: date
    valid_until: date | None
    source: str


@dataclass(frozen=True, slots=True)
class Usual:
    """What holds for rows that say nothing of it."""

    service: str
    valid_from: date
    source: str


def read_prices(content: bytes, usual: Usual) -> list[Line]:
    """The prices of a file; ListRefused with every fault of it otherwise."""
    columns, rows = columns_and_rows(content)
    named = {
        name: column
        for name, aliases in NAMES.items()
        for column in columns
        if column in aliases
    }
    wide = _wide(columns)
    if "type" not in named:
        raise ListRefused([Fault(WHICH_COLUMNS, 1)])
    if not wide and not {"option", "currency", "per_hour"} <= named.keys():
        raise ListRefused([Fault(WHICH_COLUMNS, 1)])
    lines: list[Line] = []
    for row in rows:
        priced = _priced(row, named, wide)
        lines += [_line(row, named, usual, one) for one in priced]
    checked(rows)
    return lines


@dataclass(frozen=True, slots=True)
class _Priced:
    column: str
    option: str
    currency: str
    per_hour: Decimal


def _wide(columns: list[str]) -> dict[str, tuple[str, str]]:
    """Column → its option and currency; ListRefused for one that cannot be told."""
    wide: dict[str, tuple[str, str]] = {}
    faults = []
    for column in columns:
        found = WIDE.fullmatch(column)
        if not found or not is_currency(found[1].upper()):
            continue
        option = next((o for word, o in OPTION_WORDS if word in found[2]), None)
        if option is None:
            faults.append(Fault(NO_OPTION, 1, column))
        elif any(option == known for known, _currency in wide.values()):
            faults.append(Fault(OPTION_TWICE, 1, column))
        else:
            wide[column] = (option, found[1].upper())
    if faults:
        raise ListRefused(faults)
    return wide


def _priced(
    row: Row, named: Mapping[str, str], wide: Mapping[str, tuple[str, str]]
) -> list[_Priced]:
    if wide:
        # An empty cell: that option is not sold there.
        return [
            _Priced(column, option, currency, row.amount(column))
            for column, (option, currency) in wide.items()
            if row.cells.get(column, "").strip()
        ]
    option = row.text(named["option"], most=20, needed=True).lower()
    if option and option not in OPTIONS:
        row.refuse(named["option"], UNKNOWN_OPTION)
    currency = row.currency(named["currency"])
    per_hour = row.amount(named["per_hour"])
    return [_Priced(named["per_hour"], option, currency, per_hour)]


def _line(row: Row, named: Mapping[str, str], usual: Usual, priced: _Priced) -> Line:
    def text(name: str, most: int, *, needed: bool = False) -> str:
        column = named.get(name)
        return "" if column is None else row.text(column, most=most, needed=needed)

    def day(name: str) -> date | None:
        return row.day(named[name]) if name in named else None

    service = text("service", 20).lower() or usual.service
    if service not in SERVICES:
        row.refuse(named["service"], UNKNOWN_SERVICE)
    begins = day("valid_from") or usual.valid_from
    ends = day("valid_until")
    if ends is not None and ends < begins:
        row.refuse(named["valid_until"], BACKWARDS)
    return Line(
        row=row.number,
        column=priced.column,
        gpu_type=text("type", 60, needed=True),
        service=service,
        option=priced.option,
        region=text("region", 30),
        currency=priced.currency,
        per_hour=priced.per_hour,
        valid_from=begins,
        valid_until=ends,
        source=text("source", 200) or usual.source,
    )
