"""One way to write a number, a sum of money or a date, in both languages.

Every filter writes in the active language and gives an en dash for None, so that a
figure that does not exist is never blank. Aware times are shown in the active zone.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from django import template

from projects.catalogue import Bound, Text, Unit
from projects.templatetags import times
from projects.templatetags.times import NONE, japanese

register = template.Library()

MINUS: Final = "\u2212"
NO_BREAK: Final = "\u00a0"
MAN: Final = Decimal(10_000)
OKU: Final = 10_000  # in 万円
SMALLEST: Final = -6  # the power of ten under which a number is only told to be small
MOST_IN_FULL: Final = 1_000_000

Number = int | float | Decimal


def rounded(value: Number, digits: int) -> str:
    """Thousands separated, rounded half up, with a true minus sign."""
    # str() first: Decimal(0.1) would carry the binary tail into the rounding.
    step = Decimal(1).scaleb(-digits)
    exact = Decimal(str(value)).quantize(step, rounding=ROUND_HALF_UP)
    text = f"{abs(exact):,}"
    return f"{MINUS}{text}" if exact < 0 else text


@register.filter
def plain(value: Decimal | str | None) -> str:
    """A number as a field takes it: 1200, 0.5; empty for none."""
    # A template says "" for what hangs on a None.
    return f"{value.normalize():f}" if isinstance(value, Decimal) else ""


@register.filter
def number(value: Number | None, digits: int = 0) -> str:
    """``1638|number`` → 1,638; ``2.345|number:2`` → 2.35."""
    return NONE if value is None else rounded(value, digits)


@register.filter
def figure(value: Decimal | None) -> str:
    """With the decimals it has and no more: 38, 7.5, 1,204."""
    return NONE if value is None else f"{value.normalize():,f}"


@register.filter
def yen(value: Decimal | int | None, digits: int = 1) -> str:
    """Yen as sentences, tables and charts write them: 310万円, 1.23億円, ¥3.1 M.

    ``digits`` are the decimals of the English millions from ¥1 M up; below that two are
    written, so that 46万円 and ¥0.46 M agree.
    """
    if value is None:
        return NONE
    amount = Decimal(value)
    size, sign = abs(amount), MINUS if amount < 0 else ""
    if size < MAN:
        return yen_full(amount)
    if japanese():
        return f"{sign}{_man_yen(size)}"
    millions = size / 1_000_000
    if size < 100_000:
        text = rounded(millions, 3)
        text = text.removesuffix("0")
    elif millions < Decimal("0.995"):
        text = rounded(millions, 2)
    else:
        text = rounded(millions, digits)
    return f"{sign}¥{text}{NO_BREAK}M"


def _man_yen(size: Decimal) -> str:
    if size < 10 * MAN:
        return f"{rounded(size / MAN, 1).removesuffix('.0')}万円"
    man = int((size / MAN).quantize(Decimal(1), rounding=ROUND_HALF_UP))
    if man < OKU:
        return f"{man:,}万円"
    text = rounded(Decimal(man) / OKU, 2)
    return f"{text.rstrip('0').removesuffix('.')}億円"


@register.filter
def yen_full(value: Decimal | int | None) -> str:
    """Yen as they are signed, billed and exported: 51,600円, ¥51,600."""
    if value is None:
        return NONE
    text = rounded(abs(Decimal(value)), 0)
    sign = MINUS if Decimal(value) < 0 and text != "0" else ""
    return f"{sign}{text}円" if japanese() else f"{sign}¥{text}"


@register.filter
def percent(value: Number | None, digits: int = 1) -> str:
    """Percent points, as MAPE is kept: ``7.43|percent`` → 7.4%."""
    return NONE if value is None else f"{rounded(value, digits)}%"


@register.filter
def share(value: Number | None, digits: int = 1) -> str:
    """A share of one as percent: ``0.016|share`` → 1.6%, ``0.71|share:0`` → 71%."""
    return NONE if value is None else percent(Decimal(str(value)) * 100, digits)


def metric_text(
    value: Number | None, unit: str, digits: int | None = None, y_unit: str = ""
) -> str:
    """A measured value in its own unit (a ``catalogue.Unit``).

    Without ``digits``: one decimal for percent, two for the unit of y and for plain
    numbers, none for counts and yen. A ratio always has at least four. ``y_unit`` is
    written after a value in the unit of y.
    """
    if value is None:
        return NONE
    match Unit(unit):
        case Unit.SHARE:
            return share(value, 1 if digits is None else digits)
        case Unit.PERCENT:
            return percent(value, 1 if digits is None else digits)
        case Unit.RATIO:
            # An F1 of .6598 must not read like the .66 it does not keep.
            return _not_nought(value, max(digits or 0, 4))
        case Unit.COUNT:
            return rounded(value, 0)
        case Unit.MONEY:
            amount = Decimal(str(value))
            # In millions, a small sum and the ends of its band would look alike.
            short = japanese() or abs(amount) >= MOST_IN_FULL
            return yen(amount) if short else yen_full(amount)
        case Unit.NUMBER:
            return _not_nought(value, 2 if digits is None else digits)
        case Unit.SECONDS:
            return f"{rounded(value, 1)}{_time_unit('秒', 's')}"
        case Unit.DAYS:
            return f"{rounded(value, 1)}{_time_unit('日', 'days')}"
        case Unit.SAME:
            text = _not_nought(value, 2 if digits is None else digits)
            return f"{text}{NO_BREAK}{y_unit}" if y_unit else text


def _not_nought(value: Number, digits: int) -> str:
    """Rounded, but a small number that is not zero keeps two of its own digits."""
    text = rounded(value, digits)
    if value == 0 or any(digit in text for digit in "123456789"):
        return text
    small = Decimal(str(value))
    if small.adjusted() < SMALLEST:
        return f"<{Decimal(1).scaleb(SMALLEST):f}" if value > 0 else text
    return rounded(value, 1 - small.adjusted())


def _time_unit(japanese_unit: str, english_unit: str) -> str:
    return japanese_unit if japanese() else f"{NO_BREAK}{english_unit}"


@register.simple_tag
def metric(
    value: Number | None, unit: str, digits: int | None = None, y_unit: str = ""
) -> str:
    """``{% metric 0.016 "share" %}`` → 1.6%; see ``metric_text``."""
    return metric_text(value, unit, digits, y_unit)


@register.simple_tag
def interval(
    low: Number | None,
    high: Number | None,
    unit: str,
    digits: int | None = None,
) -> str:
    """``{% interval 0.001 0.074 "share" %}`` → (0.1–7.4%); the unit stands once."""
    if low is None or high is None or low == high:
        return ""
    start, end = metric_text(low, unit, digits), metric_text(high, unit, digits)
    # A dash beside a minus sign would read as two of them.
    between = "–"
    if low < 0:
        between = "〜" if japanese() else " to "
    return f"({_without_unit(start, end)}{between}{end})"


def _without_unit(start: str, end: str) -> str:
    """The start of a band without the unit that its end carries as well."""
    shared = ""
    for one, other in zip(reversed(start), reversed(end), strict=False):
        if one != other or one.isdigit() or one == ".":
            break
        shared = one + shared
    return start.removesuffix(shared)


@register.simple_tag
def measured(
    value: Number | None,
    low: Number | None,
    high: Number | None,
    unit: str,
    digits: int | None = None,
) -> str:
    """Value and interval: 1.6%(0.1–7.4%) in Japanese, 1.6% (0.1–7.4%) in English."""
    band = interval(low, high, unit, digits)
    gap = "" if japanese() or not band else " "
    return f"{metric_text(value, unit, digits)}{gap}{band}"


def _counted(value: int | None, ja: str, one: str, many: str) -> str:
    if value is None:
        return NONE
    if japanese():
        return f"{value:,}{ja}"
    if value == 0:
        return "none"
    return f"{value:,} {one if value == 1 else many}"


@register.filter
def cases(value: int | None) -> str:
    """31件, 31 cases; nothing is 0件, none."""
    return _counted(value, "件", "case", "cases")


@register.filter
def rows(value: int | None) -> str:
    """1,638行, 1,638 rows."""
    return _counted(value, "行", "row", "rows")


@register.filter
def people(value: int | None) -> str:
    """7人, 7 people."""
    return _counted(value, "人", "person", "people")


@register.filter
def hours(value: Number | None, digits: int = 0) -> str:
    """11時間, 11 hours."""
    if value is None:
        return NONE
    text = rounded(value, digits)
    if japanese():
        return f"{text}時間"
    return f"{text} hour" if text == "1" else f"{text} hours"


@register.filter
def size(value: int | None) -> str:
    """Bytes by steps of 1,000: 820 B, 12.4 kB, 3.1 MB."""
    if value is None:
        return NONE
    amount = Decimal(value)
    for unit in ("B", "kB", "MB"):
        if amount < 1000:
            text = rounded(amount, 0 if unit == "B" else 1).removesuffix(".0")
            return f"{text}{NO_BREAK}{unit}"
        amount /= 1000
    return f"{rounded(amount, 1)}{NO_BREAK}GB"


@register.filter
def hash_groups(value: str | None) -> str:
    """A digest in groups of four, to be read aloud and compared."""
    if not value:
        return NONE
    return " ".join(value[at : at + 4] for at in range(0, len(value), 4))


@register.filter
def hash_short(value: str | None) -> str:
    """The two ends of a digest: 9f2c 41d7 … e1c4 77a0."""
    if not value or len(value) <= 20:
        return hash_groups(value)
    return f"{hash_groups(value[:8])} … {hash_groups(value[-8:])}"


for write in (
    times.about_minutes,
    times.clock,
    times.day,
    times.day_short,
    times.day_week,
    times.duration,
    times.moment,
    times.month,
    times.month_short,
):
    register.filter(write.__name__, write)


PROMISES: Final = {
    Bound.AT_MOST: Text("{limit}以下", "at most {limit}"),
    Bound.AT_LEAST: Text("{limit}以上", "at least {limit}"),
    Bound.BELOW: Text("{limit}未満", "below {limit}"),
    Bound.ABOVE: Text("{limit}超", "above {limit}"),
}


@register.simple_tag
def promise(bound: str, limit: Number, unit: str, digits: int = 2) -> str:
    """A bound and its limit in words: 5.00%以下, at most 5.00%."""
    said = PROMISES[Bound(bound)].in_("ja" if japanese() else "en")
    return said.format(limit=metric_text(limit, unit, digits))
