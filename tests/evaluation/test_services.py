"""What the acts on files and runs refuse, and what they leave behind."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from io import BytesIO

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from evaluation import pages, pipeline, services, verdict_words
from evaluation.ingest.check import excerpt
from evaluation.ingest.faults import FileRefused
from evaluation.ingest.inspect import Layout
from evaluation.ingest.mapping import recognise
from evaluation.metrics import finished_from_json
from evaluation.models import CriterionVerdict, Result, Run, RunStatus, Upload
from evaluation.queue import Waiting
from projects.models import Criterion, Engagement, Event, Side
from projects.services import agreement as agreements
from tests.conftest import PASSWORD, person
from tests.evaluation.files import FORECAST, refusal
from tests.past import past_the_guard

CONTENT = b"y_true,y_pred\n" + b"1,1\n" * 40 + b"0,0\n" * 50


@pytest.fixture(autouse=True)
def in_english():
    with override("en"):
        yield


@pytest.fixture
def signed(draft, manager, executive):
    for side, signer in ((Side.PROVIDER, manager), (Side.CUSTOMER, executive)):
        agreements.sign(agreement=draft, side=side, password=PASSWORD, by=signer)
        draft.refresh_from_db()
    return draft.engagement


def received(engagement, by, content=CONTENT, name="small.csv") -> Upload:
    return services.receive_upload(
        engagement=engagement,
        file=ContentFile(content, name=name),
        name=name,
        sha256=hashlib.sha256(content).hexdigest(),
        by=by,
    )


def submitted(upload, by, note="") -> Run:
    columns = recognise(upload.seen.columns, upload.engagement.shape)
    return services.submit_run(upload=upload, columns=columns, note=note, by=by)


def kept_files() -> set[str]:
    """Every file in the storage, by its name."""
    folders, found = ["uploads"], set()
    while folders:
        folder = folders.pop()
        if default_storage.exists(folder):
            inner, files = default_storage.listdir(folder)
            folders += [f"{folder}/{name}" for name in inner]
            found |= {f"{folder}/{name}" for name in files}
    return found


def test_before_an_agreement_is_in_force_nothing_is_received(draft, manager):
    before = kept_files()

    with pytest.raises(ValidationError, match="once an agreement is signed"):
        received(draft.engagement, manager)

    assert not Upload.objects.exists()
    assert kept_files() == before


def test_the_page_says_that_an_agreement_is_awaited(client, draft, manager):
    client.force_login(manager)
    address = reverse("evaluation:upload_new", args=[draft.engagement.pk])

    page = client.post(address, {"file": ContentFile(CONTENT, name="small.csv")})

    assert page.status_code == 422
    assert "once an agreement is signed by both sides" in page.text


def test_who_may_not_submit_can_do_nothing_with_files_and_runs(
    signed, manager, executive
):
    upload = received(signed, manager)
    run = submitted(upload, manager)
    viewer = person("viewer", signed.provider, "viewer")

    for reader in (viewer, executive):
        with pytest.raises(PermissionDenied):
            received(signed, reader)
        with pytest.raises(PermissionDenied):
            submitted(upload, reader)
        with pytest.raises(PermissionDenied):
            services.cancel_run(run=run, by=reader)
        with pytest.raises(PermissionDenied):
            services.repeat_run(run=run, by=reader)

    assert Upload.objects.count() == 1
    assert Run.objects.get().status == RunStatus.QUEUED


def test_a_refused_file_is_not_kept(signed, manager):
    before = kept_files()

    with pytest.raises(FileRefused):
        received(signed, manager, b"\x7fELF\0" * 50)

    assert kept_files() == before
    assert not Event.objects.filter(verb="upload.received").exists()


def test_a_file_whose_event_cannot_be_told_is_not_kept(signed, manager):
    def full(execute, sql, params, many, context):
        if sql.startswith('INSERT INTO "projects_event"'):
            raise DatabaseError("the disk is full")
        return execute(sql, params, many, context)

    before = kept_files()
    with connection.execute_wrapper(full), pytest.raises(DatabaseError):
        received(signed, manager)

    assert kept_files() == before
    assert not Upload.objects.exists()


def test_a_refused_file_is_told_in_the_audit_log(signed, manager):
    with pytest.raises(FileRefused):
        received(signed, manager, b"PK\x03\x04", "renamed.csv")
    wrong = received(signed, manager, b"y_true,y_pred\n1,maybe\n0,perhaps\n", "w.csv")
    with pytest.raises(FileRefused):
        submitted(wrong, manager)

    told = Event.objects.filter(verb="upload.refused").order_by("pk")
    assert [event.sentence("en") for event in told] == [
        "renamed.csv from manager was refused; faults found: 1",
        "w.csv from manager was refused; faults found: 2",
    ]
    # What could be read is kept, so that its columns can be named again.
    assert list(Upload.objects.values_list("name", flat=True)) == ["w.csv"]
    assert not Run.objects.exists()


def test_a_file_that_begins_with_a_blank_line_is_refused_at_row_1(signed, manager):
    with pytest.raises(FileRefused) as refused:
        received(signed, manager, b"\n" + CONTENT)

    assert [(f.code, f.row) for f in refused.value.faults] == [("empty_cell", 1)]


def test_times_of_parquet_are_kept_and_must_not_go_back(tmp_path):
    times = pa.array([86_400, 0], pa.timestamp("s"))
    held = BytesIO()
    table = pa.table({"timestamp": times, "y_true": [1.0, 2.0], "y_pred": [1.0, 2.0]})
    pq.write_table(table, held)

    (fault,) = refusal(tmp_path, held.getvalue(), FORECAST, name="times.parquet").faults

    assert (fault.code, fault.row, fault.found) == (
        "time_backwards",
        3,
        "1970-01-01 00:00:00",
    )
    assert fault.params["before"] == "1970-01-02 00:00:00"


def test_a_submitted_run_is_told_once_and_numbered_on(signed, manager):
    first = submitted(received(signed, manager), manager, note="初回")
    again = submitted(received(signed, manager), manager)
    second = submitted(received(signed, manager, CONTENT + b"1,1\n"), manager)

    assert again == first
    assert (first.number, second.number) == (1, 2)
    assert (first.note, first.rows_total, second.rows_total) == ("初回", 90, 91)
    told = Event.objects.filter(verb="run.submitted").order_by("pk")
    assert [event.params["number"] for event in told] == [1, 2]
    assert services.place_in_queue(second) == services.Place(2, None)


def test_only_what_runs_is_cancelled_and_only_what_failed_is_repeated(signed, manager):
    run = submitted(received(signed, manager), manager)
    with pytest.raises(ValidationError, match="Only a failed or cancelled"):
        services.repeat_run(run=run, by=manager)
    pipeline.evaluate(run.pk)

    with pytest.raises(ValidationError, match="already ended"):
        services.cancel_run(run=run, by=manager)
    with pytest.raises(ValidationError, match="Only a failed or cancelled"):
        services.repeat_run(run=run, by=manager)

    run.refresh_from_db()
    assert run.status == RunStatus.MEASURED
    assert not Event.objects.filter(verb__in=["run.cancelled", "run.restarted"])


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("evaluation:run_cancel", "This run has already ended."),
        ("evaluation:run_repeat", "Only a failed or cancelled run can be repeated."),
    ],
)
def test_a_late_press_in_the_browser_is_answered_in_words(
    address, told, client, signed, manager
):
    run = submitted(received(signed, manager), manager)
    pipeline.evaluate(run.pk)
    client.force_login(manager)

    page = client.post(reverse(address, args=[run.pk]), follow=True)

    assert page.status_code == 200
    assert told in page.text


def test_a_repeated_run_starts_clean(signed, manager):
    run = submitted(received(signed, manager), manager)
    Run.objects.filter(pk=run.pk).update(
        status=RunStatus.FAILED,
        finished_at=timezone.now(),
        reason_ja="止まりました。",
        reason_en="It stopped.",
        rows_read=50,
    )

    again = services.repeat_run(run=run, by=manager)

    assert (again.status, again.finished_at) == (RunStatus.QUEUED, None)
    assert (again.reason("ja"), again.reason("en"), again.rows_read) == ("", "", 0)
    assert Event.objects.filter(verb="run.restarted").count() == 1


def test_the_steps_of_a_run_refresh_until_it_has_ended(client, signed, manager):
    run = submitted(received(signed, manager), manager)
    client.force_login(manager)
    htmx = {"HX-Request": "true"}

    waiting = client.get(run.get_absolute_url(), headers=htmx)
    assert waiting.status_code == 200
    assert "<html" not in waiting.text
    pipeline.evaluate(run.pk)

    ended = client.get(run.get_absolute_url(), headers=htmx)
    assert ended.headers["HX-Refresh"] == "true"


# The rows around a fault ------------------------------------------------------------


def test_a_row_far_down_in_parquet_is_shown(tmp_path):
    path = tmp_path / "long.parquet"
    pq.write_table(pa.table({"y_true": np.arange(2, 140_002)}), path)
    layout = Layout("parquet", "", "", ("y_true",), (), 140_000)

    shown = excerpt(path, layout, 131_074)

    # The two batches before it are passed over, and the third is not all of it.
    assert [line.row for line in shown] == [131_072, 131_073, 131_074, 131_075]
    assert [line.cells[0] for line in shown] == ["131072", "131073", "131074", "131075"]


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_a_refusal_is_shown_without_rows_when_they_cannot_be_read(kind, tmp_path):
    layout = Layout(kind, "utf-8", ",", ("y_true",), (), None)

    assert excerpt(tmp_path / "gone", layout, 3) == ()


def fail(_run_id: str) -> None:
    pytest.fail("nothing waits that could be rung for")


def test_the_run_whose_turn_it_is_is_measured_first(signed, manager, settings):
    settings.RUNS_PER_ENGAGEMENT = 1
    runs = [
        submitted(received(signed, manager, CONTENT + b"1,1\n" * more), manager)
        for more in (0, 1)
    ]
    running = Run.objects.claim(runs[0].pk, now=timezone.now())

    pipeline.evaluate_next(ring=fail)
    assert Run.objects.get(pk=runs[1].pk).status == RunStatus.QUEUED

    pipeline.record_end(running, RunStatus.FAILED, why=pipeline.OURS)
    pipeline.evaluate_next(ring=fail)
    assert Run.objects.get(pk=runs[1].pk).status == RunStatus.MEASURED


def test_the_wait_is_told_from_what_others_took(signed, manager):
    first, second, third = (CONTENT + b"1,1\n" * more for more in (0, 10, 20))
    pipeline.evaluate(submitted(received(signed, manager, first), manager).pk)
    Result.objects.update(seconds=540)
    second = submitted(received(signed, manager, second), manager)
    third = submitted(received(signed, manager, third), manager)

    assert services.place_in_queue(second) == services.Place(1, 0.0)
    assert services.place_in_queue(third) == services.Place(2, 300.0)
    assert pages.wait(300.0) != pages.wait(3.0) != pages.wait(None) == ""


def test_a_run_too_large_for_the_memory_says_so(signed, manager, monkeypatch, settings):
    run = submitted(received(signed, manager), manager)

    def full(*_given, **_named):
        raise MemoryError

    settings.WORKER_MEMORY_MB = 2_000
    monkeypatch.setattr(pipeline.stripes, "measure", full)
    pipeline.evaluate(run.pk)

    run.refresh_from_db()
    assert run.status == RunStatus.FAILED
    assert "2,000 MB of memory" in run.reason_en
    assert "Parquet" in run.reason_en
    assert "2,000 MB" in run.reason_ja
    assert "EXACT_ROWS" in run.reason_ja


PAST = b"series_id,timestamp,y\n" + b"".join(
    b"A,2026-01-%02d,%d\n" % (day, 90 + day % 7) for day in range(1, 29)
)
AHEAD = b"series_id,timestamp,y_true,y_pred\n" + b"".join(
    b"A,2026-02-%02d,%d,%d\n" % (day, 90 + day, 91 + day) for day in range(1, 20)
)


@pytest.fixture
def forecasting(signed):
    Engagement.objects.filter(pk=signed.pk).update(kind="demand_forecast")
    past_the_guard(Criterion).filter(agreement__engagement=signed).update(metric="mae")
    return Engagement.objects.get(pk=signed.pk)


def test_a_forecast_is_measured_against_its_past(forecasting, manager, client):
    client.force_login(manager)
    upload = received(forecasting, manager, AHEAD, "ahead.csv")
    page = client.get(reverse("evaluation:upload", args=[upload.pk]))
    columns = recognise(upload.seen.columns, forecasting.shape)

    posted = columns | {"history": ContentFile(PAST, name="past.csv"), "table": "0"}
    answer = client.post(reverse("evaluation:upload", args=[upload.pk]), posted)

    run = Run.objects.get()
    assert 'name="history"' in page.text
    assert (answer.status_code, run.history.name) == (302, "past.csv")
    assert run.history_sha256 == hashlib.sha256(PAST).hexdigest()
    pipeline.evaluate(run.pk)
    done = finished_from_json(Run.objects.get().result.finished)
    assert done.measured("mase").value is not None
    assert "past.csv" in client.get(run.get_absolute_url()).text


def test_a_bad_past_is_refused_by_its_own_name(forecasting, manager, client):
    client.force_login(manager)
    upload = received(forecasting, manager, AHEAD, "ahead.csv")
    columns = recognise(upload.seen.columns, forecasting.shape)
    bad = ContentFile(b"series_id,y\nA,many\n", name="past.csv")

    url = reverse("evaluation:upload", args=[upload.pk])
    answer = client.post(url, columns | {"history": bad})

    assert answer.status_code == 422
    assert "past.csv was refused at row 2" in answer.text
    assert not Run.objects.exists()


def test_a_very_large_file_goes_to_the_cluster(signed, manager, settings, monkeypatch):
    settings.DASK_SCHEDULER_ADDRESS = "tcp://127.0.0.1:1"
    asked = []

    @contextmanager
    def cluster(address):
        asked.append(address)
        with ThreadPoolExecutor(1) as pool:
            yield pool

    monkeypatch.setattr(pipeline, "on_cluster", cluster)
    small = submitted(received(signed, manager), manager)
    pipeline.evaluate(small.pk)
    assert asked == []

    monkeypatch.setattr(pipeline, "FEWEST_FOR_A_CLUSTER", 1)
    large = submitted(received(signed, manager, CONTENT + b"1,1\n"), manager)
    pipeline.evaluate(large.pk)
    assert asked == ["tcp://127.0.0.1:1"]
    assert Run.objects.get(pk=large.pk).status == RunStatus.MEASURED


def test_a_turn_that_was_taken_meanwhile_is_passed_on(
    signed, manager, settings, monkeypatch
):
    run = submitted(received(signed, manager), manager)
    Run.objects.claim(run.pk, now=timezone.now())
    stale = [Waiting(run.pk, signed.pk, run.submitted_at)]
    monkeypatch.setattr(pipeline, "takeable", lambda *_given: stale)

    settings.RUNS_PER_ENGAGEMENT = 1
    pipeline.evaluate_next(ring=fail)
    settings.RUNS_PER_ENGAGEMENT = 2
    pipeline.evaluate_next(ring=fail)
    assert Run.objects.get().status == RunStatus.RUNNING


def test_another_table_of_the_file_can_be_chosen(forecasting, manager, client):
    client.force_login(manager)
    content = b"a,b\nx,1\n\ny_true,y_pred\n1,2\n2,3\n3,3\n"
    upload = received(forecasting, manager, content, "two.csv")
    url = reverse("evaluation:upload", args=[upload.pk])

    page = client.get(url).text
    assert "Table 2, from row 4" in page
    assert "?table=0" in page
    assert client.get(url, {"table": "7"}).status_code == 404

    client.post(url, {"y_true": "y_true", "y_pred": "y_pred", "table": "1"})
    run = Run.objects.get()
    pipeline.evaluate(run.pk)
    assert (run.table, Run.objects.get().result.rows) == (1, 3)


def test_a_past_that_is_refused_or_known_is_not_kept_again(
    forecasting, manager, client
):
    client.force_login(manager)
    upload = received(forecasting, manager, AHEAD, "ahead.csv")
    url = reverse("evaluation:upload", args=[upload.pk])
    columns = recognise(upload.seen.columns, forecasting.shape)
    before = kept_files()

    bad = ContentFile(b"series_id,y\nA,many\n", name="past.csv")
    client.post(url, columns | {"history": bad})
    assert (kept_files(), Upload.objects.count()) == (before, 1)
    assert Event.objects.filter(verb="upload.refused").count() == 1

    for _again in range(2):
        client.post(url, columns | {"history": ContentFile(PAST, name="past.csv")})
    assert (Run.objects.count(), Upload.objects.count()) == (1, 2)


def test_a_past_over_the_limit_is_refused_in_words(
    forecasting, manager, client, settings
):
    client.force_login(manager)
    upload = received(forecasting, manager, AHEAD, "ahead.csv")
    settings.MAX_UPLOAD_BYTES = 100
    columns = recognise(upload.seen.columns, forecasting.shape)

    url = reverse("evaluation:upload", args=[upload.pk])
    past = ContentFile(PAST, name="past.csv")
    answer = client.post(url, columns | {"history": past})

    assert answer.status_code == 422
    assert "past.csv is larger than" in answer.text
    assert not Run.objects.exists()


def test_a_run_says_what_falls_short_worst(draft):
    line, other = draft.criteria.order_by("pk")
    miss = CriterionVerdict(criterion=line, outcome="fail", value=0.06)
    far = CriterionVerdict(
        criterion=line, outcome="fail", value=0.071, segment="プレス3号機"
    )
    kept = CriterionVerdict(criterion=other, outcome="pass", value=0.95)
    unknown = CriterionVerdict(criterion=other, outcome="fail")

    with override("en"):
        assert verdict_words.cause([kept, unknown]) == ""
        assert verdict_words.cause([miss, kept]) == (
            "Worst is Miss rate: 6.00% (at most 5.00%)."
        )
        assert verdict_words.cause([kept, miss, far]) == (
            "Worst is Miss rate in プレス3号機: 7.10% (at most 5.00%)."
        )
    with override("ja"):
        assert verdict_words.cause([miss, far]) == (
            "最も届いていないのは、プレス3号機の見逃し率7.10%です(合意は5.00%以下)。"
        )


def test_what_cannot_be_compared_is_worst_only_alone(draft):
    line, other = draft.criteria.order_by("pk")
    other.limit = 1
    perfect = CriterionVerdict(criterion=other, outcome="fail", value=0.99)
    missed = CriterionVerdict(criterion=line, outcome="fail", value=0.06)

    with override("en"):
        assert verdict_words.cause([perfect, missed]).startswith("Worst is Miss rate")
        assert verdict_words.cause([perfect]).startswith("Worst is Precision")


@pytest.mark.parametrize(
    ("outcomes", "en", "ja"),
    [
        (["pass"], "Of 1 criterion 1 passes.", "1件の基準のうち、合格1です。"),
        (
            ["undecided", "pass"],
            "Of 2 criteria 1 passes and 1 cannot be decided yet.",
            "2件の基準のうち、合格1、判定保留1です。",
        ),
        (
            ["fail", "fail", "undecided", "pass"],
            "Of 4 criteria 1 passes, 2 fail and 1 cannot be decided yet.",
            "4件の基準のうち、合格1、不合格2、判定保留1です。",
        ),
    ],
)
def test_a_run_is_told_by_what_there_is(outcomes, en, ja):
    verdicts = [CriterionVerdict(outcome=one) for one in outcomes]

    with override("en"):
        assert verdict_words.headline(verdicts) == en
    with override("ja"):
        assert verdict_words.headline(verdicts) == ja
