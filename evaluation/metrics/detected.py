"""A measured detection file: every metric, whole, by segment and by class."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Self

import numpy as np

from evaluation.metrics import classes, counts, events, ranked, reasons
from evaluation.metrics.counts import Confusion, withheld
from evaluation.metrics.events import FinishedEvents
from evaluation.metrics.scores import Ranking
from projects.catalogue import METRICS, Shape, Terms

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from evaluation.judge import Measured
    from evaluation.metrics.scores import Point

    Ints = NDArray[np.int64]

BINARY: Final = ("0", "1")
# A class is addressed as a segment is, under this name before its own.
OF_CLASS: Final = "class:"


@dataclass(frozen=True, slots=True)
class FinishedDetection:
    """A measured detection file; small, and enough to be judged again.

    Counts are the cells of truth, judgement and, if there is one, the present rule.
    ``sketches`` are the scores by segment, packed. ``weighted_rows`` are how many rows
    of the file stand for the cases measured; None where each row is one case.
    """

    terms: Terms
    whole: tuple[int, ...]
    by_segment: dict[str, tuple[int, ...]]
    ranking: Ranking | None
    events: FinishedEvents | None
    sketches: dict[str, str]
    rows_without_score: int
    rows_left_out: int
    weighted_rows: int | None = None

    @property
    def rows(self) -> int:
        """How many rows were measured, each as often as it counts."""
        return sum(self.whole)

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes agreed, the normal one first; just 0 and 1 where none are."""
        return self.terms.classes or BINARY

    @property
    def has_rule(self) -> bool:
        """Whether the same rows were judged by the present rule too."""
        return len(self.whole) > len(self.classes) ** 2

    def segments(self) -> list[str]:
        """The names of all segments, sorted."""
        return list(self.by_segment)

    def class_segments(self) -> list[str]:
        """The names that address one class each, if there are more than two."""
        several = self.terms.classes if len(self.classes) > 2 else ()
        return [OF_CLASS + name for name in several]

    def table(self, segment: str = "") -> Ints:
        """Truth by row and judgement by column; KeyError for an unknown segment."""
        kinds = len(self.classes)
        cells = self.by_segment[segment] if segment else self.whole
        found: Ints = np.array(cells, np.int64).reshape(kinds, kinds, -1).sum(axis=2)
        return found

    def confusion(self, segment: str = "") -> Confusion:
        """The four counts of the whole file, of one segment, or of one class."""
        if segment.startswith(OF_CLASS) and segment not in self.by_segment:
            name = segment.removeprefix(OF_CLASS)
            if name not in self.classes:
                raise KeyError(segment)
            return classes.one_against_rest(self.table(), self.classes.index(name))
        return classes.as_binary(self.table(segment))

    def rule(self, segment: str = "") -> Confusion | None:
        """The four counts of the present rule on the same rows, or None."""
        if not self.has_rule:
            return None
        kinds = len(self.classes)
        cells = self.by_segment[segment] if segment else self.whole
        table = np.array(cells, np.int64).reshape(kinds, kinds, kinds).sum(axis=1)
        return classes.as_binary(table)

    def disagreements(self) -> tuple[int, int] | None:
        """Rows only the file judged rightly, and only the present rule; or None."""
        if not self.has_rule:
            return None
        kinds = len(self.classes)
        cells = np.array(self.whole, np.int64).reshape(kinds, kinds, kinds)
        ours = sum(int(cells[k, k].sum() - cells[k, k, k]) for k in range(kinds))
        theirs = sum(int(cells[k, :, k].sum() - cells[k, k, k]) for k in range(kinds))
        return ours, theirs

    def baselines(self) -> dict[str, Confusion]:
        """What never flagging, always flagging and the present rule would give."""
        c = self.confusion()
        found = {
            "null": Confusion(tp=0, fp=0, fn=c.happened, tn=c.calm),
            "always": Confusion(tp=c.happened, fp=c.calm, fn=0, tn=0),
        }
        rule = self.rule()
        return found if rule is None else found | {"rule": rule}

    def sweep(self) -> list[Point] | None:
        """At most 400 thresholds, rising, with tp, fp, fn and tn at each; or None.

        Rows without a score are left out of it.
        """
        return None if self.ranking is None else list(self.ranking.sweep)

    def measured(
        self,
        metric: str,
        segment: str = "",
        confidence: float = 0.95,
        one_sided: bool = True,
    ) -> Measured:
        """One metric with its interval. KeyError: no such metric here, or segment."""
        if METRICS[metric].shape != Shape.DETECTION:
            raise KeyError(metric)
        if metric in counts.KEYS:
            c = self.confusion(segment)
            return counts.counted(metric, c, self.terms, confidence, one_sided)
        if metric in classes.KEYS:
            if len(self.classes) == 2:
                return withheld(reasons.TWO_CLASSES, self.rows)
            if segment.startswith(OF_CLASS):
                return withheld(reasons.WHOLE_ONLY)
            table = self.table(segment)
            return classes.of_classes(metric, table, confidence, one_sided)
        if metric in events.KEYS:
            if segment:
                self.confusion(segment)
            if self.events is None:
                many = self.weighted_rows is not None
                why = reasons.STAND_FOR_MANY if many else reasons.NO_COURSE
                return withheld(why, self.rows)
            if segment and segment not in self.events.by_segment:
                return withheld(reasons.WHOLE_ONLY)
            return self.events.measured(metric, segment, confidence, one_sided)
        ranking = self.ranking
        if segment:
            self.confusion(segment)
            return ranked.of_segment(
                metric, self.sketches.get(segment), ranking, confidence, one_sided
            )
        return ranked.of_ranking(metric, ranking, confidence, one_sided)

    # Any: what json gives and takes.
    def to_json(self) -> dict[str, Any]:
        """Plain values that ``from_json`` reads back without loss."""
        weighted = self.weighted_rows
        return {
            "shape": Shape.DETECTION.value,
            "terms": self.terms.to_json(),
            "whole": list(self.whole),
            "segments": {n: list(cells) for n, cells in self.by_segment.items()},
            "ranking": None if self.ranking is None else self.ranking.to_json(),
            "events": None if self.events is None else self.events.to_json(),
            "sketches": self.sketches,
            "rows_without_score": self.rows_without_score,
            "rows_left_out": self.rows_left_out,
            **({} if weighted is None else {"weighted_rows": weighted}),
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """What ``to_json`` gave. KeyError or TypeError for anything else."""
        ranking = stored["ranking"]
        return cls(
            terms=Terms.from_json(stored["terms"]),
            whole=tuple(stored["whole"]),
            by_segment={n: tuple(cells) for n, cells in stored["segments"].items()},
            ranking=None if ranking is None else Ranking.from_json(ranking),
            events=None
            if stored["events"] is None
            else FinishedEvents.from_json(stored["events"]),
            sketches=stored["sketches"],
            rows_without_score=stored["rows_without_score"],
            rows_left_out=stored["rows_left_out"],
            weighted_rows=stored.get("weighted_rows"),
        )
