"""The feasibility verdict: its rule, its reasons and its words, by example."""

from __future__ import annotations

from decimal import Decimal

import pytest

from projects.checklist import Due
from projects.screening import VERDICT_NAMES, Given, Progress, Verdict, screen
from tests.projects.answers import FULL, best, judged

SCREEN_IDS = [item.id for item in FULL.items_due(Due.SCREEN, "cloud", "")]


@pytest.mark.parametrize("due", Due)
def test_all_at_its_best_is_go(due):
    screened = judged(due=due, placement="edge", kind="")

    assert screened.verdict is Verdict.GO
    assert screened.decided == ()
    assert screened.score == 100


def test_nothing_answered_is_not_yet():
    screened = screen(FULL, [], due=Due.SCREEN, placement="cloud", kind="")

    assert screened.verdict is Verdict.NOT_YET
    assert [reason.item_id for reason in screened.decided] == SCREEN_IDS
    assert screened.score == 0
    assert (
        screened.summary.ja
        == "未判定。12問がまだ未回答です(P1、P7、P8、D1、D2ほか7問)。"
    )
    assert screened.summary.en == (
        "NOT YET. 12 questions are still open: P1, P7, P8, D1, D2 and 7 more."
    )


@pytest.mark.parametrize(
    ("changes", "due", "verdict", "decided"),
    [
        pytest.param({"D2": None}, Due.SCREEN, "not_yet", ["D2"], id="hard, empty"),
        pytest.param({"D2": ""}, Due.SCREEN, "not_yet", ["D2"], id="hard, emptied"),
        pytest.param({"D2": "no"}, Due.SCREEN, "no_go", ["D2"], id="hard, no"),
        pytest.param(
            {"D2": "partial"}, Due.SCREEN, "conditional", ["D2"], id="hard, in part"
        ),
        pytest.param(
            {"D2": "no", "M1": None},
            Due.SCREEN,
            "not_yet",
            ["M1"],
            id="empty outweighs no",
        ),
        pytest.param(
            {"D2": "no", "K1": "partial"},
            Due.SCREEN,
            "no_go",
            ["D2"],
            id="no outweighs in part",
        ),
        pytest.param(
            {"I1": "conditional"}, Due.SCREEN, "conditional", ["I1"], id="choice, part"
        ),
        pytest.param({"I1": "no"}, Due.SCREEN, "no_go", ["I1"], id="choice, no"),
        pytest.param(
            {"D7": "no"}, Due.POC, "conditional", ["D7"], id="conditional, no"
        ),
        pytest.param({"D7": None}, Due.POC, "go", [], id="conditional, empty"),
        pytest.param({"D7": "partial"}, Due.POC, "go", [], id="conditional, in part"),
        pytest.param({"D7": "no"}, Due.SCREEN, "go", [], id="not due yet"),
        pytest.param({"T10": "no"}, Due.POC, "go", [], id="advisory, no"),
        pytest.param(
            {"K2": Decimal("3.5")}, Due.POC, "conditional", ["K2"], id="under its limit"
        ),
        pytest.param({"K2": Decimal(4)}, Due.POC, "go", [], id="exactly its limit"),
        pytest.param(
            {"D5": Decimal(366)}, Due.POC, "no_go", ["D5"], id="hard, over its limit"
        ),
        pytest.param({"D5": Decimal(365)}, Due.POC, "go", [], id="a year at most"),
        pytest.param({"D5": "no"}, Due.POC, "no_go", ["D5"], id="number refused"),
        pytest.param({"T3": Decimal(59)}, Due.POC, "go", [], id="events enough"),
        pytest.param(
            {"T3": Decimal(23)}, Due.POC, "conditional", ["T3"], id="events in part"
        ),
        pytest.param({"T3": Decimal(0)}, Due.POC, "no_go", ["T3"], id="no events"),
        pytest.param({"I3": "no"}, Due.POC, "go", [], id="erasure not asked"),
        pytest.param(
            {"I1": "conditional", "I3": "no"},
            Due.POC,
            "no_go",
            ["I3"],
            id="erasure asked and refused",
        ),
        pytest.param(
            {"I1": "conditional", "I3": None},
            Due.POC,
            "not_yet",
            ["I3"],
            id="erasure asked and open",
        ),
        pytest.param({"E7": "yes"}, Due.POC, "go", [], id="harm, checked by a person"),
        pytest.param(
            {"E7": "yes", "E8": "partial"},
            Due.POC,
            "conditional",
            ["E7"],
            id="harm, checked in part",
        ),
        pytest.param(
            {"E7": "yes", "E8": "no"},
            Due.POC,
            "no_go",
            ["E7"],
            id="harm, not checked",
        ),
        pytest.param(
            {"E7": "yes", "E8": None},
            Due.POC,
            "not_yet",
            ["E8"],
            id="harm, check unknown",
        ),
        pytest.param(
            {"E7": "no", "E8": "no"},
            Due.POC,
            "conditional",
            ["E8"],
            id="no harm, not checked",
        ),
    ],
)
def test_the_rule(changes, due, verdict, decided):
    screened = judged(changes, due=due)

    assert screened.verdict == verdict
    assert [reason.item_id for reason in screened.decided] == decided


def test_a_waiver_turns_a_blocking_no_into_a_condition():
    screened = judged({"M1": "no"}, waived=["M1"])

    assert screened.verdict is Verdict.CONDITIONAL
    assert screened.decided[0].why.ja == (
        "決裁権のある人の参加が「いいえ」(経営判断で条件付き)"
    )
    assert (
        screened.decided[0].why.en == "Person with authority: no (waived by management)"
    )


def test_a_waiver_answers_nothing():
    assert judged({"M1": None}, waived=["M1"]).verdict is Verdict.NOT_YET
    assert judged(waived=["M1"]).verdict is Verdict.GO


def test_the_edge_is_judged_only_where_there_is_one():
    without = {"G2": None}

    assert judged(without, due=Due.ACCEPTANCE).verdict is Verdict.GO
    edge = judged(without, due=Due.ACCEPTANCE, placement="edge", kind="")
    assert edge.verdict is Verdict.NOT_YET


def test_progress_counts_the_hard_items_of_each_step():
    answers = [Given("P1", "yes"), Given("M1", "no"), Given("P2", "partial")]

    progress = screen(
        FULL, answers, due=Due.SCREEN, placement="cloud", kind=""
    ).progress

    assert progress == {
        Due.SCREEN: Progress(answered=2, total=12, blocking=1),
        Due.POC: Progress(answered=1, total=14, blocking=0),
        Due.ACCEPTANCE: Progress(answered=0, total=3, blocking=0),
        Due.PRODUCTION: Progress(answered=0, total=5, blocking=0),
    }


def test_progress_grows_with_the_questions_an_answer_opens():
    answers = [Given("I1", "conditional")]

    progress = screen(FULL, answers, due=Due.SCREEN, placement="edge", kind="").progress

    assert progress[Due.POC].total == 15
    assert progress[Due.ACCEPTANCE].total == 4


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        pytest.param([Given("Z9", "yes")], "'Z9' is no item", id="unknown item"),
        pytest.param(
            [Given("P1", "yes"), Given("P1", "no")], "P1 is answered twice", id="twice"
        ),
        pytest.param([Given("P7", "partial")], "P7 cannot be answered", id="word"),
        pytest.param(
            [Given("P1", number=Decimal(1))], "P1 is not answered by a number", id="no"
        ),
        pytest.param(
            [Given("K2", "no", Decimal(1))], "by a word and by a number", id="both"
        ),
        pytest.param(
            [Given("K2", number=Decimal("NaN"))], "K2: NaN is no number", id="nan"
        ),
    ],
)
def test_an_impossible_answer_is_refused(answers, sentence):
    with pytest.raises(ValueError, match=sentence):
        screen(FULL, answers, due=Due.SCREEN, placement="cloud", kind="")


def test_every_verdict_has_a_name():
    assert set(VERDICT_NAMES) == set(Verdict)


def test_a_higher_score_may_have_the_worse_verdict():
    nearly = judged({"M1": "no"})
    halves = judged(dict.fromkeys(["P1", "P8", "D1", "D2", "T1"], "partial"))

    assert nearly.score > halves.score
    assert nearly.verdict is Verdict.NO_GO
    assert halves.verdict is Verdict.CONDITIONAL


def test_what_does_not_apply_is_set_aside():
    given = Given("P1", does_not_apply=True)
    others = [best(i) for i in FULL.items_due(Due.SCREEN, "cloud", "") if i.id != "P1"]

    screened = screen(
        FULL, [given, *others], due=Due.SCREEN, placement="cloud", kind=""
    )

    assert screened.verdict is Verdict.GO
    assert screened.progress[Due.SCREEN].total == 11


def test_a_remedy_that_does_not_apply_is_no_remedy():
    item = next(item for item in FULL.items if item.unless)
    items = FULL.items_due(Due.POC, "cloud", "")
    answers = {other.id: best(other) for other in items}
    answers[item.id] = Given(item.id, item.against)
    answers[item.unless.item_id] = Given(item.unless.item_id, does_not_apply=True)

    screened = screen(FULL, answers.values(), due=Due.POC, placement="cloud", kind="")

    assert screened.verdict is Verdict.NO_GO


def test_an_item_is_not_answered_and_set_aside():
    with pytest.raises(ValueError, match="answered and does not apply"):
        screen(
            FULL,
            [Given("P1", "yes", does_not_apply=True)],
            due=Due.SCREEN,
            placement="cloud",
            kind="",
        )
