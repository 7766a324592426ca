"""A file measured and judged without a database: what the command line answers."""

from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from evaluation import judge, runner
from evaluation.ingest.check import check, check_threshold
from evaluation.ingest.faults import Fault, FileRefused
from evaluation.ingest.folders import digest_of
from evaluation.ingest.inspect import Caps, inspect
from evaluation.ingest.mapping import best_table, check_mapping, recognise
from evaluation.ingest.past import past_batches
from evaluation.ingest.zipped import as_table, is_zip
from evaluation.metrics.detected import FinishedDetection
from evaluation.metrics.history import history_of
from evaluation.stripes import Source, measure
from projects.catalogue import METRICS, Bound, Limit, Scope, Shape, Terms, metrics_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from concurrent.futures import Executor
    from pathlib import Path

    from evaluation.judge import Judged, Measured, Outcome
    from evaluation.metrics import Finished

# The command line reads what the machine can hold; a server has tighter caps.
CAPS: Final = Caps(
    bytes=1 << 40,
    rows=10_000_000_000,
    columns=5_000,
    unpacked=1 << 40,
    segments=10_000_000,
    files=100_000,
    folder=1 << 40,
)
# Above so many rows scores are counted by bin instead of kept.
EXACT_ROWS: Final = 50_000_000
OPERATORS: Final = {
    "<=": Bound.AT_MOST,
    ">=": Bound.AT_LEAST,
    "<": Bound.BELOW,
    ">": Bound.ABOVE,
}


@dataclass(frozen=True, slots=True)
class Answer:
    """A measured file and what the limits say of it; no outcome without limits."""

    name: str
    sha256: str
    shape: Shape
    finished: Finished
    judged: tuple[tuple[Limit, Judged], ...]
    outcome: Outcome | None
    version: str = runner.EVALUATOR_VERSION

    def segments(self) -> list[str]:
        """What can be measured apart: segments, then classes."""
        names = self.finished.segments()
        if isinstance(self.finished, FinishedDetection):
            names += self.finished.class_segments()
        return names

    def measured(self, segment: str) -> dict[str, Measured]:
        """Every metric of the shape, of the whole file or of one segment."""
        return {
            metric.key: self.finished.measured(metric.key, segment)
            for metric in metrics_of(self.shape)
        }


def answer(
    path: Path,
    shape: Shape,
    terms: Terms,
    *,
    limits: Sequence[Limit] = (),
    columns: Mapping[str, str] | None = None,
    history: Path | None = None,
    sketch: bool = False,
    threads: int = 0,
    executor: Executor | None = None,
) -> Answer:
    """Check, measure and judge one file, a folder of Parquet files, or a zip of one.

    FileRefused names every fault found. An ``executor`` measures elsewhere, where the
    same path must lead to the same file; ValueError for a zip, which lies nowhere.
    """
    if executor is not None and is_zip(path):
        raise ValueError(f"{path.name} must be unpacked to be measured on a cluster")
    with as_table(path, path.name, CAPS) as table:
        source = _source(table, path.name, shape, terms, columns or {}, history)
        aside = ThreadPoolExecutor(1)
        hashed = aside.submit(digest_of, path)
        # Intervals need it; loading takes longer than measuring a million rows.
        aside.submit(import_module, "scipy.special")
        finished = _measured(source, sketch, threads, executor)
    judged = tuple((limit, runner.judged(limit, finished)) for limit in limits)
    outcome = judge.judge(line for _limit, line in judged) if judged else None
    return Answer(path.name, hashed.result(), shape, finished, judged, outcome)


def _source(
    path: Path,
    name: str,
    shape: Shape,
    terms: Terms,
    columns: Mapping[str, str],
    history: Path | None,
) -> Source:
    layout = inspect(path, name, CAPS)
    layout = layout.with_table(best_table(layout, shape))
    mapping = recognise(layout.columns, shape) | dict(columns)
    check_mapping(mapping, layout, shape)
    check_threshold(mapping, shape, terms)
    past = None
    if history is not None:
        past = history_of(past_batches(history, history.name, CAPS), terms.season)
    return Source(path, layout, mapping, shape, CAPS, terms, past)


def _measured(
    source: Source, sketch: bool, threads: int, executor: Executor | None
) -> Finished:
    """What the source comes to; FileRefused names every fault found."""
    path, layout, mapping = source.path, source.layout, source.mapping
    shape, terms = source.shape, source.terms
    cases, weighted = layout.rows or 0, bool(mapping.get("weight"))
    plain = layout.format == "parquet" and "id" not in mapping and not weighted
    if shape != Shape.DETECTION or not plain:
        # Order, repeated names and sums show only in a pass over the whole file.
        checked = check(path, layout, mapping, shape, CAPS, terms)
        cases = checked.cases if weighted else cases
    try:
        return measure(
            source,
            sketch=sketch or cases > EXACT_ROWS,
            threads=threads or os.cpu_count() or 1,
            executor=executor,
        )
    except FileRefused:
        # The first fault stopped it; a careful pass names the others.
        check(path, layout, mapping, shape, CAPS, terms)
        raise
    except runner.NoRows as empty:
        raise FileRefused([Fault("header_only")]) from empty


def limits_in(path: Path, shape: Shape) -> list[Limit]:
    """Limits from a JSON or YAML list; ValueError names the line that is wrong.

    Each has ``metric``, ``bound`` (at_most, at_least, below, above, or a sign) and
    ``limit``; ``confidence``, ``scope``, ``segment`` and ``smallest_cases`` if agreed.
    """
    # Loaded late, as JSON needs none of it.
    import yaml

    try:
        text = path.read_text(encoding="utf-8")
        stored = json.loads(text) if path.suffix == ".json" else yaml.safe_load(text)
    except (ValueError, yaml.YAMLError) as broken:
        raise ValueError(f"{path.name} is no JSON or YAML: {broken}") from broken
    if isinstance(stored, dict):
        stored = stored.get("criteria")
    if not isinstance(stored, list) or not stored:
        raise ValueError(f"{path.name} holds no list of criteria")
    limits = [_limit(line, number, path.name) for number, line in enumerate(stored, 1)]
    for number, limit in enumerate(limits, 1):
        if METRICS[limit.metric].shape != shape:
            words = f"{limit.metric} is no metric of this kind of file"
            raise ValueError(f"{path.name}, criterion {number}: {words}")
    return limits


# Any: what somebody wrote into a file.
def _limit(line: Any, number: int, name: str) -> Limit:
    try:
        bound = str(line.get("bound", line.get("operator")))
        segment = str(line.get("segment") or "")
        return Limit(
            metric=line["metric"],
            bound=OPERATORS.get(bound) or Bound(bound),
            value=float(line["limit"]),
            confidence=line.get("confidence"),
            scope=Scope(line.get("scope", "named" if segment else "whole")),
            segment=segment,
            smallest_cases=int(line.get("smallest_cases", 0)),
        )
    except KeyError as missing:
        raise ValueError(f"{name}, criterion {number}: {missing} is missing") from None
    except (AttributeError, TypeError, ValueError) as wrong:
        raise ValueError(f"{name}, criterion {number}: {wrong}") from wrong
