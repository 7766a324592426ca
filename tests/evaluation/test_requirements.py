"""What a stage needs: each thing by itself, in words."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.requirements import STAGES, Facts, missing, requirements

WHOLE = Facts(
    feasible=True,
    agreement_version=2,
    run_number=7,
    run_version=2,
    outcomes={"pass": 3},
    errors_accepted=True,
    owner="西村",
    deputy="大野",
    days=90,
    days_needed=90,
    truth_share=0.95,
    budget_kept=True,
    drill_worked=True,
)


@pytest.mark.parametrize("stage", STAGES)
def test_with_everything_nothing_is_missing(stage):
    assert missing(stage, WHOLE) == ()


@pytest.mark.parametrize(
    ("stage", "change", "key"),
    [
        ("initial", {"feasible": False}, "feasible"),
        ("initial", {"agreement_version": None, "run_version": None}, "agreement"),
        ("initial", {"run_number": None}, "run"),
        ("initial", {"run_version": 1}, "run"),
        ("initial", {"outcomes": {"pass": 2, "undecided": 1}}, "criteria"),
        ("initial", {"outcomes": {}}, "criteria"),
        ("initial", {"outcomes": None}, "criteria"),
        ("initial", {"beats_baseline": False}, "baseline"),
        ("accuracy", {"accepted_before": False}, "before"),
        ("accuracy", {"own_truth": True, "own_truth_agreed": False}, "truth"),
        ("accuracy", {"errors_accepted": False}, "errors_accepted"),
        ("accuracy", {"outcomes": {"pass": 2, "fail": 1}}, "criteria"),
        ("operation", {"accepted_before": False}, "before"),
        ("operation", {"owner": ""}, "owner"),
        ("operation", {"deputy": ""}, "owner"),
        ("operation", {"days": 89}, "days"),
        ("operation", {"days_needed": 0}, "days"),
        ("operation", {"truth_share": 0.94}, "truth_arrived"),
        ("operation", {"truth_share": None}, "truth_arrived"),
        ("operation", {"budget_kept": False}, "budget"),
        ("operation", {"budget_kept": None}, "budget"),
        ("operation", {"drill_worked": False}, "drill"),
        ("operation", {"errors_accepted": False}, "errors_accepted"),
    ],
)
def test_each_thing_is_missed_by_itself(stage, change, key):
    lacking = missing(stage, replace(WHOLE, **change))

    assert [one.key for one in lacking] == [key]
    assert lacking[0].now.ja
    assert lacking[0].now.en


def test_a_baseline_that_is_beaten_is_told():
    told = requirements("initial", replace(WHOLE, beats_baseline=True))

    assert told[-1].key == "baseline"
    assert told[-1].is_met


def test_own_truth_is_told_where_it_is_agreed():
    told = {
        one.key: one for one in requirements("accuracy", replace(WHOLE, own_truth=True))
    }

    assert told["truth"].is_met
    assert "supplied with the predictions" in told["truth"].now.en


@given(st.sampled_from(list(STAGES)), st.data())
def test_losing_something_never_adds_to_what_is_met(stage, data):
    name = data.draw(st.sampled_from([field.name for field in fields(Facts)]))
    worse = replace(WHOLE, **{name: getattr(Facts(), name)})

    before = {one.key for one in requirements(stage, WHOLE) if one.is_met}
    after = {one.key for one in requirements(stage, worse) if one.is_met}
    assert after - {"baseline"} <= before
