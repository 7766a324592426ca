"""How many cases prove a rate: published numbers, laws, and the sentences about it."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import binomtest, poisson

from projects.catalogue import Bound, Limit, Scope
from projects.sample_words import (
    alarms_told,
    cases_told,
    doubt,
    misses_told,
    percent,
)
from projects.sampling import (
    cases_needed,
    errors_allowed,
    interval,
    months_of,
    months_to_watch,
    shown_by,
)

RATES = st.floats(0.002, 0.9)
CONFIDENCES = st.floats(0.5, 0.999)


@pytest.mark.parametrize(
    ("rate", "confidence", "errors", "cases"),
    [
        (0.05, 0.95, 0, 59),
        (0.01, 0.95, 0, 299),
        (0.05, 0.95, 1, 93),
        (0.05, 0.95, 2, 124),
        (0.10, 0.95, 0, 29),
        (0.10, 0.90, 0, 22),
        (0.01, 0.99, 0, 459),
        (0.001, 0.95, 0, 2995),
        (0.5, 0.9, 0, 4),
    ],
)
def test_the_cases_are_those_of_the_tables(rate, confidence, errors, cases):
    assert cases_needed(rate, confidence, errors) == cases


@pytest.mark.parametrize(
    ("cases", "errors", "shown"),
    [(23, 0, 0.12212), (59, 0, 0.0495), (299, 0, 0.00997), (0, 0, 1.0), (5, 5, 1.0)],
)
def test_what_so_many_cases_can_show(cases, errors, shown):
    assert shown_by(cases, 0.95, errors) == pytest.approx(shown, abs=6e-5)


@given(RATES, CONFIDENCES)
def test_without_an_error_the_number_is_that_of_the_logarithms(rate, confidence):
    exact = math.log(1 - confidence) / math.log(1 - rate)
    assume(abs(exact - round(exact)) > 1e-6)

    assert cases_needed(rate, confidence) == math.ceil(exact)


@given(RATES, CONFIDENCES, st.integers(0, 20))
def test_it_is_the_inverse_of_clopper_and_pearson(rate, confidence, errors):
    needed = cases_needed(rate, confidence, errors)

    assert shown_by(needed, confidence, errors) <= rate + 1e-9
    if needed - 1 > errors:
        assert shown_by(needed - 1, confidence, errors) > rate - 1e-9


@given(st.integers(0, 200), st.integers(1, 400), CONFIDENCES)
def test_what_is_shown_is_scipys_exact_end(errors, more, confidence):
    cases = errors + more
    test = binomtest(errors, cases, alternative="less")

    exact = test.proportion_ci(confidence, method="exact").high
    assert shown_by(cases, confidence, errors) == pytest.approx(exact, abs=1e-9)


@given(st.lists(RATES, min_size=2, max_size=4), CONFIDENCES, st.integers(0, 5))
def test_a_lower_rate_never_takes_fewer_cases(rates, confidence, errors):
    needed = [cases_needed(rate, confidence, errors) for rate in sorted(rates)]

    assert all(more >= fewer for more, fewer in pairwise(needed))


@given(RATES, st.lists(CONFIDENCES, min_size=2, max_size=4), st.integers(0, 5))
def test_a_higher_confidence_never_takes_fewer_cases(rate, confidences, errors):
    needed = [cases_needed(rate, sure, errors) for sure in sorted(confidences)]

    assert all(fewer <= more for fewer, more in pairwise(needed))


@given(RATES, CONFIDENCES, st.integers(0, 20))
def test_every_further_error_takes_further_cases(rate, confidence, errors):
    fewer = cases_needed(rate, confidence, errors)

    assert cases_needed(rate, confidence, errors + 1) > fewer


@given(RATES, CONFIDENCES, st.integers(1, 3_000))
def test_the_errors_allowed_are_the_most_that_still_prove_it(rate, confidence, cases):
    allowed = errors_allowed(cases, rate, confidence)

    if allowed is None:
        assert cases < cases_needed(rate, confidence)
    else:
        assert cases_needed(rate, confidence, allowed) <= cases
        assert cases_needed(rate, confidence, allowed + 1) > cases


def test_no_number_of_errors_is_allowed_where_no_number_of_cases_is_enough():
    assert errors_allowed(100, 1e-9, 0.95) is None


def test_more_cases_than_anybody_collects_are_none():
    assert cases_needed(1e-9, 0.95) is None
    assert cases_needed(0.05, 0.95, most=58) is None
    assert cases_needed(0.05, 0.95, 10, most=10) is None


@pytest.mark.parametrize(
    ("rate", "confidence", "errors"),
    [(0, 0.95, 0), (1, 0.95, 0), (0.1, 0, 0), (0.1, 1, 0), (0.1, 0.95, -1)],
)
def test_what_cannot_be_asked_is_refused(rate, confidence, errors):
    with pytest.raises(ValueError, match=r"between 0 and 1|fewer than none"):
        cases_needed(rate, confidence, errors)


@pytest.mark.parametrize(("hits", "cases"), [(0, 0), (-1, 5), (6, 5)])
def test_what_is_no_proportion_is_refused(hits, cases):
    with pytest.raises(ValueError, match="proportion"):
        interval(hits, cases, 0.05)


def test_the_months_are_whole_and_enough():
    assert months_of(59, 2) == 30
    assert months_of(58, 2) == 29
    assert months_of(36, 23 / 36) == 57
    assert months_of(7, 0.7) == 10


@pytest.mark.parametrize("a_month", [0, -1, math.inf])
def test_cases_that_never_come_take_no_months(a_month):
    with pytest.raises(ValueError, match="a month"):
        months_of(10, a_month)


@given(st.floats(0.01, 1_000), CONFIDENCES, st.integers(0, 50))
def test_the_watch_is_the_exact_one_of_poisson(a_month, confidence, seen):
    months = months_to_watch(a_month, confidence, seen)

    assert poisson.cdf(seen, months * a_month) == pytest.approx(1 - confidence, 1e-6)


def test_the_watch_is_the_rule_of_three():
    assert months_to_watch(1, 0.95) == pytest.approx(2.9957, abs=1e-4)


@pytest.mark.parametrize(("a_month", "seen"), [(0, 0), (math.inf, 0), (1, -1)])
def test_what_cannot_be_watched_is_refused(a_month, seen):
    with pytest.raises(ValueError, match="cannot be watched"):
        months_to_watch(a_month, 0.95, seen)


# In words ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.05, "5%"),
        (0.122086, "12.2%"),
        (0.0005, "0.05%"),
        (0.9997, "99.97%"),
        (0.5, "50%"),
        (0.0, "0%"),
        (1.0, "100%"),
    ],
)
def test_a_share_keeps_three_digits_at_either_end(share, text):
    assert percent(share) == text


def test_too_few_cases_say_how_many_it_takes_and_what_they_show():
    told = cases_told(cases=23, a_month=23 / 36)

    assert told.enough is False
    assert told.lead.ja == "59件必要です。"
    assert told.text.ja == (
        "見逃し率5%以下を信頼度95%で言うには、見逃しのない事象が59件要ります。"
        "23件で示せるのは12.2%以下までです。あと36件は、月0.64件なら57か月で集まります。"
    )
    assert told.lead.en == "59 cases are needed."
    assert "23 cases can show at most 12.2%." in told.text.en
    assert told.text.en.endswith("take 57 months at 0.64 a month.")


@pytest.mark.parametrize(
    ("asked", "lead", "within"),
    [
        ({}, "59 cases are needed.", "takes 59 cases without a single miss."),
        ({"a_month": 59}, "59 cases", "At 59 a month that is a month of data."),
        ({"cases": 0}, "59 cases", "Without one, nothing is shown."),
        ({"cases": 59}, "There are enough", "59 cases can show at most 4.95%."),
        ({"cases": 120, "a_month": 1}, "There are enough", "with up to 1 missed"),
        ({"errors": 2}, "124 cases", "124 cases with no more than 2 missed."),
        ({"rate": 0.97, "cases": 1}, "There are enough", "1 case can show at most 95%"),
        ({"rate": 0.97}, "1 case is needed.", "takes 1 case without"),
        ({"rate": 1e-8}, "It cannot be proved.", "over ten million cases"),
    ],
)
def test_cases_are_told_for_what_is_asked(asked, lead, within):
    told = cases_told(**asked)

    assert told.lead.en.startswith(lead)
    assert within in told.text.en


@pytest.mark.parametrize(
    ("asked", "lead", "enough"),
    [
        ({"a_year": 0}, "None at all cannot be proved.", False),
        ({"a_year": 1}, "The cases it takes are open.", None),
        ({"a_year": 1, "events": 16}, "The cases it takes are open.", None),
        ({"a_year": 8, "events": 16, "months": 24}, "This is no condition.", False),
        ({"a_year": 1, "events": 16, "months": 24}, "23 cases are needed.", False),
        ({"a_year": 1, "events": 1, "months": 3}, "11 cases are needed.", False),
        ({"a_year": 2, "events": 60, "months": 60}, "There are enough cases.", True),
    ],
)
def test_tolerated_misses_are_told_by_how_often_events_come(asked, lead, enough):
    told = misses_told(**asked)

    assert told.lead.en == lead
    assert told.enough is enough


def test_tolerated_misses_say_the_rate_they_amount_to():
    told = misses_told(1, events=16, months=24)

    assert told.text.ja.startswith("24か月に16件なら年8件です。見逃し率12.5%以下を")
    assert told.text.en.startswith("16 cases in 24 months are 8 a year. To claim a")


@pytest.mark.parametrize(
    ("a_month", "lead"),
    [
        (4, "23 days of records are needed."),
        (1000, "a day of records are needed."),
        (0.2, "15 months of records are needed."),
        (0, "None at all cannot be proved."),
    ],
)
def test_tolerated_false_alarms_are_told_by_how_long_is_watched(a_month, lead):
    assert alarms_told(a_month).lead.en == lead


def limit(value: float, bound=Bound.AT_MOST, metric="miss_rate", confidence=0.95):
    return Limit(metric, bound, value, confidence, Scope.WHOLE)


def test_a_criterion_is_doubted_when_its_cases_cannot_prove_it():
    found = doubt(limit(0.05), 40)

    assert found.ja == (
        "40件では、誤りが1件もなくても7.22%以下までしか示せません。"
        "5%以下を信頼度95%で示すには59件必要です。"
    )
    assert found.en.endswith("At most 5% at 95% confidence takes 59.")


def test_a_criterion_from_below_is_doubted_from_below():
    found = doubt(limit(0.95, Bound.AT_LEAST, "recall"), 40)

    assert found.en.startswith("40 cases without one error would show only at least 92")
    assert found.en.endswith("At least 95% at 95% confidence takes 59.")


@pytest.mark.parametrize(
    ("criterion", "cases"),
    [
        pytest.param(limit(0.05), 59, id="enough"),
        pytest.param(limit(0.05, confidence=None), 1, id="the value itself"),
        pytest.param(limit(0.05, metric="mae"), 1, id="no rate"),
        pytest.param(limit(0), 1, id="no error at all"),
        pytest.param(limit(1.0, Bound.AT_LEAST, "recall"), 1, id="always right"),
    ],
)
def test_other_criteria_are_not_doubted(criterion, cases):
    assert doubt(criterion, cases) is None


def test_a_rate_beyond_all_cases_is_doubted_without_a_number():
    assert doubt(limit(1e-9), 40).en.endswith("only at most 7.22%.")
