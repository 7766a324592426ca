"""Where the marks of our small pictures stand, in per cent of the width. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

# The limit's label must stand over the bar, so the limit keeps off both ends.
LIMIT_FROM: Final = 25.0
LIMIT_TO: Final = 80.0
AIR: Final = 1.06
# Below this an axis has no length that arithmetic could divide by.
SMALLEST: Final = 1e-9
# The little curve of a table cell, in pixels; thrice the allowed error is its top.
SPARK_WIDTH: Final = 64
SPARK_HEIGHT: Final = 18
SPARK_EDGE: Final = 3
SPARK_TOP: Final = 3.0


@dataclass(frozen=True, slots=True)
class IntervalGeometry:
    """An interval bar: every x and width lies in 0..100."""

    limit: float
    area: float
    area_width: float
    band: float
    band_width: float
    dot: float
    outcome: str


def interval_geometry(
    value: float, low: float, high: float, limit: float, bound: str, outcome: str
) -> IntervalGeometry:
    """Place an interval against its limit on an axis from 0.

    The limit falls between 25 and 80 per cent of the width; what lies outside the axis
    is cut at its end. ``bound`` is a ``catalogue.Bound``, ``outcome`` is passed on.
    """
    start, top = _axis(value, low, high, limit, upper=_is_upper(bound))

    def x(at: float) -> float:
        return _inside((at - start) / (top - start) * 100)

    return _placed(x(value), x(low), x(high), x(limit), bound, outcome)


def mini_geometry(
    value: float, low: float, high: float, limit: float, bound: str, outcome: str
) -> IntervalGeometry:
    """The table form: error by limit, the limit at half, better to the left.

    For an at-least limit the ratio is turned round, so that every row reads alike.
    A limit of zero has no ratio and is drawn as ``interval_geometry`` draws it.
    """
    if limit <= SMALLEST or low < 0:
        return interval_geometry(value, low, high, limit, bound, outcome)
    if _is_upper(bound):
        at, left, right = (_inside(v / limit * 50) for v in (value, low, high))
    else:
        at, left, right = (
            _inside(limit / v * 50) if v > 0 else 100.0 for v in (value, high, low)
        )
    return _placed(at, left, right, 50.0, "at_most", outcome)


def _is_upper(bound: str) -> bool:
    return bound in ("at_most", "below")


def _axis(
    value: float, low: float, high: float, limit: float, *, upper: bool
) -> tuple[float, float]:
    ends = (value, low, high, limit)
    start = min(0.0, *(end * AIR for end in ends))
    default = limit * 2 if upper else limit / (LIMIT_TO / 100)
    top = max(default, *(end * AIR for end in ends))
    if top - start < SMALLEST:
        top = start + 1
    if (limit - start) / (top - start) < LIMIT_FROM / 100:
        if start == 0 and limit > SMALLEST:
            return start, limit / (LIMIT_FROM / 100)
        start = (limit - top * LIMIT_FROM / 100) / (1 - LIMIT_FROM / 100)
    if (limit - start) / (top - start) > LIMIT_TO / 100:
        top = start + (limit - start) / (LIMIT_TO / 100)
    return start, top


def _placed(
    dot: float, left: float, right: float, limit: float, bound: str, outcome: str
) -> IntervalGeometry:
    area = 0.0 if _is_upper(bound) else limit
    return IntervalGeometry(
        limit=round(limit, 2),
        area=round(area, 2),
        area_width=round(limit if _is_upper(bound) else 100 - limit, 2),
        band=round(left, 2),
        band_width=round(max(right - left, 0.0), 2),
        dot=round(dot, 2),
        outcome=outcome,
    )


def _inside(x: float) -> float:
    return min(100.0, max(0.0, x))


@dataclass(frozen=True, slots=True)
class BarGeometry:
    """A budget bar: the filled part, the stop line and what the fill means."""

    fill: float
    stop: float | None
    state: str


def bar_geometry(spent: float, total: float, stop: float | None = None) -> BarGeometry:
    """Fill of a budget, 0..100, with its stop line.

    State is ``over`` past the whole, ``near`` past the stop line (or 80 per cent where
    there is none), else ``within``. A budget of nothing is full once it is touched.
    """
    used = spent / total * 100 if total > 0 else (100.0 if spent > 0 else 0.0)
    line = stop / total * 100 if stop is not None and total > 0 else None
    near = line if line is not None else 80.0
    state = "over" if used > 100 else "near" if used >= near else "within"
    return BarGeometry(
        fill=round(_inside(used), 2),
        stop=None if line is None else round(_inside(line), 2),
        state=state if spent > 0 else "within",
    )


@dataclass(frozen=True, slots=True)
class SpanGeometry:
    """A value and its interval where no limit is agreed, 0..100 of one scale."""

    band: float
    band_width: float
    dot: float


def span_geometry(
    value: float, low: float | None, high: float | None, scale: tuple[float, float]
) -> SpanGeometry:
    """Place them on an axis from ``scale``'s first to its last, cut at its ends."""
    start, end = scale
    length = end - start if end - start > SMALLEST else 1.0

    def x(at: float) -> float:
        return _inside((at - start) / length * 100)

    left = x(value if low is None else low)
    right = x(value if high is None else high)
    return SpanGeometry(round(left, 2), round(right - left, 2), round(x(value), 2))


@dataclass(frozen=True, slots=True)
class SparkGeometry:
    """The errors of the last runs as a line, in pixels; ``line`` is the agreed one."""

    points: str
    line: float
    x: float
    y: float


def spark_geometry(errors: Sequence[float]) -> SparkGeometry | None:
    """Errors by what is allowed, the newest last; the axis runs from 0 past the line.

    None of fewer than two: one run is no curve.
    """
    if len(errors) < 2:
        return None
    top = min(SPARK_TOP, max(1.25, *errors))
    room = SPARK_HEIGHT - 2 * SPARK_EDGE
    step = (SPARK_WIDTH - 2 * SPARK_EDGE) / (len(errors) - 1)

    def y(error: float) -> float:
        return round(SPARK_EDGE + room * (1 - min(max(error, 0.0), top) / top), 1)

    at = [(round(SPARK_EDGE + step * n, 1), y(error)) for n, error in enumerate(errors)]
    return SparkGeometry(
        points=" ".join(f"{x},{up}" for x, up in at),
        line=y(1.0),
        x=at[-1][0],
        y=at[-1][1],
    )
