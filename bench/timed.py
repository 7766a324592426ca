"""Time one call in a process of its own: what every contender prints."""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

STATUS = Path("/proc/self/status")


def timed(call: Callable[[], Any], *, of_children: bool = False) -> Any:
    """Print seconds, those of the processors, and the most megabytes held.

    ``of_children`` counts what the processes that ``call`` waited for took. Gives what
    the call gave.
    """
    who = resource.RUSAGE_CHILDREN if of_children else resource.RUSAGE_SELF
    before, began = resource.getrusage(who), time.perf_counter()
    found = call()
    seconds, after = time.perf_counter() - began, resource.getrusage(who)
    busy = [used.ru_utime + used.ru_stime for used in (before, after)]
    held = after.ru_maxrss / 1024 if of_children else held_mb(after.ru_maxrss)
    told = {"seconds": seconds, "busy": busy[1] - busy[0], "megabytes": held}
    sys.stdout.write(json.dumps(told) + "\n")
    return found


def held_mb(kilobytes: int) -> float:
    """The most this program held: the kernel's figure counts its parent's too."""
    if not STATUS.exists():
        return kilobytes / 1024
    for line in STATUS.read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    return kilobytes / 1024
