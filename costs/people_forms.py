"""What people type about their hours."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from costs.fields import DayInput, small_file
from costs.services.people import Work
from costs.timesheet import MOST_HOURS, MOST_YEN
from projects.models import User
from projects.templatetags.parts import named

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from django.core.files.base import File

CENT: Final = Decimal("0.01")


class PersonField(forms.ModelChoiceField):  # type: ignore[type-arg]  # no generic at run time
    """One of the provider's people, by name in the reader's language."""

    def label_from_instance(self, obj: Any) -> str:
        """The name as the reader's language has it."""
        return named(obj)


class WorkForm(forms.Form):
    """A day's hours of one person."""

    worked_by = PersonField(label=_("Who"), queryset=User.objects.none())
    day = forms.DateField(label=_("Day"), widget=DayInput())
    hours = forms.DecimalField(
        label=_("Hours"),
        min_value=CENT,
        max_value=MOST_HOURS,
        max_digits=4,
        decimal_places=2,
    )
    yen_an_hour = forms.DecimalField(
        label=_("Yen an hour"),
        min_value=Decimal(0),
        max_value=MOST_YEN,
        max_digits=9,
        decimal_places=2,
    )
    note = forms.CharField(label=_("Note"), max_length=200, required=False)

    def __init__(self, *args: Any, people: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["worked_by"]
        ids = [one.pk for one in people]
        field.queryset = User.objects.filter(pk__in=ids).order_by("name")  # type: ignore[attr-defined]  # a ModelChoiceField
        if len(ids) == 1:
            field.initial = ids[0]

    def clean_day(self) -> date:
        """A day that has been."""
        day: date = self.cleaned_data["day"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("Hours are written for days that have been."))
        return day

    def work(self) -> Work:
        """What was typed."""
        return Work(**self.cleaned_data)


class TimesheetForm(forms.Form):
    """A time sheet, and the rate of lines that say none."""

    file = forms.FileField(
        label=_("Time sheet (CSV)"),
        help_text=_(
            "Columns day, who (mail address or name), hours and, if you have them, "
            "yen_an_hour and note."
        ),
    )
    yen_an_hour = forms.DecimalField(
        label=_("Yen an hour, where a line says none"),
        required=False,
        min_value=Decimal(0),
        max_value=MOST_YEN,
        max_digits=9,
        decimal_places=2,
    )

    def clean_file(self) -> File[bytes] | None:
        """The time sheet."""
        return small_file(self.cleaned_data["file"])
