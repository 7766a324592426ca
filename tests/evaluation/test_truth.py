"""Truth registered in advance: joined by id, kept from who is judged."""

from __future__ import annotations

import hashlib

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from evaluation import pipeline, services, truths
from evaluation.ingest.faults import FileRefused
from evaluation.ingest.inspect import inspect
from evaluation.ingest.joined import Table, write_joined
from evaluation.ingest.mapping import recognise
from evaluation.ingest.roles import Part, roles_of
from evaluation.metrics import finished_from_json
from evaluation.models import Run, RunStatus
from projects.catalogue import Shape, Terms
from projects.models import Agreement, Engagement, Event, Side, TruthSet
from projects.services import agreement as agreements
from tests.conftest import PASSWORD, person
from tests.evaluation.files import CAPS, DETECTION
from tests.past import past_the_guard

# 40 real ones of 90; ids are numbers with leading zeros, which are text.
TRUTH = "id,y_true,segment\n" + "".join(
    f"{n:04d},{int(n < 40)},{'北' if n % 2 else '南'}\n" for n in range(90)
)
# Sent in another order, two misses and three false alarms.
GUESSED = "id,y_pred\n" + "".join(
    f"{n:04d},{int(2 <= n < 43)}\n" for n in reversed(range(90))
)


@pytest.fixture(autouse=True)
def in_english():
    with override("en"):
        yield


def registered(engagement, by, content=TRUTH, classes=()) -> TruthSet:
    name, raw = "truth.csv", content.encode()
    received = truths.receive_truth(
        engagement=engagement,
        file=ContentFile(raw, name=name),
        name=name,
        sha256=hashlib.sha256(raw).hexdigest(),
        by=by,
    )
    columns = recognise(received.layout["columns"], engagement.shape, Part.TRUTH)
    return truths.register_truth(
        truth=received, columns=columns, classes=classes, table=0, by=by
    )


def in_force(draft, manager, executive, **fields) -> Engagement:
    past_the_guard(Agreement).filter(pk=draft.pk).update(**fields)
    for side, signer in ((Side.PROVIDER, manager), (Side.CUSTOMER, executive)):
        draft.refresh_from_db()
        agreements.sign(agreement=draft, side=side, password=PASSWORD, by=signer)
    return Engagement.objects.get(pk=draft.engagement_id)


def submitted(engagement, by, content=GUESSED, *, own_truth=False) -> Run:
    raw = content.encode()
    upload = services.receive_upload(
        engagement=engagement,
        file=ContentFile(raw, name="guessed.csv"),
        name="guessed.csv",
        sha256=hashlib.sha256(raw).hexdigest(),
        by=by,
    )
    part = Part.WHOLE if own_truth else Part.PREDICTIONS
    columns = recognise(upload.seen.columns, engagement.shape, part)
    return services.submit_run(
        upload=upload, columns=columns, note="", by=by, own_truth=own_truth
    )


@pytest.fixture
def judged(draft, manager, executive):
    """An engagement whose agreement judges by a registered truth only."""
    truth = registered(draft.engagement, manager)
    return in_force(draft, manager, executive, truth_set=truth, own_truth=False)


def test_predictions_are_measured_beside_the_truth(judged, manager):
    run = submitted(judged, manager)

    pipeline.evaluate(run.pk)

    run.refresh_from_db()
    confusion = finished_from_json(run.result.finished).confusion()
    assert run.status == RunStatus.MEASURED
    assert (confusion.tp, confusion.fn, confusion.fp) == (38, 2, 3)
    assert finished_from_json(run.result.finished).segments() == ["北", "南"]
    assert run.truth_set.sha256 == run.truth_sha256


def test_a_truth_set_tells_its_rows_and_events(draft, manager):
    truth = registered(draft.engagement, manager)

    assert (truth.rows, truth.events) == (90, 40)
    told = [event.verb for event in Event.objects.order_by("pk")]
    assert told[-2:] == ["truth.received", "truth.registered"]


def test_the_same_truth_is_registered_once_and_never_again(draft, manager):
    truth = registered(draft.engagement, manager)

    assert registered(draft.engagement, manager) == truth
    with pytest.raises(ValidationError, match="stays as it is"):
        truths.register_truth(
            truth=truth, columns=truth.columns, classes=(), table=0, by=manager
        )


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("id,y_pred\n0000,1\n", "missing: 89. The first of them: 0001, 0002, 0003"),
        (GUESSED + "x1,1\nx2,0\n", "not in the truth set: 2. The first of them: x1"),
        (GUESSED + "0007,1\n", "The same id stands in an earlier row"),
        ("y_pred\n1\n", "A column for the id is needed"),
    ],
    ids=["missing", "extra", "twice", "no id"],
)
def test_ids_that_do_not_fit_are_refused_with_counts(judged, manager, content, says):
    with pytest.raises(FileRefused) as refused:
        submitted(judged, manager, content)

    said = refused.value.faults[0].sentence("en", "guessed.csv")
    assert says in said
    assert refused.value.faults[0].cure("ja")
    assert not Run.objects.exists()


def test_missing_and_extra_ids_are_told_together(judged, manager):
    with pytest.raises(FileRefused) as refused:
        submitted(judged, manager, "id,y_pred\nzz,1\n")

    assert [f.code for f in refused.value.faults] == ["ids_missing", "ids_extra"]
    assert refused.value.total == 91


def test_a_file_brings_its_own_truth_only_where_agreed(
    judged, draft, manager, executive, client
):
    own = "y_true,y_pred\n" + "1,1\n" * 50
    with pytest.raises(ValidationError, match="allows no truth inside"):
        submitted(judged, manager, own, own_truth=True)

    past_the_guard(Agreement).filter(pk=draft.pk).update(own_truth=True)
    run = submitted(judged, manager, own, own_truth=True)
    joined = submitted(judged, manager)

    client.force_login(manager)
    assert (run.truth_set, run.truth_sha256) == (None, "")
    for page in (run.get_absolute_url(), reverse("evaluation:runs", args=[judged.pk])):
        assert "own truth" in client.get(page).text.replace(
            "Truth supplied with the predictions", "own truth"
        )
    assert "own truth" not in client.get(joined.get_absolute_url()).text


def test_without_a_truth_and_without_leave_nothing_can_be_judged(
    draft, manager, executive
):
    engagement = in_force(draft, manager, executive, own_truth=False)

    with pytest.raises(ValidationError, match="allows no truth inside"):
        submitted(engagement, manager, "y_true,y_pred\n1,1\n", own_truth=True)


def test_the_runs_of_a_day_are_limited_and_shown(
    draft, manager, executive, client, monkeypatch
):
    engagement = in_force(draft, manager, executive, uploads_a_day=2)
    client.force_login(manager)
    address = reverse("evaluation:upload_new", args=[engagement.pk])
    own = "y_true,y_pred\n" + "1,1\n" * 50

    first = submitted(engagement, manager, own, own_truth=True)
    assert "Runs left today: 1 of 2." in client.get(address).text
    submitted(engagement, manager, own + "0,0\n", own_truth=True)
    # The same file again is the run that exists, not one more.
    assert submitted(engagement, manager, own, own_truth=True) == first
    with pytest.raises(ValidationError, match="limited to 2"):
        submitted(engagement, manager, own + "0,1\n", own_truth=True)

    yesterday = timezone.now() - timezone.timedelta(days=1)
    Run.objects.filter(pk=first.pk).update(submitted_at=yesterday)
    assert submitted(engagement, manager, own + "0,1\n", own_truth=True)


def test_classes_of_truth_and_agreement_must_agree(draft, manager, executive):
    content = "id,y_true\na,good\nb,scratch\nc,stain\n"
    classes = ("good", "scratch", "stain")
    truth = registered(draft.engagement, manager, content, classes)
    assert (truth.rows, truth.events) == (3, 2)
    engagement = in_force(draft, manager, executive, truth_set=truth)
    guessed = "id,y_pred\na,good\nb,stain\nc,stain\n"

    with pytest.raises(ValidationError, match="different classes"):
        submitted(engagement, manager, guessed)

    terms = Terms(classes=classes).to_json()
    past_the_guard(Agreement).filter(pk=draft.pk).update(terms=terms)
    run = submitted(engagement, manager, guessed)
    pipeline.evaluate(run.pk)
    assert Run.objects.get().status == RunStatus.MEASURED


def test_classes_that_make_no_sense_are_refused(draft, manager):
    with pytest.raises(ValidationError, match="twice"):
        registered(draft.engagement, manager, classes=("a", "a"))


def test_a_forecast_is_joined_too(draft, manager, executive):
    Engagement.objects.filter(pk=draft.engagement_id).update(kind="demand_forecast")
    draft.criteria.update(metric="mae")
    draft.engagement.refresh_from_db()
    days = [f"2026-01-{n:02d}" for n in range(1, 29)]
    content = "id,date,actual\n" + "".join(f"{d},{d},10\n" for d in days)
    truth = registered(draft.engagement, manager, content)
    assert truth.events is None
    engagement = in_force(draft, manager, executive, truth_set=truth)

    run = submitted(
        engagement, manager, "id,forecast\n" + "".join(f"{d},12\n" for d in days)
    )
    pipeline.evaluate(run.pk)

    done = finished_from_json(Run.objects.get().result.finished)
    assert done.measured("mae").value == 2


def test_other_kinds_have_no_truth_apart(draft, manager):
    Engagement.objects.filter(pk=draft.engagement_id).update(kind="inventory")
    draft.engagement.refresh_from_db()

    with pytest.raises(ValidationError, match="one file holds the work"):
        registered(draft.engagement, manager)


def test_an_ended_engagement_takes_no_truth(draft, manager):
    Engagement.objects.filter(pk=draft.engagement_id).update(stage="closed")
    draft.engagement.refresh_from_db()

    with pytest.raises(ValidationError, match="has ended"):
        registered(draft.engagement, manager)


def test_a_refused_truth_file_is_not_kept(draft, manager):
    with pytest.raises(FileRefused):
        registered(draft.engagement, manager, "")
    _folders, _files = default_storage.listdir("")

    assert not TruthSet.objects.exists()


def test_a_worker_keeps_no_joined_file(judged, manager, monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    run = submitted(judged, manager)

    pipeline.evaluate(run.pk)

    assert list(tmp_path.iterdir()) == []


# Who sees what ------------------------------------------------------------------------


def test_engineers_can_neither_register_nor_read_truth(judged, draft, client):
    engineer = person("engineer", judged.provider, "engineer")
    truth = TruthSet.objects.get()
    client.force_login(engineer)

    with pytest.raises(PermissionDenied):
        registered(judged, engineer, TRUTH + "9999,1,北\n")
    with pytest.raises(PermissionDenied):
        truths.register_truth(
            truth=truth, columns=truth.columns, classes=(), table=0, by=engineer
        )
    assert client.get(reverse("evaluation:truth", args=[truth.pk])).status_code == 403
    listed = client.get(reverse("evaluation:truth_sets", args=[judged.pk]))
    assert "truth.csv" in listed.text
    assert "0039" not in listed.text
    for guess in (truth.file.name, f"media/{truth.file.name}", truth.file.url):
        assert client.get("/" + guess.lstrip("/")).status_code == 404


def test_no_page_of_a_run_or_its_refusal_shows_a_row_of_truth(judged, client):
    engineer = person("engineer", judged.provider, "engineer")
    client.force_login(engineer)
    run = submitted(judged, engineer)
    pipeline.evaluate(run.pk)
    address = reverse("evaluation:upload", args=[run.upload_id])

    page = client.get(address)
    refused = client.post(address, {"id": "y_pred", "y_pred": "id", "table": "0"})

    assert 'name="y_true"' not in page.text
    assert "truth.csv" in page.text
    assert refused.status_code == 422
    for told in (page.text, refused.text, client.get(run.get_absolute_url()).text):
        assert "y_true" not in told


# In the browser ---------------------------------------------------------------


def test_a_manager_registers_a_truth_and_an_engineer_uploads(
    draft, manager, executive, client
):
    client.force_login(manager)
    engagement = draft.engagement
    new = reverse("evaluation:truth_new", args=[engagement.pk])

    empty = client.post(new, {"file": ContentFile(b"", name="truth.csv")})
    bad = client.post(new, {"file": ContentFile(b"PK\3\4", name="truth.csv")})
    odd = TRUTH.replace("y_true", "来たもの").encode()
    went = client.post(new, {"file": ContentFile(odd, name="truth.csv")})
    ask = client.get(went["Location"])
    wrong = client.post(went["Location"], {"id": "id", "y_true": "segment"})
    nonsense = client.post(
        went["Location"], {"id": "id", "y_true": "来たもの", "classes": "one"}
    )
    done = client.post(
        went["Location"], {"id": "id", "y_true": "来たもの"}, follow=True
    )
    again = client.get(went["Location"])

    assert (empty.status_code, bad.status_code) == (422, 422)
    assert "来たもの" in ask.text
    assert wrong.status_code == 422
    assert "row 2" in wrong.text
    assert "2 to 50 classes" in nonsense.text
    assert "is registered and stays as it is" in done.text
    assert again.status_code == 302
    in_force(draft, manager, executive, truth_set=TruthSet.objects.get())
    upload_page = client.get(reverse("evaluation:upload_new", args=[engagement.pk]))
    assert "Upload predictions only" in upload_page.text

    raw = GUESSED.encode()
    sent = client.post(
        reverse("evaluation:upload_new", args=[engagement.pk]),
        {"file": ContentFile(raw, name="guessed.csv")},
        headers={"Accept": "application/json"},
    )
    columns = client.get(sent.json()["next"])
    own = client.get(sent.json()["next"] + "?own_truth=1")
    run = client.post(sent.json()["next"], {"id": "id", "y_pred": "y_pred"})

    assert "Joined by id with the registered truth truth.csv" in columns.text
    assert 'name="y_true"' not in columns.text
    assert 'name="y_true"' in own.text
    assert Run.objects.get().truth_set is not None
    assert run.status_code == 302


def test_a_kind_without_truth_apart_says_so(draft, manager, client):
    Engagement.objects.filter(pk=draft.engagement_id).update(kind="inventory")
    client.force_login(manager)
    new = reverse("evaluation:truth_new", args=[draft.engagement_id])

    page = client.get(reverse("evaluation:truth_sets", args=[draft.engagement_id]))
    refused = client.post(new, {"file": ContentFile(b"a\n1\n", name="t.csv")})

    assert "one file holds the work" in page.text
    assert "one file holds the work" in refused.text


# The join itself ---------------------------------------------------------------


@given(st.permutations(range(30)), st.integers(1, 2**30))
def test_the_order_of_predictions_never_matters(tmp_path_factory, order, salt):
    folder = tmp_path_factory.mktemp("joined")
    right, guessed = folder / "right.csv", folder / "guessed.parquet"
    right.write_text("id,y_true\n" + "".join(f"k{i},{i % 2}\n" for i in range(30)))
    table = pa.table(
        {"id": [f"k{i}" for i in order], "y_score": [float(i * salt) for i in order]}
    )
    pq.write_table(table, guessed)

    def known(path, part):
        layout = inspect(path, path.name, CAPS)
        mapping = recognise(layout.columns, DETECTION, part)
        return Table(path, layout, mapping, DETECTION, CAPS)

    to = folder / "both.parquet"
    layout = write_joined(
        known(right, Part.TRUTH), known(guessed, Part.PREDICTIONS), to
    )

    joined = pq.read_table(to)
    assert layout.columns == ("id", "y_true", "y_score")
    assert joined.column("id").to_pylist() == [f"k{i}" for i in range(30)]
    assert joined.column("y_score").to_pylist() == [float(i * salt) for i in range(30)]


@pytest.mark.parametrize("shape", [Shape.DETECTION, Shape.FORECAST])
def test_truth_and_predictions_share_nothing_but_ids(shape):
    parts = [
        {role.key for role in roles_of(shape, part)}
        for part in (Part.TRUTH, Part.PREDICTIONS)
    ]

    assert parts[0] & parts[1] == {"id"}
    whole = {role.key for role in roles_of(shape)}
    # Apart, a row is one case.
    assert parts[0] | parts[1] == whole - {"weight"}
