"""Writing a draft part by part, in the service and in the browser."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from projects.catalogue import Bound, Scope, Shape, Terms
from projects.models import Agreement, ErrorBudget, Event, Side, StopLine, TruthSet
from projects.presets import PRESETS
from projects.promise import Budget, Line, Stop
from projects.promised import promise_of
from projects.services import agreement as agreements
from projects.services import drafting
from projects.services.drafting import Conditions
from tests.conftest import PASSWORD, person
from tests.past import past_the_guard

HTMX = {"HTTP_HX_REQUEST": "true"}
LINE = Line(
    "miss_rate",
    Bound.AT_MOST,
    Decimal("0.01"),
    Decimal("0.95"),
    smallest_cases=299,
    reason="止まると1日180万円",
)
TYPED = {
    "metric": "miss_rate",
    "bound": "at_most",
    "limit": "1%",
    "confidence": "0.95",
    "scope": "whole",
    "segment": "",
    "smallest_cases": "299",
    "stage": "accuracy",
    "reason": "止まると1日180万円",
}


@pytest.fixture(autouse=True)
def in_english():
    with override("en"):
        yield


def truth_of(engagement, by, **given) -> TruthSet:
    fields = {
        "engagement": engagement,
        "name": "autumn.csv",
        "file": "autumn.csv",
        "size": 1,
        "sha256": "a" * 64,
        "layout": {},
        "rows": 1638,
        "events": 40,
        "registered_by": by,
        "registered_at": timezone.now(),
    }
    return TruthSet.objects.create(**(fields | given))


def written(draft, manager) -> Agreement:
    """The draft with something said of every part."""
    by = {"agreement": draft, "by": manager}
    drafting.set_line(line=LINE, known=None, **by)
    drafting.set_terms(terms=Terms(yen_miss=180_000.0, yen_miss_low=100_000.0), **by)
    truth = truth_of(draft.engagement, manager)
    conditions = Conditions("rule", truth, False, 3, 50_000, 40)
    drafting.set_conditions(conditions=conditions, **by)
    budget = Budget(date(2027, 3, 31), 4, "week", 1, "quarter", Decimal(810_000))
    drafting.set_budget(budget=budget, **by)
    stop = Stop(date(2026, 9, 30), Decimal(9_000_000), "miss_rate", Decimal("0.1"))
    drafting.set_stop(stop=stop, **by)
    return drafting.set_reason(reason="冬の前に", **by)


# The services ------------------------------------------------------------------------


@pytest.mark.parametrize("preset", ["few_false_alarms", "balanced", "few_misses"])
def test_a_version_begins_with_the_lines_of_a_preset(preset, screened, manager):
    draft = drafting.begin_draft(
        engagement=screened, reason="初版", preset=preset, by=manager
    )

    assert promise_of(draft).lines == PRESETS[Shape.DETECTION][preset].lines
    assert (draft.version, draft.is_draft) == (1, True)
    assert Event.objects.filter(verb="agreement.drafted").count() == 1


def test_the_next_version_copies_all_that_the_last_one_said(draft, manager, executive):
    written(draft, manager)
    for side, signer in ((Side.PROVIDER, manager), (Side.CUSTOMER, executive)):
        agreements.sign(agreement=draft, side=side, password=PASSWORD, by=signer)

    following = drafting.begin_draft(
        engagement=draft.engagement, reason="次", preset="copy", by=manager
    )

    draft.refresh_from_db()
    before, after = promise_of(draft), promise_of(following)
    assert after.version == 2
    for part in ("lines", "terms", "baseline", "truth", "own_truth", "budget", "stop"):
        assert getattr(after, part) == getattr(before, part), part
    for part in ("uploads_a_day", "rows_a_month", "events_a_year"):
        assert getattr(after, part) == getattr(before, part) is not None


def test_a_copy_of_what_says_little_says_as_little(draft, manager, executive):
    agreements.sign(agreement=draft, side=Side.PROVIDER, password=PASSWORD, by=manager)
    agreements.refuse(agreement=draft, because="緩い", by=executive)

    following = drafting.begin_draft(
        engagement=draft.engagement, reason="次", preset="copy", by=manager
    )

    assert promise_of(following).budget is promise_of(following).stop is None
    assert promise_of(following).lines == promise_of(draft).lines


@pytest.mark.parametrize("preset", ["copy", "anything"])
def test_there_is_nothing_to_copy_for_the_first_version(preset, screened, manager):
    with pytest.raises(ValidationError, match="what the version begins with"):
        drafting.begin_draft(
            engagement=screened, reason="初版", preset=preset, by=manager
        )
    assert not Agreement.objects.exists()


def test_a_second_version_waits_for_the_first(draft, manager):
    with pytest.raises(ValidationError, match="still open"):
        drafting.begin_draft(
            engagement=draft.engagement, reason="次", preset="empty", by=manager
        )


def test_an_empty_version_is_not_signed(screened, manager):
    draft = drafting.begin_draft(
        engagement=screened, reason="初版", preset="empty", by=manager
    )
    with pytest.raises(ValidationError, match="at least one criterion"):
        agreements.sign(
            agreement=draft, side=Side.PROVIDER, password=PASSWORD, by=manager
        )


def test_a_criterion_is_added_changed_and_taken_out(draft, manager):
    by = {"agreement": draft, "by": manager}
    known = draft.criteria.first().pk

    drafting.set_line(line=LINE, known=known, **by)
    assert draft.criteria.get(pk=known).as_line() == LINE
    drafting.take_out_line(known=known, **by)
    drafting.take_out_line(known=known, **by)
    with pytest.raises(ValidationError, match="gone"):
        drafting.set_line(line=LINE, known=known, **by)

    assert draft.criteria.count() == 1
    assert Event.objects.filter(verb="agreement.edited").count() == 3


def test_a_part_may_be_said_changed_and_taken_back(draft, manager):
    written(draft, manager)
    by = {"agreement": draft, "by": manager}
    later = Budget(date(2028, 3, 31), misses=0)
    drafting.set_budget(budget=later, **by)
    assert promise_of(draft).budget == later
    drafting.set_budget(budget=None, **by)
    drafting.set_stop(stop=None, **by)

    assert promise_of(draft).budget is promise_of(draft).stop is None


@pytest.mark.parametrize(
    ("act", "given", "told"),
    [
        (drafting.set_budget, {"budget": Budget(date(2027, 1, 1))}, "how many errors"),
        (drafting.set_stop, {"stop": Stop()}, "Name a date"),
        (drafting.set_stop, {"stop": Stop(metric="f1")}, "together with its value"),
        (
            drafting.set_stop,
            {"stop": Stop(metric="mape", value=Decimal(3))},
            "fit this kind",
        ),
        (
            drafting.set_stop,
            {"stop": Stop(metric="nothing", value=Decimal(3))},
            "fit this kind",
        ),
        (
            drafting.set_conditions,
            {"conditions": Conditions(baseline="naive")},
            "fits this kind",
        ),
        (
            drafting.set_conditions,
            {"conditions": Conditions(own_truth=False)},
            "Allow it",
        ),
        (
            drafting.set_line,
            {"line": Line("mape", Bound.AT_MOST, Decimal(3), None), "known": None},
            "fit this kind",
        ),
        (
            drafting.set_line,
            {
                "line": Line("f1", Bound.AT_MOST, Decimal(3), None, Scope.NAMED),
                "known": None,
            },
            "Name the segment",
        ),
    ],
)
def test_what_makes_no_promise_is_refused(act, given, told, draft, manager):
    before = promise_of(draft)

    with pytest.raises(ValidationError, match=told):
        act(agreement=draft, by=manager, **given)

    draft.refresh_from_db()
    assert promise_of(draft) == before


@pytest.mark.parametrize("of", ["another", "unregistered"])
def test_only_a_registered_truth_set_of_the_engagement_is_agreed(
    of, draft, manager, engagement
):
    truth = truth_of(draft.engagement, manager, registered_at=None)
    if of == "another":
        other = type(engagement).objects.get(pk=engagement.pk)
        other.pk = None
        other.id = None
        other._state.adding = True
        other.save()
        truth = truth_of(other, manager)

    with pytest.raises(ValidationError, match="registered truth set"):
        drafting.set_conditions(
            agreement=draft, conditions=Conditions(truth_set=truth), by=manager
        )


EVERY_ACT = [
    (drafting.set_reason, {"reason": "別"}),
    (drafting.set_line, {"line": LINE, "known": None}),
    (drafting.take_out_line, {"known": 1}),
    (drafting.set_terms, {"terms": Terms(beta=3.0)}),
    (drafting.set_conditions, {"conditions": Conditions(uploads_a_day=1)}),
    (drafting.set_budget, {"budget": None}),
    (drafting.set_stop, {"stop": None}),
]


@pytest.mark.parametrize(("act", "given"), EVERY_ACT)
def test_no_act_changes_what_is_signed(act, given, draft, manager):
    agreements.sign(agreement=draft, side=Side.PROVIDER, password=PASSWORD, by=manager)
    draft.refresh_from_db()
    before = promise_of(draft)

    with pytest.raises(ValidationError, match="cannot be changed"):
        act(agreement=draft, by=manager, **given)

    draft.refresh_from_db()
    assert promise_of(draft) == before


@pytest.mark.parametrize(("act", "given"), EVERY_ACT)
def test_who_does_not_manage_writes_no_part(act, given, draft, executive):
    engineer = person("engineer", draft.engagement.provider, "engineer")

    for reader in (engineer, executive):
        with pytest.raises(PermissionDenied):
            act(agreement=draft, by=reader, **given)
    with pytest.raises(PermissionDenied):
        drafting.begin_draft(
            engagement=draft.engagement, reason="次", preset="empty", by=engineer
        )

    assert not Event.objects.filter(verb="agreement.edited").exists()


# The browser -------------------------------------------------------------------------


def address(name: str, draft, *more) -> str:
    return reverse(f"projects:{name}", args=[draft.pk, *more])


def test_a_version_is_begun_in_the_browser(client, screened, manager):
    client.force_login(manager)
    new = reverse("projects:agreement_new", args=[screened.pk])

    assert "Fewer misses" in client.get(new).text
    assert "The last version" not in client.get(new).text
    page = client.post(new, {"reason": "初版", "preset": "few_misses"}, follow=True)

    assert "Miss rate at most 1%, with 95% confidence" in page.text
    assert "見逃し率は95%の確信で1%以下" in page.text


def test_a_criterion_shows_how_it_reads_before_it_is_kept(client, draft, manager):
    client.force_login(manager)
    new = address("criterion_new", draft)

    assert "Miss rate" in client.get(new).text
    live = client.post(new, TYPED, **HTMX)
    assert "見逃し率は95%の確信で1%以下(299件以上で判定)。" in live.text
    assert "<html" not in live.text
    assert "HX-Request" in live["Vary"]
    shown = client.post(new, TYPED | {"preview": "1"})
    assert "Miss rate at most 1%, with 95% confidence" in shown.text
    assert "<html" in shown.text
    assert draft.criteria.count() == 2

    kept = client.post(new, TYPED)
    assert kept["Location"] == address("agreement_edit", draft)
    assert draft.criteria.last().as_line() == LINE


def test_a_criterion_is_shown_again_changed_and_taken_out(client, draft, manager):
    client.force_login(manager)
    line, other = draft.criteria.all()
    page = client.get(address("criterion_edit", draft, line.pk))
    form = page.context["form"]
    assert form["limit"].value() == "5%"
    assert form["confidence"].value() == "0.95"
    without = client.get(address("criterion_edit", draft, other.pk)).context["form"]
    assert without["confidence"].value() == ""

    named = {"scope": "named", "segment": "プレス1号機", "confidence": ""}
    client.post(address("criterion_edit", draft, line.pk), TYPED | named)
    line.refresh_from_db()
    assert (line.segment, line.confidence) == ("プレス1号機", None)
    # A name left over though all rows are judged again is no fault.
    back = named | {"scope": "whole"}
    client.post(address("criterion_edit", draft, line.pk), TYPED | back)
    line.refresh_from_db()
    assert (line.segment, line.scope) == ("", "whole")
    client.post(address("criterion_remove", draft, line.pk))
    assert list(draft.criteria.all()) == [other]
    assert client.get(address("criterion_edit", draft, line.pk)).status_code == 404


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"limit": "4"}, "Write “4%” with its sign"),
        ({"limit": "many"}, "Write a number."),
        ({"limit": ""}, "required"),
        ({"metric": "mape"}, "Select a valid choice"),
        ({"scope": "named"}, "Name the segment."),
    ],
)
def test_a_criterion_that_is_not_clear_is_told_at_its_field(
    wrong, told, client, draft, manager
):
    client.force_login(manager)
    new = address("criterion_new", draft)

    refused = client.post(new, TYPED | wrong)
    live = client.post(new, TYPED | wrong, **HTMX)

    assert told in refused.text
    assert told in live.text
    assert "stands here once everything is filled in" in live.text
    assert draft.criteria.count() == 2


def test_a_limit_that_the_cases_expected_cannot_prove_is_warned_of(
    client, draft, manager
):
    conditions = Conditions(events_a_year=40)
    drafting.set_conditions(agreement=draft, conditions=conditions, by=manager)
    client.force_login(manager)

    live = client.post(address("criterion_new", draft), TYPED, **HTMX)

    assert "299 real events without an error are needed" in live.text
    assert "you expect 40 a year, which takes 7.5 years" in live.text


BUDGET = {
    "false_alarms": "4",
    "false_alarms_per": "week",
    "misses": "1",
    "misses_per": "quarter",
    "yen_a_month": "810000",
    "until": "2027-03-31",
}
STOP = {"on": "2026-09-30", "metric": "miss_rate", "value": "10%", "yen": "9000000"}
CONDITIONS = {
    "baseline": "rule",
    "own_truth": "on",
    "uploads_a_day": "3",
    "rows_a_month": "50000",
    "events_a_year": "40",
    "truth_set": "",
}
TERMS = {"yen_miss": "180000", "yen_miss_low": "100000", "yen_miss_high": "250000"}


@pytest.mark.parametrize(
    ("part", "typed", "told"),
    [
        ("reason", {"reason": "冬の前に"}, "冬の前に"),
        ("budget", BUDGET, "up to 4 false alarms a week, up to 1 miss a quarter"),
        ("budget", dict.fromkeys(BUDGET, ""), "No error"),
        ("stop", STOP, "Miss rate is not at most 10% by 30 September 2026"),
        ("stop", dict.fromkeys(STOP, ""), "No stop line"),
        ("conditions", CONDITIONS, "must do better than the present judgement"),
        ("conditions", {"own_truth": "on"}, "Files may bring their own truth."),
        ("terms", TERMS, "Cost of a miss: ¥180,000 (¥100,000–¥250,000)."),
        ("terms", {"beta": "2"}, "No cost of errors is agreed."),
    ],
)
def test_every_part_is_shown_in_words_and_kept(
    part, typed, told, client, draft, manager
):
    client.force_login(manager)
    at = address("agreement_part", draft, part)
    if part == "budget":
        # A choice always sends something.
        typed = typed | {"false_alarms_per": "week", "misses_per": "quarter"}

    assert client.get(at).status_code == 200
    assert told in client.post(at, typed, **HTMX).text
    kept = client.post(at, typed)

    assert kept.status_code == 302, kept.context["form"].errors
    # Of errors that cost nothing the draft is silent.
    assert (told in client.get(kept["Location"]).text) is ("beta" not in typed)
    # What was kept stands in the form when it is opened again.
    form = client.get(at).context["form"]
    for name, value in typed.items():
        if name not in ("own_truth",) and value:
            assert str(form[name].value()) == value, name


@pytest.mark.parametrize(
    ("part", "typed", "told"),
    [
        ("budget", BUDGET | {"until": ""}, "until when"),
        ("budget", BUDGET | {"until": "soon"}, "Enter a valid date"),
        (
            "budget",
            BUDGET | {"false_alarms": "", "misses": "", "yen_a_month": ""},
            "how many errors",
        ),
        ("stop", STOP | {"value": ""}, "together with its value"),
        ("stop", STOP | {"metric": ""}, "together with its value"),
        ("stop", STOP | {"value": "10"}, "with its sign"),
        ("conditions", CONDITIONS | {"own_truth": ""}, "Allow it."),
        ("terms", TERMS | {"yen_miss_low": "999999"}, "must rise"),
        ("reason", {"reason": ""}, "required"),
    ],
)
def test_a_part_that_is_not_clear_is_refused_at_its_field(
    part, typed, told, client, draft, manager
):
    client.force_login(manager)
    before = promise_of(draft)

    page = client.post(address("agreement_part", draft, part), typed)

    assert told in page.text
    draft.refresh_from_db()
    assert promise_of(draft) == before


def test_a_kind_without_alarms_is_asked_for_none(client, draft, manager):
    past_the_guard(type(draft.engagement)).update(kind="inventory")
    past_the_guard(type(draft.criteria.first())).update(metric="fill_rate")
    client.force_login(manager)

    budget = client.get(address("agreement_part", draft, "budget")).context["form"]
    rest = client.get(address("agreement_part", draft, "conditions")).context["form"]
    new = client.get(address("criterion_new", draft)).context["form"]

    assert list(budget.fields) == ["yen_a_month", "until"]
    assert not {"baseline", "events_a_year"} & set(rest.fields)
    assert new["bound"].value() == "at_least"


def test_a_part_nobody_knows_is_not_found(client, draft, manager):
    client.force_login(manager)

    assert client.get(address("agreement_part", draft, "wishes")).status_code == 404


@pytest.mark.parametrize(
    ("name", "more"),
    [("agreement_edit", ()), ("agreement_part", ("stop",)), ("criterion_new", ())],
)
def test_a_signed_version_opens_no_form(name, more, client, draft, manager):
    agreements.sign(agreement=draft, side=Side.PROVIDER, password=PASSWORD, by=manager)
    client.force_login(manager)

    page = client.get(address(name, draft, *more), follow=True)

    assert "A signed version cannot be changed." in page.text


def test_a_criterion_of_a_signed_version_stays(client, draft, manager):
    line = draft.criteria.first()
    agreements.sign(agreement=draft, side=Side.PROVIDER, password=PASSWORD, by=manager)
    client.force_login(manager)

    page = client.post(address("criterion_remove", draft, line.pk), follow=True)

    assert "A signed version cannot be changed." in page.text
    assert draft.criteria.filter(pk=line.pk).exists()


def test_what_the_act_refuses_is_told_above_the_form(client, draft, manager):
    """Between opening the form and keeping it the truth set was taken away."""
    truth = truth_of(draft.engagement, manager)
    typed = CONDITIONS | {"truth_set": truth.pk}
    client.force_login(manager)
    at = address("agreement_part", draft, "conditions")
    assert client.post(at, typed).status_code == 302

    past_the_guard(TruthSet).update(registered_at=None)
    page = client.post(at, typed)

    assert "Select a valid choice" in page.text


def test_a_whole_draft_is_read_in_both_languages(client, draft, manager):
    written(draft, manager)
    client.force_login(manager)

    page = client.get(address("agreement_edit", draft)).text

    for told in (
        "誤検知は週4件まで、見逃しは四半期1件まで、誤りの費用は月810,000円まで",
        "Work stops when Miss rate is not at most 10% by 30 September 2026",
        "見逃し1件の費用は180,000円(低くて100,000円)。",
        "The truth set “autumn.csv” is fixed in advance.",
        "the truth set holds 40, which can show at most 7.22% errors.",
        "At most 3 uploads a day.",
    ):
        assert told in page, told
    assert ErrorBudget.objects.exists()
    assert StopLine.objects.exists()


@pytest.mark.parametrize(
    ("part", "told"),
    [
        ("reason", "冬の前に"),
        ("conditions", "At most 3 uploads a day."),
        ("terms", "Cost of a miss: ¥180,000 (at least ¥100,000)."),
        ("budget", "up to 4 false alarms a week"),
        ("stop", "more than ¥9,000,000 is spent"),
    ],
)
def test_a_form_opens_with_what_the_draft_says_so_far(
    part, told, client, draft, manager
):
    written(draft, manager)
    client.force_login(manager)

    assert told in client.get(address("agreement_part", draft, part)).text


def test_the_form_of_a_criterion_says_how_its_unit_is_typed(client, draft, manager):
    client.force_login(manager)
    new = address("criterion_new", draft)
    seconds = TYPED | {"metric": "delay_mean", "limit": ""}

    assert "In seconds." in client.post(new, seconds, **HTMX).text
    known = address("criterion_edit", draft, draft.criteria.first().pk)
    assert "Miss rate at most 5%, with 95% confidence." in client.get(known).text
