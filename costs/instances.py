"""GPU instance types of AWS: which model, how many, how much memory. No Django.

Facts as AWS publishes them. Types with Trainium or Inferentia are not GPUs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache
from typing import Final


@dataclass(frozen=True, slots=True)
class Instance:
    """An instance type: ``gpus`` of one (a part of a card is below 1).

    ``memory_gib`` is of one GPU, or of the part that one has, as its maker names it.
    """

    name: str
    model: str
    gpus: Decimal
    memory_gib: Decimal


# Family: model, GiB of a card, and the GPUs by size. "2" is 2xlarge, "1" xlarge.
FAMILIES: Final[dict[str, tuple[str, str, str]]] = {
    "g2": ("NVIDIA GRID K520", "4", "2:1 8:4"),
    "g3": ("NVIDIA Tesla M60", "8", "4:1 8:2 16:4"),
    "g3s": ("NVIDIA Tesla M60", "8", "1:1"),
    "g4ad": ("AMD Radeon Pro V520", "8", "1:1 2:1 4:1 8:2 16:4"),
    "g4dn": ("NVIDIA T4", "16", "1:1 2:1 4:1 8:1 12:4 16:1 metal:8"),
    "g5": ("NVIDIA A10G", "24", "1:1 2:1 4:1 8:1 12:4 16:1 24:4 48:8"),
    "g5g": ("NVIDIA T4G", "16", "1:1 2:1 4:1 8:1 16:2 metal:2"),
    "g6": ("NVIDIA L4", "24", "1:1 2:1 4:1 8:1 12:4 16:1 24:4 48:8"),
    "g6e": ("NVIDIA L40S", "48", "1:1 2:1 4:1 8:1 12:4 16:1 24:4 48:8"),
    "g6f": ("NVIDIA L4", "24", "large:0.125 1:0.125 2:0.25 4:0.5"),
    "gr6": ("NVIDIA L4", "24", "4:1 8:1"),
    "gr6f": ("NVIDIA L4", "24", "4:0.5"),
    "g7": ("NVIDIA RTX PRO 4500", "32", "2:1 4:1 8:1 12:2 24:4 48:8"),
    "g7e": ("NVIDIA RTX PRO 6000", "96", "2:1 4:1 8:1 12:2 24:4 48:8"),
    "p2": ("NVIDIA Tesla K80", "12", "1:1 8:8 16:16"),
    "p3": ("NVIDIA Tesla V100", "16", "2:1 8:4 16:8"),
    "p3dn": ("NVIDIA Tesla V100", "32", "24:8"),
    "p4d": ("NVIDIA A100", "40", "24:8"),
    "p4de": ("NVIDIA A100", "80", "24:8"),
    "p5": ("NVIDIA H100", "80", "4:1 48:8"),
    "p5e": ("NVIDIA H200", "141", "48:8"),
    "p5en": ("NVIDIA H200", "141", "48:8"),
    "p6-b200": ("NVIDIA B200", "180", "48:8"),
    "p6-b300": ("NVIDIA B300", "262.5", "48:8"),
    "p6e-gb200": ("NVIDIA B200", "185", "36:36"),
    "dl2q": ("Qualcomm AI 100", "16", "24:8"),
}
# A name in a sentence or after a colon: "ml.p3.2xlarge-Training", "BoxUsage:g5.xlarge".
NAME: Final = re.compile(
    r"(?<![a-z0-9.-])(?:ml\.)?((?:p|g|gr|dl)\d[a-z0-9-]*\.(?:\d*xlarge|large|metal))"
    r"(?![a-z0-9.])"
)


@cache
def instances() -> dict[str, Instance]:
    """Every known type by its name."""
    found: dict[str, Instance] = {}
    for family, (model, memory, sizes) in FAMILIES.items():
        for entry in sizes.split():
            size, count = entry.split(":")
            gpus = Decimal(count)
            name = f"{family}.{_size(size)}"
            share = min(gpus, Decimal(1))
            found[name] = Instance(name, model, gpus, Decimal(memory) * share)
    return found


def _size(short: str) -> str:
    if not short.isdigit():
        return short
    return "xlarge" if short == "1" else f"{short}xlarge"


def instance(name: str) -> Instance | None:
    """The type of that name, with or without ``ml.``; None if it has no GPU."""
    return instances().get(name.removeprefix("ml."))


@lru_cache(maxsize=2048)
def named_in(text: str) -> Instance | None:
    """The first GPU type a text names: a usage type, or a description of a charge."""
    for match in NAME.finditer(text):
        found = instances().get(match[1])
        if found is not None:
            return found
    return None
