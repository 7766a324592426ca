"""Whose turn it is: laws of the fair order, and the limit of one engagement."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.queue import Waiting, fair_order, takeable, wait_seconds

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

RUNS = st.lists(st.sampled_from("ABCD"), max_size=30)
BUSY = st.dictionaries(st.sampled_from("ABCD"), st.integers(0, 4))
SERVED = st.dictionaries(st.sampled_from("ABCD"), st.integers(-9, 40))


def at(second: int) -> datetime:
    return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=second)


def queued(engagements: str | list[str]) -> list[Waiting[int]]:
    return [
        Waiting(number, name, at(number), 10) for number, name in enumerate(engagements)
    ]


def times(served: dict[str, int]) -> dict[str, datetime]:
    return {name: at(second) for name, second in served.items()}


class Line:
    """A queue over time, as the pipeline keeps it: the rule is asked for each turn."""

    def __init__(self, engagements: str | list[str], limit: int = 2) -> None:
        self.waiting = queued(engagements)
        self.limit = limit
        self.second = 1_000
        self.running: Counter[str] = Counter()
        self.served: dict[str, datetime] = {}

    def submit(self, engagement: str) -> None:
        self.second += 1
        self.waiting.append(Waiting(self.second, engagement, at(self.second)))

    def take(self) -> Waiting[int] | None:
        ready = takeable(self.waiting, self.running, self.served, self.limit)
        if not ready:
            return None
        self.second += 1
        one = ready[0]
        self.waiting.remove(one)
        self.running[one.engagement] += 1
        self.served[one.engagement] = at(self.second)
        assert self.running[one.engagement] <= self.limit
        return one

    def end(self, one: Waiting[int]) -> None:
        self.running[one.engagement] -= 1

    def work(self, workers: int) -> Iterator[str]:
        """Who is taken, when every run lasts equally long."""
        busy: list[Waiting[int]] = []
        while self.waiting or busy:
            while len(busy) < workers and (one := self.take()) is not None:
                busy.append(one)
                yield one.engagement
            self.end(busy.pop(0))


@given(RUNS, BUSY, SERVED)
def test_every_run_gets_a_turn_and_its_own_order_is_kept(
    engagements: list[str], busy: dict[str, int], served: dict[str, int]
) -> None:
    order = fair_order(queued(engagements), busy, times(served))
    assert sorted(one.run for one in order) == list(range(len(engagements)))
    for name in set(engagements):
        own = [one.run for one in order if one.engagement == name]
        assert own == sorted(own)


@given(RUNS, BUSY, SERVED)
def test_the_order_shown_is_the_one_in_which_runs_are_taken(
    engagements: list[str], busy: dict[str, int], served: dict[str, int]
) -> None:
    line = Line(engagements, limit=1_000)
    line.running, line.served = Counter(busy), times(served)
    shown = fair_order(line.waiting, line.running, line.served)
    assert [line.take() for _one in shown] == shown


@given(RUNS)
def test_no_run_is_overtaken_by_more_than_one_of_each_other(
    engagements: list[str],
) -> None:
    order = fair_order(queued(engagements), {}, {})
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


@pytest.mark.parametrize(
    ("workers", "submitted", "taken"),
    [
        # Turns are kept over time, not only among runs that wait at one moment.
        (1, "AAAAAABBB", "ABABABAAA"),
        (2, "AAAABBBBCCC", "ABCABCABCAB"),
        (3, "AAAABC", "ABCAAA"),
    ],
)
def test_a_long_queue_leaves_every_other_engagement_its_turns(
    workers: int, submitted: str, taken: str
) -> None:
    assert "".join(Line(submitted).work(workers)) == taken


@given(RUNS.filter(len), SERVED, st.data())
def test_who_has_nothing_running_is_overtaken_once_by_each_other(
    engagements: list[str], served: dict[str, int], data: st.DataObject
) -> None:
    """Whatever others submit, and however many new engagements come meanwhile."""
    line = Line(engagements)
    line.served = times(served)
    patient = line.waiting[0]
    known = {one.engagement for one in line.waiting} | set(served)
    overtaking: Counter[str] = Counter()
    for new in range(60):
        line.submit(data.draw(st.sampled_from(["A", "B", "C", "D", f"new {new}"])))
        one = line.take()
        assert one is not None
        if one == patient:
            break
        line.end(one)
        overtaking[one.engagement] += 1
    assert patient not in line.waiting
    assert patient.engagement not in overtaking
    assert all(count == 1 for count in overtaking.values())
    assert set(overtaking) <= known | set("ABCD")


@given(RUNS, BUSY, st.integers(1, 3), st.randoms(use_true_random=False))
def test_taking_what_may_be_taken_keeps_the_limit_and_ends_empty(
    engagements: list[str], busy: dict[str, int], limit: int, chance: Random
) -> None:
    line = Line(engagements, limit)
    line.running = Counter(busy)
    while line.waiting:
        if line.take() is None:
            # Only a full engagement waits, so there is always a run that can end.
            full = [name for name, count in line.running.items() if count]
            line.running[chance.choice(full)] -= 1


def test_the_wait_is_shared_by_the_workers() -> None:
    assert wait_seconds(1_000, 0.01, 2) == 5
    assert wait_seconds(1_000, 0.01, 0) == 10
