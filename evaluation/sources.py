"""Kept files as the engine reads them, within the limits of the settings."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from django.conf import settings

from evaluation.ingest.inspect import Caps, Layout
from evaluation.ingest.joined import Table, write_joined
from evaluation.stripes import Source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evaluation.models import Run
    from projects.models import TruthSet


def caps() -> Caps:
    """The limits a file must keep, from the settings."""
    return Caps(
        bytes=settings.MAX_UPLOAD_BYTES,
        rows=settings.MAX_UPLOAD_ROWS,
        unpacked=settings.MAX_UNPACKED_BYTES,
        segments=settings.MAX_SEGMENTS,
    )


def truth_caps() -> Caps:
    """As of every file, but fewer rows: a worker keeps all of a truth in memory."""
    usual = caps()
    return replace(usual, rows=min(usual.rows, settings.MAX_TRUTH_ROWS))


def source_of(run: Run) -> tuple[Source, Table | None]:
    """A run's file, and the truth it is measured beside if it holds no truth itself."""
    source = Source(
        path=Path(run.upload.file.path),
        layout=run.layout,
        mapping=run.columns,
        shape=run.agreement.engagement.shape,
        caps=caps(),
        terms=run.agreement.agreed_terms,
    )
    truth = run.truth_set
    return source, None if truth is None else truth_table(truth)


@contextmanager
def joined(source: Source, truth: Table | None) -> Iterator[Source]:
    """Predictions beside their truth, in a file nobody else can read, while it lasts.

    The same source where it holds the truth itself.
    """
    if truth is None:
        yield source
        return
    with TemporaryDirectory(prefix="kenshu-") as folder:
        to = Path(folder) / "joined.parquet"
        guessed = Table(
            *(source.path, source.layout, source.mapping),
            *(source.shape, source.caps, source.terms.classes),
        )
        layout = write_joined(truth, guessed, to)
        columns = {name: name for name in layout.columns}
        yield replace(source, path=to, layout=layout, mapping=columns)


def truth_table(truth: TruthSet) -> Table:
    """A registered truth set as it is read."""
    return Table(
        path=Path(truth.file.path),
        layout=Layout.from_json(truth.layout),
        mapping=truth.columns,
        shape=truth.engagement.shape,
        caps=truth_caps(),
        classes=tuple(truth.classes),
    )
