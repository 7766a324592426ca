"""What is drawn by lot, always the same, of very many engagements and their runs."""

from __future__ import annotations

import random
import uuid
from datetime import UTC, datetime
from typing import Final

NOW: Final = datetime(2026, 11, 25, 3, tzinfo=UTC)
# How many engagements of a hundred keep what was agreed, and so on; the rest has ended.
NEEDS: Final = {"MISSED": 6, "UNSURE": 12, "UNMEASURED": 15, "KEPT": 55, "ENDED": 12}
STAGES: Final = ("feasibility", "agreement", "initial", "accuracy", "operation")
KEPT_ERRORS: Final = 12


class Many:
    """What was drawn for each engagement, by one seed: its need, runs and errors."""

    def __init__(self, engagements: int, runs: int) -> None:
        self.chance = random.Random(20261125)  # noqa: S311 - a demonstration
        self.ids = [self._id() for _each in range(engagements)]
        needs = [need for need, share in NEEDS.items() for _each in range(share)]
        self.needs = [self.chance.choice(needs) for _each in self.ids]
        # A few engagements have very many runs, most of them few.
        weights = [self.chance.lognormvariate(0, 1) for _each in self.ids]
        share = runs / sum(weights)
        self.runs = [max(1, int(weight * share)) for weight in weights]
        self.runs[0] += runs - sum(self.runs)
        # As a part of what is allowed: below 1 is inside.
        self.levels = [self._level(need) for need in self.needs]

    def _id(self) -> uuid.UUID:
        return uuid.UUID(int=self.chance.getrandbits(128), version=4)

    def _level(self, need: str) -> float:
        low, high = {"MISSED": (1.05, 2.0), "UNSURE": (0.8, 1.1)}.get(need, (0.3, 0.95))
        return self.chance.uniform(low, high)

    def stage(self, place: int) -> str:
        """How far an engagement has come."""
        need = self.needs[place]
        if need == "ENDED":
            return "closed"
        return STAGES[place % 2] if need == "UNMEASURED" else STAGES[2 + place % 3]

    def errors(self, place: int) -> list[float]:
        """The worst errors of the newest runs of an engagement, the newest last."""
        wave = random.Random(place)  # noqa: S311
        level = self.levels[place]
        few = min(KEPT_ERRORS, self.runs[place])
        return [round(level * wave.uniform(0.9, 1.2), 4) for _ in range(few - 1)] + [
            round(level, 4)
        ]


def outcome_of(need: str) -> str:
    """The newest verdict of an engagement that needs so much."""
    return {"MISSED": "fail", "UNSURE": "undecided", "UNMEASURED": ""}.get(need, "pass")
