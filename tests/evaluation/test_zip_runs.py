"""A folder that came as a zip, through the services and the worker to its verdict."""

from __future__ import annotations

import hashlib
import os
import time
import zipfile
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from evaluation import comparing, pairs, pipeline, scratch, services, tasks, truths
from evaluation.ingest.faults import FileRefused
from evaluation.ingest.mapping import recognise
from evaluation.ingest.roles import Part
from evaluation.metrics import finished_from_json
from evaluation.models import LEASE, PairStatus, Run, RunPair, RunStatus, Upload
from evaluation.offline import answer
from projects.catalogue import Shape
from tests.evaluation.test_pipeline import just_before, signed, submitted  # noqa: F401
from tests.evaluation.test_services import (  # noqa: F401 - fixtures
    AHEAD,
    forecasting,
    kept_files,
    received,
)
from tests.evaluation.test_truth import in_force
from tests.evaluation.zips import ASIDE, PARTS, parquet, rows, unpacked, zipped


@pytest.fixture(autouse=True)
def in_english():
    with override("en"):
        yield


@pytest.fixture(autouse=True)
def place(settings, tmp_path):
    """A scratch place of each test's own, empty again at its end."""
    settings.SCRATCH_ROOT = tmp_path / "scratch"
    yield settings.SCRATCH_ROOT
    assert not list(scratch.scratch_place().iterdir())


def test_a_run_of_a_zip_is_the_run_of_its_folder(signed, manager, tmp_path):  # noqa: F811
    content = zipped(PARTS | ASIDE, top="runs/")
    run = submitted(signed, manager, content, "runs.zip")
    assert (run.layout.files, run.rows_total) == (3, 210)
    assert run.columns["segment"] == "segment"
    assert Path(run.upload.file.path).read_bytes() == content

    pipeline.evaluate(run.pk)

    run.refresh_from_db()
    assert run.status == RunStatus.MEASURED
    terms = run.agreement.agreed_terms
    plain = answer(unpacked(tmp_path / "runs"), Shape.DETECTION, terms)
    assert finished_from_json(run.result.finished) == plain.finished
    assert run.sha256 == hashlib.sha256(content).hexdigest()
    assert submitted(signed, manager, content, "runs.zip") == run


def plain(text: str) -> str:
    return " ".join(text.split())


def test_pages_tell_the_files_and_the_columns_of_a_folder(signed, manager, client):  # noqa: F811
    client.force_login(manager)
    url = reverse("evaluation:upload_new", args=[signed.pk])
    sent = client.post(url, {"file": ContentFile(zipped(), name="runs.zip")})
    page = client.get(sent.url)
    assert "PARQUET · 3 files · 210 rows" in plain(page.text)
    assert "Taken from the names of folders: segment." in page.text
    assert page.text.count("<td>A</td>") == 5

    columns = {"y_true": "y_true", "y_pred": "y_pred", "segment": "segment"}
    client.post(sent.url, columns | {"table": "0"})
    run = Run.objects.get()
    pipeline.evaluate(run.pk)
    page = client.get(run.get_absolute_url())
    assert "runs.zip · 3 files · 210 rows" in plain(page.text)


def test_a_refused_zip_leaves_a_sentence_and_no_file(signed, manager, client):  # noqa: F811
    client.force_login(manager)
    url = reverse("evaluation:upload_new", args=[signed.pk])
    before = kept_files()
    content = zipped({"runs/a.csv": b"y_true,y_pred\n"})
    page = client.post(url, {"file": ContentFile(content, name="runs.zip")})
    assert page.status_code == 422
    assert "runs.zip was refused. runs/a.csv inside is no Parquet." in page.text
    assert "Upload a CSV by itself" in page.text
    assert kept_files() == before
    assert not Upload.objects.exists()


@pytest.mark.parametrize(
    ("setting", "value", "says"),
    [
        ("MAX_FOLDER_FILES", 2, "More files are inside than the limit of 2."),
        ("MAX_FOLDER_BYTES", 1_000, "The limit is 1,000 bytes."),
        ("MAX_FOLDER_RATIO", 0, "The limit is 0 times its size."),
    ],
)
def test_the_limits_are_settings(
    signed,  # noqa: F811
    manager,
    settings,
    setting,
    value,
    says,
):
    setattr(settings, setting, value)
    with pytest.raises(FileRefused) as refused:
        submitted(signed, manager, zipped(), "runs.zip")
    assert says in refused.value.faults[0].sentence("en", "runs.zip")


def test_a_bad_cell_is_told_by_its_file(signed, manager, client):  # noqa: F811
    spoilt = rows(0)
    spoilt["y_pred"][3] = 9
    content = zipped(PARTS | {"segment=C/c.parquet": parquet(**spoilt)})
    client.force_login(manager)
    url = reverse("evaluation:upload_new", args=[signed.pk])
    sent = client.post(url, {"file": ContentFile(content, name="runs.zip")})
    columns = {"y_true": "y_true", "y_pred": "y_pred", "table": "0"}
    page = client.post(sent.url, columns)
    assert "refused at segment=C/c.parquet, row 5, column y_pred" in page.text


def test_a_run_cancelled_while_it_is_unpacked_leaves_nothing(
    signed,  # noqa: F811
    manager,
    monkeypatch,
):
    run = submitted(signed, manager, zipped(), "runs.zip")
    read = zipfile.ZipExtFile.read

    def slowly(file, size=-1):
        time.sleep(0.05)
        return read(file, size)

    monkeypatch.setattr(zipfile.ZipExtFile, "read", slowly)
    monkeypatch.setattr("evaluation.ingest.zipped.CHUNK", 16)
    monkeypatch.setattr(pipeline, "BETWEEN_NOTICES", 0.0)

    def cancel() -> None:
        services.cancel_run(run=run, by=manager)

    began = time.monotonic()
    with just_before('UPDATE "evaluation_run" SET "rows_read"', cancel):
        pipeline.evaluate(run.pk)

    # Unpacked to its end it would have taken many times as long.
    assert time.monotonic() - began < 2
    run.refresh_from_db()
    assert (run.status, run.rows_read) == (RunStatus.CANCELLED, 0)


def test_a_cancelled_run_of_a_zip_is_measured_again(signed, manager):  # noqa: F811
    run = submitted(signed, manager, zipped(), "runs.zip")
    services.cancel_run(run=run, by=manager)
    services.repeat_run(run=run, by=manager)
    pipeline.evaluate(run.pk)
    run.refresh_from_db()
    assert run.status == RunStatus.MEASURED


def test_what_a_killed_worker_left_is_swept_once_nobody_can_use_it(db, place):
    left, fresh = (scratch.scratch_place() / f"kenshu-{n}" for n in ("left", "fresh"))
    for one in (left, fresh):
        (one / "segment=A").mkdir(parents=True)
        (one / "segment=A" / "part-0.parquet").write_bytes(b"PAR1")
    past = (timezone.now() - LEASE - timedelta(seconds=1)).timestamp()
    os.utime(left, (past, past))

    tasks.sweep_runs()

    assert [one.name for one in place.iterdir()] == ["kenshu-fresh"]
    assert scratch.sweep_scratch(now=timezone.now() + LEASE + LEASE) == 1


def test_a_folder_that_goes_while_it_is_swept_is_no_fault(db, place, monkeypatch):
    gone = scratch.scratch_place() / "kenshu-gone"
    monkeypatch.setattr(Path, "glob", lambda *_given: iter([gone]))
    assert scratch.sweep_scratch(now=timezone.now()) == 0


def ids(first: int, last: int, **columns: object) -> bytes:
    return parquet(id=[f"{n:04d}" for n in range(first, last)], **columns)


def test_truth_and_predictions_may_both_be_folders(draft, manager, executive):
    truth = zipped(
        {
            "segment=N/a.parquet": ids(0, 40, y_true=[1, 0] * 20),
            "segment=S/b.parquet": ids(40, 90, y_true=[1, 0] * 25),
        }
    )
    received = truths.receive_truth(
        engagement=draft.engagement,
        file=ContentFile(truth, name="truth.zip"),
        name="truth.zip",
        sha256=hashlib.sha256(truth).hexdigest(),
        by=manager,
    )
    columns = recognise(received.layout["columns"], Shape.DETECTION, Part.TRUTH)
    registered = truths.register_truth(
        truth=received, columns=columns, classes=(), table=0, by=manager
    )
    assert (registered.rows, registered.events) == (90, 45)
    engagement = in_force(
        draft, manager, executive, truth_set=registered, own_truth=False
    )
    guessed = zipped(
        {
            "part-0.parquet": ids(45, 90, y_pred=[1] * 45),
            "part-1.parquet": ids(0, 45, y_pred=[0] * 45),
        }
    )
    run = submitted(engagement, manager, guessed, "guessed.zip")
    pipeline.evaluate(run.pk)
    run.refresh_from_db()
    finished = finished_from_json(run.result.finished)
    confusion = finished.confusion()
    assert (confusion.tp, confusion.fn) == (22, 23)
    assert finished.segments() == ["N", "S"]


def test_a_truth_that_is_refused_is_not_kept(draft, manager):
    with pytest.raises(FileRefused) as refused:
        truths.receive_truth(
            engagement=draft.engagement,
            file=ContentFile(zipped()[:-30], name="truth.zip"),
            name="truth.zip",
            sha256="0" * 64,
            by=manager,
        )
    assert refused.value.faults[0].code == "zip_broken"
    assert default_storage.listdir("truth/00/00") == ([], [])


def test_two_zips_are_compared_row_by_row(signed, manager):  # noqa: F811
    runs = []
    for content in (zipped(), zipped(packing=zipfile.ZIP_STORED)):
        runs.append(submitted(signed, manager, content, "runs.zip"))
        pipeline.evaluate(runs[-1].pk)
    comparing.ask_for_tests(runs=runs, by=manager)
    pair = RunPair.objects.get()
    pairs.compare(pair.pk)
    pair.refresh_from_db()
    assert pair.status == PairStatus.TESTED
    assert pair.found["rows"] == 210


def past_zip(days: int = 28) -> bytes:
    when = [datetime(2026, 1, day) for day in range(1, days + 1)]  # noqa: DTZ001
    return zipped(
        {"series_id=A/p.parquet": parquet(timestamp=when, y=list(range(days)))}
    )


@pytest.mark.parametrize(("days", "taken"), [(28, 1), (0, 0)])
def test_past_values_may_be_a_folder(forecasting, manager, client, days, taken):  # noqa: F811
    client.force_login(manager)
    run = received(forecasting, manager, AHEAD, "ahead.csv")
    url = reverse("evaluation:upload", args=[run.pk])
    columns = recognise(run.seen.columns, forecasting.shape)
    past = ContentFile(past_zip(days), name="past.zip")
    page = client.post(url, columns | {"history": past, "table": "0"})
    assert Run.objects.count() == taken
    if not taken:
        assert "past.zip was refused" in page.text
        return
    pipeline.evaluate(Run.objects.get().pk)
    done = finished_from_json(Run.objects.get().result.finished)
    assert done.measured("mase").value is not None
