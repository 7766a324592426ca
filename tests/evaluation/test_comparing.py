"""Runs side by side, and the paired test that a worker computes from two files."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone, translation
from kombu.exceptions import OperationalError as BrokerDown

from evaluation import comparing, pairs, pipeline, services, tasks
from evaluation.ingest.inspect import inspect
from evaluation.ingest.mapping import recognise
from evaluation.metrics.paired import mcnemar
from evaluation.models import PairStatus, Run, RunPair
from evaluation.pairing import NotPaired, Paired, paired
from evaluation.sources import caps
from evaluation.stripes import Source, measure
from projects.catalogue import Shape, Terms
from projects.models import Agreement, Engagement, User
from tests.conftest import PASSWORD
from tests.evaluation.test_acceptances import scored, sent, signed  # noqa: F401
from tests.past import past_the_guard

TERMS = Terms(threshold=0.5)


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


# Two files --------------------------------------------------------------------------


def source(folder: Path, name: str, text: str, shape=Shape.DETECTION, terms=TERMS):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    layout = inspect(path, name, caps())
    columns = recognise(layout.columns, shape)
    used = {role: column for role, column in columns.items() if column}
    return Source(path, layout, used, shape, caps(), terms)


def lines(head, rows):
    return "\n".join([head, *(",".join(map(str, row)) for row in rows)]) + "\n"


def paired_up(truth, scores):
    return list(zip(truth, scores, strict=True))


def test_detection_counts_the_rows_that_only_one_judged_rightly(tmp_path):
    random = np.random.default_rng(3)
    truth = (random.random(3_000) < 0.3).astype(int)
    one, other = (
        np.clip(random.normal(0.3 + 0.4 * truth, spread), 0, 1) for spread in (0.3, 0.1)
    )
    files = [
        source(tmp_path, f"{n}.csv", lines("y_true,y_score", paired_up(truth, s)))
        for n, s in enumerate((one, other))
    ]
    told = []

    found = paired(*files, 3_000, told.append)

    right = [(s >= 0.5) == truth for s in (one, other)]
    assert found.better == int((right[1] & ~right[0]).sum())
    assert found.worse == int((right[0] & ~right[1]).sum())
    assert found.p_value == mcnemar(found.worse, found.better) < 0.001
    assert found.rows == sum(told) == 3_000
    assert Paired.from_json(found.to_json()) == found


def test_rows_that_do_not_count_are_left_out_of_both(tmp_path):
    rows = [(1, 0.9, 1), (1, 0.1, 1), (0, 0.9, 0), (0, "", 1)]
    worse = [(1, 0.1, 1), (1, 0.1, 1), (0, 0.1, 0), (0, 0.2, 1)]
    terms = replace(TERMS, without_score="left_out")
    one, other = (
        source(tmp_path, name, lines("y_true,y_score,scored", own), terms=terms)
        for name, own in (("a.csv", rows), ("b.csv", worse))
    )

    found = paired(one, other, 4)

    assert (found.better, found.worse, found.rows) == (0, 1, 2)


def test_rows_without_a_score_are_left_out_as_they_were_when_measured(tmp_path):
    # Judged by y_pred, not by a threshold; the agreement leaves them out all the same.
    terms = Terms(without_score="left_out")
    one, other = (
        source(tmp_path, name, lines("y_true,y_pred,y_score", own), terms=terms)
        for name, own in (
            ("a.csv", [(1, 1, 0.9), (1, 1, "")]),
            ("b.csv", [(1, 0, 0.1), (1, 0, 0.1)]),
        )
    )

    found = paired(one, other, 2)

    assert (found.better, found.worse, found.rows) == (0, 1, 1)


def test_named_classes_are_right_where_the_names_agree(tmp_path):
    terms = Terms(classes=("good", "bad", "dirty"))
    one = source(
        tmp_path,
        "a.csv",
        lines("y_true,y_pred", [("good", "good"), ("bad", "dirty"), ("bad", "bad")]),
        terms=terms,
    )
    other = source(
        tmp_path,
        "b.csv",
        lines("y_true,y_pred", [("good", "good"), ("bad", "bad"), ("bad", "bad")]),
        terms=terms,
    )
    two = replace(TERMS, classes=("good", "bad"))
    marked = source(
        tmp_path,
        "c.csv",
        lines("y_true,y_score", [("good", 0.2), ("bad", 0.1), ("bad", 0.8)]),
        terms=two,
    )

    assert paired(one, other, 3).better == 1
    assert paired(marked, other, 3).better == 1


def test_files_of_other_rows_are_told_by_row_or_by_length(tmp_path):
    one = source(tmp_path, "a.csv", lines("y_true,y_pred", [(1, 1), (0, 0), (1, 0)]))
    other = source(tmp_path, "b.csv", lines("y_true,y_pred", [(1, 1), (1, 0), (1, 0)]))
    short = source(tmp_path, "c.csv", lines("y_true,y_pred", [(1, 1), (0, 0)]))

    with pytest.raises(NotPaired, match=r"Row 3 has another y_true"):
        paired(one, other, 3)
    for pair in ((one, short), (short, one)):
        with pytest.raises(NotPaired, match="different numbers of rows"):
            paired(*pair, 3)


def forecasts(spread, seed, days=60, stamped=True):
    random = np.random.default_rng(seed)
    rows = []
    for hour in range(days * 24):
        actual = 100 + 10 * np.sin(hour / 4)
        at = np.datetime64("2026-01-01T00") + hour
        forecast = actual + random.normal(0, spread)
        stamp = [str(at).replace("T", " ") + ":00"] if stamped else []
        rows.append((*stamp, round(actual, 6), forecast))
    head = "timestamp,y_true,y_pred" if stamped else "y_true,y_pred"
    return lines(head, rows)


@pytest.mark.parametrize("stamped", [True, False])
def test_a_better_forecast_is_more_than_luck_and_an_equal_one_is_not(tmp_path, stamped):
    files = {
        name: source(
            tmp_path,
            f"{name}.csv",
            forecasts(spread, seed, stamped=stamped),
            Shape.FORECAST,
            Terms(),
        )
        for name, spread, seed in (("old", 3, 1), ("new", 1, 2), ("same", 3, 5))
    }

    better = paired(files["old"], files["new"], 1_440)
    alike = paired(files["old"], files["same"], 1_440)

    # Normal errors miss by their spread times the root of 2/pi on average.
    assert better.value == pytest.approx(-2 * np.sqrt(2 / np.pi), abs=0.15)
    assert better.high < 0
    assert better.p_value < 0.01
    assert alike.p_value > 0.05
    assert alike.low < 0 < alike.high


def test_truth_that_differs_by_rounding_is_the_same_truth(tmp_path):
    text = forecasts(3, 1)
    head, *rows = text.splitlines()
    rounded = [
        ",".join((at, repr(float(truth) * (1 + 1e-12)), guess))
        for at, truth, guess in (row.split(",") for row in rows)
    ]
    one, other = (
        source(tmp_path, name, content, Shape.FORECAST, Terms())
        for name, content in (("a.csv", text), ("b.csv", "\n".join([head, *rounded])))
    )

    assert paired(one, other, 1_440).rows == 1_440


def test_too_few_days_cannot_be_told(tmp_path):
    one, other = (
        source(tmp_path, n, forecasts(s, 1, days=3), Shape.FORECAST, Terms())
        for n, s in (("a.csv", 1), ("b.csv", 2))
    )

    with pytest.raises(NotPaired, match="fewer than five"):
        paired(one, other, 72)


def test_stock_is_compared_by_units_short(tmp_path):
    def policy(name, level):
        rows = []
        for month in range(24):
            demand = month % 6 + 1
            met = min(demand, level)
            period = f"{2024 + month // 12}-{month % 12 + 1:02d}-01"
            rows.append(("A", period, demand, met, level - met))
        head = "sku,period,demand,demand_met_from_stock,on_hand_end"
        return source(tmp_path, name, lines(head, rows), Shape.INVENTORY, Terms())

    found = paired(policy("a.csv", 3), policy("b.csv", 5), 24)

    assert found.value == pytest.approx(1 / 6 - 6 / 6)
    assert found.p_value < 0.05


def test_trials_have_no_paired_test(tmp_path):
    one = source(tmp_path, "a.csv", "y_true,y_pred\n1,1\n")

    with pytest.raises(NotPaired, match="no paired test"):
        paired(replace(one, shape=Shape.TRIAL), one, 1)


# The worker -------------------------------------------------------------------------


@pytest.fixture
def runs(signed, manager):  # noqa: F811
    return [
        sent(signed, manager, scored(bad=bad, weak=weak))
        for bad, weak in ((20, 0), (3, 2))
    ]


def asked(runs, by) -> RunPair:
    comparing.ask_for_tests(runs=runs, by=by)
    return RunPair.objects.get()


def test_the_worker_tests_a_pair_once_and_keeps_it(runs, manager):
    pair = asked(runs, manager)
    comparing.ask_for_tests(runs=runs, by=manager)

    tasks.compare_pair(str(pair.pk))
    tasks.compare_pair(str(pair.pk))

    pair.refresh_from_db()
    found = Paired.from_json(pair.found)
    assert (pair.status, pair.attempt) == ("tested", 1)
    assert (found.better, found.worse) == (17, 2)
    events = runs[0].agreement.engagement.events.filter(verb="runs.compared")
    assert events.count() == 1


def test_asking_rings_for_the_worker(runs, manager, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as bells:
        comparing.ask_for_tests(runs=runs, by=manager)

    assert len(bells) == 1


def test_runs_of_other_rows_are_refused_in_words(runs, signed, manager):  # noqa: F811
    other = sent(signed, manager, scored(rows=390))
    pair = asked([runs[0], other], manager)

    pairs.compare(pair.pk)

    pair.refresh_from_db()
    assert pair.status == PairStatus.REFUSED
    assert "different numbers of rows" in pair.reason("en")
    assert "行数" in pair.reason("ja")


def test_a_file_that_broke_is_refused_in_words(runs, manager):
    pair = asked(runs, manager)
    path = Path(runs[1].upload.file.path)
    path.write_text("y_true,y_score\n1,0.5\nx,y\n", encoding="utf-8")

    pairs.compare(pair.pk)

    pair.refresh_from_db()
    assert pair.status == PairStatus.REFUSED
    assert pair.reason_en


def test_what_fails_for_us_may_be_asked_again(runs, manager):
    pair = asked(runs, manager)
    columns = runs[1].columns
    Run.objects.filter(pk=runs[1].pk).update(columns={"y_true": "y_true"})

    # Neither a score nor a judgement is left to compare.
    with pytest.raises(ValueError, match="is needed"):
        pairs.compare(pair.pk)
    pair.refresh_from_db()
    assert (pair.status, pair.reason("en")) == (PairStatus.FAILED, pairs.OURS.en)
    Run.objects.filter(pk=runs[1].pk).update(columns=columns)

    comparing.ask_for_tests(runs=runs, by=manager)
    pairs.compare(pair.pk)

    pair.refresh_from_db()
    assert (pair.status, pair.attempt) == ("tested", 1)


def test_what_takes_too_much_memory_ends_in_words(runs, manager, settings):
    settings.WORKER_MEMORY_MB = 1
    pair = asked(runs, manager)

    pairs.compare(pair.pk)

    pair.refresh_from_db()
    assert pair.status == PairStatus.FAILED
    assert "time and memory" in pair.reason("en")


def test_a_pair_given_away_meanwhile_is_not_written(runs, manager):
    pair = asked(runs, manager)
    taken = RunPair.objects.claim(pair.pk, now=timezone.now())
    RunPair.objects.update(attempt=2)

    pairs._end(taken, PairStatus.FAILED, why=pairs.OURS)

    pair.refresh_from_db()
    assert pair.status == PairStatus.RUNNING


def test_a_pair_whose_bell_got_lost_is_rung_for_by_the_sweep(
    runs, manager, monkeypatch, django_capture_on_commit_callbacks
):
    def refuse(_pair_id):
        raise BrokerDown("nobody listens")

    monkeypatch.setattr(tasks.compare_pair, "delay", refuse)
    with django_capture_on_commit_callbacks(execute=True) as rung:
        pair = asked(runs, manager)
    assert len(rung) == 1
    heard: list[str] = []
    monkeypatch.setattr(tasks.compare_pair, "delay", heard.append)

    tasks.sweep_runs()
    assert heard == []
    RunPair.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    tasks.sweep_runs()

    assert heard == [str(pair.pk)]


def test_lost_pairs_are_put_back_and_given_up_after_three(runs, manager):
    pair = asked(runs, manager)
    later = timezone.now() + timedelta(hours=2)
    RunPair.objects.claim(pair.pk, now=timezone.now())

    assert list(pairs.sweep_pairs(now=later)) == [pair.pk]
    pair.refresh_from_db()
    assert pair.status == PairStatus.QUEUED
    RunPair.objects.update(attempt=3)
    assert list(pairs.sweep_pairs(now=later)) == []
    pair.refresh_from_db()
    assert pair.status == PairStatus.FAILED
    assert pair.reason("en") == pairs.LOST.en


def test_the_database_keeps_a_pair_of_two_runs_with_what_was_found(runs):
    with pytest.raises(IntegrityError), transaction.atomic():
        RunPair.objects.create(first=runs[0], second=runs[0])
    with pytest.raises(IntegrityError), transaction.atomic():
        RunPair.objects.create(first=runs[0], second=runs[1], status="tested")


def test_runs_joined_with_a_registered_truth_are_joined_again(
    signed,  # noqa: F811
    manager,
):
    from tests.evaluation.test_truth import registered

    truth = registered(signed, manager)
    past_the_guard(Agreement).update(truth_set=truth)
    made = []
    for number, wrong in enumerate(("1", "0")):
        # Ids as the truth set of those tests has them, in another order.
        text = "id,y_score\n" + "".join(
            f"{n:04d},{wrong if n == 3 else int(n < 40)}\n" for n in range(89, -1, -1)
        )
        upload = services.receive_upload(
            engagement=Engagement.objects.get(pk=signed.pk),
            file=ContentFile(text.encode(), name="p.csv"),
            name="p.csv",
            sha256=f"{number:064}",
            by=manager,
        )
        columns = recognise(upload.seen.columns, signed.shape)
        run = services.submit_run(upload=upload, columns=columns, note="", by=manager)
        pipeline.evaluate(run.pk)
        made.append(Run.objects.get(pk=run.pk))
    pair = asked(made, manager)

    pairs.compare(pair.pk)

    pair.refresh_from_db()
    assert pair.status == "tested", pair.reason_en
    assert pair.found["worse"] == 1
    assert Paired.from_json(pair.found).rows == 90


# Side by side -----------------------------------------------------------------------


def test_criteria_costs_and_worse_segments_stand_side_by_side(
    signed,  # noqa: F811
    manager,
):
    def file(of_east):
        rows = [
            (
                int(n % 5 == 0),
                0.9 if (n % 5 == 0) != (n // 10 % 2 == 0 and n < of_east) else 0.1,
                "東" if n // 10 % 2 == 0 else "西",
            )
            for n in range(1_000)
        ]
        return lines("y_true,y_score,segment", rows).encode()

    made = [sent(signed, manager, file(n)) for n in (0, 600)]

    found = comparing.compared(comparing.chosen(signed, [str(r.pk) for r in made]))

    assert [run.number for run in found.runs] == [1, 2]
    metrics = [line.criterion.metric for line in found.criteria]
    assert metrics == ["miss_rate", "precision"]
    miss_rate = found.criteria[0].verdicts
    assert [v.value for v in miss_rate] == [0.0, 0.3]
    first, second = (one.bill.yen for one in found.costs)
    assert first == 0
    assert second == (240 * 1000 + 60 * 50000) * 400 // 1000
    (worse,) = found.worse
    assert (worse.segment, worse.beyond_chance) == ("東", True)
    assert found.pairs == (None,)


def side_by_side(made):
    engagement = made[0].agreement.engagement
    return comparing.compared(
        comparing.chosen(engagement, [str(run.pk) for run in made])
    )


def test_without_prices_nothing_costs_and_new_segments_are_no_worse(
    signed,  # noqa: F811
    manager,
):
    past_the_guard(Agreement).update(terms={"threshold": 0.5})
    head = "y_true,y_score,segment"
    files = [
        lines(head, [(1, 0.9, "A"), (1, 0.1, "B"), (0, 0.1, "C")] * 20),
        lines(head, [(1, 0.1, "D"), (1, 0.9, "B"), (0, 0.1, "C")] * 20),
    ]
    made = [sent(signed, manager, file.encode()) for file in files]

    found = side_by_side(made)

    assert [one.bill for one in found.costs] == [None, None]
    assert found.worse == ()


def test_stock_is_worse_where_it_serves_less(tmp_path):
    def measured_of(met):
        rows = [("A", f"2024-{m:02d}-01", 10, met, 1) for m in range(1, 13)]
        head = "sku,period,demand,demand_met_from_stock,on_hand_end"
        made = source(
            tmp_path, f"{met}.csv", lines(head, rows), Shape.INVENTORY, Terms()
        )
        return measure(made)

    files = [measured_of(9), measured_of(7)]
    worse = comparing._worse([None, None], files, Shape.INVENTORY)

    assert [(one.segment, one.beyond_chance) for one in worse] == [("A", True)]
    assert comparing._worse([None, None], files[::-1], Shape.INVENTORY) == ()
    few = replace(files[1], by_line={"A": replace(files[1].by_line["A"], ends={})})
    (unsure,) = comparing._worse([None, None], [files[0], few], Shape.INVENTORY)
    assert not unsure.beyond_chance


def test_a_criterion_of_one_version_only_stands_alone(runs):
    runs[0].result.verdicts.first().delete()

    found = comparing.compared(
        comparing.chosen(runs[0].agreement.engagement, [str(r.pk) for r in runs])
    )

    assert [line.verdicts.count(None) for line in found.criteria] == [0, 1]


@pytest.mark.parametrize("count", [0, 1, 7])
def test_two_to_six_runs_are_compared(count, runs, signed, manager):  # noqa: F811
    made = [sent(signed, manager, scored(bad=n)) for n in range(4, 4 + count)]

    with pytest.raises(ValidationError, match="two to six"):
        comparing.chosen(signed, [str(run.pk) for run in made[:count]])


def test_a_stranger_can_ask_for_nothing(runs):
    stranger = User.objects.create_user("s@example.test", PASSWORD, name="s")

    with pytest.raises(PermissionDenied):
        comparing.ask_for_tests(runs=runs, by=stranger)
    assert not RunPair.objects.exists()


# Pages ------------------------------------------------------------------------------


def test_runs_are_ticked_compared_and_tested(runs, manager, client):
    client.force_login(manager)
    engagement = runs[0].agreement.engagement
    listed = client.get(reverse("evaluation:runs", args=[engagement.pk])).text
    assert listed.count('name="run"') == 2
    page = reverse("evaluation:compare", args=[engagement.pk])
    ticked = {"run": [str(run.pk) for run in runs] + ["nonsense"]}

    shown = client.get(page, ticked)
    assert "Not tested yet" in shown.text
    assert "hx-get" not in shown.text.split('id="tests"')[1].split(">")[0]
    sent_on = client.post(
        reverse("evaluation:compare_test", args=[engagement.pk]), ticked
    )
    waits = client.get(sent_on["Location"], headers={"HX-Request": "true"})
    assert "<html" not in waits.text
    assert "hx-get" in waits.text
    pairs.compare(RunPair.objects.get().pk)
    told = client.get(sent_on["Location"]).text

    assert "On 17 rows only run 2 is right, on 2 only run 1, of 400." in told
    assert "more than luck" in told
    assert "Test row by row" not in told


def test_too_few_runs_are_told(runs, manager, client):
    client.force_login(manager)
    engagement = runs[0].agreement.engagement
    one = {"run": [str(runs[0].pk)]}

    page = client.get(reverse("evaluation:compare", args=[engagement.pk]), one)
    sent_on = client.post(reverse("evaluation:compare_test", args=[engagement.pk]), one)

    assert "Choose two to six runs" in page.text
    assert sent_on["Location"] == reverse("evaluation:runs", args=[engagement.pk])
