"""Laws of the feasibility verdict, over generated answers to all 90 items."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from projects.checklist import AnswerType, Block, Due, Item
from projects.screening import Given, Verdict, screen
from projects.standing import Answers, Standing
from tests.projects.answers import FULL, best


def answers_to(item: Item) -> st.SearchStrategy[Given | None]:
    words = st.sampled_from(item.answers).map(lambda word: Given(item.id, word))
    if item.type is AnswerType.NUMBER:
        numbers = st.sampled_from([0, 3, 23, 59, 366]).map(
            lambda number: Given(item.id, number=Decimal(number))
        )
        return st.none() | numbers | words
    return st.none() | words


def mostly_best(item: Item) -> st.SearchStrategy[Given | None]:
    """Rarely anything but the best, or no drawn set would ever get near GO."""
    return st.integers(0, 39).flatmap(
        lambda n: answers_to(item) if n == 39 else st.just(best(item))
    )


def filled(strategies) -> st.SearchStrategy[list[Given]]:
    return st.tuples(*strategies).map(
        lambda drawn: [answer for answer in drawn if answer is not None]
    )


anything = filled([answers_to(item) for item in FULL.items]) | filled(
    [mostly_best(item) for item in FULL.items]
)
steps = st.sampled_from(Due)
places = st.sampled_from(["cloud", "on_prem", "edge", "hybrid"])
some_ids = st.frozensets(st.sampled_from([item.id for item in FULL.items]), max_size=9)
law = settings(max_examples=60, deadline=None)


@law
@given(answers=anything, due=steps, placement=places, waived=some_ids)
def test_one_blocking_no_never_gives_go(answers, due, placement, waived):
    items = FULL.items_due(due, placement, "")
    stands = Answers(FULL, answers)
    blocked = any(
        stands.standing(item) is Standing.AGAINST
        for item in items
        if item.block is Block.HARD
    )

    screened = screen(
        FULL, answers, due=due, placement=placement, kind="", waived=waived
    )

    assert not (blocked and screened.verdict is Verdict.GO)


@law
@given(answers=anything, due=steps, placement=places, data=st.data())
def test_answering_more_never_turns_no_go_into_go(answers, due, placement, data):
    before = screen(FULL, answers, due=due, placement=placement, kind="")
    known = {answer.item_id for answer in answers}
    open_items = [item for item in FULL.items if item.id not in known]
    more = data.draw(filled([answers_to(item) for item in open_items]))

    after = screen(FULL, [*answers, *more], due=due, placement=placement, kind="")

    if before.verdict is Verdict.NO_GO:
        assert after.verdict in {Verdict.NO_GO, Verdict.NOT_YET}


@law
@given(answers=anything, due=steps, placement=places, data=st.data())
def test_the_order_of_answers_never_matters(answers, due, placement, data):
    shuffled = data.draw(st.permutations(answers))

    assert screen(FULL, shuffled, due=due, placement=placement, kind="") == screen(
        FULL, answers, due=due, placement=placement, kind=""
    )


@law
@given(answers=anything, due=steps, placement=places)
def test_only_the_reasons_decide_never_the_score(answers, due, placement):
    screened = screen(FULL, answers, due=due, placement=placement, kind="")
    leads = [reason.leads_to for reason in screened.reasons]

    assert 0 <= screened.score <= 100
    assert screened.verdict == min(leads, key=list(Verdict).index, default=Verdict.GO)
    assert all(reason.leads_to is screened.verdict for reason in screened.decided)


@law
@given(answers=anything, due=steps, placement=places, data=st.data())
def test_advisory_answers_change_nothing(answers, due, placement, data):
    advisory = {item.id for item in FULL.items if item.block is Block.ADVISORY}
    drawn = data.draw(filled([answers_to(FULL.item(i)) for i in sorted(advisory)]))
    others = [answer for answer in answers if answer.item_id not in advisory]

    assert screen(
        FULL, [*others, *drawn], due=due, placement=placement, kind=""
    ) == screen(FULL, answers, due=due, placement=placement, kind="")


@law
@given(answers=anything, due=steps, placement=places, waived=some_ids)
def test_a_waiver_never_gives_go_by_itself(answers, due, placement, waived):
    plain = screen(FULL, answers, due=due, placement=placement, kind="")
    eased = screen(FULL, answers, due=due, placement=placement, kind="", waived=waived)

    assert (plain.verdict is Verdict.GO) == (eased.verdict is Verdict.GO)


@law
@given(answers=anything, due=steps, placement=places)
def test_every_verdict_says_why_and_what_would_change_it(answers, due, placement):
    screened = screen(FULL, answers, due=due, placement=placement, kind="")

    assert bool(screened.decided) == (screened.verdict is not Verdict.GO)
    for text in (screened.summary, screened.would_change):
        assert text.ja.endswith("。")
        assert text.en.endswith(".")
