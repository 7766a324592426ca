"""Changes tried out: the same trials before and after. Parts merge in any order."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final, Self

import numpy as np
from scipy.special import bdtr, stdtrit

from evaluation.judge import Measured
from evaluation.metrics import intervals, reasons
from evaluation.metrics.counts import withheld
from evaluation.metrics.sums import coded
from projects.catalogue import METRICS, Shape, Terms

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

PLAIN: Final = Terms()
MEANS: Final = ("mean_before", "mean_after", "change")
RATIOS: Final = ("change_percent", "improvement_percent")
TESTS: Final = ("p_wilcoxon", "p_sign")
KEYS: Final = ("trials", *MEANS, *RATIOS, "improved_share", *TESTS)
# Ranking more trials than this tells nothing the sign test does not.
MOST_RANKED: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Trials:
    """The trials of one batch: their segment, and both measures."""

    first_row: int
    names: tuple[str, ...]
    codes: Ints
    before: Floats
    after: Floats


@dataclass(frozen=True, slots=True)
class TrialPart:
    """Trials as they are: sixteen bytes each, far fewer than rows of other kinds."""

    batches: tuple[Trials, ...]
    has_segments: bool


def part(batch: pa.RecordBatch, first_row: int = 0, terms: Terms = PLAIN) -> TrialPart:
    """Take one batch with columns trial, before, after, segment?."""
    has_segments = "segment" in batch.schema.names
    codes, names = np.zeros(batch.num_rows, np.int64), [""]
    if has_segments:
        codes, names = coded(batch, "segment")
    before, after = (
        batch.column(name).to_numpy(zero_copy_only=False).astype(np.float64)
        for name in ("before", "after")
    )
    held = Trials(first_row, tuple(names), codes, before, after)
    return TrialPart((held,), has_segments)


def merge(one: TrialPart, other: TrialPart) -> TrialPart:
    """Both parts as one; finishing does not depend on the order of merging."""
    return TrialPart(
        one.batches + other.batches, one.has_segments or other.has_segments
    )


# Any: there is no history to trials.
def finish(part: TrialPart, terms: Terms = PLAIN, history: Any = None) -> FinishedTrial:
    """Everything that can be said of the trials, taken in the order of the file."""
    batches = sorted(part.batches, key=lambda trials: trials.first_row)
    place: dict[str, int] = {}
    for trials in batches:
        for name in trials.names:
            place.setdefault(name, len(place))
    codes = np.concatenate(
        [np.array([place[n] for n in t.names], np.int64)[t.codes] for t in batches]
    )
    before = np.concatenate([trials.before for trials in batches])
    after = np.concatenate([trials.after for trials in batches])
    found = {}
    if part.has_segments:
        for name in sorted(place):
            at = codes == place[name]
            found[name] = _line(before[at], after[at], terms)
    return FinishedTrial(terms, _line(before, after, terms), found)


@dataclass(frozen=True, slots=True)
class Line:
    """The trials of the whole file or of one segment.

    ``means`` and ``errors`` are of MEANS, with the standard error of each; ``ratio``
    is the change of the total in percent, None if there was nothing before.
    """

    trials: int
    better: int
    worse: int
    means: tuple[float, ...]
    errors: tuple[float | None, ...]
    ratio: float | None
    ends: dict[str, tuple[float, ...]]
    p_wilcoxon: float | None


def _line(before: Floats, after: Floats, terms: Terms) -> Line:
    change = after - before
    sign = -1.0 if terms.smaller_is_better else 1.0
    columns = (before, after, change)
    count = len(change)
    spread = [
        float(c.std(ddof=1) / np.sqrt(count)) if count > 1 else None for c in columns
    ]
    total = float(before.sum())
    return Line(
        trials=count,
        better=int((sign * change > 0).sum()),
        worse=int((sign * change < 0).sum()),
        means=tuple(float(column.mean()) for column in columns),
        errors=tuple(spread),
        ratio=100 * float(change.sum()) / total if total else None,
        ends=intervals.block_ends(
            np.stack([before, change], axis=1),
            lambda sums: 100 * sums[:, 1:] / sums[:, :1],
            ("change_percent",),
        ),
        p_wilcoxon=_wilcoxon(change),
    )


def _wilcoxon(change: Floats) -> float | None:
    """Wilcoxon (1945): the signed-rank test, trials without a change left out."""
    differing = change[change != 0]
    if not 2 <= len(differing) <= MOST_RANKED:
        return None
    # Loaded late: it takes longer than everything else here.
    from scipy.stats import wilcoxon

    return float(wilcoxon(differing).pvalue)


@dataclass(frozen=True, slots=True)
class FinishedTrial:
    """Measured trials; small, and enough to be judged again."""

    terms: Terms
    whole: Line
    by_segment: dict[str, Line]

    @property
    def rows(self) -> int:
        """How many trials were measured."""
        return self.whole.trials

    def segments(self) -> list[str]:
        """The names of all segments, sorted."""
        return list(self.by_segment)

    def line(self, segment: str = "") -> Line:
        """The whole file, or one segment; else KeyError."""
        return self.by_segment[segment] if segment else self.whole

    def measured(
        self,
        metric: str,
        segment: str = "",
        confidence: float = 0.95,
        one_sided: bool = True,
    ) -> Measured:
        """One metric with its interval. KeyError: no such metric here, or segment.

        Means have Student's t interval, of the change a paired one; ratios the
        moving-block bootstrap's over trials; the share improved Clopper-Pearson's.
        """
        if METRICS[metric].shape != Shape.TRIAL:
            raise KeyError(metric)
        line = self.line(segment)
        cases = line.trials
        if metric == "trials":
            return Measured(float(cases), float(cases), float(cases), cases)
        if metric == "improved_share":
            low, high = intervals.clopper_pearson(
                line.better, cases, confidence, one_sided=one_sided
            )
            share = line.better / cases
            return Measured(share, low, high, cases, line.better, confidence)
        if metric in TESTS:
            return _test(metric, line)
        if metric in RATIOS:
            return self._ratio(metric, line, confidence, one_sided)
        value = line.means[MEANS.index(metric)]
        error = line.errors[MEANS.index(metric)]
        if error is None:
            return Measured(value, None, None, cases, None, confidence)
        out = intervals.tail(confidence, one_sided=one_sided)
        reach = -float(stdtrit(cases - 1, out)) * error
        return Measured(value, value - reach, value + reach, cases, None, confidence)

    def _ratio(
        self, metric: str, line: Line, confidence: float, one_sided: bool
    ) -> Measured:
        if line.ratio is None:
            return withheld(reasons.NO_BEFORE, line.trials)
        value, low, high = line.ratio, None, None
        if "change_percent" in line.ends:
            low, high = intervals.between(
                line.ends["change_percent"], value, confidence, one_sided=one_sided
            )
        if metric == "improvement_percent" and self.terms.smaller_is_better:
            value = -value
            if low is not None and high is not None:
                low, high = -high, -low
        return Measured(value, low, high, line.trials, None, confidence)

    # Any: what json gives and takes.
    def to_json(self) -> dict[str, Any]:
        """Plain values that ``from_json`` reads back without loss."""
        return {
            "shape": Shape.TRIAL.value,
            "terms": self.terms.to_json(),
            "whole": asdict(self.whole),
            "segments": {name: asdict(line) for name, line in self.by_segment.items()},
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """What ``to_json`` gave. KeyError or TypeError for anything else."""
        return cls(
            Terms.from_json(stored["terms"]),
            _line_from(stored["whole"]),
            {name: _line_from(line) for name, line in stored["segments"].items()},
        )


def _line_from(stored: dict[str, Any]) -> Line:
    ends = {key: tuple(ends) for key, ends in stored["ends"].items()}
    means, errors = tuple(stored["means"]), tuple(stored["errors"])
    return Line(**(stored | {"ends": ends, "means": means, "errors": errors}))


def _test(metric: str, line: Line) -> Measured:
    differing = line.better + line.worse
    if metric == "p_wilcoxon":
        if line.p_wilcoxon is None:
            return withheld(reasons.ALL_SAME, line.trials)
        return Measured(line.p_wilcoxon, None, None, differing)
    if differing == 0:
        return withheld(reasons.ALL_SAME, line.trials)
    fewer = min(line.better, line.worse)
    both_ends = min(1.0, 2 * float(bdtr(fewer, differing, 0.5)))
    return Measured(both_ends, None, None, differing)
