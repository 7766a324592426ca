"""What a chart or its table leaves out is said beside it; its file holds everything."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _

from projects.templatetags.figures import number
from projects.templatetags.times import joined

if TYPE_CHECKING:
    from projects.charts import Table

# More rows than these nobody reads beside a chart.
ROWS: Final = 50


def shortened(table: Table, *, newest_first: bool = False) -> Table:
    """A table by time, cut to its newest rows; and it says so."""
    if len(table.rows) <= ROWS:
        return table
    part = slice(ROWS) if newest_first else slice(-ROWS, None)
    said = _("The newest %(shown)s of %(all)s rows; the CSV holds every one.") % {
        "shown": ROWS,
        "all": number(len(table.rows)),
    }
    return replace(
        table,
        rows=table.rows[part],
        links=table.links[part],
        note=joined([table.note, said]),
    )


def told(how: str, runs: int, *, is_cut: bool) -> str:
    """How to read a chart, and that older runs than these are not on it."""
    if not is_cut:
        return how
    said = _("Only the newest %(runs)s runs are drawn; the CSV holds every one.")
    return joined([how, said % {"runs": number(runs)}])
