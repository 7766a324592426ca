"""How far workers agree, beyond what chance alone would bring.

Fleiss, Psychological Bulletin 76 (1971) 378-382; Cohen, Educational and Psychological
Measurement 20 (1960) 37-46; Krippendorff's alpha by the library of that name. What
cannot be said is None, with the reason in ``withheld``.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import krippendorff
import numpy as np

from costs.labels.majority import numbers_of, ordered
from projects.catalogue import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from costs.labels.answers import Answer
    from costs.labels.majority import Voted

# The library holds items x labels x labels at once; this many are 160 MB.
MOST_CELLS: Final = 20_000_000
Counts = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True, slots=True)
class Agreement:
    """Shares from 0 to 1; kappa and alpha are 1 for full agreement and 0 for chance.

    ``items`` have two answers or more; ``full`` of them have one label only.
    ``observed`` is the share of pairs of answers to one item that agree, the mean
    over the items; ``expected`` is that share by chance, as Fleiss takes it.
    """

    items: int
    full: int
    observed: float | None = None
    expected: float | None = None
    fleiss: float | None = None
    cohen: float | None = None
    nominal: float | None = None
    interval: float | None = None
    withheld: dict[str, Text] = field(default_factory=dict)


def agreement_of(
    answers: Sequence[Answer], column: int, items: Sequence[Voted]
) -> Agreement:
    """Every measure of agreement that the answers allow."""
    labels = ordered(label for one in items for label, _votes in one.votes)
    pairable = [one for one in items if one.answers > 1]
    if not pairable:
        return Agreement(0, 0, withheld=dict.fromkeys(MEASURES, NO_PAIRS))
    counts = _counts(pairable, labels)
    given = counts.sum(axis=1)
    by_item = ((counts**2).sum(axis=1) - given) / (given * (given - 1))
    withheld: dict[str, Text] = {}
    expected, fleiss = _fleiss(counts, float(by_item.mean()), withheld)
    nominal, interval = _krippendorff(counts, labels, withheld)
    return Agreement(
        items=len(pairable),
        full=int((counts.max(axis=1) == given).sum()),
        observed=float(by_item.mean()),
        expected=expected,
        fleiss=fleiss,
        cohen=_cohen(answers, column, labels, withheld),
        nominal=nominal,
        interval=interval,
        withheld=withheld,
    )


def _counts(items: Sequence[Voted], labels: Sequence[str]) -> Counts:
    place = {label: at for at, label in enumerate(labels)}
    counts = np.zeros((len(items), len(labels)), np.int64)
    for row, one in enumerate(items):
        for label, votes in one.votes:
            counts[row, place[label]] = votes
    return counts


def _fleiss(
    counts: Counts, observed: float, withheld: dict[str, Text]
) -> tuple[float | None, float | None]:
    """Agreement by chance, and kappa; every item needs as many answers as any other."""
    given = counts.sum(axis=1)
    if (given != given[0]).any():
        withheld["fleiss"] = UNEQUAL
        return None, None
    expected = float(((counts.sum(axis=0) / counts.sum()) ** 2).sum())
    if math.isclose(expected, 1):
        withheld["fleiss"] = ONE_LABEL
        return expected, None
    return expected, (observed - expected) / (1 - expected)


def _krippendorff(
    counts: Counts, labels: Sequence[str], withheld: dict[str, Text]
) -> tuple[float | None, float | None]:
    if counts.shape[0] * counts.shape[1] ** 2 > MOST_CELLS:
        withheld["nominal"] = withheld["interval"] = TOO_MANY
        return None, None
    # A label that only items without a second answer have pairs with nothing.
    said = counts.sum(axis=0) > 0
    if said.sum() < 2:
        withheld["nominal"] = withheld["interval"] = ONE_LABEL
        return None, None
    nominal = krippendorff.alpha(
        value_counts=counts[:, said], level_of_measurement="nominal"
    )
    values = numbers_of([one for one, kept in zip(labels, said, strict=True) if kept])
    if values is None:
        withheld["interval"] = NO_NUMBERS
        return float(nominal), None
    interval = krippendorff.alpha(
        value_counts=counts[:, said],
        value_domain=values,
        level_of_measurement="interval",
    )
    return float(nominal), float(interval)


def _cohen(
    answers: Sequence[Answer],
    column: int,
    labels: Sequence[str],
    withheld: dict[str, Text],
) -> float | None:
    """Kappa of two workers, over the items both have answered."""
    said: dict[str, dict[str, str]] = defaultdict(dict)
    for one in answers:
        if one.paid and one.labels[column]:
            said[one.worker][one.item] = one.labels[column]
    if len(said) != 2:
        withheld["cohen"] = NOT_TWO
        return None
    first, second = said.values()
    shared = first.keys() & second.keys()
    if not shared:
        withheld["cohen"] = NO_PAIRS
        return None
    n = len(shared)
    agreed = sum(first[item] == second[item] for item in shared) / n
    chance = sum(
        sum(first[item] == label for item in shared)
        * sum(second[item] == label for item in shared)
        for label in labels
    ) / (n * n)
    if math.isclose(chance, 1):
        withheld["cohen"] = ONE_LABEL
        return None
    return (agreed - chance) / (1 - chance)


MEASURES: Final = ("observed", "fleiss", "cohen", "nominal", "interval")
NO_PAIRS: Final = Text("二人以上が答えた対象がありません。", "No item has two answers.")
UNEQUAL: Final = Text(
    "対象ごとの回答数がそろっていません。Krippendorffのαを見てください。",
    "Items have different numbers of answers; see Krippendorff's alpha.",
)
ONE_LABEL: Final = Text(
    "全員が同じラベルを付けたため、偶然と区別できません。",
    "Everybody said the same label, which chance cannot be told from.",
)
TOO_MANY: Final = Text(
    "対象とラベルの種類が多すぎて計算できません。",
    "There are too many items and labels to compute it.",
)
NO_NUMBERS: Final = Text("ラベルが数ではありません。", "The labels are no numbers.")
NOT_TWO: Final = Text(
    "作業者が二人のときだけ計算します。", "It is for two workers only."
)
