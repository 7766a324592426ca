"""Workers die, messages come twice, two take at once: nothing is lost or doubled."""

from __future__ import annotations

import random
import threading
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.db import OperationalError, close_old_connections, connection, transaction
from django.urls import reverse
from django.utils import timezone, translation

from costs import importing, reading, taking, tasks
from costs.models import Charge, ChargeRevision, CostImport, TagRule, Utilisation
from costs.rollup import Ledger
from costs.services import imports, rules
from projects.models import Event
from tests.costs.bills import bill, deliver, line, rate, sums_follow, taken

ON_POSTGRES = pytest.mark.skipif(
    "connection.vendor != 'postgresql'", reason="SQLite lets one write at a time"
)

pytestmark = pytest.mark.usefixtures("in_english")


@pytest.fixture
def provider(engagement, manager):
    rate(engagement.provider, manager)
    return engagement.provider


def queued(provider, manager, content=None):
    delivered = deliver(provider, manager, content or bill(line(), line(hour=1)))
    imports.take_over(delivered=delivered, by=manager)
    delivered.refresh_from_db()
    return delivered


def again(delivered):
    delivered.refresh_from_db()
    return delivered


class Killed(BaseException):
    """The worker's process ends here, without a word."""


def test_a_worker_killed_in_the_middle_leaves_nothing_and_another_takes_it_up(
    provider, manager, monkeypatch
):
    delivered = queued(provider, manager)
    with monkeypatch.context() as patch:
        patch.setattr(Ledger, "write", dies)
        with pytest.raises(Killed), transaction.atomic():
            importing.work_on(delivered.pk)
    assert again(delivered).status == "queued"  # the claim went with the test's block
    CostImport.objects.filter(pk=delivered.pk).update(
        status="taking", attempt=5, give_up_at=7, lease_until=timezone.now()
    )
    assert not Charge.objects.exists()

    assert list(importing.sweep(now=timezone.now() + timedelta(hours=1))) == [
        delivered.pk
    ]
    importing.work_on(delivered.pk)

    assert again(delivered).status == "taken"
    assert Charge.objects.count() == 2
    sums_follow()


def dies(*_args):
    raise Killed


def test_what_is_lost_again_and_again_is_given_up_in_words(provider, manager):
    delivered = queued(provider, manager)
    CostImport.objects.filter(pk=delivered.pk).update(
        status="taking", attempt=9, give_up_at=9, lease_until=timezone.now()
    )

    assert not list(importing.sweep(now=timezone.now() + timedelta(hours=1)))

    assert (again(delivered).status, delivered.taken_by) == ("checked", None)
    assert "given up" in delivered.faults[0]["en"]
    imports.take_over(delivered=delivered, by=manager)
    importing.work_on(delivered.pk)
    assert again(delivered).status == "taken"


def test_what_nobody_was_rung_for_is_rung_for_again(provider, manager, monkeypatch):
    rung = []
    monkeypatch.setattr(tasks.work_on_import, "delay", rung.append)
    delivered = queued(provider, manager)
    CostImport.objects.filter(pk=delivered.pk).update(lease_until=timezone.now())

    tasks.sweep_imports()
    tasks.sweep_imports()

    assert rung == [str(delivered.pk)]


def test_a_broker_that_is_down_leaves_it_to_the_sweep(monkeypatch):
    def down(_import_id):
        raise OSError("no broker")

    monkeypatch.setattr(tasks.work_on_import, "delay", down)
    tasks.ring("1")


def test_a_message_that_comes_twice_does_nothing_the_second_time(provider, manager):
    delivered = queued(provider, manager)
    tasks.work_on_import(str(delivered.pk))
    tasks.work_on_import(str(delivered.pk))

    assert Charge.objects.count() == 2
    assert Event.objects.filter(verb="costs.imported").count() == 1


def test_a_worker_that_lost_its_delivery_writes_nothing(provider, manager, monkeypatch):
    delivered = queued(provider, manager)
    write = Ledger.write

    def given_away(ledger):
        write(ledger)
        CostImport.objects.filter(pk=delivered.pk).update(attempt=99)

    monkeypatch.setattr(Ledger, "write", given_away)
    with transaction.atomic():
        importing.work_on(delivered.pk)

    assert not Charge.objects.exists()
    assert not Event.objects.filter(verb="costs.imported").exists()


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (SoftTimeLimitExceeded, "longer than a worker may"),
        (MemoryError, "our fault"),
    ],
)
@pytest.mark.parametrize("stage", ["reading", "taking"])
def test_what_goes_wrong_is_told_and_nothing_is_kept(
    stage, fault, told, provider, manager, monkeypatch
):
    def fails(*_args):
        raise fault

    if stage == "taking":
        delivered = queued(provider, manager)
        monkeypatch.setattr(taking, "take_over", fails)
        ends = "checked"
        work = lambda: importing.work_on(delivered.pk)  # noqa: E731
    else:
        monkeypatch.setattr(reading, "read_through", fails)
        ends = "refused"
        work = lambda: deliver(provider, manager, bill(line()))  # noqa: E731
    if fault is MemoryError:
        with pytest.raises(MemoryError):
            work()
    else:
        work()
    delivered = CostImport.objects.get()

    assert delivered.status == ends
    assert told in delivered.faults[0]["en"]
    assert not Charge.objects.exists()


def test_a_database_that_is_away_leaves_it_waiting(provider, manager, monkeypatch):
    delivered = queued(provider, manager)

    def away(*_args):
        raise OperationalError

    monkeypatch.setattr(taking, "take_over", away)
    with pytest.raises(OperationalError):
        importing.work_on(delivered.pk)

    assert again(delivered).status == "queued"


def test_progress_goes_through_the_cache(client, provider, manager):
    delivered = queued(provider, manager)
    CostImport.objects.filter(pk=delivered.pk).update(status="taking")
    again(delivered)
    tell = importing.told(delivered)
    tell(1)
    tell(2)  # within the same second: not told
    client.force_login(manager)
    part = client.get(delivered.get_absolute_url(), headers={"HX-Request": "true"})
    assert "1 of 2 rows taken over." in part.text
    CostImport.objects.filter(pk=delivered.pk).update(status="checked")
    done = client.get(delivered.get_absolute_url(), headers={"HX-Request": "true"})
    assert done["HX-Refresh"] == "true"


def test_a_cache_that_is_gone_does_not_stop_the_work(provider, manager, monkeypatch):
    def gone(*_args):
        raise OSError

    monkeypatch.setattr(importing.cache, "set", gone)
    monkeypatch.setattr(importing.cache, "get", gone)
    delivered = taken(provider, manager, bill(line()))
    assert importing.rows_done(delivered) == 0


@pytest.mark.django_db(transaction=True)
def test_the_lease_is_renewed_while_the_work_goes_on(provider, manager, monkeypatch):
    monkeypatch.setattr(importing, "BEAT", timedelta(milliseconds=20))
    delivered = queued(provider, manager)
    claimed = CostImport.objects.claim(delivered.pk, now=timezone.now())
    CostImport.objects.filter(pk=delivered.pk).update(lease_until=timezone.now())
    before = timezone.now() + timedelta(minutes=1)
    with importing.heard_of(claimed):
        for _try in range(250):
            if again(delivered).lease_until > before:
                break
            threading.Event().wait(0.02)
    assert delivered.lease_until > before


@pytest.mark.django_db(transaction=True)
@ON_POSTGRES
def test_two_bills_with_the_same_lines_taken_at_once_count_once(provider, manager):
    first = queued(provider, manager, bill(*(line(hour=h) for h in range(24))))
    second = queued(provider, manager, bill(*(line(hour=h) for h in range(23, -1, -1))))

    both_at_once(
        lambda: importing.work_on(first.pk), lambda: importing.work_on(second.pk)
    )

    assert {again(first).status, again(second).status} == {"taken"}
    assert Charge.objects.count() == 24
    assert first.report["taken"]["new"] + second.report["taken"]["new"] == 24
    sums_follow()


@pytest.mark.django_db(transaction=True)
@ON_POSTGRES
def test_a_page_does_not_wait_for_a_bill_that_is_taken_over(
    provider, engagement, manager, monkeypatch
):
    taken(provider, manager, bill(line()))
    delivered = queued(provider, manager, bill(line(hour=3)))
    write, in_it, told = Ledger.write, threading.Event(), []

    def slow(ledger):
        in_it.set()
        threading.Event().wait(0.5)
        write(ledger)

    def assign():
        in_it.wait(20)
        try:
            with translation.override("en"):
                rules.run_rules(organisation=provider, by=manager)
        except Exception as refused:  # looked at below
            told.append(str(refused))

    monkeypatch.setattr(Ledger, "write", slow)
    both_at_once(lambda: importing.work_on(delivered.pk), assign)

    assert "being taken over just now" in told[0]


def both_at_once(*acts):
    def alone(act):
        try:
            act()
        finally:
            close_old_connections()
            connection.close()

    threads = [threading.Thread(target=alone, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)


# Sums after any sequence of acts ---------------------------------------------------


@pytest.mark.parametrize("seed", range(6))
def test_sums_follow_whatever_is_done_in_whatever_order(
    seed, provider, engagement, manager
):
    chance = random.Random(seed)  # no secret
    for step in range(14):
        act = chance.choice(["bill", "bill", "rule", "retire", "run", "hand"])
        if act == "bill":
            lines = [
                line(
                    chance.choice(["3.06", "2.5", "-1"]),
                    hour=chance.randrange(5),
                    project=chance.choice(["demand", "shop", ""]),
                    account=chance.choice(["1111", "2222"]),
                )
                for _line in range(chance.randrange(1, 6))
            ]
            # A comment column would do: each file is another one.
            taken(provider, manager, bill(*lines) + b"\n" * (step + 1))
        elif act == "rule":
            value = chance.choice(["demand", "shop"])
            rule = TagRule(
                organisation=provider,
                engagement=engagement,
                field="tag",
                key="project",
                value=value,
            )
            if not TagRule.objects.in_force().filter(value=value).exists():
                rules.add_rule(rule=rule, by=manager)
        elif act == "retire":
            for rule in TagRule.objects.in_force()[:1]:
                rules.retire_rule(rule=rule, by=manager)
        elif act == "run":
            rules.run_rules(organisation=provider, by=manager)
        else:
            for charge in Charge.objects.unassigned()[:1]:
                rules.assign_by_hand(
                    organisation=provider,
                    lines=Charge.objects.filter(pk=charge.pk),
                    engagement=engagement,
                    by=manager,
                )
        sums_follow()


# How busy GPUs were ----------------------------------------------------------------

SMI = (
    "timestamp, index, name, utilization.gpu [%]\n"
    "2024/05/01 09:00:00.000, 0, Tesla V100, 80 %\n"
    "2024/05/01 09:30:00.000, 0, Tesla V100, 40 %\n"
    "2024/05/01 10:00:00.000, 0, Tesla V100, 10 %\n"
)
SAID = {"name": "smi.csv", "time_zone": "Asia/Tokyo", "resource": "i-1"}


@pytest.mark.parametrize("bill_first", [True, False])
def test_measured_hours_say_how_busy_a_line_was(bill_first, provider, manager):
    def measure():
        return taken(provider, manager, SMI.encode(), **SAID)

    def bills():
        return taken(provider, manager, bill(line(), line(hour=1), line(hour=5)))

    first, second = (bills, measure) if bill_first else (measure, bills)
    first()
    second()

    # 9:00 in Japan is midnight in UTC.
    assert list(
        Charge.objects.order_by("started_at").values_list("utilisation", flat=True)
    ) == [60, 10, None]
    assert Utilisation.objects.count() == 2
    measured = CostImport.objects.get(format="nvidia_smi")
    assert measured.report["touched"] == (3 if bill_first else 0)


def test_the_same_measurements_change_nothing_and_corrected_ones_replace(
    provider, manager
):
    taken(provider, manager, bill(line()))
    taken(provider, manager, SMI.encode(), **SAID)
    same = taken(provider, manager, SMI.encode() + b"\n", **SAID)
    assert (same.report["known"], same.report["taken"]["new"]) == (2, 0)

    other = taken(provider, manager, SMI.replace("80 %", "90 %").encode(), **SAID)

    assert other.report["taken"]["corrected"] == 1
    assert Charge.objects.get().utilisation == 65


def test_the_page_of_measurements_says_what_they_touch(client, provider, manager):
    delivered = deliver(provider, manager, SMI.encode(), **SAID)
    client.force_login(manager)
    page = client.get(delivered.get_absolute_url()).text
    assert "GPU hours measured" in page
    assert "Take over" in page


def test_hours_count_by_how_much_of_them_is_the_lines():
    from costs.busyness import mean_busy

    begun = datetime(2024, 5, 1, tzinfo=UTC)
    hours = [(begun, Decimal(80)), (begun + timedelta(hours=1), Decimal(20))]
    half = begun + timedelta(minutes=30)
    assert mean_busy(hours, half, begun + timedelta(hours=2)) == 40
    assert mean_busy(hours, begun - timedelta(hours=3), begun) is None


def test_the_pages_deliver_take_over_and_drop(client, provider, manager):
    from django.core.files.uploadedfile import SimpleUploadedFile

    client.force_login(manager)
    address = reverse("costs:imports", args=[provider.pk])

    def sent(content, **said):
        file = SimpleUploadedFile("bill.csv", content)
        return client.post(address, {"file": file, "basis": "billed", **said})

    page = sent(b"<html>")
    assert page.status_code == 422
    assert "This is a web page (HTML)" in page.text
    wrong = sent(bill(line()), gpu_currency="ye!", gpu_price="-1")
    assert "A currency has three letters" in wrong.text
    assert "A price is not below 0." in wrong.text
    content = bill(line(), line(), line(hour=1))
    assert sent(content, invoice_total="9.18").status_code == 302
    delivered = CostImport.objects.get()
    waits = client.get(delivered.get_absolute_url()).text
    assert "A worker takes it up in a moment." in waits
    importing.work_on(delivered.pk)
    report = client.get(delivered.get_absolute_url()).text
    assert "1 line is in the file twice and counts once" not in report
    assert "9.18 USD" in report
    assert "agree to the last digit" in report
    before = sent(content)
    assert before["Location"] == delivered.get_absolute_url()
    for act, told in (
        ("costs:import_take", ""),
        ("costs:import_take", "dropped or taken over already"),
        ("costs:import_drop", "Only what was not taken over"),
    ):
        answer = client.post(
            reverse(act, args=[provider.pk, delivered.pk]), follow=True
        )
        assert told in answer.text
    importing.work_on(delivered.pk)
    assert "What was taken over" in client.get(delivered.get_absolute_url()).text
    other = sent(bill(line(hour=9)), invoice_total="5")
    assert other.status_code == 302
    later = CostImport.objects.exclude(pk=delivered.pk).get()
    importing.work_on(later.pk)
    assert "1.94 USD less than the 5 USD" in client.get(later.get_absolute_url()).text
    dropped = client.post(
        reverse("costs:import_drop", args=[provider.pk, later.pk]), follow=True
    )
    assert "none of its lines count" in dropped.text
    assert ChargeRevision.objects.count() == 0
