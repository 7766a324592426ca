"""One promise has one text, reads as people speak, and tells if it can be proved."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects import preview
from projects.catalogue import (
    BASELINES,
    METRICS,
    Bound,
    Scope,
    Shape,
    Terms,
    Text,
    Unit,
)
from projects.linking import digest_of
from projects.presets import PRESETS
from projects.promise import (
    Budget,
    Line,
    Promise,
    Stop,
    Truth,
    form_of,
    plain,
    text_of,
)
from projects.provable import warning
from projects.typed import HINTS, TypedError, hint, read_limit, write_limit

LINE = Line("miss_rate", Bound.AT_MOST, Decimal("0.01"), Decimal("0.95"))
PLAIN = Promise("an-engagement", 1, Shape.DETECTION, "初版", lines=(LINE,))

limits = st.decimals(
    min_value=Decimal("-1e11"), max_value=Decimal("1e11"), places=6
).map(lambda d: d + 0)
lines = st.builds(
    Line,
    metric=st.sampled_from([m for m in METRICS if METRICS[m].shape == "detection"]),
    bound=st.sampled_from(list(Bound)),
    limit=limits,
    confidence=st.sampled_from(
        [None, Decimal("0.90"), Decimal("0.95"), Decimal("0.99")]
    ),
    scope=st.just(Scope.WHOLE),
    smallest_cases=st.integers(0, 10**6),
    stage=st.sampled_from(["initial", "accuracy", "operation"]),
    reason=st.text(max_size=20),
)
maybe = st.none() | st.integers(0, 10**6)
budgets = st.none() | st.builds(
    Budget,
    until=st.dates(),
    false_alarms=maybe,
    misses=maybe,
    yen_a_month=st.none() | limits,
)
stops = st.none() | st.builds(
    Stop, on=st.none() | st.dates(), yen=st.none() | limits, metric=st.just("")
)
promises = st.builds(
    Promise,
    engagement=st.just("an-engagement"),
    version=st.integers(1, 99),
    shape=st.just(Shape.DETECTION),
    reason=st.text(max_size=40),
    terms=st.dictionaries(
        st.sampled_from(["yen_miss", "beta"]), st.floats(0.1, 1e9), max_size=2
    ),
    lines=st.lists(lines, max_size=4).map(tuple),
    baseline=st.sampled_from(["", *BASELINES[Shape.DETECTION]]),
    truth=st.none() | st.builds(Truth, sha256=st.just("a" * 64)),
    own_truth=st.booleans(),
    uploads_a_day=maybe,
    rows_a_month=maybe,
    events_a_year=maybe,
    budget=budgets,
    stop=stops,
)


# The text that is signed -------------------------------------------------------------


@given(promises)
def test_the_same_promise_always_has_the_same_text(promise):
    again = replace(promise, terms=dict(reversed(list(promise.terms.items()))))

    text = text_of(promise)
    assert text_of(again) == text
    # Sorted, without spaces, and stable when read and written anew.
    read = json.loads(text)
    assert text == json.dumps(
        read, ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )


@given(promises, promises)
def test_different_promises_have_different_texts(one, other):
    # Zeros at the end of a number promise nothing.
    assert (text_of(one) == text_of(other)) == (
        [repr(normal(one))] == [repr(normal(other))]
    )


def normal(promise):
    def number(value):
        return None if value is None else plain(value)

    return replace(
        promise,
        lines=tuple(
            replace(
                x,
                limit=number(x.limit),
                bound=str(x.bound),
                confidence=None if x.confidence is None else f"{x.confidence:.2f}",
            )
            for x in promise.lines
        ),
        terms=sorted(promise.terms.items()),
        budget=promise.budget
        and replace(promise.budget, yen_a_month=number(promise.budget.yen_a_month)),
        stop=promise.stop and replace(promise.stop, yen=number(promise.stop.yen)),
    )


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2},
        {"reason": "別"},
        {"terms": {"beta": 3.0}},
        {"lines": ()},
        {"lines": (replace(LINE, limit=Decimal("0.02")),)},
        {"lines": (replace(LINE, reason="別"),)},
        {"baseline": "rule"},
        {"truth": Truth("a" * 64)},
        {"own_truth": False},
        {"uploads_a_day": 3},
        {"rows_a_month": 3},
        {"events_a_year": 3},
        {"budget": Budget(date(2027, 3, 31), misses=1)},
        {"stop": Stop(yen=Decimal(1))},
    ],
)
def test_every_part_of_the_promise_is_in_the_text(change):
    assert digest_of(text_of(PLAIN)) != digest_of(text_of(replace(PLAIN, **change)))


def test_the_text_is_what_it_was_when_it_was_first_agreed():
    """A change here would make every signed version look altered."""
    whole = replace(
        PLAIN,
        terms={"yen_miss": 180_000.0, "classes": ["良品", "傷"]},
        budget=Budget(date(2027, 3, 31), 4, "week", 1, "quarter", Decimal("8.1e5")),
        stop=Stop(date(2026, 9, 30), Decimal(9_000_000), "miss_rate", Decimal("0.10")),
        truth=Truth("a" * 64, "秋", 10, 2),
    )
    assert digest_of(text_of(whole)) == (
        "c5db8501a26c3545ad06c0afaf5f2ae4e66d73f52370c343b2bc6d404b4ee108"
    )


def test_a_text_of_the_first_form_is_still_written_as_it_was_signed():
    text = text_of(PLAIN, 1)

    assert form_of(text) == 1
    assert form_of(text_of(PLAIN)) == 2
    assert text == (
        '{"criteria":[{"bound":"at_most","confidence":"0.95","limit":"0.01",'
        '"metric":"miss_rate","scope":"whole","segment":"","smallest_cases":0,'
        '"stage":"accuracy"}],"engagement":"an-engagement","reason":"初版",'
        '"terms":{},"version":1}'
    )
    with pytest.raises(ValueError, match="unknown form: 3"):
        text_of(PLAIN, 3)


# In words ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "ja", "en"),
    [
        (
            {},
            "見逃し率は95%の確信で1%以下。",
            "Miss rate at most 1%, with 95% confidence.",
        ),
        (
            {"confidence": None, "bound": Bound.BELOW},
            "見逃し率は測定値で1%未満。",
            "Miss rate below 1%, by the measured value.",
        ),
        (
            {"scope": Scope.EACH, "smallest_cases": 1299},
            "どの区分でも、見逃し率は95%の確信で1%以下(1,299件以上で判定)。",
            "Miss rate at most 1%, with 95% confidence, in every segment, judged on "
            "1,299 cases or more.",
        ),
        (
            {"scope": Scope.NAMED, "segment": "1号機", "bound": Bound.ABOVE},
            "区分「1号機」の見逃し率は95%の確信で1%を超える値。",
            "Miss rate above 1%, with 95% confidence, in “1号機”.",
        ),
        (
            {"metric": "cost", "limit": Decimal(-51600), "bound": Bound.AT_LEAST},
            "誤りの費用は95%の確信で−51,600円以上。",
            "Cost of errors at least −¥51,600, with 95% confidence.",
        ),
        (
            {"metric": "fp", "limit": Decimal("12.0")},
            "誤検知の件数は95%の確信で12件以下。",
            "False alarms at most 12, with 95% confidence.",
        ),
        (
            {"metric": "delay_mean", "limit": Decimal("2.5")},
            "検出の遅れ(平均)は95%の確信で2.5秒以下。",
            "Mean delay at most 2.5\u00a0s, with 95% confidence.",
        ),
        (
            {"metric": "wape", "limit": Decimal("10")},
            "加重絶対パーセント誤差(WAPE)は95%の確信で10%以下。",
            "Weighted absolute percentage error (WAPE) at most 10%, with 95% "
            "confidence.",
        ),
        (
            {"metric": "mcc", "limit": Decimal("0.5")},
            "マシューズ相関係数(MCC)は95%の確信で0.5以下。",
            "Matthews correlation (MCC) at most 0.5, with 95% confidence.",
        ),
    ],
)
def test_a_criterion_reads_as_people_say_it(changed, ja, en):
    assert preview.line_in_words(replace(LINE, **changed)) == Text(ja, en)


@pytest.mark.parametrize(
    ("budget", "ja", "en"),
    [
        (None, "誤りの許容枠は決めていません。", "No error budget is agreed."),
        (
            Budget(date(2027, 3, 31), 4, "week", 1, "quarter", Decimal(810_000)),
            "誤検知は週4件まで、見逃しは四半期1件まで、誤りの費用は月810,000円まで、"
            "2027年3月31日まで認めます。",
            "Accepted: up to 4 false alarms a week, up to 1 miss a quarter, errors of "
            "at most ¥810,000 a month, until 31 March 2027.",
        ),
        (
            Budget(date(2027, 3, 31), 0, "month", 0, "year"),
            "誤検知は月0件まで、見逃しは年0件まで、2027年3月31日まで認めます。",
            "Accepted: no false alarms a month, no misses a year, until 31 March 2027.",
        ),
    ],
)
def test_an_error_budget_reads_as_people_say_it(budget, ja, en):
    assert preview.budget_in_words(budget) == Text(ja, en)


@pytest.mark.parametrize(
    ("stop", "ja", "en"),
    [
        (None, "撤退ラインは決めていません。", "No stop line is agreed."),
        (
            Stop(date(2026, 9, 30)),
            "2026年9月30日を過ぎたとき、",
            "Work stops when 30 September 2026 has passed, unless",
        ),
        (
            Stop(None, Decimal(9_000_000), "f1", Decimal("0.8")),
            "F1値が0.8以上にならないとき、または支出が9,000,000円を超えたとき、",
            "Work stops when F1 is not at least 0.8, or when more than ¥9,000,000 is "
            "spent, unless",
        ),
        (
            Stop(date(2026, 9, 30), None, "miss_rate", Decimal("0.1")),
            "2026年9月30日までに見逃し率が10%以下にならないとき、",
            "Work stops when Miss rate is not at most 10% by 30 September 2026, unless",
        ),
    ],
)
def test_a_stop_line_reads_as_people_say_it(stop, ja, en):
    told = preview.stop_in_words(stop)

    assert told.ja.startswith(ja)
    assert told.en.startswith(en)


@pytest.mark.parametrize(
    ("low", "high", "ja", "en"),
    [
        (None, None, "", ""),
        (1000.0, None, "(低くて1,000円)", " (at least ¥1,000)"),
        (None, 9000.5, "(高くて9,000.5円)", " (at most ¥9,000.5)"),
        (1000.0, 9000.0, "(1,000–9,000円)", " (¥1,000–¥9,000)"),
    ],
)
def test_a_cost_reads_with_the_band_it_lies_in(low, high, ja, en):
    terms = Terms(yen_miss=3000.0, yen_miss_low=low, yen_miss_high=high)

    assert preview.costs_in_words(terms, Shape.DETECTION) == (
        Text(f"見逃し1件の費用は3,000円{ja}。", f"Cost of a miss: ¥3,000{en}."),
    )


def test_what_is_not_said_is_not_told():
    assert preview.rest_in_words(replace(PLAIN, own_truth=False)) == ()
    assert preview.costs_in_words(Terms(), Shape.TRIAL) == ()


@pytest.mark.parametrize("shape", list(Shape))
def test_every_preset_is_a_promise_that_can_be_made(shape):
    found = PRESETS[shape]

    assert list(found) == ["few_false_alarms", "balanced", "few_misses"]
    for preset in found.values():
        assert preset.lines
        for line in preset.lines:
            assert METRICS[line.metric].shape == shape
            assert preview.line_in_words(line).ja.endswith("。")
            # The cases it asks for are enough to prove it.
            assert line.as_limit().metric == line.metric
            assert "need" not in str(
                warning(
                    line,
                    replace(PLAIN, shape=shape, truth=Truth("a", "", 10**6, 1000)),
                )
            )


def at_least(metric: str, limit: str) -> Line:
    return Line(metric, Bound.AT_LEAST, Decimal(limit), Decimal("0.95"))


# Whether it can be proved ------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "given", "told"),
    [
        (LINE, {}, None),
        (LINE, {"events_a_year": 299}, None),
        (
            LINE,
            {"events_a_year": 40},
            "299 real events without an error are needed; you expect 40 a year, which "
            "takes 7.5 years.",
        ),
        (
            LINE,
            {"events_a_year": 0},
            "299 real events without an error are needed; you expect none, so it stays "
            "open.",
        ),
        (
            replace(LINE, scope=Scope.EACH),
            {"events_a_year": 40},
            "299 real events without an error are needed in every segment; you expect "
            "40 a year, which takes 7.5 years.",
        ),
        (
            LINE,
            {"events_a_year": 1000, "truth": Truth("a", "秋", 1638, 40)},
            "299 real events without an error are needed; the truth set holds 40, "
            "which can show at most 7.22% errors.",
        ),
        (LINE, {"truth": Truth("a", "秋", 1638, 299), "events_a_year": 1}, None),
        (LINE, {"truth": Truth("a", "秋", 1638, None)}, None),
        (LINE, {"truth": Truth("a", "秋", None, None)}, None),
        (
            replace(
                LINE, metric="specificity", bound=Bound.AT_LEAST, limit=Decimal("0.99")
            ),
            {"rows_a_month": 10, "events_a_year": 20},
            "299 normal cases without an error are needed; you expect 100 a year, "
            "which takes 3 years.",
        ),
        (
            replace(LINE, metric="false_positive_rate"),
            {"truth": Truth("a", "秋", 100, 40)},
            "299 normal cases without an error are needed; the truth set holds 60, "
            "which can show at most 4.87% errors.",
        ),
        (replace(LINE, metric="false_positive_rate"), {}, None),
        (
            replace(
                LINE, metric="accuracy", bound=Bound.AT_LEAST, limit=Decimal("0.95")
            ),
            {"rows_a_month": 4},
            "59 cases without an error are needed; you expect 48 a year, which "
            "takes 1.2 years.",
        ),
        (
            replace(
                LINE, metric="accuracy", bound=Bound.AT_LEAST, limit=Decimal("0.95")
            ),
            {"truth": Truth("a", "秋", 50, None)},
            "59 cases without an error are needed; the truth set holds 50, which "
            "can show at most 5.82% errors.",
        ),
        (
            replace(LINE, limit=Decimal("0.0000001")),
            {},
            "Not even ten million cases prove this at 95% confidence.",
        ),
        # How many alarms come nobody can say in advance.
        (replace(LINE, metric="precision"), {"rows_a_month": 1}, None),
        # No rate, no confidence, or nothing tolerated: cases are no matter.
        (replace(LINE, metric="f1"), {"events_a_year": 1}, None),
        (replace(LINE, confidence=None), {"events_a_year": 1}, None),
        (replace(LINE, limit=Decimal(0)), {"events_a_year": 1}, None),
    ],
)
def test_a_limit_that_expected_cases_cannot_prove_is_warned_of(line, given, told):
    found = warning(line, replace(PLAIN, **given))

    assert (found and found.en) == told
    if found:
        assert found.ja.endswith("。")


@given(st.integers(0, 2000))
def test_the_warning_goes_exactly_where_enough_are_expected(events):
    told = warning(LINE, replace(PLAIN, events_a_year=events))

    assert (told is None) == (events >= 299)


# As it is typed ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("4%", Unit.SHARE, "0.04"),
        ("4％", Unit.SHARE, "0.04"),
        (" 0.04 ", Unit.SHARE, "0.04"),
        ("100%", Unit.SHARE, "1"),
        ("3.5", Unit.PERCENT, "3.5"),
        ("3.5%", Unit.PERCENT, "3.5"),
        ("18万円", Unit.MONEY, "180000"),
        ("¥1,200", Unit.MONEY, "1200"),
        ("１，２００円", Unit.MONEY, "1200"),
        ("\u22125", Unit.SAME, "-5"),
        (".5", Unit.RATIO, "0.5"),
    ],
)
def test_a_limit_is_read_as_people_type_it(text, unit, value):
    assert read_limit(text, unit) == Decimal(value)


@pytest.mark.parametrize(
    ("text", "unit", "told"),
    [
        ("4", Unit.SHARE, "Write “4%”"),
        ("-4", Unit.SHARE, "Write “-4%”"),
        ("4%", Unit.COUNT, "not measured in percent"),
        ("4円", Unit.COUNT, "not an amount of money"),
        ("four", Unit.COUNT, "Write a number."),
        ("", Unit.COUNT, "Write a number."),
        ("1万", Unit.COUNT, "Write a number."),
        ("1e3", Unit.COUNT, "Write a number."),
        ("1" * 13, Unit.COUNT, "at most 12 digits"),
        ("1" * 41, Unit.COUNT, "at most 12 digits"),
        ("0.0000001", Unit.COUNT, "6 after it"),
    ],
)
def test_what_could_mean_two_things_is_not_taken(text, unit, told):
    with pytest.raises(TypedError) as refused:
        read_limit(text, unit)
    assert told in refused.value.why.en


@given(limits, st.sampled_from([Unit.PERCENT, Unit.MONEY, Unit.SAME, Unit.COUNT]))
def test_a_limit_is_typed_over_as_it_was(value, unit):
    assert read_limit(write_limit(value, unit), unit) == value


@given(st.decimals(0, 1, places=6))
def test_a_share_is_typed_over_as_it_was(value):
    assert read_limit(write_limit(value, Unit.SHARE), Unit.SHARE) == value


def test_every_unit_says_how_it_is_typed():
    assert set(HINTS) == set(Unit)
    assert hint(METRICS["miss_rate"]) == HINTS[Unit.SHARE]
