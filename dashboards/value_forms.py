"""What people type about the value of a month."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from costs.fields import MonthField

MOST_YEN = 10**13


class ValueForm(forms.Form):
    """What one month brought, and how somebody knows."""

    month = MonthField(label=_("Month"))
    value_yen = forms.DecimalField(
        label=_("Value (yen)"),
        help_text=_("Saved or earned against the way before; below zero it cost more."),
        min_value=-MOST_YEN,
        max_value=MOST_YEN,
        decimal_places=0,
    )
    measured_how = forms.CharField(
        label=_("How it was measured"),
        help_text=_("The source, the sum and who confirmed it."),
        max_length=300,
    )
