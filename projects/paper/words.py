"""What sheets say, in both languages at once: names, days and texts. No Django.

A pair is a dictionary with "ja" and "en", as the templates read it; equal halves are
written once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from projects.catalogue import day_in_words

if TYPE_CHECKING:
    from datetime import date, datetime
    from decimal import Decimal

    from projects.catalogue import Text

Pair = dict[str, str]
# What a sheet may be asked for in: both beside each other, or one of them.
LANGUAGES: Final[dict[str, tuple[str, ...]]] = {
    "both": ("ja", "en"),
    "ja": ("ja",),
    "en": ("en",),
}


def languages_of(asked: str | None) -> list[str]:
    """The languages of a sheet by the word in its address; both without a known one."""
    return list(LANGUAGES.get(asked or "", LANGUAGES["both"]))


def pair(ja: str, en: str) -> Pair:
    """Two halves; where one is missing the other stands for it."""
    return {"ja": ja or en, "en": en or ja}


def spoken(text: Text) -> Pair:
    """A text of the catalogue."""
    return pair(text.ja, text.en)


def alike(text: object) -> Pair:
    """What is the same in both: an id, a number, what somebody typed."""
    return pair(str(text), str(text))


def called(thing: object) -> Pair:
    """A person, a side or an engagement by its name, in English where it has one."""
    name = str(getattr(thing, "name", "") or thing)
    return pair(name, str(getattr(thing, "name_en", "") or name))


def on_day(day: date) -> Pair:
    """A date in text: 2026年11月19日, 19 November 2026."""
    return spoken(day_in_words(day))


def at_moment(at: datetime) -> Pair:
    """A date with its time of day, in the zone it carries."""
    on = on_day(at)
    return pair(f"{on['ja']} {at:%-H:%M}", f"{on['en']}, {at:%-H:%M}")


def yen(amount: Decimal) -> Pair:
    """Money that is signed: to the yen."""
    return pair(f"{amount:,.0f}円", f"¥{amount:,.0f}")


def printed(by: object, at: datetime) -> Pair:
    """Who had the sheet printed, and when: the foot of every one."""
    who, when = called(by), at_moment(at)
    return pair(
        f"{who['ja']}が{when['ja']}に印刷", f"Printed by {who['en']}, {when['en']}"
    )
