"""Whose turn it is: laws of the fair order, and the limit of one engagement."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from evaluation.queue import Waiting, fair_order, takeable, wait_seconds

RUNS = st.lists(st.sampled_from("ABCD"), max_size=30)
BUSY = st.dictionaries(st.sampled_from("ABCD"), st.integers(0, 4))


def queued(engagements: list[str]) -> list[Waiting[int]]:
    return [Waiting(number, name, 10) for number, name in enumerate(engagements)]


@given(RUNS, BUSY)
def test_every_run_gets_a_turn_and_its_own_order_is_kept(
    engagements: list[str], busy: dict[str, int]
) -> None:
    order = fair_order(queued(engagements), busy)
    assert sorted(one.run for one in order) == list(range(len(engagements)))
    for name in set(engagements):
        own = [one.run for one in order if one.engagement == name]
        assert own == sorted(own)


@given(RUNS)
def test_no_run_is_overtaken_by_more_than_one_of_each_other(
    engagements: list[str],
) -> None:
    order = fair_order(queued(engagements), {})
    place = {one.run: at for at, one in enumerate(order)}
    for one in order:
        own = [other for other in order if other.engagement == one.engagement]
        turn = own.index(one)
        before = Counter(
            other.engagement
            for other in order[: place[one.run]]
            if other.engagement != one.engagement
        )
        # Whoever submits a thousand runs stands before nobody with more than turns.
        assert all(count <= turn + 1 for count in before.values())


@given(RUNS, BUSY, st.integers(1, 3))
def test_taking_what_may_be_taken_keeps_the_limit_and_ends_empty(
    engagements: list[str], busy: dict[str, int], limit: int
) -> None:
    waiting, running = queued(engagements), Counter(busy)
    for _ in range(3 * len(engagements) + 20):
        ready = takeable(waiting, running, limit)
        if ready:
            running[ready[0].engagement] += 1
            waiting.remove(ready[0])
            assert running[ready[0].engagement] <= limit
        elif any(running.values()):
            running[max(running, key=lambda name: running[name])] -= 1
    assert not waiting


def test_the_wait_is_shared_by_the_workers() -> None:
    assert wait_seconds(1_000, 0.01, 2) == 5
    assert wait_seconds(1_000, 0.01, 0) == 10
