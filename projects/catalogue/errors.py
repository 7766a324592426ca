"""The two ways to be wrong, by the shape of the work: their names and their prices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from projects.catalogue.words import Shape, Text

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Errors:
    """To one side and to the other: a false alarm and a miss, too much and too little.

    ``prices``: the terms that say what one costs, where the kind has such a term.
    ``of_cases``: whether each is a case judged wrongly; else they are amounts, of which
    one case can have many.
    """

    over: Text
    under: Text
    prices: tuple[str | None, str | None]
    of_cases: bool


ERRORS: Final[Mapping[Shape, Errors]] = {
    Shape.DETECTION: Errors(
        Text(ja="誤検知", en="False alarms"),
        Text(ja="見逃し", en="Misses"),
        ("yen_false_alarm", "yen_miss"),
        of_cases=True,
    ),
    Shape.FORECAST: Errors(
        Text(ja="多すぎた量", en="Forecast too much"),
        Text(ja="少なすぎた量", en="Forecast too little"),
        ("yen_over", "yen_under"),
        of_cases=False,
    ),
    Shape.INVENTORY: Errors(
        Text(ja="余った数", en="Units left over"),
        Text(ja="足りなかった数", en="Units short"),
        (None, "yen_shortage"),
        of_cases=False,
    ),
    Shape.TRIAL: Errors(
        Text(ja="以前より悪かった件", en="Worse than before"),
        Text(ja="変わらなかった件", en="No better than before"),
        (None, None),
        of_cases=True,
    ),
}
