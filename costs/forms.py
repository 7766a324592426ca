"""What people type about money."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from costs.models import Charge


class MomentInput(forms.DateTimeInput):
    """A day and a time, as the browser's own control."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


class UseForm(forms.ModelForm):  # type: ignore[type-arg]  # no generic at run time
    """One use of GPUs, at a price that was looked up by hand."""

    gpus_of_one = forms.DecimalField(
        label=_("GPUs of one"), max_digits=7, decimal_places=3, initial=1
    )
    price_per_hour = forms.DecimalField(
        label=_("price an hour (yen)"), max_digits=12, decimal_places=2
    )

    class Meta:
        model = Charge
        fields = (
            "started_at",
            "ended_at",
            "gpu_type",
            "count",
            "option",
            "purpose",
            "note",
        )
        widgets: ClassVar = {"started_at": MomentInput(), "ended_at": MomentInput()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("gpu_type", "option", "purpose"):
            self.fields[name].required = True
