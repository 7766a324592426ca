"""From the sums of a forecast's batches to its finished lines."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from evaluation.metrics import peaks as peak
from evaluation.metrics.errors import BASELINES, ZERO, made_of
from evaluation.metrics.forecasted import FinishedForecast, Line, Shown
from evaluation.metrics.intervals import block_ends_of
from evaluation.metrics.scaled import scaled_of
from evaluation.metrics.shifts import Shifted, shifted
from evaluation.metrics.sums import added, groups, joined, over_time

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from evaluation.metrics.forecast import Sums
    from evaluation.metrics.history import History
    from projects.catalogue import Terms

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

# An actual under this share of its line's mean blows up a percentage. One percent
# would withhold MAPE on public competition data whose published MAPE is meaningful.
NEAR_ZERO: Final = 0.001
PEAKS: Final = ("peak_mape", "peak_time_error")


@dataclass(frozen=True, slots=True)
class _Pairs:
    """All pairs of line and series: their sums, and the line each belongs to."""

    names: list[tuple[str, str]]
    sums: Floats
    smallest: Floats
    lines: list[str]
    line: Ints


@dataclass(frozen=True, slots=True)
class _Peaked:
    """How far a line's daily peaks are off, and the ends of that."""

    values: dict[str, float]
    ends: dict[str, tuple[float, ...]]


def finished(
    batches: list[Sums], terms: Terms, history: History | None, *, has_lines: bool
) -> FinishedForecast:
    """The batches, in the order of the file, as one finished forecast."""
    # Too large a number ends as a withheld value.
    with np.errstate(over="ignore", invalid="ignore"):
        return _finished(batches, terms, history, has_lines)


def _finished(
    batches: list[Sums], terms: Terms, history: History | None, has_lines: bool
) -> FinishedForecast:
    columns = batches[0].columns
    pairs = _pairs(batches)
    units_of, whole_units = over_time(joined([sums.cells for sums in batches]))
    order: list[int] = []
    if has_lines:
        order = sorted(range(len(pairs.lines)), key=pairs.lines.__getitem__)
    # The whole file, then its lines by name.
    by_line = groups(pairs.line, len(pairs.lines))
    chosen = [np.arange(len(pairs.names)), *(by_line[number] for number in order)]
    units = [whole_units, *(units_of.get(pairs.lines[number]) for number in order)]
    sums = np.stack([pairs.sums[at].sum(axis=0) for at in chosen])
    totals = dict(zip(columns, sums.T, strict=True))
    made = made_of(totals, terms)
    ends = _ends(units, columns, terms, tuple(made))
    peaked = _peaked(_peaks(batches, pairs), pairs, order, units)
    near = pairs.smallest < NEAR_ZERO * _means(pairs, columns)[pairs.line]
    near |= pairs.smallest < ZERO
    whole, *lines = (
        _line(
            pairs,
            at,
            {key: float(value[number]) for key, value in made.items()},
            bounds,
            peaks,
            {name: float(total[number]) for name, total in totals.items()},
            near,
            columns,
            history,
        )
        for number, (at, bounds, peaks) in enumerate(
            zip(chosen, ends, peaked, strict=True)
        )
    )
    names = [pairs.lines[number] for number in order]
    return FinishedForecast(
        terms=terms,
        has_history=history is not None,
        whole=whole,
        by_segment=dict(zip(names, lines, strict=True)),
        shown=_shown(batches),
        shifted=_shifted(batches, has_lines),
    )


def _shifted(batches: list[Sums], has_lines: bool) -> Shifted | None:
    parts = [sums.shifts for sums in batches if sums.shifts is not None]
    return shifted(parts, has_lines=has_lines) if parts else None


def _pairs(batches: list[Sums]) -> _Pairs:
    place: dict[tuple[str, str], int] = {}
    for held in dict.fromkeys(sums.pairs for sums in batches):
        for pair in held:
            place.setdefault(pair, len(place))
    total = np.zeros((len(place), len(batches[0].columns)))
    smallest = np.full(len(place), np.inf)
    last: tuple[tuple[str, str], ...] | None = None
    for sums in batches:
        if sums.pairs != last:
            last = sums.pairs
            at = np.array([place[pair] for pair in last])
        total[at] += sums.by_pair
        smallest[at] = np.minimum(smallest[at], sums.smallest)
    lines: dict[str, int] = {}
    for line, _series in place:
        lines.setdefault(line, len(lines))
    of_line = np.array([lines[line] for line, _series in place], np.int64)
    return _Pairs(list(place), total, smallest, list(lines), of_line)


def _means(pairs: _Pairs, columns: tuple[str, ...]) -> Floats:
    held = [pairs.sums[:, columns.index(name)] for name in ("rows", "actual")]
    total = added(held, pairs.line, len(pairs.lines))
    found: Floats = total[:, 1] / total[:, 0]
    return found


def _peaks(batches: list[Sums], pairs: _Pairs) -> tuple[Ints, Ints, Floats] | None:
    """Of each day with a peak: its pair, the day, and ``peaks.errors``."""
    if any(sums.peaks is None for sums in batches):
        return None
    place = {name: i for i, name in enumerate(pairs.names)}
    held = [
        (np.array([place[pair] for pair in sums.pairs]), sums.peaks)
        for sums in batches
        if sums.peaks is not None
    ]
    found = peak.joined(held)
    return found.cells[0], found.cells[1], peak.errors(found)


def _ends(
    units: list[Floats | None],
    columns: tuple[str, ...],
    terms: Terms,
    keys: tuple[str, ...],
) -> list[dict[str, tuple[float, ...]]]:
    """Of every line, the ends of each metric made of its sums."""

    def statistic(sums: Floats) -> Floats:
        made = made_of(dict(zip(columns, sums, strict=True)), terms)
        return np.stack([made[key] for key in keys])

    return block_ends_of(units, statistic, keys)


def _line(
    pairs: _Pairs,
    chosen: Ints,
    values: dict[str, float],
    bounds: dict[str, tuple[float, ...]],
    peaked: _Peaked,
    total: dict[str, float],
    near: NDArray[np.bool_],
    columns: tuple[str, ...],
    history: History | None,
) -> Line:
    own = pairs.sums[chosen]
    ends = dict(bounds)
    scaled = scaled_of(
        dict(zip(columns, own.T, strict=True)),
        [pairs.names[i][1] for i in chosen.tolist()],
        history,
        values,
        ends,
    )
    values |= scaled.values
    ends |= scaled.ends
    values |= peaked.values
    ends |= peaked.ends
    smallest = float(pairs.smallest[chosen].min())
    return Line(
        rows=int(own[:, columns.index("rows")].sum()),
        smallest=smallest if near[chosen].any() else None,
        values={k: v if np.isfinite(v) else None for k, v in values.items()},
        ends=ends,
        series=len(chosen),
        without_scale=scaled.without_scale,
        missing=scaled.missing,
        baselines=_baselines(total),
    )


def _peaked(
    found: tuple[Ints, Ints, Floats] | None,
    pairs: _Pairs,
    order: list[int],
    units: list[Floats | None],
) -> list[_Peaked]:
    """Of the whole file and its lines; intervals where they have ``units``."""
    if found is None:
        return [_Peaked({}, {}) for _ in units]
    pair, days, errors = found
    own = groups(pairs.line[pair], len(pairs.lines))
    chosen = [np.arange(len(pair)), *(own[number] for number in order)]
    by_day: list[Floats | None] = []
    for at, bounded in zip(chosen, units, strict=True):
        if bounded is None:
            by_day.append(None)
            continue
        if (np.diff(days[at]) > 0).all():
            # One series: each day once, and in order.
            by_day.append(errors[at])
            continue
        stamps, day = np.unique(days[at], return_inverse=True)
        by_day.append(added(errors[at].T, day.ravel(), len(stamps)))
    ends = block_ends_of(by_day, lambda sums: sums[1:] / sums[:1], PEAKS)
    totals = [errors[at].sum(axis=0) for at in chosen]
    return [
        _Peaked(dict(zip(PEAKS, total[1:] / total[:1], strict=True)), bounds)
        for total, bounds in zip(totals, ends, strict=True)
    ]


def _baselines(total: dict[str, float]) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {}
    for name in BASELINES:
        away = total.get(f"{name}_absolute")
        if away is None or not math.isfinite(away):
            continue
        found[name] = {"mae": away / total["rows"]}
        if total["actual"] > 0:
            found[name]["wape"] = 100 * away / total["actual"]
    return found


def _shown(batches: list[Sums]) -> dict[str, tuple[Shown, ...]]:
    found: dict[str, tuple[Shown, ...]] = {}
    for name in batches[0].shown:
        keys = np.concatenate([sums.shown[name][0] for sums in batches])
        table = np.concatenate([sums.shown[name][1] for sums in batches])
        kept, at = np.unique(keys, return_inverse=True)
        found[name] = tuple(
            Shown(
                at=int(key),
                rows=int(rows),
                mae=absolute / rows,
                wape=100 * absolute / actual if actual > 0 else None,
                bias=error / rows,
                coverage=covered[0] / rows if covered else None,
            )
            for key, (rows, error, absolute, actual, *covered) in zip(
                kept.tolist(),
                added(table.T, at.ravel(), len(kept)).tolist(),
                strict=True,
            )
        )
    return found
