"""From the sums of a forecast's batches to its finished lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from evaluation.metrics import peaks as peak
from evaluation.metrics.errors import BASELINES, ZERO, made_of
from evaluation.metrics.forecasted import FinishedForecast, Line, Shown
from evaluation.metrics.intervals import block_ends
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
    found_peaks = _peaks(batches, pairs)
    own_peaks: list[Ints] = []
    if found_peaks is not None:
        own_peaks = groups(pairs.line[found_peaks[0]], len(pairs.lines))

    def peaks_at(at: Ints | slice) -> tuple[Ints, Floats] | None:
        if found_peaks is None:
            return None
        return found_peaks[1][at], found_peaks[2][at]

    near = pairs.smallest < NEAR_ZERO * _means(pairs, columns)[pairs.line]
    near |= pairs.smallest < ZERO
    lines: dict[str, Line] = {}
    by_line = groups(pairs.line, len(pairs.lines))
    if has_lines:
        for number in sorted(range(len(pairs.lines)), key=pairs.lines.__getitem__):
            name = pairs.lines[number]
            units = units_of.get(name)
            peaks = peaks_at(own_peaks[number]) if own_peaks else None
            chosen = by_line[number]
            lines[name] = _line(
                pairs, chosen, units, near, columns, terms, history, peaks
            )
    everything = np.arange(len(pairs.names))
    peaks = peaks_at(slice(None))
    units = whole_units
    whole = _line(pairs, everything, units, near, columns, terms, history, peaks)
    return FinishedForecast(
        terms=terms,
        has_history=history is not None,
        whole=whole,
        by_segment=lines,
        shown=_shown(batches),
        shifted=_shifted(batches, has_lines),
    )


def _shifted(batches: list[Sums], has_lines: bool) -> Shifted | None:
    parts = [sums.shifts for sums in batches if sums.shifts is not None]
    return shifted(parts, has_lines=has_lines) if parts else None


def _pairs(batches: list[Sums]) -> _Pairs:
    place: dict[tuple[str, str], int] = {}
    for sums in batches:
        for pair in sums.pairs:
            place.setdefault(pair, len(place))
    total = np.zeros((len(place), len(batches[0].columns)))
    smallest = np.full(len(place), np.inf)
    for sums in batches:
        at = [place[pair] for pair in sums.pairs]
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


def _line(
    pairs: _Pairs,
    chosen: Ints,
    units: Floats | None,
    near: NDArray[np.bool_],
    columns: tuple[str, ...],
    terms: Terms,
    history: History | None,
    found_peaks: tuple[Ints, Floats] | None,
) -> Line:
    own = pairs.sums[chosen]
    total = dict(zip(columns, own.sum(axis=0)[:, None], strict=True))
    values = {key: float(value[0]) for key, value in made_of(total, terms).items()}
    ends: dict[str, tuple[float, ...]] = {}
    if units is not None:
        keys = tuple(values)

        def statistic(sums: Floats) -> Floats:
            made = made_of(dict(zip(columns, sums.T, strict=True)), terms)
            found: Floats = np.stack([made[key] for key in keys], axis=1)
            return found

        ends = block_ends(units, statistic, keys)
    scaled = scaled_of(
        dict(zip(columns, own.T, strict=True)),
        [pairs.names[i][1] for i in chosen.tolist()],
        history,
        values,
        ends,
    )
    values |= scaled.values
    ends |= scaled.ends
    if found_peaks is not None:
        days, errors = found_peaks
        _add_peaks(values, ends, days, errors, bounded=units is not None)
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


def _add_peaks(
    values: dict[str, float],
    ends: dict[str, tuple[float, ...]],
    days: Ints,
    errors: Floats,
    *,
    bounded: bool,
) -> None:
    def statistic(sums: Floats) -> Floats:
        found: Floats = sums[:, 1:] / sums[:, :1]
        return found

    values |= dict(zip(PEAKS, statistic(errors.sum(axis=0)[None])[0], strict=True))
    if bounded:
        stamps, at = np.unique(days, return_inverse=True)
        units = added(errors.T, at.ravel(), len(stamps))
        ends |= block_ends(units, statistic, PEAKS)


def _baselines(total: dict[str, Floats]) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {}
    for name in BASELINES:
        away = total.get(f"{name}_absolute")
        if away is None or not np.isfinite(away[0]):
            continue
        found[name] = {"mae": float(away[0] / total["rows"][0])}
        if total["actual"][0] > 0:
            found[name]["wape"] = float(100 * away[0] / total["actual"][0])
    return found


def _shown(batches: list[Sums]) -> dict[str, tuple[Shown, ...]]:
    found: dict[str, tuple[Shown, ...]] = {}
    for name in batches[0].shown:
        keys = np.concatenate([sums.shown[name][0] for sums in batches])
        table = np.concatenate([sums.shown[name][1] for sums in batches])
        kept, at = np.unique(keys, return_inverse=True)
        has_interval = "covered" in batches[0].columns
        found[name] = tuple(
            Shown(
                at=int(key),
                rows=int(rows),
                mae=absolute / rows,
                wape=100 * absolute / actual if actual > 0 else None,
                bias=error / rows,
                coverage=covered / rows if has_interval else None,
            )
            for key, (rows, absolute, actual, error, covered) in zip(
                kept.tolist(),
                added(table.T, at.ravel(), len(kept)).tolist(),
                strict=True,
            )
        )
    return found
