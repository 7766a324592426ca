"""Cells of a bill as text, to exact numbers, times in UTC, tags and identities."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from babel.core import get_global

from costs.imports.faults import CellRefused

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

NULLS: Final = frozenset({"", "NULL", "null", "None", "\\N"})
NUMBER_LETTERS: Final = frozenset("0123456789+-.eE")
# What a row keeps: 28 digits, 14 of them before the point.
MOST_DIGITS: Final = 14
FEWEST_DIGITS: Final = -100
MOST_COUNTED: Final = 100_000
CURRENCIES: Final = frozenset(get_global("all_currencies"))
LONGEST_IDENTITY: Final = 250
FIRST_YEAR: Final = 1970
LAST_YEAR: Final = 2200
PEOPLES_TIME: Final = re.compile(
    r"(\d{4})[/年-](\d{1,2})[/月-](\d{1,2})日?"
    r"(?:[T\s]+(\d{1,2})[:時](\d{0,2})分?(?::?(\d{1,2})(\.\d{1,9})?秒?)?"
    r"\s*(Z|[+-]\d{2}:?\d{2})?)?",
    re.ASCII,
)
NO_TAGS: Final[Mapping[str, str]] = MappingProxyType({})


def text(cell: str) -> str:
    """The cell without blanks around it; what stands for nothing is empty."""
    cell = cell.strip()
    return "" if cell in NULLS else cell


def money(cell: str, column: str) -> Decimal:
    """An exact number, digit for digit. CellRefused if there is none."""
    found = maybe_money(cell, column)
    if found is None:
        raise CellRefused("empty_cell", column, cell)
    return found


def maybe_money(cell: str, column: str) -> Decimal | None:
    """An exact number, or None where the cell is empty."""
    # Decimal would take 1_000, １ and NaN too, which nobody means in a bill.
    if not NUMBER_LETTERS.issuperset(cell):
        cell = text(cell)
        if not NUMBER_LETTERS.issuperset(cell):
            raise CellRefused("not_a_number", column, cell)
    if not cell:
        return None
    try:
        found = Decimal(cell)
    except InvalidOperation:
        raise CellRefused("not_a_number", column, cell) from None
    if found and not FEWEST_DIGITS < found.adjusted() < MOST_DIGITS:
        raise CellRefused("too_large", column, cell)
    return found


def count(cell: str, column: str) -> Decimal:
    """A number of GPUs or of times, a part of one included; not below 0."""
    found = money(cell, column)
    if found < 0:
        raise CellRefused("negative", column, cell)
    if found > MOST_COUNTED:
        raise CellRefused("too_many", column, cell)
    return found


@lru_cache(maxsize=2048)
def instant(cell: str, column: str, zone: tzinfo | None = UTC) -> datetime:
    """A time in UTC; one without a zone is of ``zone``, refused if that is None.

    A bill is in UTC by its definition, whether its times say so or not.
    """
    return local(cell, column, zone).astimezone(UTC)


def local(cell: str, column: str, zone: tzinfo | None) -> datetime:
    """A time with the zone it was written in, or else ``zone``."""
    bare = text(cell)
    if not bare:
        raise CellRefused("empty_cell", column, cell)
    try:
        found = datetime.fromisoformat(_as_iso(bare))
        # Neither year 1 nor 9999 has room for a move to another zone.
        if not FIRST_YEAR <= found.year <= LAST_YEAR:
            raise ValueError
    except ValueError:
        raise CellRefused("not_a_time", column, cell) from None
    if found.tzinfo is not None:
        return found
    if zone is None:
        raise CellRefused("no_zone", column, cell)
    return found.replace(tzinfo=zone)


def _as_iso(bare: str) -> str:
    """2026/11/3 9:05 and 2026年11月3日 9時5分 as ISO 8601 writes them."""
    match = PEOPLES_TIME.fullmatch(bare)
    if match is None:
        return bare
    year, month, day, hour, minute, second, fraction, zone = match.groups("")
    time = f"{hour:0>2}:{minute:0>2}:{second:0>2}{fraction}{zone}"
    return f"{year}-{month:0>2}-{day:0>2}T{time}"


def month_of(at: datetime) -> date:
    """The first day of the month a time in UTC is in."""
    return date(at.year, at.month, 1)


def currency(cell: str, column: str) -> str:
    """A currency as ISO 4217 codes it. CellRefused for anything else."""
    if cell in CURRENCIES:
        return cell
    bare = text(cell).upper()
    if bare not in CURRENCIES:
        raise CellRefused("currency" if bare else "empty_cell", column, cell)
    return bare


@lru_cache(maxsize=2048)
def tags(cell: str, column: str) -> Mapping[str, str]:
    """Tags out of JSON; keys without what AWS puts before those of a user."""
    bare = text(cell)
    if not bare:
        return NO_TAGS
    try:
        found = json.loads(bare)
    except (ValueError, RecursionError):
        raise CellRefused("tags", column, cell) from None
    if not isinstance(found, dict):
        raise CellRefused("tags", column, cell)
    kept = {tag_key(key): _said(value) for key, value in found.items()}
    return MappingProxyType({key: value for key, value in kept.items() if value})


# object: what JSON holds.
def _said(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def tag_key(key: str) -> str:
    """``user:project`` of a legacy report and ``user_project`` of CUR 2.0 are project.

    So that one rule fits every format. AWS's own keep their ``aws:``.
    """
    for before in ("user:", "user_"):
        if key.startswith(before) and key != before:
            return key.removeprefix(before)
    return key


def owner(found: Mapping[str, str]) -> str:
    """Who a line is of, by the tags people use for that."""
    for key, value in found.items():
        if key.lower() in ("owner", "user", "username", "created_by", "createdby"):
            return value
    return ""


def identity(parts: Iterable[str]) -> str:
    """The parts joined, or their SHA-256 where that is longer than a row keeps."""
    whole = "/".join(parts)
    return whole if len(whole) <= LONGEST_IDENTITY else digest(whole)


def digest(whole: str) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()
