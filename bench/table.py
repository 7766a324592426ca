"""The rows of the results: what was taken, by how many times, and is that enough."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Took:
    """Of one contender: median seconds, those of processors, and the most memory."""

    seconds: float
    busy: float
    megabytes: float


@dataclass(frozen=True, slots=True)
class Contender:
    """A name in the table, and the words of the program that prints what it took."""

    words: tuple[str, ...]
    repeats: int = 1


# Any: what json gives.
def printed(words: Sequence[str]) -> dict[str, Any]:
    """The last line that a program prints, read as JSON."""
    done = subprocess.run(words, capture_output=True, text=True, check=False)  # noqa: S603 - our own programs
    if done.returncode:
        raise SystemExit(f"{' '.join(words)} failed:\n{done.stderr[-2_000:]}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def ours(name: str, path: Path, repeats: int = 1) -> Contender:
    """One of bench.contenders on a file."""
    words = (sys.executable, "-m", "bench.contenders", name, str(path))
    return Contender(words, repeats)


def took(contenders: dict[str, Contender]) -> dict[str, Took]:
    """Run them by turns, so that a slow minute of the machine is slow for all."""
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in contenders}
    for turn in range(max(one.repeats for one in contenders.values())):
        for name, one in contenders.items():
            if turn < one.repeats:
                found[name].append(printed(one.words))
    return {
        name: Took(
            median(one["seconds"] for one in held),
            median(one["busy"] for one in held),
            max(one["megabytes"] for one in held),
        )
        for name, held in found.items()
    }


@dataclass(frozen=True, slots=True)
class Goal:
    """What a ratio or the memory should be, said and checked."""

    words: str
    met: bool


def faster(took: Took, peer: Took, least: float, whom: str = "") -> Goal:
    """At least so many times faster than a peer."""
    ratio = peer.seconds / took.seconds
    words = f"{ratio:.1f} × faster{whom and ' than ' + whom}, goal ≥ {least:g}"
    return Goal(words, ratio >= least)


def within(took: Took, raw: Took, most: float, what: str = "the raw read") -> Goal:
    """At most so many times what is its limit."""
    ratio = took.seconds / raw.seconds
    return Goal(f"{ratio:.1f} × {what}, goal ≤ {most:g}", ratio <= most)


def holds(took: Took, most: float) -> Goal:
    """At most so many megabytes."""
    return Goal(f"memory, goal ≤ {most:.0f} MB", took.megabytes <= most)


def line(name: str, spent: str, *goals: Goal) -> str:
    """One row of the table; ``spent`` are its three cells of time and memory."""
    said = "; ".join(
        f"{goal.words}: {'met' if goal.met else '**unmet**'}" for goal in goals
    )
    return f"| {name} | {spent} | {said} |"


def spent(took: Took) -> str:
    """Clock, processors and memory as cells."""
    return f"{took.seconds:.2f} s | {took.busy:.2f} s | {took.megabytes:.0f} MB"
