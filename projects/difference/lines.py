"""What changed among the criteria, field by field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from projects import preview
from projects.catalogue import METRICS, Bound, Scope, Text
from projects.difference.ways import (
    NOTHING,
    Change,
    Direction,
    changed,
    more_is_tighter,
    number,
    present,
    said,
)

if TYPE_CHECKING:
    from projects.promise import Line, Promise

STAGES: Final = {
    "initial": Text("初期判定", "Initial judgement"),
    "accuracy": Text("精度検収", "Accuracy"),
    "operation": Text("実運用", "Operation"),
}


def of_lines(before: Promise, after: Promise) -> list[Change]:
    found: list[Change] = []
    for old, new in _pairs(list(before.lines), list(after.lines)):
        if old is not None and new is not None and old != new:
            item = METRICS[new.metric].name
            found += [c for c in _fields(item, old, new) if not c.is_same]
        else:
            found.append(_whole(old, new))
    return found


def _pairs(old: list[Line], new: list[Line]) -> list[tuple[Line | None, Line | None]]:
    """Lines that speak of the same thing, the closest first; the rest stand alone."""
    pairs: list[tuple[Line | None, Line | None]] = []

    def pair(*names: str) -> None:
        for one in list(new):
            key = [getattr(one, name) for name in names]
            match = next(
                (o for o in old if [getattr(o, name) for name in names] == key), None
            )
            if match is not None:
                pairs.append((match, one))
                old.remove(match)
                new.remove(one)

    same = ("metric", "stage")
    pair(
        *(*same, "scope", "segment", "bound", "limit", "confidence"),
        *("smallest_cases", "reason"),
    )
    pair(*same, "scope", "segment")
    pair(*same)
    return [*pairs, *((o, None) for o in old), *((None, n) for n in new)]


def _whole(old: Line | None, new: Line | None) -> Change:
    """A line that appeared, is gone, or stayed as it was."""
    shown = next(line for line in (new, old) if line is not None)

    def words(line: Line | None) -> Text:
        return NOTHING if line is None else preview.line_in_words(line)

    return Change(
        METRICS[shown.metric].name,
        STAGES[shown.stage],
        *said(words, old, new),
        present(old, new),
    )


def _fields(item: Text, old: Line, new: Line) -> list[Change]:
    def reason(line: Line) -> Text:
        return Text(line.reason, line.reason) if line.reason else NOTHING

    return [
        Change(
            item,
            preview.where(new),
            *said(preview.bounded, old, new),
            _limit(old, new),
        ),
        Change(
            item,
            Text("確信", "Confidence"),
            *said(preview.certainty, old.confidence, new.confidence),
            more_is_tighter(old.confidence or 0, new.confidence or 0),
        ),
        Change(
            item,
            Text("対象", "Rows"),
            *said(preview.where, old, new),
            _scope(old, new),
        ),
        Change(
            item,
            Text("最小の件数", "Smallest number of cases"),
            *said(number, old.smallest_cases, new.smallest_cases),
            more_is_tighter(old.smallest_cases, new.smallest_cases),
        ),
        Change(
            item,
            Text("理由", "Reason"),
            *said(reason, old, new),
            changed(old.reason, new.reason),
        ),
    ]


def _limit(old: Line, new: Line) -> Direction:
    if (old.bound, old.limit) == (new.bound, new.limit):
        return Direction.SAME
    if old.bound.is_upper != new.bound.is_upper:
        return Direction.OTHER
    if old.limit == new.limit:
        strict = new.bound in (Bound.BELOW, Bound.ABOVE)
        return Direction.TIGHTER if strict else Direction.LOOSER
    rises = new.limit > old.limit
    return Direction.LOOSER if rises == new.bound.is_upper else Direction.TIGHTER


def _scope(old: Line, new: Line) -> Direction:
    if (old.scope, old.segment) == (new.scope, new.segment):
        return Direction.SAME
    # Every segment by itself holds each of them; all together holds none by itself.
    if new.scope is Scope.EACH:
        return Direction.TIGHTER
    return Direction.LOOSER if old.scope is Scope.EACH else Direction.OTHER
