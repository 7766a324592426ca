"""A verdict stays what it was, says what would decide it, and where it was eased."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evaluation.models import CriterionVerdict, Result
from evaluation.verdict_words import why
from projects.catalogue import Bound, Terms
from projects.models import Agreement, Side
from projects.promise import Line
from projects.promised import promise_of
from projects.services import agreement as agreements
from projects.services import drafting
from tests.conftest import PASSWORD
from tests.evaluation.test_stages import ran

EASIER = Line("miss_rate", Bound.AT_MOST, Decimal("0.5"), Decimal("0.95"))
# 20 failures, none missed: too few to prove 5 % at 95 %.
FEW = b"y_true,y_pred\n" + b"1,1\n" * 20 + b"0,0\n" * 50


@pytest.fixture(autouse=True)
def in_english():
    with override("en"):
        yield


@pytest.fixture
def engagement_signed(draft, manager, executive):
    for side, signer in ((Side.PROVIDER, manager), (Side.CUSTOMER, executive)):
        agreements.sign(agreement=draft, side=side, password=PASSWORD, by=signer)
        draft.refresh_from_db()
    return draft.engagement


ACTS = (
    *("begin", "ease", "terms", "take out", "offer", "accept", "refuse"),
    *("save", "update", "run again"),
)


def attempt(act: str, engagement, manager, executive) -> None:
    """Do one thing that somebody might do to have another verdict."""
    last = engagement.agreements.first()
    by = {"agreement": last, "by": manager}
    match act:
        case "begin":
            drafting.begin_draft(
                engagement=engagement, reason="次", preset="copy", by=manager
            )
        case "ease":
            drafting.set_line(line=EASIER, known=last.criteria.first().pk, **by)
        case "terms":
            drafting.set_terms(terms=Terms(without_score="left_out"), **by)
        case "take out":
            drafting.take_out_line(known=last.criteria.first().pk, **by)
        case "offer":
            agreements.sign(side=Side.PROVIDER, password=PASSWORD, **by)
        case "accept":
            agreements.sign(
                agreement=last, side=Side.CUSTOMER, password=PASSWORD, by=executive
            )
        case "refuse":
            agreements.refuse(agreement=last, because="緩い", by=executive)
        case "save":
            last.reason = "別"
            last.save()
        case "update":
            Agreement.objects.update(reason="別")
        case _:
            ran(engagement, manager, FEW + b"0,1\n")


def frozen(run) -> tuple[object, ...]:
    run.refresh_from_db()
    version = Agreement.objects.get(pk=run.agreement_id)
    return (
        run.agreement_id,
        promise_of(version),
        version.digest,
        version.loosened_from,
        list(Result.objects.filter(run=run).values()),
        list(CriterionVerdict.objects.filter(result__run=run).values()),
    )


# The rows are made once and rolled back to after each example.
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(acts=st.lists(st.sampled_from(ACTS), max_size=8))
def test_no_act_changes_an_old_verdict(acts, engagement_signed, manager, executive):
    with transaction.atomic():
        run = ran(engagement_signed, manager, FEW)
        before = frozen(run)
        for act in acts:
            try:
                with transaction.atomic():
                    attempt(act, engagement_signed, manager, executive)
            except (ValidationError, AttributeError):
                # Refused, or there was no criterion left to touch.
                pass
            assert frozen(run) == before
        transaction.set_rollback(True)


def test_an_eased_version_is_marked_wherever_its_verdict_is_shown(
    client, engagement_signed, manager, executive
):
    first = ran(engagement_signed, manager, FEW)
    for act in ("begin", "ease", "offer", "accept"):
        attempt(act, engagement_signed, manager, executive)
    client.force_login(manager)
    inside = [engagement_signed.pk]
    places = [
        reverse("dashboards:portfolio"),
        reverse("dashboards:engagement", args=inside),
        reverse("evaluation:runs", args=inside),
    ]
    mark = "loosened after results"
    for place in places:
        assert mark not in client.get(place).text, place

    second = ran(engagement_signed, manager, FEW + b"0,1\n")

    for place in [*places, second.get_absolute_url()]:
        assert mark in client.get(place).text, place
    assert mark not in client.get(first.get_absolute_url()).text


def test_an_open_verdict_says_how_many_more_cases_decide_it(
    client, engagement_signed, manager
):
    run = ran(engagement_signed, manager, FEW)
    client.force_login(manager)

    told = "39 more cases, none of them wrong, would prove a pass."
    for place in (
        run.get_absolute_url(),
        reverse("dashboards:engagement", args=[engagement_signed.pk]),
        reverse("dashboards:portfolio"),
    ):
        assert told in client.get(place).text, place


@pytest.mark.parametrize(
    ("language", "further", "told"),
    [
        ("en", 59, "10 more cases are needed before this may be judged. 59 more"),
        ("en", 10, "10 more cases are needed before this may be judged."),
        ("en", None, "10 more cases are needed before this may be judged."),
        ("ja", 59, "。あと59件"),
    ],
)
def test_too_few_to_judge_says_too_what_a_pass_would_take(
    language, further, told, engagement_signed, manager
):
    run = ran(engagement_signed, manager, FEW)
    verdict = run.result.verdicts.first()
    verdict.short_by, verdict.further_cases = 10, further

    with override(language):
        said = why(verdict)

    assert told in said
    assert ("would prove" in said) is (language == "en" and further == 59)
