"""What blocks the next stage: each kind of fact gives its line, the worst first."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.overview.blocking import (
    Facts,
    Judged,
    Reason,
    Round,
    Todo,
    Waiting,
    Weight,
    blocks,
    earliest,
)
from dashboards.overview.words import MISSING, and_more
from evaluation.requirements import Facts as Stood
from evaluation.requirements import requirements
from projects.catalogue import Text

TODAY = date(2026, 11, 20)
LEAD = Text("加藤", "Kato")
SENDER = Text("田中", "Tanaka")
OPERATOR = Text("山本", "Yamamoto")
SIGNER = Text("北川", "Kitagawa")
MANAGEMENT = Text("経営層", "Management")
MISS_RATE = Text("見逃し率", "Miss rate")
WHY = Text("ラベルが一部だけ", "Labels: only in part")
# All that each stage needs, standing.
GOOD = Stood(
    feasible=True,
    agreement_version=1,
    run_number=3,
    run_version=1,
    outcomes={"pass": 2},
    errors_accepted=True,
    owner="山本",
    deputy="加藤",
    days=90,
    days_needed=90,
    truth_share=1.0,
    budget_kept=True,
    drill_worked=True,
)


def of(stage: str, **known) -> Facts:
    return Facts(
        stage=stage,
        today=TODAY,
        lead=LEAD,
        sender=SENDER,
        operator=OPERATOR,
        signer=SIGNER,
        management=MANAGEMENT,
        **known,
    )


def standing(stage: str, *, lacks: dict | None = None, **known) -> Facts:
    """A stage of acceptance with everything there but what is named."""
    needed = requirements(stage, replace(GOOD, **(lacks or {})))
    return of(stage, required=needed, **known)


def asked(*reasons: tuple[str, str], issued: bool = False, verdict: str = "no_go"):
    held = tuple(Reason(item, WHY, leads_to) for item, leads_to in reasons)
    return Round(is_issued=issued, verdict=verdict, reasons=held)


MISSED = Judged("fail", MISS_RATE, "", "7.1% (5–9%)", "at most 5.00%")
OPEN = Judged("undecided", MISS_RATE, "", "1.6%", "at most 5.00%", 31, 125)
CASES = {
    "no round": (of("feasibility"), [("round", "Kato", "feasibility")]),
    "unanswered": (
        of("feasibility", round=asked(("P1", "not_yet"), ("D2", "not_yet"))),
        [("answers", "Kato", "feasibility")],
    ),
    "a no": (
        of("feasibility", round=asked(("P1", "no_go"), ("D2", "conditional"))),
        [("answer", "Kato", "feasibility")],
    ),
    "a no beside what is unanswered": (
        of("feasibility", round=asked(("D2", "not_yet"), ("P1", "no_go"))),
        [("answer", "Kato", "feasibility"), ("answers", "Kato", "feasibility")],
    ),
    "not issued": (
        of("feasibility", round=asked(verdict="go")),
        [("issue", "Kato", "feasibility")],
    ),
    "conditional, not issued": (
        of("feasibility", round=asked(("D2", "conditional"), verdict="conditional")),
        [("issue", "Kato", "feasibility")],
    ),
    "issued no-go": (
        of("feasibility", round=asked(("P1", "no_go"), issued=True)),
        [("answer", "Kato", "feasibility")],
    ),
    "no draft": (of("agreement"), [("draft", "Kato", "agreement")]),
    "a draft": (
        of("agreement", waiting=Waiting(1, "provider")),
        [("signature", "Kato", "agreement")],
    ),
    "an offer": (
        of("agreement", waiting=Waiting(2, "customer"), round=asked(issued=True)),
        [("signature", "Kitagawa", "agreement")],
    ),
    "an offer whose feasibility fell": (
        of(
            "agreement",
            waiting=Waiting(2, "customer"),
            round=asked(("P1", "no_go"), issued=True),
        ),
        [("answer", "Kato", "feasibility"), ("signature", "Kitagawa", "agreement")],
    ),
    "nothing": (standing("initial"), []),
    "nothing of accuracy": (standing("accuracy"), []),
    "nothing of operation": (standing("operation"), []),
    "a review that waits": (
        standing("initial", unsigned=("provider", "customer")),
        [("review", "Kato", "review"), ("review", "Kitagawa", "review")],
    ),
    "no longer feasible": (
        standing("initial", lacks={"feasible": False}, round=asked(("P1", "no_go"))),
        [("answer", "Kato", "feasibility")],
    ),
    "not feasible, nobody knows why": (
        standing("initial", lacks={"feasible": False}, round=asked()),
        [("feasible", "Kato", "feasibility")],
    ),
    "no run": (
        standing("initial", lacks={"run_number": None, "outcomes": None}),
        [("run", "Tanaka", "runs")],
    ),
    "a run of an old version that failed": (
        standing(
            "accuracy",
            lacks={"run_version": 2, "outcomes": {"fail": 1}},
            judged=(MISSED,),
        ),
        [("fail", "Tanaka", "run"), ("run", "Tanaka", "runs")],
    ),
    "no criterion": (
        standing("initial", lacks={"outcomes": {}}),
        [("criteria", "Tanaka", "stages")],
    ),
    "missed and undecided": (
        standing(
            "accuracy",
            lacks={"outcomes": {"undecided": 1, "fail": 1}},
            judged=(OPEN, MISSED),
        ),
        [("fail", "Tanaka", "run"), ("undecided", "Tanaka", "run")],
    ),
    "no better than the baseline": (
        standing("initial", lacks={"beats_baseline": False}),
        [("baseline", "Tanaka", "run")],
    ),
    "the stage before": (
        standing("accuracy", lacks={"accepted_before": False}),
        [("before", "Kato", "stages")],
    ),
    "no agreement": (
        standing("accuracy", lacks={"agreement_version": None, "run_version": None}),
        [("agreement", "Kato", "agreement")],
    ),
    "its own truth": (
        standing("accuracy", lacks={"own_truth": True, "own_truth_agreed": False}),
        [("truth", "Tanaka", "runs")],
    ),
    "errors not accepted": (
        standing("accuracy", lacks={"errors_accepted": False}),
        [("errors_accepted", "Kitagawa", "run")],
    ),
    "operation": (
        standing(
            "operation",
            lacks={
                "owner": "",
                "days": 44,
                "truth_share": 0.5,
                "drill_worked": False,
                "budget_kept": False,
            },
            days_left=46,
        ),
        [
            ("days", "Yamamoto", "operation"),
            ("owner", "Yamamoto", "operation"),
            ("truth_arrived", "Yamamoto", "operation"),
            ("budget", "Kato", "operation"),
            ("drill", "Yamamoto", "operation"),
        ],
    ),
    "closed": (of("closed", todos=(Todo("task", "直す", LEAD, TODAY),)), []),
    "declined": (of("declined", breaches=(WHY,)), []),
}


@pytest.mark.parametrize(("facts", "expected"), CASES.values(), ids=CASES.keys())
def test_what_blocks_is_told_with_who_and_where(facts, expected):
    found = [(one.key, one.owner.en, one.place) for one in blocks(facts)]

    assert found == expected


def test_what_blocks_is_told_of_the_criteria_with_what_is_missing():
    facts = standing(
        "accuracy",
        lacks={"outcomes": {"undecided": 1, "fail": 1}},
        judged=(OPEN, replace(MISSED, segment="3号機")),
    )

    missed, undecided = blocks(facts)

    assert (
        missed.what.en
        == "Miss rate of 3号機 is 7.1% (5–9%), not at most 5.00% as agreed"
    )
    assert undecided.what.en == "Miss rate needs 31 more cases, none of them wrong"
    assert undecided.how.en == "About 13 weeks at the 2.4 a week that are expected"
    assert undecided.how.ja == "週2.4件の見込みで約13週間"
    assert undecided.due == date(2027, 2, 19)
    assert earliest((missed, undecided)) == date(2027, 2, 19)


@pytest.mark.parametrize(
    ("changes", "how", "due"),
    [
        ({"a_year": None}, "The agreement does not say", None),
        ({"a_year": 0}, "At the 0.0 a week", None),
        ({"a_year": 1}, "more than ten years", None),
        ({"further": None}, "The page of the run says why", None),
        ({"further": 1, "a_year": 5200}, "About 1 week at", date(2026, 11, 27)),
    ],
    ids=["unknown rate", "no case", "too long", "no number", "one case"],
)
def test_how_long_more_cases_take_is_said_only_where_it_is_known(changes, how, due):
    judged = (replace(OPEN, **changes),)
    facts = standing("accuracy", lacks={"outcomes": {"undecided": 1}}, judged=judged)

    (found,) = blocks(facts)

    assert how in found.how.en
    assert found.due == due
    assert found.weight is Weight.UNSURE


def test_one_more_case_is_said_in_the_singular():
    judged = (replace(OPEN, further=1),)
    facts = standing("accuracy", lacks={"outcomes": {"undecided": 1}}, judged=judged)

    assert (
        blocks(facts)[0].what.en == "Miss rate needs 1 more case, which must be right"
    )


def test_what_is_open_beside_it_comes_last_and_does_not_block():
    task = Todo("task", "音を温度に置き換える", SENDER, date(2026, 12, 10))
    repair = Todo("repair", "直す", LEAD, date(2026, 11, 1))
    facts = standing(
        "initial",
        unsigned=("customer",),
        todos=(task, repair),
        breaches=(Text("使い切り", "Used up"),),
        waiting=Waiting(3, "customer"),
        lapsed=Text("期限切れ。", "It ran out."),
    )

    found = blocks(facts)

    assert [(one.key, one.blocks) for one in found] == [
        ("review", True),
        ("repair", False),
        ("task", False),
        ("breach", False),
        ("signature", False),
        ("lapsed", False),
    ]
    assert earliest(found) is None


def test_a_criterion_of_a_later_stage_is_told_without_blocking():
    later = replace(OPEN, stage=Text("精度検収", "Accuracy"))
    facts = standing("initial", ahead=(later,))

    (found,) = blocks(facts)

    assert (found.key, found.blocks, found.owner) == ("undecided", False, SENDER)
    assert found.what.en == "Miss rate needs 31 more cases, none of them wrong"
    assert found.how.en == (
        "For the stage “Accuracy”, not for this one. "
        "About 13 weeks at the 2.4 a week that are expected"
    )
    assert found.how.ja.startswith("今の段階ではなく「精度検収」の基準です。")
    assert found.due == date(2027, 2, 19)


def test_accepted_errors_that_ended_say_why():
    lapsed = Text("期限切れです。", "It ran out.")
    facts = standing("accuracy", lacks={"errors_accepted": False}, lapsed=lapsed)

    (found,) = blocks(facts)

    assert found.how.en == "It ran out. Have them accepted again"
    assert found.owner == SIGNER


def test_a_budget_that_was_never_agreed_is_not_called_broken():
    facts = standing("operation", lacks={"budget_kept": None}, has_budget=False)

    (found,) = blocks(facts)

    assert found.what.en == "No error budget is agreed"


def test_the_last_day_in_operation_is_counted_from_today():
    facts = standing("operation", lacks={"days": 44}, days_left=46)

    (found,) = blocks(facts)

    assert found.what.en == "Too few days in operation (44 of 90 days)"
    assert found.due == date(2027, 1, 5)


def test_a_plan_that_asks_for_no_day_has_no_last_one():
    facts = standing("operation", lacks={"days_needed": 0})

    (found,) = blocks(facts)

    assert (found.key, found.due, found.weight) == ("days", None, Weight.OPEN)


def test_many_unanswered_questions_are_counted_and_a_few_named():
    one = of("feasibility", round=asked(("P1", "not_yet")))
    many = of("feasibility", round=asked(*((f"D{n}", "not_yet") for n in range(7))))

    assert blocks(one)[0].what.en == "1 question that decides is not answered"
    assert blocks(many)[0].how.en == "D0, D1, D2, D3, D4 and 2 more"


def test_of_several_who_sign_the_first_is_named():
    assert and_more(LEAD, 0) == LEAD
    assert and_more(LEAD, 2).en == "Kato or 2 more"


@pytest.mark.parametrize("stage", ["initial", "accuracy", "operation"])
def test_every_requirement_of_a_stage_has_words_and_a_place(stage):
    nothing = Stood(accepted_before=False, beats_baseline=False, own_truth=True)
    needed = requirements(stage, replace(nothing, own_truth_agreed=False))

    assert {one.key for one in needed} <= set(MISSING)
    assert blocks(of(stage, required=needed))


@given(
    st.sampled_from(["initial", "accuracy", "operation"]),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.integers(0, 200),
)
def test_a_stage_is_blocked_exactly_when_something_is_missing(
    stage, feasible, accepted, drill, days
):
    lacks = {
        "feasible": feasible,
        "errors_accepted": accepted,
        "drill_worked": drill,
        "days": days,
    }
    facts = standing(stage, lacks=lacks)

    is_blocked = any(one.blocks for one in blocks(facts))

    assert is_blocked == any(not one.is_met for one in facts.required)
