"""Days, months, currencies and small files, as forms of money take them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from costs.imports.cells import CURRENCIES
from projects.templatetags.figures import size

if TYPE_CHECKING:
    from django.core.files.base import File

# Answers are read at once, not in a stream.
MOST_BYTES: Final = 50_000_000


class DayInput(forms.DateInput):
    """A day, as the browser's own control."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class CurrencyField(forms.CharField):
    """Three letters, written large."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_length=3, max_length=3, **kwargs)

    def clean(self, value: Any) -> str:
        """The code; ValidationError for one that no currency has."""
        code: str = super().clean(value).upper()
        if code not in CURRENCIES:
            raise forms.ValidationError(_("No currency has this code."))
        return code


def small_file(file: File[bytes] | None) -> File[bytes] | None:
    """The file, if it is not too large to be read at once."""
    if file is None:
        return None
    if getattr(file, "too_large", False) or (file.size or 0) > MOST_BYTES:
        raise forms.ValidationError(
            _("%(name)s is larger than %(limit)s. Divide it.")
            % {"name": file.name, "limit": size(MOST_BYTES)}
        )
    return file


class MonthInput(forms.TextInput):
    """A month, as the browser's own control."""

    input_type = "month"


class MonthField(forms.CharField):
    """A month, written 2026-10."""

    def __init__(self, **kwargs: Any) -> None:
        widget = MonthInput(attrs={"placeholder": "2026-10"})
        super().__init__(max_length=7, widget=widget, **kwargs)

    def clean(self, value: Any) -> date:
        """The first day of the month."""
        try:
            return date.fromisoformat(f"{super().clean(value)}-01")
        except ValueError as wrong:
            raise forms.ValidationError(_("Write a month as 2026-10.")) from wrong
