"""Numbers as people type them: 4%, 0.04, 18万円, 1,200 in either width. No Django."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from projects.catalogue import Text, Unit
from projects.promise import plain

if TYPE_CHECKING:
    from projects.catalogue import Metric

NO_NUMBER: Final = Text("数で書いてください。", "Write a number.")
PERCENT_OR_SHARE: Final = Text(
    "何%かがはっきりしません。「{}%」のように%を付けて書いてください。",
    "It is not clear whether this is percent. Write “{}%” with its sign.",
)
NO_PERCENT: Final = Text(
    "この指標は%で測りません。数だけを書いてください。",
    "This metric is not measured in percent. Write the number alone.",
)
NO_MONEY: Final = Text("これは金額ではありません。", "This is not an amount of money.")
TOO_LONG: Final = Text(
    "整数部は12桁、小数部は6桁までで書いてください。",
    "Write at most 12 digits before the point and 6 after it.",
)
HINTS: Final = {
    Unit.SHARE: Text("割合です。4%のように書きます。", "A share: write 4%."),
    Unit.PERCENT: Text("%です。3.5のように書きます。", "In percent: write 3.5."),
    Unit.RATIO: Text("0から1の値です。", "A value from 0 to 1."),
    Unit.MONEY: Text("円です。180,000や18万円と書きます。", "In yen: write 180,000."),
    Unit.SECONDS: Text("秒です。", "In seconds."),
    Unit.DAYS: Text("日です。", "In days."),
    Unit.COUNT: Text("件数です。", "A number of cases."),
    Unit.SAME: Text("実績と同じ単位です。", "In the unit of the actual values."),
    Unit.NUMBER: Text("単位のない数です。", "A plain number."),
}
_NUMBER: Final = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)")
# What a column of 18 digits with 6 of them after the point can hold.
_STEP: Final = Decimal("0.000001")
_MOST: Final = Decimal(10) ** 12


class TypedError(ValueError):
    """Why what was typed is not taken, in both languages."""

    def __init__(self, why: Text) -> None:
        self.why = why
        super().__init__(why.en)


def read_limit(text: str, unit: Unit) -> Decimal:
    """A limit in its metric's own unit, exactly as typed.

    Of a share, 4% is 0.04, and a bare number counts only below 1, because a bare 4
    could be either. TypedError says what is not clear.
    """
    typed = unicodedata.normalize("NFKC", text).strip().replace(",", "")
    typed = typed.replace("\u2212", "-").replace(" ", "")
    percent, money = typed.endswith("%"), typed.endswith("円") or "¥" in typed
    if money and unit is not Unit.MONEY:
        raise TypedError(NO_MONEY)
    if percent and unit not in (Unit.SHARE, Unit.PERCENT):
        raise TypedError(NO_PERCENT)
    bare = typed.removesuffix("%").removesuffix("円").replace("¥", "", 1)
    man = unit is Unit.MONEY and bare.endswith("万")
    number = _number(bare.removesuffix("万") if man else bare)
    if man:
        number *= 10_000
    if unit is Unit.SHARE:
        if percent:
            number /= 100
        elif abs(number) >= 1:
            shown = plain(number)
            raise TypedError(
                Text(
                    PERCENT_OR_SHARE.ja.format(shown), PERCENT_OR_SHARE.en.format(shown)
                )
            )
    if abs(number) >= _MOST or number != number.quantize(_STEP):
        raise TypedError(TOO_LONG)
    return number


def _number(text: str) -> Decimal:
    if not _NUMBER.fullmatch(text):
        raise TypedError(NO_NUMBER)
    # Beyond any column; only so long a number could fail to be reckoned with.
    if len(text) > 40:
        raise TypedError(TOO_LONG)
    return Decimal(text)


def write_limit(value: Decimal, unit: Unit) -> str:
    """A limit as ``read_limit`` takes it, to be typed over."""
    return f"{plain(value * 100)}%" if unit is Unit.SHARE else plain(value)


def hint(metric: Metric) -> Text:
    """How to type a limit of this metric."""
    return HINTS[metric.unit]
