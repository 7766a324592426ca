"""One contender of the benchmark, run as a process of its own: prints what it took."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

PEER = """
import sys
import numpy as np, pandas as pd
from sklearn import metrics as m
d = pd.read_parquet(sys.argv[1])
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


def peer(path: Path) -> None:
    """What most people write: pandas and scikit-learn."""
    sys.argv[1:] = [str(path)]
    exec(compile(PEER, "peer", "exec"), {})  # noqa: S102 - the script above


def ours(path: Path, shape_name: str, *, sketch: bool = False) -> None:
    """The engine, as the command line calls it."""
    from evaluation.ingest.inspect import inspect
    from evaluation.ingest.mapping import recognise
    from evaluation.offline import CAPS
    from evaluation.stripes import Source, measure
    from projects.catalogue import Shape, Terms

    shape = Shape(shape_name)
    layout = inspect(path, path.name, CAPS)
    terms = Terms(threshold=0.5, yen_false_alarm=300.0, yen_miss=9_000.0)
    mapping = recognise(layout.columns, shape)
    source = Source(path, layout, mapping, shape, CAPS, terms)
    measure(source, sketch=sketch, threads=os.cpu_count() or 1)


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
    words += ["detection", "--threshold", "0.5", "--json"]
    subprocess.run(words, check=True, capture_output=True)  # noqa: S603 - our own


def script(path: Path) -> None:
    """The peer from start to end."""
    words = [sys.executable, "-c", PEER, str(path)]
    subprocess.run(words, check=True, capture_output=True)  # noqa: S603 - our own


CONTENDERS: dict[str, Callable[[Path], Any]] = {
    "raw": raw,
    "sklearn": peer,
    "exact": lambda path: ours(path, "detection"),
    "sketch": lambda path: ours(path, "detection", sketch=True),
    "forecast": lambda path: ours(path, "forecast"),
    "pandas": grouped,
    "cold": program,
    "script": script,
}
# Warm: a second call in the same process. Cold: the whole of another process.
COLD = ("cold", "script")


def main() -> None:
    """Call the contender, time it, and print JSON."""
    name, path = sys.argv[1], Path(sys.argv[2])
    call = CONTENDERS[name]
    if name == "sklearn":
        # Ten seconds are not lived through twice, but what it imports is loaded.
        exec("import pandas, sklearn.metrics", {})  # noqa: S102 - our own words
    elif name not in COLD:
        call(path)
    who = resource.RUSAGE_CHILDREN if name in COLD else resource.RUSAGE_SELF
    before, began = resource.getrusage(who), time.perf_counter()
    call(path)
    seconds, after = time.perf_counter() - began, resource.getrusage(who)
    spent = [used.ru_utime + used.ru_stime for used in (before, after)]
    found = {
        "seconds": seconds,
        "busy": spent[1] - spent[0],
        "megabytes": after.ru_maxrss / 1024,
    }
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
