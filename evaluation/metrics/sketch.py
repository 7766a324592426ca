"""A histogram of scores fine enough to stand in for them, in constant memory.

The bin of a score comes from integer operations on its bits and rises with the score.
Within 0..1 the steps are relative to the nearer of 0 and 1, 512 to an octave over 62
octaves, so that rare events scored .9999 or .0001 stay apart; exact 0 and 1 have bins
of their own. Outside 0..1 the steps are relative to the size.
"""

from __future__ import annotations

import base64
import math
import zlib
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, Final, Self

import numpy as np

from evaluation.metrics.losses import CLIP, PIECE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]

STEPS: Final = 512  # to an octave
SHIFT: Final = 43  # of 52 bits of mantissa, nine are kept
HALF: Final = 62 * STEPS
OUTSIDE: Final = 64 * STEPS
# The order of bins: below 0 | 0 | 0..0.5 | 0.5..1 | 1 | above 1
ZERO_BIN: Final = OUTSIDE
ONE_BIN: Final = ZERO_BIN + 2 * HALF + 2
BINS: Final = ONE_BIN + 1 + OUTSIDE
# Bits of 2^-63, 2^0 and 2^-32, as far as they are kept.
_TINY: Final = (1023 - 63) * STEPS
_ONE: Final = 1023 * STEPS
_SMALL: Final = (1023 - 32) * STEPS
_LAST_BIT: Final = 2.0**53
# Rows fewer than one in so many are looked up one by one.
FEW: Final = 8
# Scores by segment are kept four steps to an octave.
COARSER: Final = 7
COARSE: Final = (BINS >> COARSER) + 1

# Resampling so many groups of neighbouring bins says the same as resampling the bins.
MOST_GROUPS: Final = 1_000
REPLICATES: Final = 1_000
CHANCES: Final = 1 << 16
# From so many rows on, drawn as if their number were normal.
MANY: Final = 64


def bins_of(scores: NDArray[Any]) -> Ints:
    """The bin of each finite score, 0 to BINS - 1, rising with the score."""
    plain = np.ascontiguousarray(scores, np.float64)
    found = np.empty(len(plain), np.int64)
    # In pieces that stay in the processor's cache.
    for start in range(0, len(plain), PIECE):
        piece = plain[start : start + PIECE]
        ends = float(piece.min()), float(piece.max())
        room = np.empty(len(piece), np.int64)
        bins_into(found[start : start + PIECE], piece, 1.0 - piece, ends, room)
    return found


def bins_into(
    found: Ints, plain: Floats, other: Floats, ends: tuple[float, float], room: Ints
) -> None:
    """Write the bins of ``plain`` into ``found``; ``other`` is 1 - plain.

    ``ends`` are the smallest and the largest of ``plain``; what ``room`` holds is lost.
    """
    np.right_shift(plain.view(np.int64), SHIFT, out=found)
    found -= _TINY - ZERO_BIN - 1
    np.maximum(found, ZERO_BIN + 1, out=found)
    if ends[1] >= 0.5:
        upper = plain >= 0.5
        at = np.flatnonzero(upper)
        if FEW * len(at) < len(plain):
            found[at] = _upper(other[at], np.empty(len(at), np.int64))
        else:
            # Faster than choosing row by row.
            _upper(other, room)
            room -= found
            room *= upper
            found += room
    # Zeros, ones and what lies outside need a second look; most files have few.
    if ends[0] <= 0.0 or ends[1] >= 1.0:
        odd = np.flatnonzero((plain <= 0.0) | (plain >= 1.0))
        found[odd] = _odd(plain[odd])


def _upper(other: Floats, room: Ints) -> Ints:
    # 1 - s is exact from one half on, so that no two scores change places.
    np.right_shift(other.view(np.int64), SHIFT, out=room)
    np.subtract(ONE_BIN - 1 + _TINY, room, out=room)
    return np.minimum(room, ONE_BIN - 1, out=room)


def _odd(plain: Floats) -> Ints:
    size = np.abs(plain).view(np.int64) >> SHIFT
    above = ONE_BIN + 1 + np.clip(size - _ONE, 0, OUTSIDE - 1)
    below = ZERO_BIN - 1 - np.clip(size - _SMALL, 0, OUTSIDE - 1)
    found: Ints = np.where(plain > 0.0, above, below)
    found[plain == 0.0] = ZERO_BIN
    found[plain == 1.0] = ONE_BIN
    return found


def edges(bins: Ints) -> Floats:
    """The smallest score in each bin: scores from there on are this bin and above."""
    low = _size(_TINY + np.maximum(bins - ZERO_BIN - 1, 0))
    low[bins == ZERO_BIN + 1] = 5e-324
    # A bin between 0.5 and 1 holds distances from 1 of less than the next step.
    step = np.clip(ONE_BIN - 1 - bins, 0, HALF)
    apart = np.ceil(_size(_TINY + step + 1) * _LAST_BIT) - 1
    high = np.where(step == HALF, 0.5, 1.0 - apart / _LAST_BIT)
    above = _size(_ONE + np.maximum(bins - ONE_BIN - 1, 0))
    above[bins == ONE_BIN + 1] = np.nextafter(1.0, 2.0)
    step = np.maximum(ZERO_BIN - 1 - bins, 0)
    below = -np.nextafter(_size(_SMALL + step + 1), 0.0)
    below[bins == 0] = -np.finfo(np.float64).max
    found: Floats = np.select(
        [
            bins < ZERO_BIN,
            bins == ZERO_BIN,
            bins <= ZERO_BIN + HALF,
            bins < ONE_BIN,
            bins == ONE_BIN,
        ],
        [below, np.zeros(len(bins)), low, high, np.ones(len(bins))],
        above,
    )
    return found


def _middle(step: Ints) -> Floats:
    """How far the middle of a bin is from 0 or 1; nought for the end itself."""
    found: Floats = (_size(_TINY + step) + _size(_TINY + step + 1)) / 2
    return np.where(step < 0, 0.0, found)


def _size(key: Ints) -> Floats:
    found: Floats = (np.asarray(key, np.int64) << SHIFT).view(np.float64).copy()
    return found


@dataclass(frozen=True)
class Sketch:
    """Real and normal rows by bin: ``bins`` rising, ``real`` and ``normal`` counts."""

    bins: Ints
    real: Ints
    normal: Ints

    @classmethod
    def of_counts(cls, real: Ints, normal: Ints) -> Self:
        """From counts of every bin; empty ones are left out."""
        bins = np.flatnonzero((real > 0) | (normal > 0))
        return cls(bins, real[bins], normal[bins])

    @cached_property
    def positives(self) -> int:
        """How many real rows have a score."""
        return int(self.real.sum())

    @cached_property
    def negatives(self) -> int:
        """How many normal rows have a score."""
        return int(self.normal.sum())

    def auc(self) -> tuple[float, float]:
        """ROC AUC counting ties within a bin as half, and how far off it can be.

        Pairs within one bin could stand either way: the true value is within
        sum(real x normal) / (2 x positives x negatives). ZeroDivisionError without
        both classes.
        """
        pairs = self.positives * self.negatives
        below = np.cumsum(self.normal) - self.normal
        # Counts are below 2^31 here, their products summed as Python integers.
        twice = _dot(self.real, 2 * below + self.normal)
        return twice / (2 * pairs), _dot(self.real, self.normal) / (2 * pairs)

    def average_precision(self) -> tuple[float, float, float]:
        """Average precision, and the ends the true value lies between.

        Within a bin of p real and n normal rows after T and F higher ones, it is best
        when the real ones come first and worst when they come last: the sum of
        (T + j) / (T + j + F) over j is p - F (psi(T + p + F + 1) - psi(T + F + 1)).
        """
        real, normal = self.real[::-1].astype(float), self.normal[::-1].astype(float)
        higher = np.cumsum(real) - real
        alarms = np.cumsum(normal) - normal
        best = _precisions(real, higher, alarms).sum() / self.positives
        worst = _precisions(real, higher, alarms + normal).sum() / self.positives
        tied = (real * _share(higher + real, alarms + normal)).sum() / self.positives
        return float(min(max(tied, worst), best)), float(worst), float(best)

    def squared_losses(self) -> tuple[float, float]:
        """The means of the squared Brier and log losses, of scores within 0..1.

        As if every score were in the middle of its bin, which is off by less than one
        part in 500 for each: the standard errors of both means are made of them.
        ZeroDivisionError without rows.
        """
        lower = self.bins <= ZERO_BIN + HALF
        from_zero = _middle(self.bins - ZERO_BIN - 1)
        from_one = _middle(ONE_BIN - 1 - self.bins)
        told = np.where(lower, from_zero, 1 - from_one)
        away = np.where(lower, 1 - from_zero, from_one)
        brier = self.real * away**4 + self.normal * told**4
        told, away = np.maximum(told, CLIP), np.maximum(away, CLIP)
        # The smaller of the two is the one that is known well.
        known = np.log1p(-np.where(lower, told, away))
        real = np.where(lower, np.log(told), known)
        normal = np.where(lower, known, np.log(away))
        log = self.real * real**2 + self.normal * normal**2
        rows = self.positives + self.negatives
        return float(brier.sum()) / rows, float(log.sum()) / rows

    def at(self, threshold: float) -> tuple[int, int, int, int]:
        """tp, fp, fn, tn of scores at or above a threshold; exact at every edge."""
        first = self.bins.searchsorted(int(bins_of(np.array([threshold]))[0]))
        fn, tn = int(self.real[:first].sum()), int(self.normal[:first].sum())
        return self.positives - fn, self.negatives - tn, fn, tn

    def cheapest(self, false_alarm: float, miss: float) -> tuple[float | None, float]:
        """The threshold of least cost and that cost; None is to flag nothing."""
        caught = np.cumsum(self.real[::-1])[::-1]
        alarms = np.cumsum(self.normal[::-1])[::-1]
        cost = alarms * false_alarm + (self.positives - caught) * miss
        silent = self.positives * miss
        if not len(cost) or silent <= cost.min():
            return None, float(silent)
        at = int(cost.argmin())
        return float(edges(self.bins[at : at + 1])[0]), float(cost[at])

    def grouped(self, most: int = MOST_GROUPS) -> tuple[Ints, Ints]:
        """Real and normal counts of at most so many groups of neighbouring bins."""
        if len(self.bins) <= most:
            return self.real, self.normal
        # Half of the cuts follow the real rows, which are few and decide.
        real, normal = np.cumsum(self.real), np.cumsum(self.normal)
        cuts = np.arange(1, most // 2)
        starts = np.unique(
            np.concatenate(
                [
                    [0],
                    real.searchsorted(cuts * (self.positives / (most // 2))),
                    normal.searchsorted(cuts * (self.negatives / (most // 2))),
                ]
            )
        )
        starts = starts[starts < len(self.bins)]
        return np.add.reduceat(self.real, starts), np.add.reduceat(self.normal, starts)

    def replicates(self, seed: int, most: int = MOST_GROUPS) -> Floats:
        """Average precision under the Poisson bootstrap, sorted.

        Each row is drawn Poisson(1) times, so a bin's count is Poisson of itself
        (Chamandy et al. 2012); the time depends on the groups, not the rows.
        """
        real, normal = (counts[::-1] for counts in self.grouped(most))
        generator = np.random.default_rng(seed)
        # A row a group, so that sums over groups run along whole rows.
        drawn, alarms = _drawn(generator, real), _drawn(generator, normal)
        caught, flagged = np.cumsum(drawn, axis=0), np.cumsum(alarms, axis=0)
        total = np.maximum(caught[-1], 1)
        caught -= drawn / 2
        flagged -= alarms / 2
        flagged += caught
        np.divide(caught, flagged, out=caught, where=flagged > 0)
        caught *= drawn
        return np.sort(caught.sum(axis=0) / total)

    def encoded(self) -> str:
        """As compressed text, a few dozen kilobytes at most."""
        steps = np.diff(self.bins, prepend=0).astype("<i8")
        packed = b"".join(
            np.ascontiguousarray(column)
            .astype("<i8")
            .view(np.uint8)
            .reshape(-1, 8)
            .T
            # Bytes of one place together: most of the high ones are zero.
            .tobytes()
            for column in (steps, self.real, self.normal)
        )
        return base64.b85encode(zlib.compress(packed, 6)).decode()

    @classmethod
    def decoded(cls, text: str) -> Self:
        """What ``encoded`` gave."""
        packed = np.frombuffer(zlib.decompress(base64.b85decode(text)), np.uint8)
        columns = packed.reshape(3, 8, -1).transpose(0, 2, 1)
        steps, real, normal = (
            np.ascontiguousarray(column).view("<i8").ravel().astype(np.int64)
            for column in columns
        )
        return cls(np.cumsum(steps), real, normal)


def _drawn(generator: np.random.Generator, counts: Ints) -> Floats:
    """Poisson numbers of these means, REPLICATES to a row."""
    found = np.empty((len(counts), REPLICATES))
    many = counts >= MANY
    rest = np.flatnonzero(~many)
    chances = generator.integers(0, CHANCES, (len(rest), REPLICATES), np.uint16)
    for row, own in zip(rest.tolist(), chances, strict=True):
        found[row] = _poisson(int(counts[row]))[own]
    # So large a Poisson number is as good as a normal one.
    mean = counts[many, None].astype(np.float32)
    spread = generator.standard_normal((len(mean), REPLICATES), np.float32)
    found[many] = mean + np.sqrt(mean) * spread
    return found


@lru_cache(maxsize=MANY)
def _poisson(mean: int) -> NDArray[np.uint8]:
    """The Poisson number at each of CHANCES equal steps of its distribution."""
    shares = [math.exp(-mean)]
    total = shares[0]
    while total < 1 - 0.1 / CHANCES:
        shares.append(shares[-1] * mean / len(shares))
        total += shares[-1]
    steps = (np.arange(CHANCES) + 0.5) / CHANCES
    # How many steps lie beyond each sum of shares, which are far fewer.
    begins = steps.searchsorted(np.cumsum(shares), "right")
    found = np.repeat(
        np.arange(len(shares) + 1, dtype=np.uint8),
        np.diff(begins, prepend=0, append=CHANCES),
    )
    found.setflags(write=False)
    return found


def _dot(one: Ints, other: Ints) -> int:
    # In long integers where the sum could pass 2^63, which takes billions of rows.
    if float(one.sum()) * float(other.max(initial=0)) < 2**62:
        return int(one @ other)
    return sum(int(a) * int(b) for a, b in zip(one, other, strict=True))


def _precisions(real: Floats, higher: Floats, alarms: Floats) -> Floats:
    from scipy.special import digamma

    start = higher + alarms + 1
    summed = real - alarms * (digamma(start + real) - digamma(start))
    return np.where(alarms == 0, real, np.clip(summed, 0, real))


def _share(caught: Floats, alarms: Floats) -> Floats:
    flagged = caught + alarms
    return np.divide(caught, flagged, out=np.zeros_like(flagged), where=flagged > 0)
