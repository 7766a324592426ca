"""Which format a file has, and its lines one after another. Every reader's door.

Nothing is held but one batch of rows, whatever the file's size.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from costs.imports import cur, focus, jobs, nvidia, pods, prometheus
from costs.imports.faults import refused
from costs.imports.line import Line, Tally
from costs.imports.stream import CAPS, Caps, head_of
from costs.imports.table import plain, table_of
from projects.catalogue import Text

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Sequence
    from datetime import tzinfo
    from pathlib import Path

__all__ = [
    "FORMATS",
    "LINE_FORMATS",
    "NAMES",
    "SAMPLE_FORMATS",
    "Line",
    "Tally",
    "lines",
    "recognise",
]

NAMES: Final[dict[str, Text]] = {
    "focus": Text("FOCUS", "FOCUS"),
    "cur": Text(
        "AWSのコストと使用状況レポート（旧CUR）", "AWS Cost and Usage Report (legacy)"
    ),
    "cur2": Text(
        "AWSのコストと使用状況レポート（CUR 2.0）", "AWS Cost and Usage Report 2.0"
    ),
    "scheduler": Text("ジョブの一覧", "List of jobs"),
    "pods": Text("クラスターのポッドの一覧", "List of a cluster's pods"),
    "nvidia_smi": Text("nvidia-smiの測定", "Measurements of nvidia-smi"),
    "dcgm": Text("PrometheusとDCGMの測定", "Measurements of Prometheus and DCGM"),
}
# What holds lines; the others hold samples, which costs.imports.busy reads.
LINE_FORMATS: Final = ("focus", "cur", "cur2", "scheduler", "pods")
SAMPLE_FORMATS: Final = ("nvidia_smi", "dcgm")
ENOUGH: Final = 2
FORMATS: Final = (*LINE_FORMATS, *SAMPLE_FORMATS)


def recognise(path: Path, caps: Caps = CAPS) -> str:
    """The format of a file by what is in it, one of FORMATS; FileRefused for others."""
    if prometheus.is_answer(head_of(path, caps).text):
        return "dcgm"
    table = table_of(path, caps)
    held = table.places()
    if _some_of(focus.NEEDED, held):
        return "focus"
    if _some_of(cur.NEEDED, held):
        return "cur" if any("/" in name for name in table.columns) else "cur2"
    if nvidia.is_measured(table):
        return "nvidia_smi"
    if all(plain(name) in held for (name,) in pods.NEEDED):
        return "pods"
    if jobs.is_list_of_jobs(table):
        return "scheduler"
    raise refused("unknown_format", row=1, found=", ".join(table.columns))


def _some_of(needed: Sequence[tuple[str, ...]], held: Container[str]) -> bool:
    """Whether some of the columns are there; those that are missing are told later."""
    return sum(plain(names[0]) in held for names in needed) >= ENOUGH


def lines(
    path: Path,
    format: str,
    *,
    zone: tzinfo | None = None,
    caps: Caps = CAPS,
    tally: Tally | None = None,
) -> Iterator[Line]:
    """The lines of a file, streamed; what became no line is counted in ``tally``.

    ``zone`` is that of times without one in a job list; a bill is in UTC. Of a file
    with faults the lines before the first are given, then FileRefused tells the first
    hundred: whoever writes lines does so in one transaction.
    """
    table = table_of(path, caps)
    tally = Tally() if tally is None else tally
    # Only the Japanese write Shift_JIS, and only lists of jobs.
    if table.encoding == "cp932" and format not in ("scheduler", "nvidia_smi"):
        raise refused("encoding", row=1)
    match format:
        case "focus":
            return focus.lines(table, caps)
        case "cur" | "cur2":
            return cur.lines(table, caps)
        case "pods":
            return pods.lines(table, caps, tally)
        case "scheduler":
            return jobs.lines(table, caps, zone, tally)
    raise ValueError(format)
