"""Days that are over, for the demo: what is written inside them is written as of then.

Acts write the moment they happen themselves, and signatures keep it in their chain, so
that it cannot be corrected afterwards. Here the clock is turned instead, for nobody but
the one process that writes the demo.
"""

from __future__ import annotations

from contextlib import contextmanager
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from django.utils import timezone

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

# The clock as it goes, whatever it is turned to.
REAL: Final = timezone.now
CLOCK: Final = "now"
MORNING: Final = time(10)


def today() -> date:
    """The day it really is, in Japan."""
    return timezone.localdate(REAL())


def ago(days: int) -> date:
    """The day so many days before it; days ahead are negative."""
    return today() - timedelta(days=days)


@contextmanager
def on(day: date, hour: int = MORNING.hour) -> Iterator[None]:
    """Write as of that day; what is not over yet is written now."""
    with at(timezone.make_aware(datetime.combine(day, time(hour)))):
        yield


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Write as of that moment, from which on the clock goes on as ever."""
    behind = max(REAL() - moment, timedelta(0))
    before = timezone.now
    setattr(timezone, CLOCK, lambda: REAL() - behind)
    try:
        yield
    finally:
        setattr(timezone, CLOCK, before)
