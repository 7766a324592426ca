"""What people type about budgets, and what management types where one is used up."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from costs.models import BreachChoice

AMOUNT: Any = {"max_digits": 16, "decimal_places": 0}


class DayInput(forms.DateInput):
    """A day, as the browser's own control."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class BudgetForm(forms.Form):
    """A budget of the whole engagement or of a period, and where spending stops."""

    budget_yen = forms.DecimalField(label=_("Budget (yen)"), **AMOUNT)
    stop_yen = forms.DecimalField(
        label=_("Stop line (yen)"),
        help_text=_("Where spending ends whatever is planned; management is asked."),
        required=False,
        **AMOUNT,
    )
    starts_on = forms.DateField(
        label=_("From"),
        help_text=_("Both days empty: a budget of the whole engagement."),
        widget=DayInput(),
        required=False,
    )
    ends_on = forms.DateField(label=_("Until"), widget=DayInput(), required=False)


class DecisionForm(forms.Form):
    """How it goes on, why, and the password again, as for a signature."""

    choice = forms.ChoiceField(label=_("Decision"), widget=forms.RadioSelect)
    amount_yen = forms.DecimalField(
        label=_("New budget (yen)"),
        help_text=_("Only for a raise: the whole sum, what is spent included."),
        required=False,
        **AMOUNT,
    )
    stop_yen = forms.DecimalField(
        label=_("New stop line (yen)"),
        help_text=_("Only for a raise."),
        required=False,
        **AMOUNT,
    )
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("It stands in the audit log with your name and the time."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, only_raise: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        open_to_choose = [
            choice
            for choice in BreachChoice.choices
            if not only_raise or choice[0] == BreachChoice.RAISE
        ]
        choice = self.fields["choice"]
        choice.choices = open_to_choose  # type: ignore[attr-defined]
        if only_raise:
            choice.initial = BreachChoice.RAISE
