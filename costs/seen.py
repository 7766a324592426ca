"""Which lines a file has had already, on disk: five million take no memory."""

from __future__ import annotations

import sqlite3
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

# Of the table's pages so many are kept at hand, in KiB.
CACHE_KIB = 32_768


@dataclass(frozen=True, slots=True)
class Known:
    """What a line said that was read before: its content, and what it came to."""

    content: str
    came_to: str


class Seen:
    """Lines by identity, in a table of a folder that goes when it is left."""

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory(prefix="kenshu-import-")
        path = Path(self._folder.name) / "seen.sqlite3"
        # Autocommit: nothing in it is needed after a crash.
        self._rows = sqlite3.connect(path, isolation_level=None)
        self._rows.executescript(
            f"PRAGMA journal_mode=OFF;PRAGMA synchronous=OFF;"
            f"PRAGMA cache_size=-{CACHE_KIB};"
            "CREATE TABLE seen (identity TEXT PRIMARY KEY, content TEXT, came_to TEXT)"
            " WITHOUT ROWID"
        )
        return self

    def __exit__(self, *_how: object) -> None:
        self._rows.close()
        self._folder.cleanup()

    def among(self, identities: Collection[str]) -> dict[str, Known]:
        """Those that were kept, by identity."""
        marks = ",".join("?" * len(identities))
        found = self._rows.execute(
            f"SELECT * FROM seen WHERE identity IN ({marks})",  # noqa: S608  # marks
            list(identities),
        )
        return {identity: Known(*said) for identity, *said in found}

    def keep(self, lines: Iterable[tuple[str, Known]]) -> None:
        """Remember them, the newest word of each."""
        self._rows.execute("BEGIN")
        self._rows.executemany(
            "INSERT OR REPLACE INTO seen VALUES (?, ?, ?)",
            ((identity, one.content, one.came_to) for identity, one in lines),
        )
        self._rows.execute("COMMIT")
