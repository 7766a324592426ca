"""How sheets of money stand on a page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import template

from costs.sheets import Kind
from projects.templatetags.figures import number, share, yen_full
from projects.templatetags.times import day, month

if TYPE_CHECKING:
    from costs.models import Charge
    from costs.sheets import Cell, Sheet

register = template.Library()


@dataclass(frozen=True, slots=True)
class Shown:
    """A cell as it is written; ``part`` is drawn as a bar, 0 to 100."""

    text: str
    head: str
    is_figure: bool
    part: float | None = None


@register.inclusion_tag("costs/_sheet.html")
def sheet(sheet: Sheet, most: int = 50) -> dict[str, Any]:
    """A sheet as a table, at most so many rows; the files hold all of them."""
    rows = [_shown(sheet, row) for row in sheet.rows[:most]]
    return {
        "sheet": sheet,
        "rows": rows,
        "total": _shown(sheet, sheet.total) if sheet.total else [],
        "more": len(sheet.rows) - len(rows),
    }


@register.simple_tag
def price(charge: Charge) -> str:
    """What an hour cost, in the currency it was paid in; a bill's line has none."""
    if charge.price_per_hour is None:
        return "–"
    if charge.currency == "JPY":
        return yen_full(charge.price_per_hour)
    return f"{charge.currency} {charge.price_per_hour.normalize():,f}"


def _shown(sheet: Sheet, row: tuple[Cell, ...]) -> list[Shown]:
    return [
        Shown(
            text=_written(cell, column.kind),
            head=column.name,
            is_figure=column.is_figure,
            part=float(max(min(cell, Decimal(1)), Decimal(0)) * 100)
            if column.kind is Kind.SHARE and isinstance(cell, Decimal)
            else None,
        )
        for cell, column in zip(row, sheet.columns, strict=True)
    ]


def _written(cell: Cell, kind: Kind) -> str:
    if cell is None:
        return "" if kind is Kind.SHARE else "–"
    if isinstance(cell, str):
        return cell
    if isinstance(cell, date):
        return month(cell) if kind is Kind.MONTH else day(cell)
    match kind:
        case Kind.YEN:
            return yen_full(cell)
        case Kind.SHARE:
            return share(cell, 0)
        case Kind.HOURS:
            return number(cell, 1)
        case _:
            return number(cell)
