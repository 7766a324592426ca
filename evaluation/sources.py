"""Kept files as the engine reads them, within the limits of the settings."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from django.conf import settings

from evaluation.ingest.inspect import Caps, Layout
from evaluation.ingest.joined import Table, write_joined
from evaluation.scratch import laid_out, scratch_place
from evaluation.stripes import Source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from evaluation.models import Run
    from projects.models import TruthSet


def caps() -> Caps:
    """The limits a file must keep, from the settings."""
    return Caps(
        bytes=settings.MAX_UPLOAD_BYTES,
        rows=settings.MAX_UPLOAD_ROWS,
        unpacked=settings.MAX_UNPACKED_BYTES,
        segments=settings.MAX_SEGMENTS,
        files=settings.MAX_FOLDER_FILES,
        folder=settings.MAX_FOLDER_BYTES,
        ratio=settings.MAX_FOLDER_RATIO,
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
def joined(
    source: Source,
    truth: Table | None,
    tell: Callable[[int], None] | None = None,
) -> Iterator[Source]:
    """Predictions beside their truth, in a file nobody else can read, while it lasts.

    The same source where it holds the truth itself; a zip is unpacked meanwhile.
    """
    with ExitStack() as open_files:
        path = open_files.enter_context(
            laid_out(source.path, source.path.name, source.caps, tell)
        )
        source = replace(source, path=path)
        if truth is None:
            yield source
            return
        truth = open_files.enter_context(table_laid_out(truth, tell))
        folder = open_files.enter_context(
            TemporaryDirectory(prefix="kenshu-", dir=scratch_place())
        )
        to = Path(folder) / "joined.parquet"
        guessed = Table(
            *(source.path, source.layout, source.mapping),
            *(source.shape, source.caps, source.terms.classes),
        )
        layout = write_joined(truth, guessed, to)
        columns = {name: name for name in layout.columns}
        yield replace(source, path=to, layout=layout, mapping=columns)


@contextmanager
def table_laid_out(
    table: Table, tell: Callable[[int], None] | None = None
) -> Iterator[Table]:
    """The same table; one that came as a zip is unpacked while this lasts."""
    with laid_out(table.path, table.path.name, table.caps, tell) as path:
        yield replace(table, path=path)


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
