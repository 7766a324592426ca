"""What the page of a delivery says, worked out of its report."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from costs.importing import rows_done
from costs.imports.lines import NAMES
from costs.reckoning import held_against
from costs.services.imports import may_be_taken
from costs.sources import is_measured
from projects.models import Engagement
from projects.templatetags import times
from projects.templatetags.figures import figure

if TYPE_CHECKING:
    from costs.models import CostImport


def import_page(delivered: CostImport) -> dict[str, Any]:
    """The context of the page: sentences, exact totals, whose the lines would be."""
    language = get_language() or "ja"
    report = delivered.report
    name = NAMES.get(delivered.format)
    return {
        "one": delivered,
        "report": report,
        "format": name.in_(language) if name else _("Pulled from the cloud"),
        "is_measured": is_measured(delivered),
        "done": rows_done(delivered) if delivered.is_unfinished else 0,
        "faults": [
            fault["ja" if language.startswith("ja") else "en"]
            for fault in delivered.faults
        ],
        "obstacles": obstacles(report),
        "compared": compared(delivered) if report.get("totals") else "",
        "agrees": agrees(delivered),
        "twice": twice(report),
        "totals": [
            total
            | {
                "month": date.fromisoformat(total["month"]),
                "counted": Decimal(total["counted"]),
                "billed": Decimal(total["billed"]),
            }
            for total in report.get("totals", [])
        ],
        "whose": whose(report),
        "yen": delivered.yen,
        "gpu_hours": Decimal(report.get("gpu_hours", 0)),
        "unassigned_yen": Decimal(report.get("unassigned_yen", 0)),
        "may_be_taken": may_be_taken(delivered),
    }


def whose(report: dict[str, Any]) -> list[dict[str, Any]]:
    """The engagements that rules would give lines to, the dearest first."""
    lines = report.get("engagements", [])
    known = Engagement.objects.in_bulk([one["id"] for one in lines])
    by_id = {str(pk): engagement for pk, engagement in known.items()}
    return [
        one | {"engagement": by_id[one["id"]], "yen": Decimal(one["yen"])}
        for one in lines
        if one["id"] in by_id
    ]


def compared(delivered: CostImport) -> str:
    """The file beside the total of the invoice, with the difference, as a sentence."""
    held = held_against(delivered.report, delivered.invoice_total)
    if held.billed is None:
        return _("The file has several currencies; one total cannot be compared.")
    file = f"{figure(held.billed)} {held.currency}"
    if held.above is None or delivered.invoice_total is None:
        return _(
            "The file was billed at %(file)s. No total of the invoice was given to "
            "compare it with."
        ) % {"file": file}
    invoice = f"{figure(delivered.invoice_total)} {held.currency}"
    if not held.above:
        return _("The file and the invoice agree to the last digit: %(file)s.") % {
            "file": file
        }
    apart = f"{figure(abs(held.above))} {held.currency}"
    told = {"file": file, "invoice": invoice, "apart": apart}
    if held.above > 0:
        return (
            _(
                "The file comes to %(file)s, %(apart)s more than the %(invoice)s "
                "of the invoice."
            )
            % told
        )
    return (
        _(
            "The file comes to %(file)s, %(apart)s less than the %(invoice)s of "
            "the invoice."
        )
        % told
    )


def agrees(delivered: CostImport) -> bool | None:
    """Whether the file equals the invoice; None where there is nothing to compare."""
    held = held_against(delivered.report, delivered.invoice_total)
    return None if held.above is None else not held.above


def twice(report: dict[str, Any]) -> str:
    """Lines that are in the file more than once, and what they would have added."""
    count = report.get("repeated", 0)
    if not count:
        return ""
    said = ngettext(
        "%(n)s line is in the file twice and counts once.",
        "%(n)s lines are in the file more than once and count once.",
        count,
    ) % {"n": f"{count:,}"}
    delivered = ", ".join(
        f"{figure(Decimal(total))} {currency}"
        for currency, total in report["delivered"].items()
    )
    return (
        said
        + " "
        + _("With every repetition the file says %(sum)s.") % {"sum": delivered}
    )


def obstacles(report: dict[str, Any]) -> list[str]:
    """What keeps it from being taken over, and what to do about it."""
    said = []
    for one in report.get("without_rate", []):
        days = [times.day(date.fromisoformat(day)) for day in one["days"]]
        more = one["count"] - len(days)
        named = ", ".join(days) + (f" (+{more})" if more else "")
        said.append(
            _(
                "There is no exchange rate of %(currency)s for: %(days)s. Record the "
                "rates, then read the file again."
            )
            % {"currency": one["currency"], "days": named}
        )
    for name, lines in report.get("unpriced", {}).items():
        said.append(
            _(
                "No price is known for %(type)s (%(lines)s lines). Record a price of "
                "that type, or deliver the file again with a price of a GPU hour."
            )
            % {"type": name or _("lines without a type"), "lines": f"{lines:,}"}
        )
    return said
