"""What is measured of stock: service, stock held, cost."""

from __future__ import annotations

from functools import partial
from typing import Final

from projects.catalogue.words import Metric, Shape, entry

_metric: Final = partial(entry, shape=Shape.INVENTORY)

# Texts: name in Japanese | name in English | meaning in Japanese | in English.
METRICS: Final[tuple[Metric, ...]] = ()
