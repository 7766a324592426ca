"""What an executive types when errors are accepted."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class PointForm(forms.Form):
    """Which stored point, and until which day."""

    at = forms.FloatField(
        label=_("Point"), widget=forms.NumberInput(attrs={"step": "any"})
    )
    until = forms.DateField(
        label=_("Until"), widget=forms.DateInput(attrs={"type": "date"})
    )
