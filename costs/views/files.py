"""Tables and lines of money as files to take away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse, StreamingHttpResponse

from costs import spend_pages
from costs.exports import as_csv, as_workbook
from costs.focus import COLUMNS, focus_row

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from costs.models.charges import ChargeQuerySet
    from costs.models.spend import SpendDayQuerySet
    from costs.sheets import Cell
    from costs.spend_pages import Cut

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
AT_ONCE = 2_000


def a_sheet(
    days: SpendDayQuerySet, cuts: Mapping[str, Cut], key: str, name: str
) -> StreamingHttpResponse:
    """One table as CSV; Http404 for one that there is not."""
    if key == "day":
        sheet = spend_pages.day_sheet(days)
    elif key in cuts:
        sheet = spend_pages.sheet_of(days, key, cuts[key])
    else:
        raise Http404
    return csv_file([column.name for column in sheet.columns], sheet.rows, name)


def workbook(
    days: SpendDayQuerySet, cuts: Mapping[str, Cut], name: str
) -> HttpResponse:
    """Every table in one workbook."""
    sheets = [spend_pages.sheet_of(days, key, cut) for key, cut in cuts.items()]
    answer = HttpResponse(
        as_workbook([*sheets, spend_pages.day_sheet(days)]), content_type=XLSX
    )
    answer["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return answer


def lines_file(charges: ChargeQuerySet, name: str) -> StreamingHttpResponse:
    """Every line in the columns of FOCUS, read from the database as it is sent."""
    found = charges.select_related("engagement").iterator(chunk_size=AT_ONCE)
    return csv_file(COLUMNS, (focus_row(charge) for charge in found), name)


def csv_file(
    head: Iterable[str], rows: Iterable[Iterable[Cell]], name: str
) -> StreamingHttpResponse:
    """CSV, sent line by line."""
    answer = StreamingHttpResponse(
        as_csv(head, rows), content_type="text/csv; charset=utf-8"
    )
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer
