"""Dates, times and durations as the interface writes them, in the active language.

None is an en dash; aware times are shown in the active zone.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Final

from django.utils import timezone
from django.utils.translation import get_language

from projects.catalogue import day_in_words

if TYPE_CHECKING:
    from collections.abc import Iterable

NONE: Final = "–"
WEEKDAYS: Final = "月火水木金土日"


def japanese() -> bool:
    """Whether the active language is Japanese."""
    return (get_language() or "ja").startswith("ja")


def joined(sentences: Iterable[str]) -> str:
    """Sentences in a row, parted by a space only where the language has one."""
    return ("" if japanese() else " ").join(one for one in sentences if one)


def about_minutes(seconds: float | Decimal | None) -> str:
    """An estimate in whole minutes, at least one: 約4分, about 4 minutes."""
    if seconds is None:
        return NONE
    minutes = max(1, round(seconds / 60))
    if japanese():
        return f"約{minutes:,}分"
    return f"about {minutes:,} minute{'' if minutes == 1 else 's'}"


def duration(seconds: float | Decimal | None) -> str:
    """Seconds as 41秒, 5分12秒, 2時間5分; 41 s, 5 min 12 s, 2 h 5 min."""
    if seconds is None:
        return NONE
    minutes, left = divmod(
        int(Decimal(str(seconds)).quantize(Decimal(1), rounding=ROUND_HALF_UP)), 60
    )
    whole, minutes_left = divmod(minutes, 60)
    ja = japanese()
    if whole:
        parts = [(whole, "時間", " h"), (minutes_left, "分", " min")]
    else:
        parts = [(minutes, "分", " min"), (left, "秒", " s")]
    kept = [part for part in parts if part[0]] or parts[-1:]
    words = [f"{size}{unit_ja if ja else unit_en}" for size, unit_ja, unit_en in kept]
    return ("" if ja else " ").join(words)


def _local(value: date | datetime) -> date | datetime:
    if isinstance(value, datetime) and timezone.is_aware(value):
        return timezone.localtime(value)
    return value


def day(value: date | datetime | None) -> str:
    """A date in text: 2026年11月19日, 19 November 2026."""
    if value is None:
        return NONE
    return day_in_words(_local(value)).in_(get_language() or "ja")


def day_short(value: date | datetime | None) -> str:
    """A date in a table: 11/27, 27 Nov."""
    if value is None:
        return NONE
    at = _local(value)
    return f"{at.month}/{at.day}" if japanese() else f"{at.day} {at:%b}"


def day_near(value: date | datetime | None, today: date) -> str:
    """A day as a table has it, with its year where that is another: 2027/6/29."""
    if value is None:
        return day_short(value)
    here = _local(value)
    if here.year == today.year:
        return day_short(here)
    if japanese():
        return f"{here.year}/{here.month}/{here.day}"
    return f"{here.day} {here:%b %Y}"


def month(value: date | None) -> str:
    """A month: 2026年10月, October 2026."""
    if value is None:
        return NONE
    return f"{value.year}年{value.month}月" if japanese() else f"{value:%B %Y}"


def month_short(value: date) -> str:
    """A month among others of its year: 4月, Apr."""
    return f"{value.month}月" if japanese() else f"{value:%b}"


def day_week(value: date | datetime | None) -> str:
    """A date with its weekday: 11月27日(金), Fri 27 Nov."""
    if value is None:
        return NONE
    at = _local(value)
    if japanese():
        return f"{at.month}月{at.day}日({WEEKDAYS[at.weekday()]})"
    return f"{at:%a} {at.day} {at:%b}"


def clock(value: datetime | None) -> str:
    """A time of day: 18:42, 9:05."""
    if value is None:
        return NONE
    at = _local(value)
    return f"{at:%-H:%M}" if isinstance(at, datetime) else NONE


def moment(value: datetime | None) -> str:
    """A date with its time: 2026年11月19日 18:42, 19 Nov 2026, 18:42."""
    if value is None:
        return NONE
    at = _local(value)
    if japanese():
        return f"{day(at)} {clock(value)}"
    return f"{at.day} {at:%b %Y}, {clock(value)}"
