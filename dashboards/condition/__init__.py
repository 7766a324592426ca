"""How the parts of the installation do: what is wrong, and what to do. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboards.condition import servers, waiting, workers
from dashboards.condition.facts import Facts, Line, State

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Facts", "Line", "State", "lines", "worst"]


def lines(facts: Facts) -> tuple[Line, ...]:
    """Every part, in the order in which one depends on the other."""
    if facts.database_ms is None:
        return (servers.database(facts), servers.broker(facts))
    return (
        servers.database(facts),
        servers.broker(facts),
        workers.beat(facts),
        workers.measuring(facts),
        waiting.waiting(facts),
        waiting.hour(facts),
        waiting.imports(facts),
        workers.post(facts),
        waiting.mail(facts),
        servers.disk(facts),
    )


def worst(found: Sequence[Line]) -> State:
    """The state of all of it together."""
    order = list(State)
    return max((one.state for one in found), key=order.index, default=State.GOOD)
