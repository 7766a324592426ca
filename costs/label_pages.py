"""What the page of a batch shows, out of the report that its row keeps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from costs.labels.bands import band_of
from projects.catalogue import Text

if TYPE_CHECKING:
    from decimal import Decimal

    from costs.models import LabelBatch

NAMES: Final = {
    "observed": Text("観測された一致率", "Agreement observed"),
    "cohen": Text("Cohenのκ", "Cohen's kappa"),
    "fleiss": Text("Fleissのκ", "Fleiss' kappa"),
    "nominal": Text("Krippendorffのα(名義)", "Krippendorff's alpha, nominal"),
    "interval": Text("Krippendorffのα(間隔)", "Krippendorff's alpha, interval"),
}
MEANINGS: Final = {
    "observed": Text(
        "同じ対象への二つの回答が同じになる割合。偶然の一致を含みます。",
        "The share of pairs of answers to an item that are the same, chance included.",
    ),
    "cohen": Text(
        "作業者二人の一致から、偶然の一致を除いた値です。",
        "How far two workers agree beyond chance.",
    ),
    "fleiss": Text(
        "回答数がそろった全作業者の一致から、偶然の一致を除いた値です。",
        "How far all workers agree beyond chance, with as many answers to each item.",
    ),
    "nominal": Text(
        "欠けた回答があっても使える一致の値です。どのラベル違いも同じ重さです。",
        "Agreement beyond chance that allows for missing answers; every difference "
        "counts the same.",
    ),
    "interval": Text(
        "ラベルを数とみなし、離れた違いほど重くみた一致の値です。",
        "The same, for labels that are numbers: a larger difference counts more.",
    ),
}


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure of agreement: a value with its name, or why there is none."""

    name: Text
    meaning: Text
    value: float | None
    band: Text | None
    withheld: Text | None
    is_share: bool


@dataclass(frozen=True, slots=True)
class Share:
    """A label, how many answers say it, and their share of 100 for its bar."""

    label: str
    answers: int
    percent: float


@dataclass(frozen=True, slots=True)
class Shown:
    """A batch whose label is chosen, as its page and its line in the list show it.

    ``measured`` is what the row keeps; yen are the cost of the batch by what it is
    divided by, None where that is nothing.
    """

    measured: dict[str, Any]
    measures: tuple[Measure, ...]
    main: Measure
    labels: tuple[Share, ...]
    usable_share: float | None
    yen_an_answer: Decimal
    yen_an_item: Decimal | None
    yen_a_usable: Decimal | None


def shown(batch: LabelBatch) -> Shown | None:
    """The batch as it is shown; None as long as nobody said which answer counts."""
    found = batch.report["measured"]
    if found is None:
        return None
    measures = tuple(_measure(found["agreement"], key) for key in NAMES)
    items, usable = found["items"], found["usable"]
    return Shown(
        measured=found,
        measures=measures,
        # Alpha is there for every batch that allows any measure beyond chance.
        main=measures[3],
        labels=_labels(found),
        usable_share=usable / items if items else None,
        yen_an_answer=batch.cost_yen / batch.assignments,
        yen_an_item=batch.cost_yen / items if items else None,
        yen_a_usable=batch.cost_yen / usable if usable else None,
    )


def _measure(agreement: dict[str, Any], key: str) -> Measure:
    value = agreement[key]
    reason = agreement["withheld"].get(key)
    is_share = key == "observed"
    return Measure(
        name=NAMES[key],
        meaning=MEANINGS[key],
        value=value,
        band=None if value is None or is_share else band_of(value),
        withheld=None if reason is None else Text(**reason),
        is_share=is_share,
    )


def _labels(found: dict[str, Any]) -> tuple[Share, ...]:
    return tuple(
        Share(label, answers, round(answers / found["answers"] * 100, 2))
        for label, answers in found["labels"]
    )
