"""Answers of labellers: what is read, refused and measured. No database."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, binomtest
from sklearn.metrics import cohen_kappa_score

from costs.labels import agreement as agreements
from costs.labels import planning, workers
from costs.labels.answers import Answer, Approval, Batch, pseudonym, without_names
from costs.labels.bands import BANDS, band_of
from costs.labels.kept import read_kept, written
from costs.labels.majority import against_gold, voted
from costs.labels.pay import Fee, fees, rewards
from costs.labels.planning import (
    Plan,
    majority_right,
    needed_by,
    step,
    steps,
    workers_needed,
)
from costs.labels.reading import read_batch
from costs.labels.report import report_on, to_json, work_of
from costs.labels.workers import workers_against_gold, workers_of
from costs.tables import MOST_FAULTS, Fault, TableRefused, amount, read_table, shortened
from projects.catalogue import Text

HEAD = (
    "HITId,AssignmentId,WorkerId,AssignmentStatus,Reward,WorkTimeInSeconds,"
    "SubmitTime,CreationTime,Input.id,Input.text,Answer.kind,Answer.why,Approve,Reject"
)


def turk(*rows: str, head: str = HEAD) -> bytes:
    return "\n".join([head, *rows]).encode()


def assignment(number: int, **said: str) -> str:
    line = {
        "HITId": f"H{number // 2}",
        "AssignmentId": f"A{number}",
        "WorkerId": f"W{number % 2}",
        "AssignmentStatus": "Approved",
        "Reward": "$0.05",
        "WorkTimeInSeconds": str(10 + number),
        "SubmitTime": "Sat Feb 22 20:53:21 PST 2020",
        "CreationTime": "Fri Feb 21 05:50:29 PST 2020",
        "Input.id": f"item-{number // 2}",
        "Input.text": "<b>x</b>\nline",
        "Answer.kind": "cat" if number % 3 else "dog",
        "Answer.why": f"because of {number}",
        "Approve": "",
        "Reject": "",
    } | said
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerow(line.values())
    return file.getvalue().rstrip("\n")


def batch_of(*lines: str, **given_too) -> Batch:
    content = "\n".join(["item_id,worker_id,label", *lines]).encode()
    return read_batch(content, **({"reward_each": Decimal("0.1")} | given_too))


def refused(content: bytes, **said) -> list[str]:
    with pytest.raises(TableRefused) as caught:
        read_batch(content, **said)
    japanese = caught.value.sentences("ja")
    assert len(japanese) == len(caught.value.sentences("en"))
    return caught.value.sentences("en")


# Reading ---------------------------------------------------------------------------


def test_a_batch_of_mechanical_turk_keeps_what_is_measured_and_no_more():
    batch = read_batch(turk(*(assignment(number) for number in range(44))))

    assert batch.columns == ("Answer.kind",)
    assert batch.item_column == "Input.id"
    assert batch.left_out == ("Input.text", "Answer.why")
    # Eight in the evening of a Saturday in California is Sunday in Japan.
    assert batch.day == date(2020, 2, 23)
    first = batch.answers[0]
    assert (first.item, first.worker, first.labels) == ("item-0", "W0", ("dog",))
    assert (first.reward, first.seconds) == (Decimal("0.05"), 10)
    assert work_of(batch.answers).approved == 44


def test_without_an_id_for_each_hit_the_hit_is_the_item():
    repeated = [assignment(n, **{"Input.id": "same"}) for n in range(4)]
    assert read_batch(turk(*repeated)).item_column == "HITId"
    wished = read_batch(turk(*(assignment(n) for n in range(4))), item_column="HITId")
    assert [one.item for one in wished.answers] == ["H0", "H0", "H1", "H1"]


def test_rows_may_lack_what_the_requester_fills_in():
    short = [assignment(n).removesuffix(",,") for n in range(4)]

    assert len(read_batch(turk(*short)).answers) == 4


@pytest.mark.parametrize(
    ("when", "day"),
    [
        ("", date(2020, 2, 21)),
        ("Sat Feb 31 20:53:21 PST 2020", date(2020, 2, 21)),
        ("Sat Feb 22 05:53:21 XYZ 2020", date(2020, 2, 21)),
        ("Sat Feb 22 05:53:21 JST 2020", date(2020, 2, 22)),
    ],
)
def test_the_day_is_that_of_the_last_work_or_of_asking(when, day):
    row = assignment(0, SubmitTime=when)
    assert read_batch(turk(row)).day == day


def test_a_file_that_names_no_day_has_none():
    row = assignment(0, SubmitTime="", CreationTime="")
    assert read_batch(turk(row)).day is None


def test_several_answers_may_be_the_label():
    rows = [assignment(n, **{"Answer.why": "yes"}) for n in range(4)]
    assert read_batch(turk(*rows)).columns == ("Answer.kind", "Answer.why")


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"Reward": "-1"}, "Row 3, column Reward: Write a number of 0 or more."),
        ({"Reward": "NaN"}, "Row 3, column Reward: Write a number of 0 or more."),
        ({"WorkTimeInSeconds": "soon"}, "Row 3, column WorkTimeInSeconds:"),
        ({"AssignmentStatus": "Lost"}, "Row 3, column AssignmentStatus: It is none of"),
        ({"WorkerId": " "}, "Row 3, column WorkerId: It is empty; fill it in."),
    ],
)
def test_a_wrong_cell_is_named_by_row_and_column(wrong, told):
    rows = [assignment(0), assignment(1, **wrong), assignment(2)]
    assert refused(turk(*rows))[0].startswith(told)


def test_a_header_without_what_is_needed_is_refused():
    assert refused(b"HITId,WorkerId,Reward\na,b,1\n") == [
        "Row 1, column AssignmentId: This column is missing.",
        "Row 1, column AssignmentStatus: This column is missing.",
    ]
    assert "neither a result of Mechanical Turk" in refused(b"a,b\n1,2\n")[0]


def test_free_text_alone_is_no_label():
    head = HEAD.replace("Answer.kind", "Input.kind")
    rows = [assignment(n) for n in range(50)]
    told = refused(turk(*rows, head=head))
    assert "No column can be the label" in told[0]
    assert "Answer.why" in told[0]


def test_an_item_column_that_is_not_there_is_told_with_those_that_are():
    told = refused(turk(assignment(0)), item_column="Input.nothing")
    assert told == [
        "Row 1: There is no column Input.nothing for the item. "
        "There are: Input.id, Input.text"
    ]


def test_one_worker_answers_an_item_once():
    rows = [assignment(0), assignment(0, AssignmentId="A9")]
    assert "The same worker answered the same item in row 2" in refused(turk(*rows))[0]


def test_the_plain_form_with_everything_it_may_say():
    content = (
        b"item_id,worker_id,label,gold,time,reward,approved,colour\n"
        b"a,x,cat,cat,12.5,0.10,approved,red\n"
        b"a,y,dog,cat,,0.10,rejected,red\n"
        b"b,x,,,8,0.20,,red\n"
    )
    batch = read_batch(content)

    assert batch.left_out == ("colour",)
    assert [one.approval for one in batch.answers] == [
        Approval.APPROVED,
        Approval.REJECTED,
        Approval.WAITING,
    ]
    # What is rejected is not paid, what waits will be.
    assert rewards(batch.answers) == Decimal("0.30")
    assert fees(batch.answers, Fee(Decimal(20), Decimal("0.03"))) == Decimal("0.07")
    report = report_on(batch, "label")
    assert [(one.item, one.votes) for one in report.items] == [("a", (("cat", 1),))]
    assert report.unanswered == 1


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("a,,cat,,1,1,yes", "Row 2, column worker_id: It is empty"),
        ("a,x,cat,,1,free,yes", "Row 2, column reward: Write a number"),
        ("a,x,cat,,late,1,yes", "Row 2, column time: Write a number"),
        ("a,x,cat,,1,1,perhaps", "Row 2, column approved: Write approved or"),
        ("a,x,cat,dog,1,1,yes\na,y,cat,cat,1,1,yes", "Row 3, column gold: The gold"),
    ],
)
def test_a_wrong_row_of_the_plain_form_is_named(row, told):
    head = "item_id,worker_id,label,gold,time,reward,approved"
    assert refused(f"{head}\n{row}\n".encode())[0].startswith(told)


def test_the_plain_form_needs_a_reward_from_somewhere():
    assert (
        "There is no column reward" in refused(b"item_id,worker_id,label\na,x,1\n")[0]
    )


def test_the_plain_form_takes_no_free_text():
    rows = "".join(f"i{n},x,text {n}\n" for n in range(101))
    told = refused(f"item_id,worker_id,label\n{rows}".encode(), reward_each=Decimal(0))
    assert told == [
        "Column label: There are more than 100 labels. Free text is not measured."
    ]


def test_gold_comes_from_a_file_of_its_own():
    batch = batch_of("a,x,cat", "b,x,dog", gold=b"item_id,gold\na,cat\nz,cat\n")

    assert [one.gold for one in batch.answers] == ["cat", ""]
    assert batch.gold_elsewhere == 1


@pytest.mark.parametrize(
    ("gold", "told"),
    [
        (b"item,gold\na,cat\n", "Row 1, column item_id: Gold file: This column"),
        (b"item_id,gold\na,cat\na,dog\n", "Row 3, column gold: Gold file: The same"),
        (b"item_id,gold\nq,cat\n", "No item of the gold file (q …) is an item of"),
        (b"", "Gold file: The file is empty."),
    ],
)
def test_gold_that_cannot_be_used_is_refused(gold, told):
    content = b"item_id,worker_id,label\na,x,cat\n"
    assert refused(content, gold=gold, reward_each=Decimal(0))[0].startswith(told)


# Small tables ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b" <!DOCTYPE html><p>", "This is a web page, not CSV."),
        (b"PK\x03\x04zip", "This is a compressed or an Excel file."),
        (b"a,b\n\0,1\n", "This is neither UTF-8 nor Shift_JIS."),
        (b"a\x81\n1\n", "This is neither UTF-8 nor Shift_JIS."),
        (b"a,a\n1,2\n", "Row 1, column a: Two columns have this name"),
        (b"a,b\n", "No row follows the header."),
        (b"a,b\n1,2,3\n", "Row 2: The header has 2 columns, this row 3."),
        (b'a,b\n1,"2\n', "Row 2: A quote is not closed or a cell is too long."),
        (b'"a\n', "Row 1: A quote is not closed or a cell is too long."),
    ],
)
def test_what_is_no_table_is_told_in_a_sentence(content, told):
    with pytest.raises(TableRefused) as caught:
        read_table(content)
    assert caught.value.sentences("en")[0].startswith(told)
    assert caught.value.sentences("ja")[0]


def test_shift_jis_and_empty_lines_are_read():
    table = read_table("見出し,値\n\n犬,1\n".encode("cp932"))
    assert table.columns == ("見出し", "値")
    assert [row.number for row in table.rows] == [3]


def test_a_file_of_too_many_rows_is_refused(monkeypatch):
    monkeypatch.setattr("costs.tables.MOST_ROWS", 2)
    with pytest.raises(TableRefused, match="more than 2 rows"):
        read_table(b"a\n1\n2\n3\n")


def test_of_many_faults_the_first_are_told_and_the_rest_counted():
    many = [Fault(Text("x", "x"), row) for row in range(MOST_FAULTS + 3)]
    assert TableRefused(many).sentences("en")[-1] == "And 3 more places."


@pytest.mark.parametrize(
    ("text", "value"),
    [("$1,000.50", "1000.50"), ("¥3", "3"), ("1e9", None), ("-0.1", None), ("", None)],
)
def test_amounts_are_read_with_their_signs(text, value):
    found = amount(text, Decimal(10_000))
    assert found == (None if value is None else Decimal(value))


def test_a_cell_in_a_sentence_is_short_and_of_one_line():
    assert shortened("a\nb") == "a b"
    assert shortened("x" * 50) == "x" * 40 + "…"


# Names -----------------------------------------------------------------------------


def test_names_are_replaced_the_same_within_a_key_and_differently_without():
    batch = batch_of("a@b.example,x,c@d.example", "b,x,dog", "b,y,dog")
    one, other = without_names(batch, b"one"), without_names(batch, b"other")

    assert one.answers[0].worker == one.answers[1].worker != one.answers[2].worker
    assert one.answers[0].worker != other.answers[0].worker
    kept = written(one).decode()
    assert "@" not in kept
    assert pseudonym("x", b"one") in kept
    assert read_kept(kept.encode()).answers == one.answers


# Measures --------------------------------------------------------------------------


def test_ties_are_counted_four_ways():
    answers = batch_of(
        "a,x,1", "a,y,1", "b,x,1", "b,y,2", "c,x,2", "c,y,2",
        gold=b"item_id,gold\na,1\nb,2\nc,1\n",
    ).answers  # fmt: skip
    items = voted(answers, 0)
    share = against_gold(items)

    assert [one.tied for one in items] == [False, True, False]
    assert [one.usable for one in items] == [True, False, False]
    assert (share.items, share.tie_free, share.without_ties) == (3, 2, 0.5)
    assert share.fractional == pytest.approx(0.5)
    assert (share.first, share.last) == (pytest.approx(1 / 3), pytest.approx(2 / 3))


def test_where_all_are_tied_no_share_without_ties_is_told():
    answers = batch_of("a,x,1", "a,y,2", gold=b"item_id,gold\na,1\n").answers
    assert against_gold(voted(answers, 0)).without_ties is None
    assert against_gold(voted(batch_of("a,x,1").answers, 0)) is None


def test_labels_that_are_numbers_stand_by_size():
    items = voted(batch_of("a,x,10", "a,y,9").answers, 0)
    assert items[0].winners == ("9", "10")
    words = voted(batch_of("a,x,10", "a,y,nan").answers, 0)
    assert words[0].winners == ("10", "nan")


def test_fleiss_s_own_example():
    """Fourteen raters, ten subjects, five categories: kappa is .210."""
    counts = [
        (0, 0, 0, 0, 14), (0, 2, 6, 4, 2), (0, 0, 3, 5, 6), (0, 3, 9, 2, 0),
        (2, 2, 8, 1, 1), (7, 7, 0, 0, 0), (3, 2, 6, 3, 0), (2, 5, 3, 2, 2),
        (6, 5, 2, 1, 0), (0, 2, 2, 3, 7),
    ]  # fmt: skip
    lines = []
    for item, row in enumerate(counts):
        labels = [label for label, n in enumerate(row, 1) for _each in range(n)]
        lines += [f"i{item},w{who},{label}" for who, label in enumerate(labels)]
    found = report_on(batch_of(*lines), "label").agreement

    assert found.observed == pytest.approx(0.378, abs=5e-4)
    assert found.expected == pytest.approx(0.213, abs=5e-4)
    assert found.fleiss == pytest.approx(0.210, abs=5e-4)


@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.sampled_from("abc")),
        min_size=2,
        max_size=40,
    ).filter(lambda pairs: len({label for pair in pairs for label in pair}) > 1)
)
def test_cohen_agrees_with_scikit_learn(pairs):
    lines = [
        f"i{n},{who},{label}"
        for n, pair in enumerate(pairs)
        for who, label in zip("xy", pair, strict=True)
    ]
    found = report_on(batch_of(*lines), "label").agreement
    peer = cohen_kappa_score(*zip(*pairs, strict=True))

    assert found.cohen == pytest.approx(peer, abs=1e-12)
    assert -1 <= found.nominal <= 1


def withheld(*lines: str) -> dict[str, Text]:
    return report_on(batch_of(*lines), "label").agreement.withheld


def test_what_cannot_be_said_is_withheld_with_its_reason():
    assert withheld("a,x,1", "b,y,1")["nominal"] is agreements.NO_PAIRS
    one_label = withheld("a,x,1", "a,y,1", "b,x,1", "b,y,1")
    assert one_label["fleiss"] is one_label["nominal"] is agreements.ONE_LABEL
    assert one_label["cohen"] is agreements.ONE_LABEL
    unequal = withheld("a,x,1", "a,y,2", "b,x,1", "b,y,1", "b,z,cat")
    assert unequal["fleiss"] is agreements.UNEQUAL
    assert unequal["cohen"] is agreements.NOT_TWO
    assert unequal["interval"] is agreements.NO_NUMBERS


def test_two_workers_who_share_no_item_have_no_kappa():
    answers = batch_of("a,x,1", "b,y,2").answers
    items = voted(batch_of("a,x,1", "a,z,2").answers, 0)
    found = agreements.agreement_of(answers, 0, items)

    assert found.cohen is None
    assert found.withheld["cohen"] is agreements.NO_PAIRS


def test_too_many_labels_are_not_computed(monkeypatch):
    monkeypatch.setattr(agreements, "MOST_CELLS", 1)
    assert withheld("a,x,1", "a,y,2")["nominal"] is agreements.TOO_MANY


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (-0.1, "poor"),
        (0.0, "slight"),
        (0.2, "slight"),
        (0.21, "fair"),
        (0.6, "moderate"),
        (0.8, "substantial"),
        (1.0000000000000002, "almost perfect"),
    ],
)
def test_kappas_have_names(value, name):
    assert band_of(value).en == name
    assert all(text.ja for _limit, text in BANDS)


def test_workers_who_disagree_come_first_unless_they_answered_little():
    lines = []
    for item in range(40):
        lines += [f"i{item},a,1", f"i{item},b,1", f"i{item},c,{2 - item % 2}"]
    lines += ["i0,d,2", "alone,e,1"]
    batch = batch_of(*lines)
    found = workers_of(batch.answers, 0, voted(batch.answers, 0))

    assert found[0].name == "c"
    assert found[0].agreed < found[0].at_most < 1
    assert [one.name for one in found if one.few] == ["d", "e"]
    assert (found[-1].agreed, found[-1].at_most, found[-1].right) == (None, None, None)
    assert workers_against_gold(found) is None


def test_the_report_is_plain_values_and_shows_no_more_than_a_page():
    lines = [f"i{n:03},{who},{who}" for n in range(120) for who in "xy"]
    report = report_on(batch_of(*lines), "label")
    found = to_json(report)

    assert (found["tied"], len(found["ties"]), found["usable"]) == (120, 100, 0)
    assert found["gold"] is found["workers_gold"] is None
    assert found["agreement"]["nominal"] < 0
    assert found["workers"][0]["reward"] == "12.0"


@given(st.lists(st.sampled_from(["cat", "dog", ""]), min_size=1, max_size=30))
def test_every_item_with_an_answer_is_usable_tied_or_wrong(labels):
    lines = [f"i{n % 5},w{n},{label}" for n, label in enumerate(labels)]
    report = report_on(batch_of(*lines), "label")

    assert report.usable + len(report.ties) == len(report.items)
    assert sum(one.answers for one in report.items) + report.unanswered == len(labels)
    assert Answer not in {type(one) for one in report.items}


# Planning --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("workers", "right", "majority"),
    [
        (1, 0.7, 0.7),
        (3, 0.7, 0.784),
        (5, 0.7, 0.83692),
        (2, 0.7, 0.7),
        (9, 0.5, 0.5),
        (3, 1.0, 1.0),
    ],
)
def test_condorcet(workers, right, majority):
    assert majority_right(workers, right) == pytest.approx(majority, abs=1e-9)


@given(st.floats(0.5, 1), st.integers(0, 20))
def test_more_workers_make_no_better_half_worse(right, half):
    more, fewer = 2 * half + 3, 2 * half + 1
    assert majority_right(more, right) >= majority_right(fewer, right) - 1e-12


def test_how_many_workers_are_needed():
    assert workers_needed(0.7, 0.8) == 5
    assert workers_needed(0.9, 0.9) == 1
    assert workers_needed(0.5, 0.6) is None


def test_a_plan_is_price_times_workers_times_items():
    plan = Plan(
        items=1_000,
        reward=Decimal("0.02"),
        fee=Fee(Decimal(20), Decimal("0.01")),
        rate_yen=Decimal(150),
        workers=4,
        right=Decimal("0.7"),
        wanted=Decimal("0.8"),
    )
    asked = step(plan, 4)

    # The least fee is more than 20 % of two cents.
    assert asked.cost_yen == Decimal(18_000)
    assert asked.yen_a_right == pytest.approx(Decimal("22.959"), abs=Decimal("0.001"))
    assert [one.workers for one in steps(plan)] == [1, 3, 4, 5, 7, 9, 11]
    assert needed_by(plan) == 5


def test_a_plan_without_a_share_tells_only_money():
    plan = Plan(items=10, reward=Decimal(5), fee=Fee())

    assert needed_by(plan) is None
    only = step(plan, 1)
    assert (only.cost_yen, only.right, only.yen_a_right) == (50, None, None)
    assert [one.workers for one in steps(plan)] == [1, 3, 5, 7, 9, 11]
    never = Plan(items=10, reward=Decimal(5), fee=Fee(), right=Decimal(0))
    assert step(never, 1).yen_a_right is None


@pytest.mark.parametrize(("k", "n"), [(0, 1), (3, 7), (40, 40), (199, 1000)])
def test_the_upper_end_is_wilsons(k, n):
    known = binomtest(k, n).proportion_ci(0.95, method="wilson").high

    assert workers._upper(k / n, n) == pytest.approx(known, abs=1e-12)


@pytest.mark.parametrize(("many", "right"), [(1, 0.7), (2, 0.6), (10, 0.8), (99, 0.51)])
def test_a_majority_is_right_as_the_binomial_says(many, right):
    tie = 0 if many % 2 else binom.pmf(many // 2, many, right) / 2
    known = binom.sf(many // 2, many, right) + tie

    assert planning.majority_right(many, right) == pytest.approx(known, abs=1e-12)
