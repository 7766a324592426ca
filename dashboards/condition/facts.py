"""What was found out of the installation, and what is said of each of its parts."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from projects.catalogue import Text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

MINUTE: Final = 60
HOUR: Final = 60 * MINUTE
# After so long what waits deserves a look, and after so long it is a fault.
LONG_WAIT: Final = 15 * MINUTE
TOO_LONG: Final = HOUR


class State(StrEnum):
    """How much a part needs somebody; the worst last."""

    GOOD = "good"
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Facts:
    """What was found out at one moment; milliseconds and bytes where it says so.

    None of a time: never heard of. None of milliseconds: it did not answer.
    ``oldest``: since when the run that waits longest waits. ``busy``: runs that a
    worker surely holds now, of those ``running``. ``hour``: runs that ended in the last
    hour, by how.
    """

    now: datetime
    database_ms: float | None
    broker_ms: float | None
    heard: Mapping[str, datetime] = field(default_factory=dict)
    messages: Mapping[str, int] = field(default_factory=dict)
    queued: int = 0
    running: int = 0
    busy: int = 0
    processes: int = 1
    oldest: datetime | None = None
    hour: Mapping[str, int] = field(default_factory=dict)
    imports: int = 0
    imports_since: datetime | None = None
    mails: int = 0
    mails_since: datetime | None = None
    undelivered: int = 0
    disk_free: int = 0
    disk_total: int = 1
    largest_file: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """One part: how it does in a sentence, and what to do where something is wrong."""

    key: str
    name: Text
    state: State
    says: Text
    do: Text | None = None


def age(seconds: float) -> Text:
    """A span in one unit: 40秒, 12分, 3時間; 40 s, 12 min, 3 h."""
    whole = max(0, round(seconds))
    if whole < 2 * MINUTE:
        return Text(f"{whole}秒", f"{whole} s")
    if whole < 2 * HOUR:
        return Text(f"{whole // MINUTE}分", f"{whole // MINUTE} min")
    if whole < 48 * HOUR:
        return Text(f"{whole // HOUR}時間", f"{whole // HOUR} h")
    return Text(f"{whole // (24 * HOUR)}日", f"{whole // (24 * HOUR)} days")


def said(pattern: Text, **values: Text | int | str) -> Text:
    """The pattern filled in, in both languages."""

    def of(language: str) -> dict[str, int | str]:
        return {
            key: one.in_(language) if isinstance(one, Text) else one
            for key, one in values.items()
        }

    return Text(pattern.ja.format(**of("ja")), pattern.en.format(**of("en")))


def line(
    key: str, name: Text, state: State, says: Text, do: Text | None = None
) -> Line:
    """One part; what works needs nothing done."""
    return Line(key, name, state, says, None if state is State.GOOD else do)


def since(facts: Facts, at: datetime | None) -> float:
    """Seconds from then until now; none of never."""
    return 0.0 if at is None else (facts.now - at).total_seconds()


def by_wait(seconds: float) -> State:
    """How much a wait needs somebody."""
    if seconds > TOO_LONG:
        return State.BAD
    return State.WARN if seconds > LONG_WAIT else State.GOOD
