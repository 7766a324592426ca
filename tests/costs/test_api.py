"""Money through the API: each key once, all or nothing, exact to the last digit."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from costs import importing
from costs.models import Charge, CostImport, ExchangeRate, GpuType, Price, SpendDay
from costs.services import budgets
from costs.services.use import record_use
from projects.models import Event
from tests.api import USE, asked, bill_file, token_of
from tests.conftest import person
from tests.costs.bills import line, rate, sums_follow


@pytest.fixture
def program(client, manager, engagement):
    """A program of the manager's that works on the engagement."""
    token = token_of(manager)

    def ask(verb, name, *rest, body=None, **more):
        on = engagement.provider_id if name.startswith("cost_import") else engagement.pk
        return asked(client, verb, name, [on, *rest], token=token, body=body, **more)

    return ask


@pytest.fixture
def listed(engagement, manager):
    """The provider's list: one type, with a price in dollars and the day's rate."""
    gpu_type = GpuType.objects.create(
        organisation=engagement.provider, name="g5.xlarge", model="A10G", gpus=1
    )
    Price.objects.create(
        organisation=engagement.provider,
        gpu_type=gpu_type,
        service="compute",
        option="on_demand",
        currency="USD",
        per_hour=Decimal("1.006"),
        valid_from=date(2026, 1, 1),
        source="the price list",
        recorded_by=manager,
    )
    ExchangeRate.objects.create(
        organisation=engagement.provider,
        currency="USD",
        day=date(2026, 10, 1),
        yen=Decimal("151.37"),
        source="the bank",
        recorded_by=manager,
    )
    return gpu_type


def test_a_use_is_written_with_its_price_and_answered_in_full(program, engagement):
    answer = program("post", "gpu_use", body=USE)

    assert answer.status_code == 201
    (told,) = answer.json()["items"]
    kept = Charge.objects.get()
    assert (kept.source, kept.cost_yen) == ("api", Decimal("1147.5"))
    assert told["id"] == kept.pk
    assert told["cost"] == told["cost_yen"] == "1147.5"
    assert (told["hours"], told["price_per_hour"]) == ("2.5", "459")
    assert (told["day"], told["person"]) == ("2026-10-01", "manager")
    assert told["price_reason"] == "invoice 2026-10"
    assert SpendDay.objects.get().cost_yen == Decimal("1147.5")
    assert Event.objects.filter(engagement=engagement).first().actor.name == "manager"


def test_without_a_price_that_of_the_list_holds(program, listed):
    body = {name: USE[name] for name in ("started_at", "ended_at")}

    told = program("post", "gpu_use", body=body | {"gpu_type": "g5.xlarge"}).json()

    (one,) = told["items"]
    assert (one["price_per_hour"], one["currency"]) == ("1.006", "USD")
    assert (one["rate_yen"], one["cost"]) == ("151.37", "2.515")
    assert one["cost_yen"] == "380.6956"


@pytest.mark.parametrize("written", ['"0.1"', "0.1"])
def test_numbers_are_taken_exactly_as_text_or_as_numbers(written, program):
    raw = json.dumps(USE | {"price_per_hour": 0}).replace(
        '"price_per_hour": 0', f'"price_per_hour": {written}'
    )

    answer = program("post", "gpu_use", body=raw)

    assert Charge.objects.get().price_per_hour == Decimal("0.1")
    assert answer.json()["items"][0]["cost"] == "0.25"


def test_several_are_written_together(program, engagement):
    uses = [
        USE | {"count": n, "used_by": "Manager@example.test"} for n in (1, 2, "0.5")
    ]

    answer = program("post", "gpu_use", body=uses)

    assert answer.status_code == 201
    assert [one["count"] for one in answer.json()["items"]] == ["1", "2", "0.5"]
    assert Charge.objects.count() == 3
    sums_follow()


def test_one_bad_use_among_several_leaves_none_written(program):
    bad = USE | {"ended_at": USE["started_at"]}

    answer = program("post", "gpu_use", body=[USE, bad])

    assert answer.status_code == 422
    assert answer.json()["message"] == (
        "Number 2 of the list: The use must end after it began."
    )
    assert not Charge.objects.exists()
    assert not Event.objects.filter(verb__startswith="gpu_usage").exists()


# The key --------------------------------------------------------------------------


@pytest.mark.parametrize("body", [USE, [USE, USE | {"count": "2"}]])
def test_the_same_key_again_answers_with_what_it_wrote(body, program):
    sent_once = program("post", "gpu_use", body=body, **{"idempotency-key": "job 17"})
    again = program("post", "gpu_use", body=body, **{"idempotency-key": "job 17"})
    other = program("post", "gpu_use", body=body, **{"idempotency-key": "job 18"})

    assert (sent_once.status_code, again.status_code) == (201, 200)
    assert again.json() == sent_once.json()
    assert other.status_code == 201
    assert Charge.objects.count() == 2 * len(sent_once.json()["items"])
    sums_follow()


@pytest.mark.parametrize(
    "other",
    [
        USE | {"count": "2"},
        USE | {"price_per_hour": "460"},
        [USE, USE],
        USE | {"ended_at": "2026-10-01T13:00:00+09:00"},
    ],
)
def test_a_key_is_for_one_thing(other, program):
    program("post", "gpu_use", body=USE, **{"idempotency-key": "job"})

    answer = program("post", "gpu_use", body=other, **{"idempotency-key": "job"})

    assert (answer.status_code, answer.json()["error"]) == (422, "key_used")
    assert Charge.objects.count() == 1


def test_a_shorter_list_under_a_known_key_is_another_thing(program):
    program("post", "gpu_use", body=[USE, USE], **{"idempotency-key": "job"})

    answer = program("post", "gpu_use", body=USE, **{"idempotency-key": "job"})

    assert answer.json()["error"] == "key_used"


def test_a_key_whose_line_was_given_to_another_engagement_tells_nothing_of_it(
    program, engagement
):
    program("post", "gpu_use", body=USE, **{"idempotency-key": "job"})
    Charge.objects.update(engagement=None, assigned_by="")

    answer = program("post", "gpu_use", body=USE, **{"idempotency-key": "job"})

    assert answer.json()["error"] == "key_used"


# Bad input ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "field", "told"),
    [
        (
            {"started_at": "2026-10-01T10:00:00"},
            "started_at",
            "Write a time with its zone",
        ),
        ({"started_at": 1790000000}, "started_at", "Write a time with its zone"),
        ({"ended_at": "yesterday"}, "ended_at", "Write a time with its zone"),
        ({"count": "0"}, "count", "The number must be above 0."),
        ({"count": "1.2345"}, "count", "more than 3 decimal places"),
        ({"count": "many"}, "count", "Write a number"),
        ({"price_per_hour": "-1"}, "price_per_hour", "must not be below 0"),
        ({"price_per_hour": "NaN"}, "price_per_hour", "Write a number"),
        ({"option": "cheap"}, "option", "Choose one of on_demand, spot, reserved,"),
        ({"interruptions": 1.5}, "interruptions", "Write a whole number."),
        ({"utilisation": "101"}, "utilisation", "must not be above 100"),
        ({"note": "x" * 201}, "note", "At most 200 letters are kept."),
        ({"gpu_type": ""}, "gpu_type", "This is needed."),
        ({"gpu": "A100"}, "gpu", "There is no field of this name."),
    ],
)
def test_a_field_that_cannot_be_read_is_named_with_what_to_write(
    change, field, told, program
):
    answer = program("post", "gpu_use", body=USE | change)

    assert answer.status_code == 422
    said = answer.json()
    assert (said["error"], said["field"]) == ("invalid", field)
    assert said["message"].startswith(f"{field}: ")
    assert told in said["message"]


@pytest.mark.parametrize(
    ("change", "error", "told"),
    [
        ({"ended_at": USE["started_at"]}, "refused", "must end after it began"),
        ({"lost_hours": "3"}, "refused", "No more hours can be lost"),
        ({"currency": "XXY"}, "rate_missing", "no exchange rate of XXY"),
        ({"price_reason": ""}, "reason_missing", "needs price_reason"),
        ({"gpus_of_one": None}, "type_unknown", "send its gpus_of_one"),
        ({"price_per_hour": None}, "type_unknown", "send its price_per_hour"),
        ({"used_by": "a@b.test"}, "person_unknown", "the e-mail a@b.test"),
    ],
)
def test_what_a_use_may_not_say_is_refused_in_a_sentence(change, error, told, program):
    answer = program("post", "gpu_use", body=USE | change)

    assert answer.status_code == 422
    assert answer.json()["error"] == error
    assert told in answer.json()["message"]
    assert not Charge.objects.exists()


@pytest.mark.parametrize(
    ("body", "status", "error", "told"),
    [
        ("{", 400, "not_json", "cannot be read as JSON"),
        ("", 422, "invalid", "This is needed."),
        ("7", 422, "invalid", "Send one object, or a list of them."),
        ("[]", 422, "invalid", "The list is empty."),
        ("[7]", 422, "invalid", "[0]: Send one object, or a list of them."),
        (json.dumps([USE] * 501), 422, "invalid", "At most 500 are taken at once."),
        (json.dumps([USE, {}]), 422, "invalid", "[1].started_at: This is needed."),
    ],
)
def test_a_body_that_is_no_use_is_refused(body, status, error, told, program):
    answer = program("post", "gpu_use", body=body)

    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert told in answer.json()["message"]
    assert not Charge.objects.exists()


def test_a_price_that_the_list_does_not_have_is_told(program, listed):
    body = {**USE, "gpu_type": "g5.xlarge", "price_per_hour": None}

    answer = program("post", "gpu_use", body=body)

    assert answer.json()["error"] == "price_missing"
    assert "There is no price of g5.xlarge (Spot" in answer.json()["message"]


# Reading --------------------------------------------------------------------------


@pytest.fixture
def five(engagement, manager):
    """A line on each of five days."""
    for day in range(1, 6):
        started = f"2026-10-{day:02d}T00:00:00+00:00"
        record_use(
            engagement=engagement,
            started_at=datetime.fromisoformat(started),
            ended_at=datetime.fromisoformat(started.replace("T00", "T02")),
            gpu_type="p3",
            gpus_of_one=Decimal(1),
            price_per_hour=Decimal(100),
            by=manager,
        )


def test_lines_come_in_pages_newest_first(program, client, five, manager):
    first = program("get", "gpu_use", body={"limit": 2, "since": "2026-10-02"}).json()
    token = token_of(manager, "another")
    second = asked(client, "get", first["next"], [], token=token).json()

    assert [one["day"][-2:] for one in first["items"]] == ["05", "04"]
    assert first["next"].startswith("http://testserver/api/v1/engagements/")
    assert [one["day"][-2:] for one in second["items"]] == ["03", "02"]
    assert second["next"] is None


def test_both_days_are_included(program, five):
    body = {"since": "2026-10-02", "until": "2026-10-03"}

    told = program("get", "gpu_use", body=body).json()

    assert [one["day"] for one in told["items"]] == ["2026-10-03", "2026-10-02"]


@pytest.mark.parametrize(
    ("query", "field", "told"),
    [
        ({"since": "October"}, "since", "Write a day as 2026-10-01."),
        ({"limit": 0}, "limit", "must not be below 1"),
        ({"limit": "all"}, "limit", "Write a whole number."),
        ({"after": "5"}, "after", "is taken from the address under “next”"),
    ],
)
def test_a_bad_query_is_told(query, field, told, program, five):
    answer = program("get", "gpu_use", body=query)

    assert (answer.status_code, answer.json()["field"]) == (422, field)
    assert told in answer.json()["message"]


def test_pages_make_the_same_queries_however_many_lines(
    program, five, django_assert_max_num_queries
):
    with django_assert_max_num_queries(5):
        assert len(program("get", "gpu_use").json()["items"]) == 5


def test_what_was_sent_by_mistake_is_taken_back_once(program):
    made = program("post", "gpu_use", body=USE).json()["items"][0]

    assert program("delete", "gpu_use_line", made["id"]).status_code == 204
    assert program("delete", "gpu_use_line", made["id"]).status_code == 404
    assert not Charge.objects.exists()
    sums_follow()


def test_the_line_of_a_bill_is_not_taken_back(program, five, engagement, manager):
    delivered = CostImport.objects.create(
        organisation=engagement.provider, name="bill.csv", delivered_by=manager
    )
    Charge.objects.update(imported=delivered)

    answer = program("delete", "gpu_use_line", Charge.objects.first().pk)

    assert answer.status_code == 422
    assert "corrected by a corrected bill" in answer.json()["message"]


def test_the_spend_is_told_by_kind_and_month_exactly(program, engagement, manager):
    budgets.set_budget(
        engagement=engagement,
        budget_yen=Decimal(1000),
        stop_yen=Decimal(3000),
        by=manager,
    )
    program("post", "gpu_use", body=USE | {"price_per_hour": "459.1234"})
    november = {
        "started_at": "2026-11-01T10:00:00+09:00",
        "ended_at": "2026-11-01T11:00:00+09:00",
    }
    program("post", "gpu_use", body=USE | november)

    told = program("get", "spend").json()

    assert told == {
        "engagement": str(engagement.pk),
        "currency": "JPY",
        "spent_yen": "1606.8085",
        "budget_yen": "1000",
        "left_yen": "-606.8085",
        "stop_yen": "3000",
        "gpu_hours": "3.5",
        "kinds": [
            {"kind": "gpu", "cost_yen": "1606.8085", "gpu_hours": "3.5", "lines": 2}
        ],
        "months": [
            {
                "month": "2026-10-01",
                "cost_yen": "1147.8085",
                "gpu_hours": "2.5",
                "lines": 1,
            },
            {"month": "2026-11-01", "cost_yen": "459", "gpu_hours": "1", "lines": 1},
        ],
    }


def test_the_spend_of_nothing_is_nothing(program):
    told = program("get", "spend").json()

    assert (told["spent_yen"], told["budget_yen"], told["left_yen"]) == (
        "0",
        None,
        None,
    )
    assert told["kinds"] == told["months"] == []


# Files ----------------------------------------------------------------------------


def test_a_bill_is_delivered_followed_and_taken_over(program, engagement, manager):
    rate(engagement.provider, manager)
    body = {"file": bill_file(), "basis": "billed", "invoice_total": "3.06"}

    delivered = program("post", "cost_imports", body=body)
    assert delivered.status_code == 202
    pk = delivered.json()["id"]
    assert (delivered.json()["status"], delivered.json()["report"]) == ("waiting", {})
    importing.work_on(pk)
    read = program("get", "cost_import", pk).json()
    taken = program("post", "cost_import_take", pk)
    importing.work_on(pk)

    assert (read["status"], read["invoice_total"]) == ("checked", "3.06")
    assert read["report"]["totals"][0]["billed"] == "3.06"
    assert read["obstacles"] == read["faults"] == []
    assert (taken.status_code, taken.json()["status"]) == (202, "queued")
    assert program("get", "cost_import", pk).json()["status"] == "taken"
    assert Charge.objects.get().cost == Decimal("3.06")


def test_the_very_file_again_answers_with_the_first_delivery(program):
    first = program("post", "cost_imports", body={"file": bill_file()})
    again = program("post", "cost_imports", body={"file": bill_file()})

    assert (first.status_code, again.status_code) == (202, 200)
    assert again.json()["id"] == first.json()["id"]
    assert CostImport.objects.count() == 1


def test_a_delivery_without_rates_says_what_keeps_it(program):
    pk = program("post", "cost_imports", body={"file": bill_file()}).json()["id"]
    importing.work_on(pk)

    read = program("get", "cost_import", pk).json()
    taken = program("post", "cost_import_take", pk)

    assert "There is no exchange rate of USD" in read["obstacles"][0]
    assert taken.status_code == 422
    assert "Without a price or a rate" in taken.json()["message"]


def test_a_dropped_delivery_is_dropped_once(program):
    pk = program("post", "cost_imports", body={"file": bill_file()}).json()["id"]
    importing.work_on(pk)

    assert program("post", "cost_import_drop", pk).json()["status"] == "dropped"
    again = program("post", "cost_import_drop", pk)

    assert (again.status_code, again.json()["error"]) == (422, "refused")


@pytest.mark.parametrize(("language", "word"), [("en", "not a"), ("ja", "。")])
def test_faults_of_a_file_are_told_in_the_readers_language(language, word, program):
    bad = line("not a number")
    pk = program("post", "cost_imports", body={"file": bill_file(bad)}).json()["id"]
    importing.work_on(pk)

    read = program("get", "cost_import", pk, language=language).json()

    assert read["status"] == "refused"
    (fault,) = read["faults"][:1]
    assert fault["row"] == 2
    assert word in fault["message"]


@pytest.mark.parametrize(
    ("said", "field", "error"),
    [
        ({"gpu_currency": "yen!"}, "gpu_currency", "invalid"),
        ({"time_zone": "Mars"}, "time_zone", "invalid_choice"),
        ({"gpu_price": "-1"}, "gpu_price", "refused"),
        ({"basis": "guessed"}, "basis", "invalid"),
        ({"invoice_total": "much"}, "invoice_total", "invalid"),
    ],
)
def test_what_is_said_about_a_file_is_checked(said, field, error, program):
    answer = program("post", "cost_imports", body={"file": bill_file()} | said)

    assert answer.status_code == 422
    assert answer.json()["field"] == field
    assert not CostImport.objects.exists()


def test_a_file_that_is_no_bill_is_refused_at_once(program):
    page = SimpleUploadedFile("bill.csv", b"<!doctype html><html><body>")

    answer = program("post", "cost_imports", body={"file": page})

    told = answer.json()
    assert (answer.status_code, told["error"]) == (422, "file_refused")
    assert told["field"] == "file"
    assert not CostImport.objects.exists()


def test_a_delivery_needs_a_file(program):
    answer = program("post", "cost_imports", body={"basis": "billed"})

    assert (answer.status_code, answer.json()["field"]) == (422, "file")


def test_an_engineer_of_one_engagement_delivers_nothing(client, engagement, program):
    engineer = person("engineer", engagement.provider, "engineer")
    pk = program("post", "cost_imports", body={"file": bill_file()}).json()["id"]
    token = token_of(engineer)

    seen = asked(
        client, "get", "cost_import", [engagement.provider_id, pk], token=token
    )
    other = asked(
        client, "get", "cost_import", [engagement.customer_id, pk], token=token
    )

    assert (seen.status_code, other.status_code) == (200, 404)
