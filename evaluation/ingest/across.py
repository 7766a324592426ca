"""Faults that show only when the cells of a row are read together."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from evaluation.arrays import values_of
from evaluation.ingest.faults import MOST_FAULTS, Fault, FileRefused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from evaluation.ingest.read import Batch

    Floats = NDArray[np.float64]

# What a simulation's rounding may add to the units met.
ROUNDING: Final = 1e-6


def check_pairs(mapping: Mapping[str, str]) -> None:
    """FileRefused for an interval with one end only."""
    ends = [mapping.get(role, "") for role in ("y_lower", "y_upper")]
    if any(ends) and not all(ends):
        raise FileRefused([Fault("one_end_only", column="".join(ends))])


def across(batch: Batch, mapping: Mapping[str, str]) -> tuple[list[Fault], int]:
    """Faults of one batch: the first hundred, and how many there are."""
    names = set(batch.columns.schema.names)
    found: list[Fault] = []
    total = 0

    def note(
        code: str, wrong: NDArray[np.bool_], role: str, **params: tuple[str, Any]
    ) -> None:
        nonlocal total
        at = np.flatnonzero(wrong)
        total += len(at)
        for i in at[:MOST_FAULTS].tolist():
            told = {
                key: shown if held is None else f"{held[i]:g}"
                for key, (shown, held) in params.items()
            }
            cell = f"{_column(batch, role)[i]:g}"
            row = int(batch.rows[i])
            found.append(Fault(code, row, mapping.get(role, ""), cell, dict(told)))

    if {"y_lower", "y_upper"} <= names:
        lower, upper = _column(batch, "y_lower"), _column(batch, "y_upper")
        note("interval_reversed", lower > upper, "y_lower", upper=("", upper))
    levels = sorted((name for name in names if name.startswith("q0.")), key=_level)
    for low, high in pairwise(levels):
        below, above = _column(batch, low), _column(batch, high)
        named = (mapping.get(high, high), None)
        note("quantiles_cross", below > above, low, above=named, value=("", above))
    if {"demand", "demand_met_from_stock"} <= names:
        demand, met = _column(batch, "demand"), _column(batch, "demand_met_from_stock")
        over = met > demand + ROUNDING
        note("more_than_asked", over, "demand_met_from_stock", demand=("", demand))
    return found, total


def _level(name: str) -> float:
    return float(name.removeprefix("q"))


def _column(batch: Batch, role: str) -> Floats:
    found: Floats = values_of(batch.columns.column(role))
    return found
