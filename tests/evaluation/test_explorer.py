"""The explorer's page: every stored point in words, with and without a script."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from evaluation.curve import Region, cheapest, curve_of
from evaluation.explorer import chosen_step, explorer, region_of, signed_point
from evaluation.metrics import inventory as stock
from evaluation.models import ErrorAcceptance
from projects.models import Agreement, Criterion, ErrorBudget
from projects.templatetags.figures import yen
from tests.evaluation.test_acceptances import run, scored, sent, signed  # noqa: F401
from tests.evaluation.test_curve import (
    OF_UNITS,
    PRICED,
    detected,
    forecasted,
    forecasts,
    measured,
    stocked,
)

TODAY = timezone.localdate()


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def shown(finished, agreement=None, accepted=None, segments=(), **asked):
    agreement = agreement or Agreement(rows_a_month=7_000)
    return explorer(finished, agreement, accepted, segments, **asked)


@pytest.mark.parametrize("name", ["", "東", "西"])
def test_every_point_is_in_the_page_as_python_reckons_it(name):
    finished = measured(detected())
    made = shown(finished, segments=["東", "西"], segment=name)
    curve = curve_of(finished, 7_000, name)

    assert made.segments == ("", "東", "西")
    assert made.data["at"] == [step.at for step in curve.steps]
    for step, texts, total in zip(
        curve.steps, made.data["texts"], made.data["lines"][0], strict=True
    ):
        assert texts[1] == f"{step.false_alarms:,}"
        assert texts[4] == f"{step.misses:,}"
        assert texts[7] == yen(curve.bill(step).yen)
        assert total == pytest.approx(float(curve.bill(step).yen) / 1e6, abs=1e-4)
    assert json.dumps(made.data)


def test_of_a_segment_everything_is_its_own():
    finished = measured(detected())
    agreement = Agreement(rows_a_month=7_000)
    agreement.error_budget = ErrorBudget(
        agreement=agreement, misses=400, misses_per="month", until=TODAY
    )
    made = shown(finished, agreement, segments=["東"], segment="東", asked="0.4")
    whole, own = curve_of(finished, 7_000), curve_of(finished, 7_000, "東")
    figure = made.chart.figure["light"]
    best = cheapest(own)

    # What is allowed is allowed of the whole file: no band, and nothing said of one.
    assert [shape["type"] for shape in figure["layout"]["shapes"]] == ["line", "line"]
    assert {one[9] for one in made.data["texts"]} == {None}
    assert figure["data"][-1]["x"] == [best.at]
    assert figure["data"][-2]["x"] == [own.step(0.4).at]
    assert made.chart.title == (
        f"東 · The cheapest point is {best.at:.4f}: {yen(own.bill(best).yen)}."
    )
    assert made.chart.spoken.startswith("東 · Cost of errors from")
    assert f"{own.steps[-1].at:.4f}" in made.chart.spoken
    assert made.chart.table.title.startswith("東 · ")
    assert made.chart.table.rows[0][1] == f"{own.steps[0].false_alarms:,}"
    # Accepted is a point of the whole file, also without a script.
    assert made.acceptable == repr(whole.step(own.step(0.4).at).at)
    assert made.data["whole"] == [step.at for step in whole.steps]


def test_the_signed_point_is_chosen_until_another_is_asked_for():
    finished = measured(detected())
    accepted = ErrorAcceptance(point=0.31)

    assert shown(finished).chosen.at == curve_of(finished).step(0.5).at
    assert shown(finished, accepted=accepted).chosen.at == 0.31
    assert shown(finished, asked="0.4").chosen.at == 0.4
    assert shown(finished, asked="nonsense").signed == "0.5000"
    assert shown(finished, segment="nowhere").segment == ""
    assert signed_point(forecasted(forecasts()), None) == 0.0


def test_without_a_signed_point_the_cheapest_or_the_middle_is_chosen():
    curve = curve_of(measured(detected()))

    assert chosen_step(curve, "", None, curve.steps[2]) == curve.steps[2]
    assert chosen_step(curve, "", None, None) == curve.steps[len(curve.steps) // 2]
    assert chosen_step(curve, "nan", None, None) in curve.steps


def test_the_budget_is_shaded_and_said():
    agreement = Agreement(rows_a_month=7_000)
    agreement.error_budget = ErrorBudget(
        agreement=agreement,
        misses=400,
        misses_per="month",
        yen_a_month=Decimal(99_000_000),
        until=TODAY,
    )
    made = shown(measured(detected()), agreement)

    shapes = made.chart.figure["light"]["layout"]["shapes"]
    assert [shape["type"] for shape in shapes] == ["line", "rect", "line"]
    assert made.chart.title.startswith("The cheapest point inside what is allowed")
    assert {one[9] for one in made.data["texts"]} == {True, False}
    agreement.error_budget.misses = 0
    agreement.error_budget.yen_a_month = Decimal(1)
    made = shown(measured(detected()), agreement)
    assert made.chart.title == "No point keeps what is allowed."


def test_what_was_accepted_is_the_region_where_no_budget_is():
    accepted = ErrorAcceptance(
        false_alarms_a_month=Decimal(3),
        misses_a_month=Decimal(1),
        yen_a_month=Decimal(9),
    )

    assert region_of(None, accepted) == Region(Decimal(3), Decimal(1), Decimal(9))
    weekly = ErrorBudget(false_alarms=7, false_alarms_per="week")
    assert region_of(weekly).false_alarms == pytest.approx(Decimal("30.4375"))


def test_without_prices_counts_are_drawn():
    made = shown(measured(detected(), PRICED.__class__(threshold=0.5)))

    assert not made.is_priced
    assert len(made.data["lines"]) == 2
    assert made.chart.title.startswith("Fewest errors at 0.")
    assert "Misses" in made.chart.title
    assert made.chart.figure["light"]["layout"]["title"]["text"] == "cases"


def test_a_forecast_is_explored_by_how_far_it_is_moved():
    made = shown(forecasted(forecasts(), OF_UNITS), asked="0.04")

    assert made.words.point == "Forecast moved by"
    assert "from −30% to +30%" in made.chart.spoken
    assert made.shown.at == "+4%"
    assert made.data["texts"][0][0] == "−30%"


@pytest.mark.parametrize("language", ["ja", "en"])
def test_yen_stand_on_the_axis_as_the_language_says_them(language):
    with translation.override(language):
        large = shown(measured(detected()))
        cheap = PRICED.__class__(threshold=0.5, yen_false_alarm=1, yen_miss=9)
        small = shown(measured(detected(), cheap), Agreement(rows_a_month=1))
    titles = [
        made.chart.figure["dark"]["layout"]["title"]["text"] for made in (large, small)
    ]

    assert titles[0] == {"ja": "万円/月", "en": "¥ M a month"}[language]
    assert titles[1] == {"ja": "円/月", "en": "¥ a month"}[language]


def test_the_page_works_by_a_form_alone(run, manager, client):  # noqa: F811
    client.force_login(manager)
    address = reverse("evaluation:run", args=[run.pk])

    page = client.get(address, {"at": "0.2"}).text

    assert 'method="get"' in page
    assert re.search(r'data-explorer-text="0">0.2000<', page)
    assert re.search(r'data-explorer-text="1">360<', page)
    assert "Accept the errors of this point" not in page


def test_a_pass_that_another_point_would_lose_is_said_of_it_and_of_the_cheapest():
    dear = replace(PRICED, yen_false_alarm=9_000_000.0)
    finished = measured(detected(3_000), dear)
    line = Criterion(metric="miss_rate", bound="at_most", limit="0.4", scope="whole")

    made = shown(finished, passing=[line], asked="0.5")
    (said,) = made.lost_cheapest
    best = cheapest(curve_of(finished)).at
    assert made.lost == ()
    assert said == f"At {best:.4f} a PASS would be lost: Miss rate FAIL."
    # Where the chosen point is the cheapest it is said once.
    made = shown(finished, passing=[line], asked=repr(best))
    assert (made.lost, made.lost_cheapest) == ((said,), ())


def test_htmx_is_sent_the_explorer_alone(run, manager, client):  # noqa: F811
    client.force_login(manager)
    address = reverse("evaluation:run", args=[run.pk])
    asked = {"HX-Request": "true", "HX-Target": "explorer"}

    part = client.get(address, {"at": "0.2"}, headers=asked)

    assert part.text.lstrip().startswith('<section class="sec" id="explorer">')
    assert "<html" not in part.text
    assert 'data-explorer-text="0">0.2000<' in part.text
    assert "HX-Target" in part["Vary"]


def test_where_alarms_cost_more_than_misses_silence_is_said_to_be_cheaper():
    dear = PRICED.__class__(threshold=0.5, yen_false_alarm=900, yen_miss=0)

    assert shown(measured(detected(), dear)).is_silence_cheaper
    assert not shown(measured(detected())).is_silence_cheaper
    assert not shown(forecasted(forecasts(), OF_UNITS)).is_silence_cheaper


def test_stock_is_explored_by_its_level():
    terms = PRICED.__class__(holding_rate=0.02, unit_cost=500.0, yen_shortage=90.0)
    batch, _demand, _level = stocked(terms)

    made = shown(stock.finish(stock.part(batch, terms=terms), terms))

    assert made.words.point == "Stock level moved by"
    assert made.shown.at == "0%"
