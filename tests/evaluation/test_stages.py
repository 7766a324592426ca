"""Three stages: put forward, signed by both, rejected with repairs; and operation."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evaluation import operation, pipeline, reviews, services
from evaluation.allowed import allowances
from evaluation.ingest.mapping import recognise
from evaluation.models import ErrorAcceptance, Review, ReviewSignature, Run
from evaluation.reviews import RepairDraft
from projects.linking import Chained, first_broken
from projects.models import (
    Agreement,
    Criterion,
    Engagement,
    ErrorBudget,
    Event,
    Link,
    Membership,
    Side,
    Stage,
)
from projects.services import agreement as agreements
from projects.services import chain
from tests.conftest import PASSWORD, person
from tests.past import past_the_guard

GOOD = b"y_true,y_pred\n" + b"1,1\n" * 200 + b"0,0\n" * 200
BAD = b"y_true,y_pred\n" + b"1,0\n" * 200 + b"0,0\n" * 200


@pytest.fixture(autouse=True)
def in_english():
    with override("en"):
        yield


@pytest.fixture
def signed(draft, manager, executive):
    draft.criteria.update(stage="initial")
    for side, signer in ((Side.PROVIDER, manager), (Side.CUSTOMER, executive)):
        agreements.sign(agreement=draft, side=side, password=PASSWORD, by=signer)
        draft.refresh_from_db()
    return Engagement.objects.get(pk=draft.engagement_id)


def ran(engagement, by, content=GOOD) -> Run:
    upload = services.receive_upload(
        engagement=engagement,
        file=ContentFile(content, name="a.csv"),
        name="a.csv",
        sha256=f"{hash(content):064x}"[-64:],
        by=by,
    )
    columns = recognise(upload.seen.columns, engagement.shape)
    run = services.submit_run(
        upload=upload, columns=columns, note="", by=by, own_truth=True
    )
    pipeline.evaluate(run.pk)
    return Run.objects.get(pk=run.pk)


def errors_accepted(engagement, run, executive) -> ErrorAcceptance:
    return ErrorAcceptance.objects.create(
        engagement=engagement,
        run=run,
        point=0.5,
        false_alarms_a_month=4,
        misses_a_month=1,
        yen_a_month=1000,
        yen_low=900,
        yen_high=1100,
        until=timezone.localdate() + timedelta(days=30),
        sentence="認めます",
        organisation=engagement.customer,
        accepted_by=executive,
        link=chain.append(engagement, {"what": "errors"}),
    )


def turned_down(engagement) -> None:
    """A blocking question of the round that stands turns into a no."""
    issued = engagement.assessments.get()
    issued.answers.filter(item_id="P1").update(value="no")


def accepted(engagement, stage, run, manager, executive) -> Review:
    review = reviews.open_review(
        engagement=engagement, stage=stage, run=run, by=manager
    )
    for side, signer in ((Side.PROVIDER, manager), (Side.CUSTOMER, executive)):
        review = reviews.sign_review(
            review=review, side=side, password=PASSWORD, by=signer
        )
    engagement.refresh_from_db()
    return review


def in_operation(engagement, manager, executive):
    run = ran(engagement, manager)
    accepted(engagement, Stage.INITIAL, run, manager, executive)
    errors_accepted(engagement, run, executive)
    accepted(engagement, Stage.ACCURACY, run, manager, executive)
    return run


def planned(engagement, manager, executive, **changes):
    typed = {
        "starts_on": timezone.localdate() - timedelta(days=40),
        "owner": executive,
        "deputy": manager,
        "truth_delay_days": 7,
        "fallback": "目視に戻す",
        "days_needed": 3,
    }
    return operation.plan_operation(
        engagement=engagement, by=manager, **(typed | changes)
    )


def day_of(engagement, by, ago=20, **changes):
    typed = {"cases": 100, "known": 100, "false_alarms": 2, "misses": 1, "note": ""}
    day = timezone.localdate() - timedelta(days=ago)
    return operation.record_day(
        engagement=engagement, day=day, by=by, **(typed | changes)
    )


# Reviews ------------------------------------------------------------------------------


def test_both_signatures_accept_a_stage_and_open_the_next(signed, manager, executive):
    run = ran(signed, manager)

    review = accepted(signed, Stage.INITIAL, run, manager, executive)

    assert (review.status, signed.stage) == ("accepted", "accuracy")
    verbs = list(Event.objects.values_list("verb", flat=True)[:4])
    assert verbs[:2] == ["engagement.stage_changed", "review.accepted"]
    links = [
        Chained(link.number, link.body, link.previous, link.digest)
        for link in Link.objects.filter(engagement=signed)
    ]
    assert first_broken(links) is None
    assert '"what":"review"' in links[-1].body


def test_an_accepted_stage_shows_what_stood_then(signed, manager, executive, client):
    run = ran(signed, manager)
    review = accepted(signed, Stage.INITIAL, run, manager, executive)
    turned_down(signed)

    stood = {one.key: one.is_met for one in reviews.put_forward(review)}
    client.force_login(executive)
    page = client.get(reverse("evaluation:review", args=[review.pk])).text

    assert stood["feasible"] is True
    assert "Feasibility is GO or CONDITIONAL" in page
    assert 'class="sr"> missing' not in page


def test_one_signature_accepts_nothing(signed, manager):
    run = ran(signed, manager)
    review = reviews.open_review(
        engagement=signed, stage=Stage.INITIAL, run=run, by=manager
    )

    signed_once = reviews.sign_review(
        review=review, side=Side.PROVIDER, password=PASSWORD, by=manager
    )

    signed.refresh_from_db()
    assert (signed_once.status, signed.stage) == ("open", "initial")
    with pytest.raises(ValidationError, match="signed already"):
        reviews.sign_review(
            review=review, side=Side.PROVIDER, password=PASSWORD, by=manager
        )


def test_what_is_missing_is_named(signed, manager):
    run = ran(signed, manager, BAD)

    with pytest.raises(ValidationError, match="Every criterion of the stage passes"):
        reviews.open_review(engagement=signed, stage=Stage.INITIAL, run=run, by=manager)
    with pytest.raises(ValidationError, match="A run measured under that version"):
        reviews.open_review(
            engagement=signed, stage=Stage.INITIAL, run=None, by=manager
        )


def test_a_stage_is_accepted_in_its_turn_and_once_at_a_time(signed, manager, executive):
    run = ran(signed, manager)
    with pytest.raises(ValidationError, match="not the one to be accepted"):
        reviews.open_review(
            engagement=signed, stage=Stage.ACCURACY, run=run, by=manager
        )
    reviews.open_review(engagement=signed, stage=Stage.INITIAL, run=run, by=manager)

    with pytest.raises(ValidationError, match="open already"):
        reviews.open_review(engagement=signed, stage=Stage.INITIAL, run=run, by=manager)


def test_a_run_of_another_engagement_proves_nothing(signed, manager, executive):
    run = ran(signed, manager)
    fields = {f.name: getattr(signed, f.name) for f in Engagement._meta.fields[1:]}
    other = Engagement.objects.create(**fields)

    with pytest.raises(ValidationError, match="run of this engagement"):
        reviews.open_review(engagement=other, stage=Stage.INITIAL, run=run, by=manager)


def test_what_falls_away_before_signing_is_asked_again(signed, manager, executive):
    run = ran(signed, manager)
    review = reviews.open_review(
        engagement=signed, stage=Stage.INITIAL, run=run, by=manager
    )
    turned_down(signed)

    with pytest.raises(ValidationError, match="Feasibility is GO"):
        reviews.sign_review(
            review=review, side=Side.CUSTOMER, password=PASSWORD, by=executive
        )
    assert not ReviewSignature.objects.exists()


def test_a_waiver_past_its_last_day_holds_up_a_stage_the_same_day(signed):
    turned_down(signed)
    today = timezone.localdate()
    signed.waivers.create(
        item_id="P1",
        reason="試行",
        until=today,
        organisation=signed.customer,
        given_by=signed.owner,
    )

    stands = [
        reviews.facts_of(signed, Stage.INITIAL, None, today=day).feasible
        for day in (today, today + timedelta(days=1))
    ]

    assert stands == [True, False]


def test_a_version_that_came_in_between_ends_the_review(signed, manager, executive):
    run = ran(signed, manager)
    review = reviews.open_review(
        engagement=signed, stage=Stage.INITIAL, run=run, by=manager
    )
    old = signed.agreements.get()
    Agreement.objects.filter(pk=old.pk).update(status="superseded")
    fields = {"engagement": signed, "status": "in_force", "digest": "d" * 64}
    new = Agreement.objects.create(
        version=2, drafted_by=manager, reason="第2版", **fields
    )
    Run.objects.filter(pk=run.pk).update(agreement=new)

    with pytest.raises(ValidationError, match="Another version"):
        reviews.sign_review(
            review=review, side=Side.CUSTOMER, password=PASSWORD, by=executive
        )


def test_who_may_not_sign_or_open_is_refused(signed, manager, executive):
    run = ran(signed, manager)
    engineer = person("engineer", signed.provider, "engineer")
    with pytest.raises(PermissionDenied):
        reviews.open_review(
            engagement=signed, stage=Stage.INITIAL, run=run, by=engineer
        )
    review = reviews.open_review(
        engagement=signed, stage=Stage.INITIAL, run=run, by=manager
    )
    with pytest.raises(PermissionDenied):
        reviews.sign_review(
            review=review, side=Side.CUSTOMER, password=PASSWORD, by=manager
        )
    with pytest.raises(PermissionDenied):
        reviews.reject_review(review=review, because="x", repairs=[], by=engineer)
    with pytest.raises(ValidationError, match="password"):
        reviews.sign_review(
            review=review, side=Side.CUSTOMER, password="wrong", by=executive
        )


def test_a_rejection_names_what_is_to_be_mended(signed, manager, executive):
    run = ran(signed, manager)
    review = reviews.open_review(
        engagement=signed, stage=Stage.INITIAL, run=run, by=manager
    )
    repair = RepairDraft("夜勤のデータを足す", manager, date(2026, 12, 24))

    for because, repairs, says in (
        ("", [repair], "Say why"),
        ("足りない", [], "at least one"),
    ):
        with pytest.raises(ValidationError, match=says):
            reviews.reject_review(
                review=review, because=because, repairs=repairs, by=executive
            )
    reviews.reject_review(
        review=review, because="足りない", repairs=[repair], by=executive
    )

    kept = review.repairs.get()
    assert review.status == "rejected"
    with pytest.raises(ValidationError, match="has ended"):
        reviews.reject_review(
            review=review, because="再び", repairs=[repair], by=manager
        )
    with pytest.raises(ValidationError, match="has ended"):
        reviews.sign_review(
            review=review, side=Side.CUSTOMER, password=PASSWORD, by=executive
        )
    with pytest.raises(PermissionDenied):
        reviews.finish_repair(repair=kept, how="足した", by=executive)
    with pytest.raises(ValidationError, match="what was done"):
        reviews.finish_repair(repair=kept, how=" ", by=manager)
    reviews.finish_repair(repair=kept, how="足した", by=manager)
    with pytest.raises(ValidationError, match="mended already"):
        reviews.finish_repair(repair=kept, how="足した", by=manager)
    # No dead end: the same stage is put forward again.
    assert accepted(signed, Stage.INITIAL, run, manager, executive).status == "accepted"


def test_a_baseline_has_to_be_beaten(signed, manager):
    ours = past_the_guard(Agreement).filter(engagement=signed)
    ours.update(baseline="null")
    facts = reviews.facts_of(signed, Stage.INITIAL, None, today=timezone.localdate())
    assert facts.beats_baseline is False

    run = ran(signed, manager)
    facts = reviews.facts_of(signed, Stage.INITIAL, run, today=timezone.localdate())
    assert facts.beats_baseline is True
    ours.update(baseline="rule")
    facts = reviews.facts_of(signed, Stage.INITIAL, run, today=timezone.localdate())
    assert facts.beats_baseline is False


ACTS = st.lists(
    st.sampled_from(["open", "provider", "customer", "reject", "stranger"]), max_size=7
)


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(acts=ACTS)
def test_no_sequence_of_acts_accepts_without_both_signatures(
    acts, signed, manager, executive
):
    with transaction.atomic():
        run = Run.objects.filter(agreement__engagement=signed).first() or ran(
            signed, manager
        )
        before = [v.outcome for v in run.result.verdicts.all()]
        for act in acts:
            review = signed.reviews.filter(status="open").first()
            try:
                with transaction.atomic():
                    if act == "open":
                        reviews.open_review(
                            engagement=signed, stage=Stage.INITIAL, run=run, by=manager
                        )
                    elif review is None:
                        continue
                    elif act == "reject":
                        repair = RepairDraft("直す", manager, date(2026, 12, 1))
                        reviews.reject_review(
                            review=review, because="x", repairs=[repair], by=executive
                        )
                    elif act == "stranger":
                        reviews.sign_review(
                            review=review,
                            side=Side.CUSTOMER,
                            password=PASSWORD,
                            by=manager,
                        )
                    else:
                        by = manager if act == "provider" else executive
                        reviews.sign_review(
                            review=review, side=Side(act), password=PASSWORD, by=by
                        )
            except (ValidationError, PermissionDenied):
                pass
        for review in signed.reviews.all():
            sides = set(review.signatures.values_list("side", flat=True))
            assert (review.status == "accepted") == (sides == {"provider", "customer"})
        done = signed.reviews.filter(status="accepted").exists()
        assert (Engagement.objects.get(pk=signed.pk).stage == "accuracy") == done
        assert [v.outcome for v in run.result.verdicts.all()] == before
        transaction.set_rollback(True)


# Operation ----------------------------------------------------------------------------


def test_a_year_of_operation_is_accepted_on_its_days(signed, manager, executive):
    in_operation(signed, manager, executive)
    agreement = signed.agreements.in_force().get()
    past_the_guard(ErrorBudget).bulk_create(
        [
            ErrorBudget(
                agreement=agreement,
                false_alarms=30,
                misses=10,
                yen_a_month=10_000,
                until=timezone.localdate(),
            )
        ]
    )
    planned(signed, manager, executive)
    for ago in (20, 21, 22):
        day_of(signed, manager, ago)
    operation.record_drill(
        engagement=signed,
        held_on=timezone.localdate(),
        what="切り戻し",
        worked=True,
        minutes=12,
        by=manager,
    )

    review = accepted(signed, Stage.OPERATION, None, manager, executive)

    assert (review.run, signed.stage) == (None, "closed")


def test_a_day_whose_truth_nobody_knows_is_not_told_as_free_of_errors(
    signed, manager, executive
):
    in_operation(signed, manager, executive)
    planned(signed, manager, executive)

    day_of(signed, manager, known=0, false_alarms=0, misses=0)

    told = Event.objects.filter(verb="operation.day_open").get()
    assert "the truth not known yet" in told.sentence("en")
    assert "正解はまだわかりません" in told.sentence("ja")


def test_a_day_costs_what_the_agreement_says(signed, manager, executive):
    in_operation(signed, manager, executive)
    planned(signed, manager, executive)
    agreement = past_the_guard(Agreement).filter(engagement=signed)
    agreement.update(terms={"yen_false_alarm": 1500.0, "yen_miss": 80_000.0})

    first = day_of(signed, executive_engineer(signed))
    again = day_of(signed, manager, misses=0)

    assert first.cost_yen == Decimal(83_000)
    assert (again.pk, again.cost_yen) == (first.pk, Decimal(3_000))
    agreement.update(status="superseded")
    assert operation.cost_of(signed, 1, 1) == 0


@pytest.mark.parametrize(
    ("kind", "terms", "cost", "name"),
    [
        ("demand_forecast", {"yen_over": 2.0, "yen_under": 3.5}, 1_900, "too little"),
        ("inventory", {"yen_shortage": 4.0}, 800, "Units short"),
        ("layout", {}, 0, "No better than before"),
    ],
)
def test_each_kind_counts_its_own_errors(
    kind, terms, cost, name, signed, manager, executive, client
):
    in_operation(signed, manager, executive)
    planned(signed, manager, executive)
    Engagement.objects.filter(pk=signed.pk).update(kind=kind)
    signed.refresh_from_db()
    past_the_guard(Agreement).filter(engagement=signed).update(terms=terms)
    known = 1_000 if kind == "layout" else 400

    counts = {"cases": 1_000, "known": known, "false_alarms": 600, "misses": 200}
    day = day_of(signed, manager, **counts)
    client.force_login(manager)

    assert day.cost_yen == cost
    assert name in client.get(reverse("evaluation:operation", args=[signed.pk])).text


def executive_engineer(engagement):
    return person("operator", engagement.customer, "engineer")


def test_truth_is_expected_only_of_days_old_enough(signed, manager, executive):
    in_operation(signed, manager, executive)
    planned(signed, manager, executive)
    today = timezone.localdate()
    assert operation.operated(signed, None, today).truth_share is None

    day_of(signed, manager, 20, known=90)
    day_of(signed, manager, 1, known=3)

    stood = operation.operated(signed, signed.agreements.in_force().get(), today)
    assert (stood.days, stood.truth_share, stood.budget_kept) == (2, 0.9, None)


def test_only_what_was_allowed_is_counted():
    budget = ErrorBudget(false_alarms=3, false_alarms_per="week")

    assert [one.measure for one in allowances(budget)] == ["false_alarms"]


def test_a_breached_budget_is_not_kept(signed, manager, executive):
    in_operation(signed, manager, executive)
    planned(signed, manager, executive)
    agreement = signed.agreements.in_force().get()
    past_the_guard(ErrorBudget).bulk_create(
        [
            ErrorBudget(
                agreement=agreement,
                misses=0,
                misses_per="year",
                until=timezone.localdate(),
            )
        ]
    )
    day_of(signed, manager)

    stood = operation.operated(signed, agreement, timezone.localdate())

    assert stood.budget_kept is False


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"deputy": "owner"}, "two people"),
        ({"owner": "stranger"}, "takes no part"),
        ({"fallback": " "}, "how work goes on"),
    ],
)
def test_a_plan_that_cannot_be_is_refused(signed, manager, executive, changes, says):
    in_operation(signed, manager, executive)
    stranger = person("stranger", signed.customer, "viewer")
    Membership.objects.filter(user=stranger).delete()
    people = {"owner": executive, "stranger": stranger}
    typed = {k: people.get(v, v) for k, v in changes.items()}

    with pytest.raises(ValidationError, match=says):
        planned(signed, manager, executive, **typed)


def test_who_was_added_to_this_engagement_may_be_deputy(signed, manager, executive):
    in_operation(signed, manager, executive)
    guest = person("guest", signed.customer, "viewer")
    Membership.objects.filter(user=guest).update(engagement=signed)

    assert planned(signed, manager, executive, deputy=guest).deputy == guest


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"ago": -1}, "between the start"),
        ({"ago": 41}, "between the start"),
        ({"known": 101}, "more cases than there were"),
        ({"false_alarms": 60, "misses": 60}, "More errors than cases"),
    ],
)
def test_a_day_that_cannot_be_is_refused(signed, manager, executive, changes, says):
    in_operation(signed, manager, executive)
    with pytest.raises(ValidationError, match="Plan the operation first"):
        day_of(signed, manager)
    planned(signed, manager, executive)

    with pytest.raises(ValidationError, match=says):
        day_of(signed, manager, **changes)


def test_a_drill_of_tomorrow_is_none(signed, manager, executive):
    in_operation(signed, manager, executive)

    with pytest.raises(ValidationError, match="past"):
        operation.record_drill(
            engagement=signed,
            held_on=timezone.localdate() + timedelta(days=1),
            what="x",
            worked=True,
            minutes=1,
            by=manager,
        )


def test_before_and_after_the_work_nothing_is_operated(signed, manager, executive):
    with pytest.raises(ValidationError, match="initial judgement is accepted"):
        planned(signed, manager, executive)
    Engagement.objects.filter(pk=signed.pk).update(stage="closed")
    signed.refresh_from_db()
    with pytest.raises(ValidationError, match="has ended"):
        planned(signed, manager, executive)


# Pages --------------------------------------------------------------------------------


def test_what_no_run_can_change_cannot_be_put_forward_yet(signed, manager, client):
    Engagement.objects.filter(pk=signed.pk).update(stage="operation")
    client.force_login(manager)
    page = client.get(reverse("evaluation:stages", args=[signed.pk])).text

    assert 'aria-disabled="true"' in page
    assert "It can be put forward once nothing is missing." in page


def test_a_stage_goes_through_the_pages(signed, manager, executive, client):
    run = ran(signed, manager, BAD)
    stages = reverse("evaluation:stages", args=[signed.pk])
    client.force_login(manager)
    page = client.get(stages)
    assert "1 thing is missing" in page.text
    refused = client.post(stages, {"run": run.pk}, follow=True)
    assert "Still missing" in refused.text
    assert "no accuracy is warranted" in client.get(run.get_absolute_url()).text

    good = ran(signed, manager)
    went = client.post(stages, {"run": good.pk})
    review = signed.reviews.get()
    assert went["Location"] == reverse("evaluation:review", args=[review.pk])
    sign = reverse("evaluation:review_sign", args=[review.pk])
    wrong = client.post(sign, {"agreed": "on", "password": "wrong"})
    assert "password is not right" in wrong.text
    client.post(sign, {"agreed": "on", "password": PASSWORD})
    assert "nothing for you to sign" in client.get(sign, follow=True).text

    client.force_login(executive)
    reject = reverse("evaluation:review_reject", args=[review.pk])
    empty = client.post(reject, {"because": "足りない", "what_2": "直す"})
    assert "belong together" in empty.text
    typed = {"because": "足りない", "what_1": "直す", "owner_1": manager.pk}
    client.post(reject, typed | {"due_1": "2026-12-24"})
    again = client.post(reject, typed | {"due_1": "2026-12-24"})
    assert "This review has ended." in again.text
    shown = client.get(reverse("evaluation:review", args=[review.pk]))
    assert "足りない" in shown.text

    client.force_login(manager)
    done = reverse("evaluation:repair_done", args=[review.repairs.get().pk])
    assert "what was done" in client.post(done, {"how": ""}, follow=True).text
    assert "足した" in client.post(done, {"how": "足した"}, follow=True).text
    accepted(signed, Stage.INITIAL, good, manager, executive)
    page = client.get(stages)
    assert "Accepted" in page.text
    later = ran(signed, manager, GOOD + b"0,0\n")
    assert "no accuracy is warranted" not in client.get(later.get_absolute_url()).text


def test_operation_goes_through_its_page(signed, manager, executive, client):
    in_operation(signed, manager, executive)
    page = reverse("evaluation:operation", args=[signed.pk])
    client.force_login(manager)
    today = timezone.localdate()
    assert "Nothing is planned yet" in client.get(page).text
    plan = {
        "what": "plan",
        "starts_on": str(today - timedelta(days=5)),
        "owner": executive.pk,
        "deputy": executive.pk,
        "truth_delay_days": "0",
        "days_needed": "2",
        "fallback": "目視",
    }
    refused = client.post(page, plan)
    assert refused.status_code == 422
    assert "two people" in refused.text
    client.post(page, plan | {"deputy": manager.pk})
    day = {"what": "day", "day": str(today), "cases": "10", "known": "10"}
    kept = client.post(page, day | {"false_alarms": "1", "misses": "0"}, follow=True)

    assert "It is kept." in kept.text
    assert "1 of 2 days are written" in client.get(page).text
    past_the_guard(ErrorBudget).bulk_create(
        [
            ErrorBudget(
                agreement=signed.agreements.in_force().get(),
                false_alarms=0,
                yen_a_month=1,
                misses=1,
                until=today,
            )
        ]
    )
    assert "Passed on" in client.get(page).text


def test_criteria_count_from_their_stage_on(signed, manager, executive):
    run = ran(signed, manager)
    past_the_guard(Criterion).filter(
        agreement__engagement=signed, metric="precision"
    ).update(stage="accuracy")
    today = timezone.localdate()

    initial = reviews.facts_of(signed, Stage.INITIAL, run, today=today)
    accuracy = reviews.facts_of(signed, Stage.ACCURACY, run, today=today)

    assert (initial.outcomes, accuracy.outcomes) == ({"pass": 1}, {"pass": 2})
