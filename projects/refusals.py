"""What the API says when a body or an address cannot be read: one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.utils.functional import _StrPromise

# Where in a request something stood; the reader knows without being told.
PLACES: Final = frozenset({"body", "query", "path", "header", "form", "file"})
NUMBER: Final = gettext_lazy("Write a number, as 2 or “0.5”.")
WHOLE: Final = gettext_lazy("Write a whole number.")
MOMENT: Final = gettext_lazy(
    "Write a time with its zone, as 2026-10-01T09:00:00+09:00."
)
DAY: Final = gettext_lazy("Write a day as 2026-10-01.")
TEXT: Final = gettext_lazy("Write text in quotation marks.")
CHOICE: Final = gettext_lazy("Choose one of {expected}.")
# By the name the library gives the fault.
SENTENCES: Final[Mapping[str, _StrPromise]] = {
    "missing": gettext_lazy("This is needed."),
    "extra_forbidden": gettext_lazy("There is no field of this name."),
    "decimal_type": NUMBER,
    "decimal_parsing": NUMBER,
    "finite_number": NUMBER,
    "decimal_max_digits": gettext_lazy("The number has more than {max_digits} digits."),
    "decimal_max_places": gettext_lazy(
        "The number has more than {decimal_places} decimal places."
    ),
    "decimal_whole_digits": gettext_lazy(
        "The number has more than {whole_digits} digits before the point."
    ),
    "int_type": WHOLE,
    "int_parsing": WHOLE,
    "int_from_float": WHOLE,
    "datetime_type": MOMENT,
    "datetime_parsing": MOMENT,
    "datetime_from_date_parsing": MOMENT,
    "datetime_object_invalid": MOMENT,
    "timezone_aware": MOMENT,
    "date_type": DAY,
    "date_parsing": DAY,
    "date_from_datetime_parsing": DAY,
    "date_from_datetime_inexact": DAY,
    "string_type": TEXT,
    "string_too_short": gettext_lazy("This is needed."),
    "string_too_long": gettext_lazy("At most {max_length} letters are kept."),
    "string_pattern_mismatch": gettext_lazy("This is not written as it has to be."),
    "greater_than": gettext_lazy("The number must be above {gt}."),
    "greater_than_equal": gettext_lazy("The number must not be below {ge}."),
    "less_than_equal": gettext_lazy("The number must not be above {le}."),
    "enum": CHOICE,
    "literal_error": CHOICE,
    "list_type": gettext_lazy("Send one object, or a list of them."),
    "model_type": gettext_lazy("Send one object, or a list of them."),
    "model_attributes_type": gettext_lazy("Send one object, or a list of them."),
    "too_short": gettext_lazy("The list is empty."),
    "too_long": gettext_lazy("At most {max_length} are taken at once."),
}


# Any: the library's own description of a fault has values of every kind.
def sentence_of(
    faults: Sequence[Mapping[str, Any]], *, alone: bool = False
) -> tuple[str, str]:
    """The first fault in a sentence, and the field it is of, as ``[3].started_at``.

    ``alone``: one object was sent where a list may be, so its place is not told.
    """
    first = faults[0]
    way = _way(first.get("loc", ()))
    if alone:
        way = way.removeprefix("[0]").removeprefix(".")
    told = SENTENCES.get(first["type"])
    said = str(told).format_map(_context(first)) if told else _("Write it anew.")
    if not way:
        return said, ""
    return _("%(field)s: %(fault)s") % {"field": way, "fault": said}, way


# Any: as above.
def _context(fault: Mapping[str, Any]) -> dict[str, Any]:
    """The numbers and words of a fault; a choice is listed in no language."""
    found = {name: str(value) for name, value in fault.get("ctx", {}).items()}
    if "expected" in found:
        found["expected"] = found["expected"].replace(" or ", ", ").replace("'", "")
    return found


def _way(steps: Sequence[str | int]) -> str:
    """The path of a field; the place, and the name of the body, go without saying."""
    named = list(steps)
    if named and named[0] in PLACES:
        named = named[2:] if named[0] == "body" else named[1:]
    way = ""
    for step in named:
        way += f"[{step}]" if isinstance(step, int) else f".{step}" if way else step
    return way
