"""Scores kept in sorted runs are counted as if they stood in one order."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.metrics import kept
from evaluation.metrics.kept import Keeper, alike, beneath, in_order

FLOATS = {32: np.float32, 64: np.float64}


@given(
    st.sampled_from([32, 64]).flatmap(
        lambda width: st.tuples(
            st.just(width),
            st.lists(
                st.lists(
                    st.floats(width=width, allow_nan=False, allow_infinity=False),
                    max_size=20,
                ),
                min_size=1,
                max_size=5,
            ).filter(any),
        )
    )
)
def test_runs_are_counted_and_read_as_one_sorted_array(given) -> None:
    width, lists = given
    runs = [np.sort(np.array(one, FLOATS[width])) for one in lists]
    whole = np.sort(np.concatenate(runs))

    assert (beneath(runs, whole) == whole.searchsorted(whole)).all()
    ties = beneath(runs, whole, with_ties=True)
    assert (ties == whole.searchsorted(whole, "right")).all()
    found = in_order(runs, np.arange(len(whole)))
    assert found.dtype == whole.dtype
    assert (found == whole).all()


def test_many_scores_are_looked_up_in_several_runs_at_a_time() -> None:
    generator = np.random.default_rng(5)
    runs = [np.sort(generator.random(30_000)) for _ in range(3)]
    whole = np.sort(np.concatenate(runs))
    assert (beneath(runs, whole) == np.arange(len(whole))).all()


@pytest.mark.parametrize("count", [0, 1, 7, 8, 9, 30])
def test_a_keeper_cuts_what_it_takes_into_sorted_runs(count, monkeypatch) -> None:
    monkeypatch.setattr(kept, "MOST", 8)
    scores = np.random.default_rng(count).random(count)
    keeper = Keeper()
    for some in np.array_split(scores, 3):
        keeper.add(some)

    runs = keeper.runs()

    assert [len(run) for run in runs] == [8] * (count // 8) + [count % 8] * (
        count % 8 > 0
    )
    assert all((np.diff(run) >= 0).all() for run in runs)
    assert sorted(np.concatenate([[], *runs]).tolist()) == sorted(scores.tolist())


def test_scores_of_two_types_are_kept_apart_and_compared_in_the_wider() -> None:
    keeper = Keeper()
    for kind in (np.float32, np.float64):
        keeper.add(np.array([0.1, 0.3], kind))

    runs = keeper.runs()

    assert [run.dtype for run in runs] == [np.float32, np.float64]
    held = alike(runs)
    assert {run.dtype for run in held} == {np.dtype(np.float64)}
    # 0.1 in single precision is a little more than 0.1.
    assert beneath(held, np.array([0.1]), with_ties=True).tolist() == [1]


def test_without_a_score_there_is_one_empty_run() -> None:
    assert [len(run) for run in alike(())] == [0]
