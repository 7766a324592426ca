"""Small files for the tests of reading, and the way from bytes to a check."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evaluation.ingest.check import Checked, check
from evaluation.ingest.faults import FileRefused
from evaluation.ingest.inspect import Caps, inspect
from evaluation.ingest.mapping import recognise
from projects.catalogue import Shape

if TYPE_CHECKING:
    from pathlib import Path

CAPS = Caps()
FORECAST = Shape.FORECAST
DETECTION = Shape.DETECTION


def checked(
    folder: Path,
    content: bytes | str,
    shape: Shape = DETECTION,
    caps: Caps = CAPS,
    name: str = "run.csv",
) -> Checked:
    """Write the file, then look at it and check it as an upload is."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    layout = inspect(path, name, caps)
    mapping = recognise(layout.columns, shape)
    return check(path, layout, mapping, shape, caps)


def refusal(
    folder: Path,
    content: bytes | str,
    shape: Shape = DETECTION,
    caps: Caps = CAPS,
    name: str = "run.csv",
) -> FileRefused:
    """The refusal of a file that must be refused, its wording tried in full."""
    try:
        checked(folder, content, shape, caps, name)
    except FileRefused as refused:
        for fault in refused.faults:
            for language in ("ja", "en"):
                assert "{" not in fault.sentence(language, name)
                assert fault.cure(language)
        return refused
    raise AssertionError("the file was taken")
