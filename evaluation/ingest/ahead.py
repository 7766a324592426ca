"""Work done ahead of who asks for it: by threads, in order, in bounded memory."""

from __future__ import annotations

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Future

Item = TypeVar("Item")
Done = TypeVar("Done")

THREADS: Final = 2


def ahead(work: Callable[[Item], Done], items: Iterable[Item]) -> Iterator[Done]:
    """What ``map`` gives; threads are busy with the next items meanwhile.

    Where taking an item fails, what was taken before it still comes first.
    """
    coming: deque[Future[Done]] = deque()
    stopped: Exception | None = None
    left = iter(items)
    with ThreadPoolExecutor(THREADS) as pool:
        while stopped is None:
            try:
                coming.append(pool.submit(work, next(left)))
            except StopIteration:
                break
            except Exception as broken:
                stopped = broken
            if len(coming) > THREADS:
                yield coming.popleft().result()
        while coming:
            yield coming.popleft().result()
    if stopped is not None:
        raise stopped
