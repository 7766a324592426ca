"""What people type to look at waste: a month, a limit, a type and how fast it is."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from costs.waste import IDLE_BELOW

if TYPE_CHECKING:
    from collections.abc import Sequence

    from costs.models import GpuType


class WasteForm(forms.Form):
    """Which month, and under which utilisation a GPU counts as idle."""

    month = forms.CharField(
        label=_("Month"),
        help_text=_("Empty: the newest with GPU use."),
        required=False,
        widget=forms.TextInput(attrs={"type": "month"}),
    )
    limit = forms.DecimalField(
        label=_("Idle under (%)"),
        help_text=_("Empty: 30."),
        min_value=Decimal(1),
        max_value=Decimal(100),
        required=False,
    )

    def asked(self) -> str:
        """The month that was chosen, as 2026-10; empty for the newest."""
        self.is_valid()
        return str(self.cleaned_data.get("month") or "")

    def limited(self) -> Decimal:
        """The limit that was typed, or ours."""
        self.is_valid()
        typed: Decimal | None = self.cleaned_data.get("limit")
        return IDLE_BELOW if typed is None else typed


class ElsewhereForm(WasteForm):
    """And how much of the work of one GPU another type's does."""

    to = forms.ChoiceField(label=_("Another type"), required=False)
    speed = forms.DecimalField(
        label=_("Speed of one such GPU (the one used is 1)"),
        help_text=_("Measured by you: 1.4 is forty percent faster."),
        min_value=Decimal("0.01"),
        max_value=Decimal(1000),
        required=False,
    )

    def __init__(self, *args: Any, types: Sequence[GpuType], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [(one.name, f"{one.name} ({one.model})") for one in types]
        self.fields["to"].choices = [("", _("Choose")), *names]  # type: ignore[attr-defined]

    def speeds(self) -> dict[str, Decimal]:
        """How fast the chosen type is; nothing until both are typed."""
        self.is_valid()
        to, speed = self.cleaned_data.get("to"), self.cleaned_data.get("speed")
        return {to: speed} if to and speed else {}
