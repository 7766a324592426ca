"""A weighted file on the server: from the columns on screen to the pages of its run."""

from __future__ import annotations

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import translation

from evaluation import comparing, pairs, pipeline
from evaluation.metrics import finished_from_json
from evaluation.models import PairStatus, Run, RunPair, RunStatus, Upload
from tests.evaluation.test_acceptances import sent, signed  # noqa: F401

HEAD = "y_true,y_score,segment,scored,件数\n"
ROWS = "1,0.9,A,1,30\n1,0.2,A,1,2\n0,0.1,B,1,900\n0,0.8,B,1,9\n0,,B,1,4\n0,0.3,B,0,7\n"
WEIGHTED = (HEAD + ROWS).encode()


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def agreed(signed):  # noqa: F811
    return signed


def uploaded(client, engagement, content=WEIGHTED) -> Upload:
    page = reverse("evaluation:upload_new", args=[engagement.pk])
    client.post(page, {"file": ContentFile(content, name="counted.csv")})
    return Upload.objects.latest("pk")


def test_the_screen_offers_the_weight_and_the_run_tells_rows_and_cases(
    client,
    agreed,
    manager,
):
    client.force_login(manager)
    upload = uploaded(client, agreed)
    screen = reverse("evaluation:upload", args=[upload.pk])
    form = client.get(screen).context["form"]
    assert form["weight"].value() == "件数"
    assert "weight" in [bound.name for bound in form.shown()]

    columns = {"y_true": "y_true", "y_score": "y_score", "segment": "segment"}
    client.post(screen, columns | {"scored": "scored", "weight": "件数", "table": "0"})
    run = Run.objects.get()
    assert run.rows_total == 952
    listed = reverse("evaluation:runs", args=[agreed.pk])
    assert "952 cases" in client.get(listed).text
    assert "counted.csv · 952 cases" in client.get(run.get_absolute_url()).text
    Run.objects.filter(pk=run.pk).update(status=RunStatus.RUNNING, rows_read=100)
    assert "100 of 952 cases read." in client.get(run.get_absolute_url()).text
    Run.objects.filter(pk=run.pk).update(status=RunStatus.QUEUED)

    pipeline.evaluate(run.pk)

    run.refresh_from_db()
    assert (run.result.rows, run.result.weighted_rows) == (945, 5)
    confusion = finished_from_json(run.result.finished).confusion()
    assert (confusion.tp, confusion.fn, confusion.fp, confusion.tn) == (30, 2, 9, 904)
    page = client.get(run.get_absolute_url()).text
    assert "counted.csv · 5 rows standing for 945 cases" in page
    assert "7 cases do not count and were left out." in page
    assert "4 cases have no score" in page
    type(manager).objects.update(language="ja")
    japanese = client.get(run.get_absolute_url()).text
    assert "5行(945件分)" in japanese
    assert "7件は採点の対象ではないため除きました。" in japanese


def test_a_weight_that_is_none_is_refused_on_screen(client, agreed, manager):
    client.force_login(manager)
    upload = uploaded(client, agreed, WEIGHTED.replace(b",900\n", b",0.5\n"))
    columns = {"y_true": "y_true", "y_score": "y_score", "weight": "件数"}
    page = client.post(
        reverse("evaluation:upload", args=[upload.pk]), columns | {"table": "0"}
    )
    assert not Run.objects.exists()
    assert "row 4, column 件数" in page.text
    assert "how many equal cases the row stands for" in page.text


def test_weighted_runs_are_compared_but_not_tested_as_pairs(client, agreed, manager):
    runs = [
        sent(agreed, manager, WEIGHTED),
        sent(agreed, manager, WEIGHTED + b"0,0,B,1,1\n"),
    ]
    client.force_login(manager)
    comparing.ask_for_tests(runs=runs, by=manager)
    pairs.compare(RunPair.objects.get().pk)
    assert RunPair.objects.get().status == PairStatus.REFUSED
    ticked = {"run": [str(run.pk) for run in runs]}
    page = client.get(reverse("evaluation:compare", args=[agreed.pk]), ticked).text
    assert "5 rows standing for 945 cases" in page
    assert "nothing tells which case of one file is which of the other" in page


def test_a_plain_run_tells_its_rows_as_ever(client, agreed, manager):
    run = sent(agreed, manager, b"y_true,y_score\n1,0.9\n0,0.1\n")
    client.force_login(manager)
    assert "a.csv · 2 rows</dd>" in client.get(run.get_absolute_url()).text.replace(
        "\n", ""
    )
    assert (run.result.rows, run.result.weighted_rows) == (2, None)
