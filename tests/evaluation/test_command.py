"""kenshu-evaluate as a program: what it prints, and how it ends."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from evaluation.command import main

PROGRAM = Path(__file__).parents[2] / "bin/kenshu-evaluate"
ROWS = "y_true,y_pred,segment\n" + "1,1,A\n" * 30 + "1,0,B\n" * 2 + "0,0,B\n" * 60


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "run.csv"
    path.write_text(ROWS)
    return path


def asked(
    capsys: pytest.CaptureFixture[str], *words: object
) -> tuple[int, dict[str, Any]]:
    code = main([*map(str, words), "--json"])
    return code, json.loads(capsys.readouterr().out)


def criteria(folder: Path, *lines: dict[str, object]) -> Path:
    path = folder / "criteria.json"
    path.write_text(json.dumps(list(lines)))
    return path


def test_the_program_runs_without_settings(file: Path) -> None:
    done = subprocess.run(
        [PROGRAM, file, "--kind", "detection", "--json"],
        capture_output=True,
        text=True,
        check=True,
        env={"PATH": "/usr/bin:/bin"},
    )
    told = json.loads(done.stdout)
    assert told["rows"] == 92
    assert told["metrics"]["tp"] == pytest.approx(
        {"value": 30, "low": 22.58, "high": 38.21, "cases": 92}, abs=0.01
    )
    assert told["segments"]["B"]["fn"]["value"] == 2
    assert told["verdict"] is None


def test_every_machine_uses_the_same_kernels() -> None:
    looks = (
        "import evaluation.command, numpy, os;"
        "print(numpy._core._multiarray_umath.__cpu_features__.get('X86_V4', False));"
        "print(os.environ['OPENBLAS_NUM_THREADS'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", looks],
        capture_output=True,
        text=True,
        check=True,
        cwd=PROGRAM.parents[1],
        env={"PATH": "/usr/bin:/bin"},
    )
    assert done.stdout.split() == ["False", "1"]


@pytest.mark.parametrize(
    ("limit", "confidence", "code", "verdict"),
    [(0.5, 0.95, 0, "pass"), (0.99, None, 1, "fail"), (0.9, 0.95, 3, "undecided")],
)
def test_it_ends_as_the_verdict_says(
    capsys: pytest.CaptureFixture[str],
    file: Path,
    limit: float,
    confidence: float | None,
    code: int,
    verdict: str,
) -> None:
    line = {"metric": "recall", "bound": "at_least", "limit": limit}
    held = criteria(file.parent, line | {"confidence": confidence})
    found, told = asked(capsys, file, "--kind", "detection", "--criteria", held)
    assert (found, told["verdict"]) == (code, verdict)
    assert told["criteria"][0]["value"] == 30 / 32


def test_signs_and_segments_are_understood(
    capsys: pytest.CaptureFixture[str], file: Path
) -> None:
    yaml = file.parent / "criteria.yaml"
    yaml.write_text("- {metric: miss_rate, operator: '<=', limit: 0.5, segment: B}\n")
    assert main([str(file), "--kind", "detection", "--criteria", str(yaml)]) == 1
    told = capsys.readouterr().out
    assert "FAIL" in told
    assert "[B]" in told
    assert "Verdict: FAIL" in told


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--column", "y_true=nichts"], "A column for the truth is needed"),
        (["--term", "beta=x"], "--term beta needs a number"),
        (["--term", "gamma=1"], "--term gamma is not known"),
        (["--term", "beta=-1"], "beta: More than zero is needed."),
        (["--criteria", "CRITERIA"], "criterion 1: 'metric' is missing"),
    ],
)
def test_what_cannot_be_is_refused_in_words(
    capsys: pytest.CaptureFixture[str], file: Path, words: list[str], says: str
) -> None:
    held = criteria(file.parent, {"bound": "<="})
    words = [str(held) if word == "CRITERIA" else word for word in words]
    code, told = asked(capsys, file, "--kind", "detection", *words)
    assert code == 2
    assert says in told["refused"][0]
    assert main([str(file), "--kind", "detection", *words]) == 2
    assert says in capsys.readouterr().err


@pytest.mark.parametrize("text", ["{", "[]", "7", "- 3"])
def test_a_file_without_criteria_is_refused(
    capsys: pytest.CaptureFixture[str], file: Path, text: str
) -> None:
    held = file.parent / "criteria.yaml"
    held.write_text(text)
    code, told = asked(capsys, file, "--kind", "detection", "--criteria", held)
    assert code == 2
    assert "criteria.yaml" in told["refused"][0]


def test_every_fault_of_a_bad_file_is_named(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "bad.csv"
    path.write_text("y_true,y_pred\n1,maybe\n1,1\n2,1\n")
    code, told = asked(capsys, path, "--kind", "detection")
    assert code == 2
    assert ["row 2" in told["refused"][0], "row 4" in told["refused"][1]] == [True] * 2


def test_a_forecast_is_scaled_by_its_history(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path, past = tmp_path / "f.csv", tmp_path / "h.csv"
    path.write_text("series_id,horizon,y_true,y_pred\nA,1,10,12\nA,2,20,20\n")
    past.write_text("series_id,y\nA,10\nA,20\nA,12\nA,22\n")
    code, told = asked(
        capsys, path, "--kind", "forecast", "--history", past, "--season", 2
    )
    assert code == 0
    assert told["metrics"]["mase"]["value"] == 0.5
    past.write_text("series_id,y\nA,10\nA,viel\n")
    code, told = asked(capsys, path, "--kind", "forecast", "--history", past)
    assert code == 2
    assert told["refused"][0].startswith("h.csv was refused at row 3")
    past.write_text("series_id,when\nA,10\n")
    code, told = asked(capsys, path, "--kind", "forecast", "--history", past)
    assert "past value" in told["refused"][0]


def test_classes_prices_and_many_segments_are_told(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "c.csv"
    path.write_text("y_true,y_pred,segment\ngood,good,A\nscratch,good,B\n")
    words = ["--term", "classes=good,scratch", "--term", "yen_miss=900"]
    words += ["--term", "yen_false_alarm=1", "--segments", "1"]
    code, told = asked(capsys, path, "--kind", "detection", *words)
    assert code == 0
    assert told["metrics"]["cost"]["value"] == 900
    assert told["segments_left_out"] == 1
    words = ["--kind", "layout", "--term", "smaller_is_better=no"]
    path.write_text("trial,before,after\nT1,5,6\nT2,5,7\n")
    code, told = asked(capsys, path, *words, "--language", "ja")
    assert told["metrics"]["improvement_percent"]["value"] == pytest.approx(30)
    with pytest.raises(SystemExit):
        main([str(path), "--kind", "layout", "--term", "beta"])
