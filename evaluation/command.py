"""kenshu-evaluate: the same measurement on the command line, without a server.

For sites from which no row may leave: needs no database, no broker and no settings.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from evaluation import offline
from evaluation.executors import on_cluster
from evaluation.ingest.faults import FileRefused
from evaluation.judge import Outcome
from projects.catalogue import METRICS, Shape, TermError, Terms

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Executor

    from evaluation.judge import Judged, Measured
    from evaluation.offline import Answer

KINDS: Final = {
    "detection": Shape.DETECTION,
    "forecast": Shape.FORECAST,
    "inventory": Shape.INVENTORY,
    "layout": Shape.TRIAL,
}
EXIT: Final = {None: 0, Outcome.PASS: 0, Outcome.FAIL: 1, Outcome.UNDECIDED: 3}
REFUSED: Final = 2
WORDS: Final = {Outcome.PASS: "PASS", Outcome.FAIL: "FAIL", Outcome.UNDECIDED: "OPEN"}


def main(argv: Sequence[str] | None = None) -> int:
    """Measure one file; 0 passes, 1 fails, 3 is undecided, 2 is refused."""
    asked = _parser().parse_args(argv)
    try:
        terms = _terms(asked)
        shape, limits = KINDS[asked.kind], []
        if asked.criteria is not None:
            limits = offline.limits_in(asked.criteria, shape)
        with _executor(asked.cluster) as executor:
            answer = offline.answer(
                asked.file,
                shape,
                terms,
                limits=limits,
                columns=dict(asked.column),
                history=asked.history,
                sketch=asked.sketch,
                threads=asked.threads,
                executor=executor,
            )
    except FileRefused as refused:
        name = refused.file_name or asked.file.name
        return _refuse(
            asked, [f.sentence(asked.language, name) for f in refused.faults]
        )
    except TermError as refused:
        return _refuse(asked, [f"{refused.name}: {refused.why.in_(asked.language)}"])
    except OSError as away:
        return _refuse(asked, [_why_away(away, asked)])
    except ValueError as refused:
        return _refuse(asked, [str(refused)])
    if asked.json:
        _say(json.dumps(_plain(answer, asked.segments), ensure_ascii=False))
    else:
        _say("\n".join(_table(answer, asked.language)))
    return EXIT[answer.outcome]


def _executor(
    cluster: str | None,
) -> contextlib.AbstractContextManager[Executor | None]:
    return contextlib.nullcontext() if cluster is None else on_cluster(cluster)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="kenshu-evaluate",
        description="Measure a file of predictions and judge it by agreed criteria.",
        epilog="Exit code: 0 pass, 1 fail, 3 undecided, 2 refused.",
    )
    parser.add_argument(
        "file",
        type=Path,
        help="CSV, gzip of it, Parquet, a folder of Parquet files or a zip of one, "
        "or s3://bucket/folder",
    )
    parser.add_argument("--kind", choices=sorted(KINDS), required=True)
    parser.add_argument(
        "--history", type=Path, help="past values a forecast is scaled by"
    )
    parser.add_argument(
        "--season", type=int, help="periods after which a series repeats"
    )
    parser.add_argument("--threshold", type=float, help="scores from here are alarms")
    parser.add_argument(
        "--criteria", type=Path, help="limits to judge by, as JSON or YAML"
    )
    parser.add_argument(
        "--column",
        type=_role,
        action="append",
        default=[],
        metavar="ROLE=NAME",
        help="which column plays a role, where its name misleads; ROLE= for none",
    )
    parser.add_argument(
        "--term",
        type=_pair,
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help=f"what else is agreed: {', '.join(f.name for f in fields(Terms))}",
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument(
        "--sketch", action="store_true", help="rank scores in little memory"
    )
    parser.add_argument("--threads", type=int, default=0, help="0 is one a processor")
    parser.add_argument(
        "--cluster",
        metavar="ADDRESS",
        help="scheduler of a Dask cluster that can read the same path",
    )
    parser.add_argument(
        "--segments", type=int, default=1_000, help="how many of them JSON may hold"
    )
    parser.add_argument("--language", choices=("en", "ja"), default="en")
    return parser


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name or not value:
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=VALUE")
    return name, value


def _role(text: str) -> tuple[str, str]:
    name, equals, column = text.partition("=")
    return (name, column) if name and equals and not column else _pair(text)


def _terms(asked: argparse.Namespace) -> Terms:
    """The agreed terms; ValueError names one that is unknown or no number."""
    given: dict[str, Any] = {}
    kinds = {field.name: field.type for field in fields(Terms)}
    for name, text in asked.term:
        if name not in kinds:
            raise ValueError(f"--term {name} is not known; there is {', '.join(kinds)}")
        given[name] = _value(name, str(kinds[name]), text)
    for name in ("threshold", "season"):
        if getattr(asked, name) is not None:
            given[name] = getattr(asked, name)
    return Terms(**given)


def _value(name: str, kind: str, text: str) -> Any:
    if kind.startswith("tuple"):
        return tuple(text.split(","))
    if kind == "str":
        return text
    if kind == "bool":
        return text.lower() in ("1", "true", "yes")
    try:
        return int(text) if kind == "int" else float(text)
    except ValueError as wrong:
        raise ValueError(f"--term {name} needs a number, not {text!r}") from wrong


def _refuse(asked: argparse.Namespace, sentences: list[str]) -> int:
    if asked.json:
        _say(json.dumps({"refused": sentences}, ensure_ascii=False))
    else:
        sys.stderr.write("\n".join([*sentences, ""]))
    return REFUSED


def _why_away(away: OSError, asked: argparse.Namespace) -> str:
    """A file that is not there, or may not be read, as a sentence."""
    name = asked.file if away.filename is None else away.filename
    why = away.strerror or str(away)
    if asked.language == "ja":
        return f"{name}を読めません({why})。"
    return f"{name} cannot be read: {why}."


def _say(text: str) -> None:
    # A reader such as head may have closed the pipe before the end.
    with contextlib.suppress(BrokenPipeError):
        sys.stdout.write(text + "\n")
        sys.stdout.flush()


def _size(answer: Answer) -> tuple[int, int]:
    """How many rows of the file were measured, and the cases they stand for."""
    cases = answer.finished.rows
    rows = getattr(answer.finished, "weighted_rows", None)
    return cases if rows is None else rows, cases


def _plain(answer: Answer, most: int) -> dict[str, Any]:
    names = answer.segments()
    rows, cases = _size(answer)
    found = {
        "rows": rows,
        "cases": cases,
        "metrics": _measured(answer, ""),
        "segments": {name: _measured(answer, name) for name in names[:most]},
        "verdict": None if answer.outcome is None else answer.outcome.value,
        "criteria": [_judged(limit, judged) for limit, judged in answer.judged],
        "evaluator_version": answer.version,
        "sha256": answer.sha256,
    }
    if len(names) > most:
        found["segments_left_out"] = len(names) - most
    return found


def _measured(answer: Answer, segment: str) -> dict[str, Any]:
    return {
        key: _value_of(measured) for key, measured in answer.measured(segment).items()
    }


def _value_of(measured: Measured) -> dict[str, Any]:
    found: dict[str, Any] = {
        "value": measured.value,
        "low": measured.low,
        "high": measured.high,
        "cases": measured.cases,
    }
    if measured.withheld is not None:
        found["withheld"] = measured.withheld.en
    return found


def _judged(limit: Any, judged: Judged) -> dict[str, Any]:
    return {
        "metric": limit.metric,
        "bound": limit.bound.value,
        "limit": limit.value,
        "confidence": limit.confidence,
        "scope": limit.scope.value,
        "segment": judged.segment,
        "verdict": judged.outcome.value,
        "reason": judged.reason.value,
        **_value_of(judged.measured),
        "further_cases": judged.further_cases,
    }


def _table(answer: Answer, language: str) -> list[str]:
    rows, cases = _size(answer)
    size = f"{rows:,} rows" + (f" standing for {cases:,} cases" * (rows != cases))
    lines = [f"{answer.name}  {size}  sha256 {answer.sha256}", ""]
    for limit, judged in answer.judged:
        name = METRICS[limit.metric].name.in_(language)
        where = f" [{judged.segment}]" if judged.segment else ""
        bound = limit.bound.value.replace("_", " ")
        shown = _shown(judged.measured, language)
        word = WORDS[judged.outcome]
        lines.append(f"{word:<5} {name}{where} {shown}  {bound} {limit.value:g}")
    if answer.outcome is not None:
        lines += ["", f"Verdict: {answer.outcome.value.upper()}", ""]
    measured = answer.measured("")
    width = max(map(len, measured))
    return lines + [
        f"{key:<{width}}  {_shown(value, language)}" for key, value in measured.items()
    ]


def _shown(measured: Measured, language: str = "en") -> str:
    if measured.value is None:
        return "–" if measured.withheld is None else measured.withheld.in_(language)
    band = ""
    if measured.low is not None and measured.high is not None:
        band = f"  ({measured.low:.6g} – {measured.high:.6g})"
    return f"{measured.value:.10g}{band}"


if __name__ == "__main__":
    sys.exit(main())
