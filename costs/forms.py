"""What people type about money."""

from __future__ import annotations

from typing import ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from costs.models import GpuUsage


class GpuUsageForm(forms.ModelForm):  # type: ignore[type-arg]  # no generic at run time
    """One line of GPU use."""

    class Meta:
        model = GpuUsage
        fields = ("used_on", "gpu_type", "hours", "option", "price_yen", "purpose")
        widgets: ClassVar = {"used_on": forms.DateInput(attrs={"type": "date"})}


class BudgetForm(forms.Form):
    """The budget of an engagement."""

    budget_yen = forms.DecimalField(
        label=_("Budget (yen)"), max_digits=16, decimal_places=0
    )
