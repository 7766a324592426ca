"""One contender of the benchmark, run as a process of its own: prints what it took."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from bench.timed import timed

if TYPE_CHECKING:
    from collections.abc import Callable

    from evaluation.metrics.detected import FinishedDetection
    from evaluation.stripes import Source

PEER = """
import sys
import numpy as np, pandas as pd
from sklearn import metrics as m
read = pd.read_csv if sys.argv[1].endswith("csv") else pd.read_parquet
d = read(sys.argv[1])
y, s = d.y_true.to_numpy(), d.y_score.to_numpy()
m.roc_auc_score(y, s); m.average_precision_score(y, s)
fpr, tpr, at = m.roc_curve(y, s, drop_intermediate=False)
(300 * fpr * (y == 0).sum() + 9000 * (1 - tpr) * (y == 1).sum()).argmin()
m.brier_score_loss(y, s); m.log_loss(y, s)
d["p"] = (s >= 0.5).astype("int8")
d.groupby("segment", observed=True).apply(lambda g: m.confusion_matrix(g.y_true, g.p))
"""


def raw(path: Path) -> None:
    """The limit: reading the columns and doing nothing with them."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(path, pre_buffer=False, buffer_size=1 << 20) as file:
        for _batch in file.iter_batches(262_144):
            pass


def raw_csv(path: Path) -> None:
    """The limit of a CSV: pyarrow's own reader, on all processors."""
    import pyarrow.csv as pc_csv

    pc_csv.read_csv(path)


def peer(path: Path) -> None:
    """What most people write: pandas and scikit-learn."""
    sys.argv[1:] = [str(path)]
    exec(compile(PEER, "peer", "exec"), {})  # noqa: S102 - the script above


def source_of(path: Path, shape_name: str) -> Source:
    """A file as the command line would read it."""
    from evaluation.ingest.inspect import inspect
    from evaluation.ingest.mapping import recognise
    from evaluation.offline import CAPS
    from evaluation.stripes import Source
    from projects.catalogue import Shape, Terms

    shape = Shape(shape_name)
    layout = inspect(path, path.name, CAPS)
    terms = Terms(threshold=0.5, yen_false_alarm=300.0, yen_miss=9_000.0)
    mapping = recognise(layout.columns, shape)
    return Source(path, layout, mapping, shape, CAPS, terms)


# Any: what is finished is of the shape asked for.
def ours(path: Path, shape_name: str, *, sketch: bool = False) -> Any:
    """The engine, as the command line calls it."""
    from evaluation.stripes import measure

    source = source_of(path, shape_name)
    return measure(source, sketch=sketch, threads=os.cpu_count() or 1)


def grouped(path: Path) -> None:
    """Six forecast metrics by series with pandas."""
    import numpy as np
    import pandas as pd

    d = pd.read_parquet(path)
    e = d.y_pred - d.y_true
    d["a"], d["s"] = e.abs(), e**2
    d["p"] = d.a / d.y_true.abs()
    d["b"], d["y"] = e, d.y_true.abs()
    by = d.groupby("series_id", observed=True)[["a", "s", "p", "b", "y"]].mean()
    np.sqrt(by.s)


def program(path: Path) -> None:
    """The command line from start to end."""
    words = [sys.executable, "-m", "evaluation.command", str(path), "--kind"]
    words += ["detection", "--threshold", "0.5"]
    subprocess.run(words, check=True, capture_output=True)  # noqa: S603 - our own


def script(path: Path) -> None:
    """The peer from start to end."""
    words = [sys.executable, "-c", PEER, str(path)]
    subprocess.run(words, check=True, capture_output=True)  # noqa: S603 - our own


def shared(path: Path, workers: int) -> None:
    """The same two stripes measured by so many worker processes, warm ones."""
    from evaluation.stripes import measure

    source = source_of(path, "detection")
    with ProcessPoolExecutor(workers) as pool:
        few = [pool.submit(_warmed, source) for _ in range(workers)]
        for one in few:
            one.result()
        timed(lambda: measure(source, sketch=True, threads=2, executor=pool))


def _warmed(source: Source) -> str:
    from evaluation.stripes import part_of, stripes

    part_of(source, stripes(source, 50)[0], sketch=True)
    return source.path.name


def again(path: Path) -> None:
    """Another threshold and other prices, from what is stored with a result."""
    from evaluation.metrics.sketch import Sketch

    packed = _finished(path).ranking.packed  # type: ignore[union-attr]
    began = perf_counter()
    sketch = Sketch.decoded(packed)
    sketch.at(0.3)
    sketch.cheapest(500.0, 12_000.0)
    told = {"seconds": perf_counter() - began, "bytes": len(packed)}
    sys.stdout.write(json.dumps(told) + "\n")


def exactness(path: Path) -> None:
    """The largest difference from scikit-learn, and whether the bounds hold it."""
    import pandas as pd
    from sklearn import metrics as m

    d = pd.read_parquet(path)
    known = {
        "roc_auc": m.roc_auc_score(d.y_true, d.y_score),
        "average_precision": m.average_precision_score(d.y_true, d.y_score),
        "brier": m.brier_score_loss(d.y_true, d.y_score),
        "log_loss": m.log_loss(d.y_true, d.y_score),
    }
    exact = _finished(path)
    away = [abs(exact.measured(key).value - known[key]) for key in known]  # type: ignore[operator]
    ranking = _finished(path, sketch=True).ranking
    bounds = ranking.auc_bounds, ranking.average_precision_bounds  # type: ignore[union-attr]
    held = [
        low <= known[key] <= high  # type: ignore[misc]
        for key, (low, high) in zip(known, bounds, strict=False)  # type: ignore[misc]
    ]
    sys.stdout.write(json.dumps({"away": max(away), "inside": all(held)}) + "\n")


def _finished(path: Path, *, sketch: bool = False) -> FinishedDetection:
    found: FinishedDetection = ours(path, "detection", sketch=sketch)
    return found


# Called once, then timed when everything is loaded and in the page cache.
WARM: dict[str, Callable[[Path], Any]] = {
    "raw": raw,
    "raw csv": raw_csv,
    "exact": lambda path: ours(path, "detection"),
    "sketch": lambda path: ours(path, "detection", sketch=True),
    "forecast": lambda path: ours(path, "forecast"),
    "pandas": grouped,
}
# Processes from start to end.
WHOLE: dict[str, Callable[[Path], Any]] = {"cold": program, "script": script}
# Those that print something of their own.
TOLD: dict[str, Callable[[Path], None]] = {
    "one worker": lambda path: shared(path, 1),
    "two workers": lambda path: shared(path, 2),
    "again": again,
    "exactness": exactness,
}


def main() -> None:
    """Call the contender, time it, and print JSON."""
    name, path = sys.argv[1], Path(sys.argv[2])
    if name == "scikit-learn":
        # Ten seconds are not lived through twice, but what it imports is loaded.
        exec("import pandas, sklearn.metrics", {})  # noqa: S102 - our own words
        timed(lambda: peer(path))
    elif name in TOLD:
        TOLD[name](path)
    elif name in WHOLE:
        timed(lambda: WHOLE[name](path), of_children=True)
    else:
        WARM[name](path)
        timed(lambda: WARM[name](path))


if __name__ == "__main__":
    main()
