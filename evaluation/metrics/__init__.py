"""From rows to values: mergeable parts, finished into metrics with intervals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from projects.catalogue import Shape

if TYPE_CHECKING:
    from collections.abc import Callable

    from evaluation.judge import Measured


class Finished(Protocol):
    """A measured file of any shape: small, and enough to be judged again."""

    @property
    def rows(self) -> int:
        """How many rows were measured."""

    def segments(self) -> list[str]:
        """The names of all segments, sorted."""

    def measured(
        self,
        metric: str,
        segment: str = "",
        confidence: float = 0.95,
        one_sided: bool = True,
    ) -> Measured:
        """One metric with its interval. KeyError: no such metric here, or segment."""

    # Any: what json gives and takes.
    def to_json(self) -> dict[str, Any]:
        """Plain values that ``finished_from_json`` reads back without loss."""


# Any: what a part holds is the business of its shape.
@dataclass(frozen=True, slots=True)
class Measure:
    """How one shape is measured.

    ``part(batch, first_row, terms)`` sums one batch; ``merge`` is associative and the
    result of ``finish(part, terms, history)`` does not depend on its order. Where it
    ``can_sketch``, ``part`` takes ``sketch=True`` and keeps no row; where it
    ``uses_history``, it takes ``history``. Where there is a ``tally``, it adds up many
    batches as ``part`` and ``merge`` would, in less time.
    """

    part: Callable[..., Any]
    merge: Callable[[Any, Any], Any]
    finish: Callable[..., Finished]
    from_json: Callable[[dict[str, Any]], Finished]
    can_sketch: bool = False
    uses_history: bool = False
    tally: Callable[..., Any] | None = None


def measure_of(shape: Shape) -> Measure:
    """How a shape is measured; what other shapes need is not loaded."""
    match shape:
        case Shape.DETECTION:
            from evaluation.metrics import detection
            from evaluation.metrics.detected import FinishedDetection
            from evaluation.metrics.tally import Tally

            return Measure(
                detection.part,
                detection.merge,
                detection.finish,
                FinishedDetection.from_json,
                can_sketch=True,
                tally=Tally,
            )
        case Shape.FORECAST:
            from evaluation.metrics import forecast
            from evaluation.metrics.forecasted import FinishedForecast

            return Measure(
                forecast.part,
                forecast.merge,
                forecast.finish,
                FinishedForecast.from_json,
                uses_history=True,
            )
        case Shape.INVENTORY:
            from evaluation.metrics import inventory
            from evaluation.metrics.stocked import FinishedInventory

            return Measure(
                inventory.part,
                inventory.merge,
                inventory.finish,
                FinishedInventory.from_json,
            )
        case Shape.TRIAL:
            from evaluation.metrics import trial

            return Measure(
                trial.part, trial.merge, trial.finish, trial.FinishedTrial.from_json
            )


# Any: what json gives.
def finished_from_json(stored: dict[str, Any]) -> Finished:
    """A stored result of any shape, as it was when it was measured."""
    return measure_of(Shape(stored["shape"])).from_json(stored)
