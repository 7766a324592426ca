"""What is measured of changes tried out: layouts, sales."""

from __future__ import annotations

from functools import partial
from typing import Final

from projects.catalogue.words import Metric, Shape, entry

_metric: Final = partial(entry, shape=Shape.TRIAL)

# Texts: name in Japanese | name in English | meaning in Japanese | in English.
METRICS: Final[tuple[Metric, ...]] = ()
