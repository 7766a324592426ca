"""What the status page, /healthz, /readyz and /metrics say, and to whom."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache
from django.db import DatabaseError
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families
from redis.exceptions import ConnectionError as CacheGone

from config import health
from config.embedded import valkey
from config.embedded.process import free_port
from dashboards import counting, vitals
from dashboards.condition import Facts, State, lines, worst
from dashboards.condition.facts import age
from evaluation import tasks as measuring
from evaluation.models import Run, RunStatus
from projects import tasks as post
from projects.models import Membership, Notice, Part, Pulse
from tests.conftest import person
from tests.test_access import reader_of, rows  # noqa: F401 - a fixture

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


def known(**changed) -> Facts:
    """An installation that works, but for what is changed."""
    heard = {part.value: NOW - timedelta(seconds=30) for part in Part}
    usual = {
        "now": NOW,
        "database_ms": 1.2,
        "broker_ms": 0.8,
        "heard": heard,
        "messages": {"celery": 0, "post": 0},
        "processes": 2,
        "disk_free": 400_000_000_000,
        "disk_total": 1_000_000_000_000,
        "largest_file": 500_000_000,
    }
    return Facts(**usual | changed)


def states(facts: Facts) -> dict[str, str]:
    return {one.key: one.state.value for one in lines(facts)}


def silent(part: str, minutes: float) -> dict[str, datetime]:
    return {**known().heard, part: NOW - timedelta(minutes=minutes)}


def ago(**span) -> datetime:
    return NOW - timedelta(**span)


def test_an_installation_that_works_needs_nobody():
    found = lines(known())

    assert worst(found) is State.GOOD
    assert len(found) == 10
    assert all(one.do is None for one in found)


@pytest.mark.parametrize(
    ("changed", "part", "state"),
    [
        ({"database_ms": 900.0}, "database", "warn"),
        ({"broker_ms": None}, "broker", "warn"),
        ({"heard": silent("beat", 2.9)}, "beat", "good"),
        ({"heard": silent("beat", 3.1)}, "beat", "warn"),
        ({"heard": silent("beat", 11)}, "beat", "bad"),
        ({"heard": silent("post", 11)}, "post", "bad"),
        ({"heard": silent("measuring", 11)}, "measuring", "bad"),
        ({"heard": silent("measuring", 11), "busy": 1}, "measuring", "bad"),
        ({"heard": silent("measuring", 11), "busy": 2}, "measuring", "good"),
        ({"heard": {}}, "beat", "warn"),
        ({"heard": {}, "busy": 2}, "measuring", "good"),
        ({"queued": 3, "oldest": ago(minutes=5)}, "waiting", "good"),
        ({"queued": 3, "oldest": ago(minutes=16)}, "waiting", "warn"),
        ({"queued": 3, "oldest": ago(minutes=61)}, "waiting", "bad"),
        ({"hour": {"refused": 4}}, "hour", "good"),
        ({"hour": {"failed": 1}}, "hour", "warn"),
        ({"imports": 1, "imports_since": ago(minutes=1)}, "imports", "good"),
        ({"imports": 1, "imports_since": ago(hours=2)}, "imports", "bad"),
        ({"mails": 1, "mails_since": ago(minutes=1)}, "mail", "good"),
        ({"mails": 1, "mails_since": ago(minutes=20)}, "mail", "warn"),
        ({"undelivered": 1}, "mail", "warn"),
        ({"disk_free": 90_000_000_000}, "disk", "warn"),
        ({"disk_free": 900_000_000}, "disk", "bad"),
    ],
)
def test_what_is_wrong_is_said_with_what_to_do(changed, part, state):
    facts = known(**changed)

    (said,) = (one for one in lines(facts) if one.key == part)

    assert said.state == state
    assert (said.do is None) == (state == "good")
    others = {key for key, of in states(facts).items() if of != "good"} - {part}
    assert not others or changed["heard"] == {}


def test_without_a_database_nothing_else_can_be_known():
    found = lines(known(database_ms=None))

    assert [one.key for one in found] == ["database", "broker"]
    assert worst(found) is State.BAD


@given(st.floats(0, 1e8))
def test_an_age_is_told_in_one_unit_and_never_rounded_up(seconds):
    said = age(seconds)

    number = int("".join(c for c in said.en if c.isdigit()))
    unit = {"s": 1, "min": 60, "h": 3600, "days": 86400}[said.en.split()[1]]
    assert number * unit <= seconds + 0.5 < (number + 1) * unit + 1
    assert said.ja.startswith(str(number))


@pytest.mark.django_db
def test_a_pulse_tells_of_its_worker_and_ringing_for_it_of_beat():
    measuring.pulse.apply()
    post.pulse.apply()
    assert set(Pulse.objects.heard()) == {"measuring", "post"}

    post.pulse.delay()

    heard = Pulse.objects.heard()
    assert set(heard) == {"beat", "measuring", "post"}
    assert timezone.now() - heard["beat"] < timedelta(minutes=1)


def test_the_page_shows_each_part_and_looks_again(client, rows):  # noqa: F811
    client.force_login(reader_of(rows, "administrator"))

    page = client.get(reverse("dashboards:status")).text

    assert page.count('<td class="nowrap"') == 10
    assert 'hx-trigger="every 15s"' in page
    assert "sqlite" in page.lower() or "PostgreSQL" in page
    # The run that waits is of an engagement this administrator takes part in.
    assert Run.objects.get(status=RunStatus.QUEUED).get_absolute_url() in page


def test_who_looks_after_the_machine_reads_no_names_of_others(client, rows):  # noqa: F811
    other = person("ops", rows["other"], "administrator")
    client.force_login(other)

    page = client.get(reverse("dashboards:status")).text

    assert "案件" not in page
    assert "not a member of" in page


def test_staff_look_after_it_too(client, rows):  # noqa: F811
    staff = reader_of(rows, "stranger")
    address = reverse("dashboards:status")
    client.force_login(staff)
    assert client.get(address).status_code == 403

    staff.is_staff = True
    staff.save()

    assert client.get(address).status_code == 200
    assert address in client.get(reverse("dashboards:portfolio")).text


def test_an_administrator_of_one_engagement_alone_does_not(client, rows):  # noqa: F811
    guest = reader_of(rows, "stranger")
    Membership.objects.create(
        user=guest,
        organisation=rows["provider"],
        role="administrator",
        engagement_id=rows["engagement"][0],
    )
    client.force_login(guest)

    assert client.get(reverse("dashboards:status")).status_code == 403
    assert reverse("dashboards:status") not in client.get("/").text


def test_without_runs_none_waits(client, rows):  # noqa: F811
    Run.objects.update(status=RunStatus.MEASURED, finished_at=timezone.now())
    client.force_login(reader_of(rows, "administrator"))

    with translation.override("en"):
        assert "not a member of" not in client.get(reverse("dashboards:status")).text


def test_health_needs_the_database_alone(client, db, settings, tmp_path):
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "database": "ok", "broker": "down"}

    with valkey(tmp_path / "valkey") as settings.REDIS_URL:
        assert client.get("/healthz").json()["broker"] == "ok"


class GoneConnection:
    vendor = display_name = "gone"

    def cursor(self):
        raise DatabaseError("gone")


def test_a_database_that_is_gone_is_told(client, db, monkeypatch):
    monkeypatch.setattr(health, "connection", GoneConnection())
    monkeypatch.setattr(vitals, "connection", GoneConnection())

    assert client.get("/healthz").status_code == 503
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["parts"]["database"]["status"] == "bad"
    assert "kenshu_database_up 0.0" in client.get("/metrics").text


@pytest.mark.parametrize("address", ["/readyz", "/metrics"])
@pytest.mark.parametrize(
    ("token", "asked", "status"),
    [
        ("", {}, 200),
        ("", {"REMOTE_ADDR": "::1"}, 200),
        ("", {"REMOTE_ADDR": "10.0.0.7"}, 404),
        ("", {"REMOTE_ADDR": ""}, 404),
        ("", {"HTTP_X_FORWARDED_FOR": "203.0.113.9"}, 404),
        ("", {"HTTP_FORWARDED": "for=203.0.113.9"}, 404),
        ("t0ken", {}, 404),
        ("t0ken", {"HTTP_AUTHORIZATION": "Bearer t0ke"}, 404),
        ("t0ken", {"HTTP_AUTHORIZATION": "Bearer トークン"}, 404),
        ("t0ken", {"HTTP_AUTHORIZATION": "Bearer t0ken"}, 200),
        (
            "t0ken",
            {"HTTP_AUTHORIZATION": "Bearer t0ken", "REMOTE_ADDR": "10.0.0.7"},
            200,
        ),
    ],
)
def test_programs_name_the_token_or_stand_on_this_machine(
    address, token, asked, status, db, settings
):
    settings.METRICS_TOKEN = token
    told = Client().get(address, **asked)

    assert told.status_code == status
    if status == 200:
        assert "no-cache" in told["Cache-Control"]


def test_ready_says_what_to_do(client, rows):  # noqa: F811
    Run.objects.update(submitted_at=timezone.now() - timedelta(hours=2))

    answer = client.get("/readyz")

    assert answer.status_code == 503
    told = answer.json()
    assert told["status"] == "bad"
    assert told["parts"]["waiting"]["says"].endswith("has waited for 2 h.")
    assert (
        told["parts"]["waiting"]["do"]
        == "If the workers run, more processes shorten it."
    )
    assert told["parts"]["database"]["do"] is None


def families(client) -> dict[str, object]:
    answer = client.get("/metrics")
    assert answer["Content-Type"].startswith("text/plain; version=")
    return {one.name: one for one in text_string_to_metric_families(answer.text)}


def values(family) -> dict[tuple[str, ...], float]:
    """By the values of the labels, in the order of the labels' names."""
    return {
        tuple(value for _name, value in sorted(one.labels.items())): one.value
        for one in family.samples
    }


def test_metrics_are_read_from_the_database(client, rows):  # noqa: F811
    now = timezone.now()
    Run.objects.update(submitted_at=now - timedelta(minutes=10))
    Pulse.objects.told(Part.BEAT, now=now - timedelta(seconds=90))
    Notice.objects.all().delete()

    found = families(client)

    assert values(found["kenshu_database_up"]) == {(): 1}
    assert values(found["kenshu_runs"])[("queued",)] == 1
    assert values(found["kenshu_queue_depth"]) == {(): 1}
    waits = values(found["kenshu_oldest_waiting_run_seconds"])[()]
    assert 600 <= waits < 660
    heard = values(found["kenshu_last_heard_seconds"])[("beat",)]
    assert 90 <= heard < 150
    assert values(found["kenshu_notices_waiting"]) == {(): 0}
    assert values(found["kenshu_media_free_bytes"])[()] > 0
    assert set(values(found["kenshu_queue_messages"])) == {("celery",), ("post",)}


def test_nothing_that_waits_has_waited_no_time(client, db):
    found = families(client)

    assert values(found["kenshu_oldest_waiting_run_seconds"]) == {(): 0}


def test_requests_are_counted_by_view_and_status(client, db):
    def counted(name: str, *labels: str) -> float:
        family = families(client)[name]
        wanted = [one for one in family.samples if not one.name.endswith("created")]
        return sum(
            one.value
            for one in wanted
            if one.name.endswith(("total", "count"))
            and set(labels) <= set(one.labels.values())
        )

    asked = counted("kenshu_requests", "healthz", "200")
    unknown = counted("kenshu_requests", "none", "404")
    timed = counted("kenshu_request_seconds", "healthz")

    client.get("/healthz")
    client.get("/no-such-page")

    assert counted("kenshu_requests", "healthz", "200") == asked + 1
    assert counted("kenshu_requests", "none", "404") == unknown + 1
    assert counted("kenshu_request_seconds", "healthz") == timed + 1


def test_processes_that_share_a_folder_are_counted_together(
    client, db, settings, tmp_path
):
    settings.METRICS_FOLDER = str(tmp_path)

    # This process was started without the folder: it keeps its own counts elsewhere.
    assert "kenshu_requests" not in families(client)
    assert "kenshu_database_up" in families(client)


def test_the_folder_they_share_is_made_where_one_is_named(tmp_path):
    counting.make_folder("")
    counting.make_folder(str(tmp_path / "run" / "metrics"))
    counting.make_folder(str(tmp_path / "run" / "metrics"))

    assert [one.name for one in tmp_path.rglob("*")] == ["run", "metrics"]


def ends() -> dict[tuple[str, str], int]:
    return {(name, end): n for name, end, n in counting.tasks_ended()}


@pytest.mark.django_db
def test_tasks_are_counted_by_how_they_end(client, monkeypatch):
    cache.clear()
    name = "evaluation.tasks.pulse"
    measuring.pulse.apply()
    measuring.pulse.apply()
    assert ends() == {(name, "success"): 2}

    def falls(*_given, **_named):
        raise LookupError("nothing there")

    monkeypatch.setattr(Pulse.objects, "told", falls)
    measuring.pulse.apply()

    assert ends() == {(name, "success"): 2, (name, "failure"): 1}
    found = values(families(client)["kenshu_tasks"])
    assert found[("success", name)] == 2


@pytest.mark.django_db(transaction=True)
def test_beat_rings_outside_of_any_transaction():
    post.pulse.delay()

    assert set(Pulse.objects.heard()) == {"beat"}


@pytest.mark.django_db
def test_a_task_that_tries_again_is_counted():
    cache.clear()

    counting.task_retry.send(sender=measuring.pulse)

    assert ends() == {("evaluation.tasks.pulse", "retry"): 1}


@pytest.mark.django_db
def test_a_cache_that_is_gone_costs_no_task_and_no_metrics(client, monkeypatch, caplog):
    def gone(*_given, **_named):
        raise CacheGone("gone")

    monkeypatch.setattr(cache, "add", gone)
    monkeypatch.setattr(cache, "get_many", gone)

    assert measuring.pulse.apply().successful()
    assert "is not counted" in caplog.text
    assert "kenshu_tasks" not in families(client)
    assert "kenshu_database_up" in families(client)


@pytest.mark.django_db
def test_messages_are_counted_in_a_real_broker(tmp_path):
    from celery import Celery, current_app

    usual = current_app._get_current_object()
    with valkey(tmp_path / "valkey") as url:
        app = Celery(broker=url, set_as_current=True)
        try:
            app.send_task("evaluation.tasks.pulse", queue="celery")
            found = vitals.broker()
            assert found.messages == {"celery": 1, "post": 0}
            assert found.ms is not None
        finally:
            app.close()
            usual.set_current()


@pytest.mark.django_db
def test_a_broker_that_is_gone_is_told(client):
    from celery import Celery, current_app

    usual = current_app._get_current_object()
    app = Celery(broker=f"redis://127.0.0.1:{free_port()}/0", set_as_current=True)
    try:
        found = vitals.broker()
    finally:
        app.close()
        usual.set_current()

    assert found.ms is None
    assert found.messages == {}


def test_the_disk_is_that_of_the_folder_there_will_be(settings, tmp_path, db):
    settings.MEDIA_ROOT = tmp_path / "not" / "yet"

    assert vitals.facts(now=timezone.now()).disk_total > 0


def test_runs_are_counted_by_what_they_do_now(rows, db):  # noqa: F811
    now = timezone.now()
    Run.objects.update(finished_at=None, status=RunStatus.QUEUED)
    run = Run.objects.first()
    Run.objects.exclude(pk=run.pk).update(status=RunStatus.CANCELLED, finished_at=now)
    Run.objects.filter(pk=run.pk).update(
        status=RunStatus.RUNNING, lease_until=now + timedelta(minutes=1)
    )
    found = vitals.facts(now=now)
    assert (found.queued, found.running, found.busy) == (0, 1, 1)
    assert vitals.facts(now=now + timedelta(hours=1)).busy == 0

    Run.objects.filter(pk=run.pk).update(status=RunStatus.FAILED, finished_at=now)

    assert vitals.facts(now=now).hour["failed"] == 1


def test_the_servers_are_named_without_their_passwords(settings, db):
    settings.REDIS_URL = "redis://:hunter2@broker.example:6379/0"
    settings.EMBEDDED_BROKER = False

    database, broker = vitals.services()

    assert broker.address == "broker.example:6379/0"
    assert not broker.own
    assert database.address
    assert "hunter2" not in repr((database, broker))
