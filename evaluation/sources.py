"""Kept files as the engine reads them, within the limits of the settings."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from evaluation.ingest.inspect import Caps, Layout
from evaluation.ingest.joined import Table

if TYPE_CHECKING:
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
