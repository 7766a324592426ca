"""A measured forecast file: every metric, whole and by segment or series."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final, Self

from evaluation.judge import Measured
from evaluation.metrics import intervals, reasons
from evaluation.metrics.counts import withheld
from evaluation.metrics.errors import COSTS, MADE, OF_INTERVAL, OF_QUANTILES, SKILLS
from evaluation.metrics.scaled import MEANS, SCALED
from evaluation.metrics.shifts import Shifted, shifted_from
from projects.catalogue import METRICS, Shape, Terms, Text

if TYPE_CHECKING:
    from collections.abc import Callable

PEAKS: Final = ("peak_mape", "peak_time_error")
KEYS: Final = (*MADE, *MEANS, *SCALED, *PEAKS)
PERCENTAGES: Final = ("mape", "mape_mean_of_series")


@dataclass(frozen=True, slots=True)
class Shown:
    """The errors at one horizon, hour or weekday (Monday is 0)."""

    at: int
    rows: int
    mae: float
    wape: float | None
    bias: float
    coverage: float | None


@dataclass(frozen=True, slots=True)
class Line:
    """The values of the whole file, or of one segment or series.

    ``smallest`` is the smallest actual where one is at or near zero. ``ends`` holds
    for each metric the lower ends at each of ``intervals.TAILS``, then the upper ones.
    ``missing`` series have no past, those ``without_scale`` one that never changes.
    """

    rows: int
    smallest: float | None
    values: dict[str, float | None]
    ends: dict[str, tuple[float, ...]]
    series: int
    without_scale: int
    missing: int
    baselines: dict[str, dict[str, float]]


@dataclass(frozen=True, slots=True)
class FinishedForecast:
    """A measured forecast file; small, and enough to be judged again.

    ``shown`` are the errors by "horizon", "hour" and "weekday", where the file has
    them.
    """

    terms: Terms
    has_history: bool
    whole: Line
    by_segment: dict[str, Line]
    shown: dict[str, tuple[Shown, ...]]
    shifted: Shifted | None = None

    @property
    def rows(self) -> int:
        """How many rows were measured."""
        return self.whole.rows

    def segments(self) -> list[str]:
        """The names of all segments, or of all series where there are none, sorted."""
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

        What is summed over rows has the moving-block bootstrap's interval, what is
        a mean over five series or more the one of their spread. MAPE is withheld when
        an actual is at or near zero. ValueError for a confidence limits do not offer.
        """
        if METRICS[metric].shape != Shape.FORECAST:
            raise KeyError(metric)
        intervals.place_of(confidence, one_sided=one_sided)
        line = self.line(segment)
        value = line.values.get(metric)
        reason = self._why_not(metric, line, value)
        if reason is not None or value is None:
            return withheld(reason or reasons.TOO_LARGE, line.rows)
        if metric not in line.ends:
            return Measured(value, None, None, line.rows, None, confidence)
        low, high = intervals.between(
            line.ends[metric], value, confidence, one_sided=one_sided
        )
        return Measured(value, low, high, line.rows, None, confidence)

    def _why_not(self, metric: str, line: Line, value: float | None) -> Text | None:
        if metric in PERCENTAGES and line.smallest is not None:
            return reasons.near_zero(line.smallest)
        if metric in COSTS and not self._priced(metric):
            return reasons.NO_UNIT_PRICE
        if value is not None:
            return None
        if metric in ("wape", "wql") and metric in line.values:
            return reasons.ALL_ZERO
        for keys, why in _WHY:
            if metric in keys and metric not in line.values:
                return why(self, line)
        if line.missing and metric in SKILLS:
            return reasons.missing_series(line.missing)
        return reasons.TOO_LARGE

    def _priced(self, metric: str) -> bool:
        over, under = self.terms.yen_over is not None, self.terms.yen_under is not None
        return {"cost_over": over, "cost_under": under}.get(metric, over and under)

    def _no_scale(self, line: Line) -> Text:
        if not self.has_history:
            return reasons.NO_HISTORY
        if line.missing:
            return reasons.missing_series(line.missing)
        return reasons.NO_SCALE

    # Any: what json gives and takes.
    def to_json(self) -> dict[str, Any]:
        """Plain values that ``from_json`` reads back without loss."""
        return {
            "shape": Shape.FORECAST.value,
            "seed": intervals.SEED,
            "terms": self.terms.to_json(),
            "has_history": self.has_history,
            "whole": asdict(self.whole),
            "segments": {name: asdict(line) for name, line in self.by_segment.items()},
            "shown": {
                name: [asdict(one) for one in held] for name, held in self.shown.items()
            },
            "shifted": None if self.shifted is None else self.shifted.to_json(),
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """What ``to_json`` gave. KeyError or TypeError for anything else."""
        return cls(
            terms=Terms.from_json(stored["terms"]),
            has_history=stored["has_history"],
            whole=_line_from(stored["whole"]),
            by_segment={n: _line_from(line) for n, line in stored["segments"].items()},
            shown={
                name: tuple(Shown(**one) for one in held)
                for name, held in stored["shown"].items()
            },
            shifted=shifted_from(stored.get("shifted")),
        )


def _line_from(stored: dict[str, Any]) -> Line:
    ends = {key: tuple(ends) for key, ends in stored["ends"].items()}
    return Line(**(stored | {"ends": ends}))


_WHY: Final[
    tuple[tuple[tuple[str, ...], Callable[[FinishedForecast, Line], Text]], ...]
] = (
    (
        ("msis",),
        lambda done, line: (
            done._no_scale(line) if "winkler" in line.values else reasons.NO_INTERVAL
        ),
    ),
    (OF_INTERVAL, lambda _done, _line: reasons.NO_INTERVAL),
    (OF_QUANTILES, lambda _done, _line: reasons.NO_QUANTILES),
    (("skill_rule",), lambda _done, _line: reasons.NO_RULE),
    (("mase", "rmsse"), lambda done, line: done._no_scale(line)),
    (
        ("owa",),
        lambda done, line: (
            reasons.NO_STEPS if "mase" in line.values else done._no_scale(line)
        ),
    ),
    (
        SKILLS,
        lambda done, line: (
            reasons.NO_STEPS
            if done.has_history and not line.missing
            else done._no_scale(line)
        ),
    ),
    (PEAKS, lambda _done, _line: reasons.NO_DAYS),
)
