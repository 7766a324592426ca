"""How many cases prove a rate, and what so many cases can show; no Django in here.

All of it is the exact binomial test and its inverse, the interval of Clopper and
Pearson (1934): k errors among n cases prove a rate of at most p at a confidence exactly
when P(X <= k; n, p) <= 1 - confidence. Checklist, agreement and verdict ask here alone.
"""

from __future__ import annotations

import math
from typing import Final

# Nobody collects more cases than this to settle one question.
MOST_CASES: Final = 10_000_000
# A probability of exactly 5 % must not fail its 5 % for the last bit of a float.
SLACK: Final = 1e-15


# The exact distributions are loaded when first asked for: a program that only reads
# files, and a page without figures, start without them.
def _at_most(errors: int, cases: int, rate: float) -> float:
    """P(X <= errors) of a binomial of so many cases."""
    from scipy.special import bdtr

    return float(bdtr(errors, cases, rate))


def _beta_quantile(a: int, b: int, share: float) -> float:
    from scipy.special import betaincinv

    return float(betaincinv(a, b, share))


def _gamma_quantile(a: int, share: float) -> float:
    from scipy.special import gammaincinv

    return float(gammaincinv(a, share))


def interval(hits: int, cases: int, out: float) -> tuple[float, float]:
    """The exact interval of a proportion that leaves ``out`` outside at each end.

    Quantiles of Beta(k, n-k+1) and Beta(k+1, n-k). ValueError unless
    0 <= hits <= cases and cases > 0.
    """
    if not 0 <= hits <= cases or cases == 0:
        raise ValueError(f"{hits} of {cases} is no proportion")
    low = 0.0 if hits == 0 else _beta_quantile(hits, cases - hits + 1, out)
    high = 1.0 if hits == cases else _beta_quantile(hits + 1, cases - hits, 1 - out)
    return low, high


def shown_by(cases: int, confidence: float, errors: int = 0) -> float:
    """The rate that so many cases with so many errors prove it is at most.

    23 cases without an error show at most 12.2 % at 95 %; no case shows nothing (1).
    ValueError for a confidence that is no share, or more errors than cases.
    """
    _check_share("confidence", confidence)
    if cases == 0 and errors == 0:
        return 1.0
    return interval(errors, cases, 1 - confidence)[1]


def cases_needed(
    rate: float, confidence: float, errors: int = 0, *, most: int = MOST_CASES
) -> int | None:
    """The fewest cases that, with so many errors among them, prove the rate.

    With none n >= ln(1 - confidence) / ln(1 - rate): 59 for 5 % at 95 %, 299 for 1 %.
    None where more than ``most`` would be needed. ValueError unless rate and confidence
    lie strictly between 0 and 1 and errors are none or more.
    """
    _check_share("rate", rate)
    _check_share("confidence", confidence)
    if errors < 0:
        raise ValueError(f"errors are fewer than none: {errors!r}")

    def proves(cases: int) -> bool:
        return _at_most(errors, cases, rate) <= 1 - confidence + SLACK

    if most <= errors or not proves(most):
        return None
    low, high = errors, most
    # P(X <= k; n, p) falls as n grows, so halving finds the smallest n.
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if proves(middle) else (middle, high)
    return high


def errors_allowed(cases: int, rate: float, confidence: float) -> int | None:
    """The most errors with which so many cases still prove the rate; None: not even 0.

    59 cases allow none at 5 % and 95 %, 93 allow one.
    """
    needed = cases_needed(rate, confidence)
    if needed is None or cases < needed:
        return None
    # As the share of errors nears the rate itself, nothing is proved any more.
    low, high = 0, math.ceil(cases * rate) + 1
    while high - low > 1:
        middle = (low + high) // 2
        proved = _at_most(middle, cases, rate) <= 1 - confidence + SLACK
        low, high = (middle, high) if proved else (low, middle)
    return low


def months_of(cases: int, a_month: float) -> int:
    """Whole months until so many cases came, at so many a month.

    ValueError unless some come.
    """
    if not (a_month > 0 and math.isfinite(a_month)):
        raise ValueError(f"cases a month must be more than none: {a_month!r}")
    return math.ceil(cases / a_month - 1e-9)


def months_to_watch(a_month: float, confidence: float, seen: int = 0) -> float:
    """How many months with ``seen`` events prove that at most ``a_month`` come a month.

    Events over time have no number of cases: the exact test of a Poisson count (Garwood
    1936). ValueError unless the rate is more than none and the confidence a share.
    """
    _check_share("confidence", confidence)
    if not (a_month > 0 and math.isfinite(a_month)) or seen < 0:
        raise ValueError(f"{seen!r} seen at {a_month!r} a month cannot be watched")
    return _gamma_quantile(seen + 1, confidence) / a_month


def _check_share(name: str, value: float) -> None:
    if not 0 < value < 1:
        raise ValueError(f"{name} lies not between 0 and 1: {value!r}")
