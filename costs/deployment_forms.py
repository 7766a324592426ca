"""What people type about where a model answers."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from costs.fields import CurrencyField, DayInput, MonthField
from costs.inference.models import MODELS, Parameter
from costs.models import Target
from costs.services.deployments import Described

SMALLEST: Final = Decimal("0.000000000001")
MOST_PREDICTIONS: Final = 10**15


class DeploymentForm(forms.Form):
    """A deployment with the numbers of its target's price model."""

    name = forms.CharField(label=_("Name"), max_length=120)
    starts_on = forms.DateField(label=_("In operation from"), widget=DayInput())
    predictions_a_month = forms.IntegerField(
        label=_("Predictions a month"), min_value=0, max_value=MOST_PREDICTIONS
    )
    currency = CurrencyField(label=_("Currency of the prices"), initial="JPY")
    rate_yen = forms.DecimalField(
        label=_("Yen for one unit of it"),
        required=False,
        min_value=Decimal("0.00000001"),
        max_digits=18,
        decimal_places=8,
        help_text=_("Empty: the recorded rate of the day."),
    )
    p50_ms = forms.DecimalField(
        label=_("Half are answered within (ms)"),
        required=False,
        min_value=Decimal("0.01"),
        max_digits=10,
        decimal_places=2,
    )
    p95_ms = forms.DecimalField(
        label=_("95% are answered within (ms)"),
        required=False,
        min_value=Decimal("0.01"),
        max_digits=10,
        decimal_places=2,
    )
    source = forms.CharField(
        label=_("Source of the prices"),
        max_length=200,
        help_text=_("Page or offer, region, and the day you looked."),
    )

    def __init__(self, *args: Any, target: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.target = target
        self.model = MODELS[target]
        language = get_language() or "ja"
        for one in self.model.parameters:
            self.fields[one.key] = _number(one, language)

    def clean(self) -> dict[str, Any]:
        """Half of the answers are no slower than 95 % of them."""
        said = super().clean() or {}
        p50, p95 = said.get("p50_ms"), said.get("p95_ms")
        if p50 and p95 and p50 > p95:
            self.add_error("p95_ms", _("This is never less than the time of half."))
        return said

    def described(self) -> Described:
        """What was typed."""
        said = dict(self.cleaned_data)
        keys = [one.key for one in self.model.parameters]
        typed = {key: said.pop(key) for key in keys}
        prices = {key: one for key, one in typed.items() if one is not None}
        return Described(target=self.target, prices=prices, **said)


def _number(one: Parameter, language: str) -> forms.DecimalField:
    return forms.DecimalField(
        label=one.label.in_(language),
        help_text=one.hint.in_(language),
        required=one.needed,
        initial=one.usual or None,
        min_value=SMALLEST if one.above else Decimal(0),
        max_value=one.most,
        max_digits=28,
        decimal_places=12,
    )


class TargetForm(forms.Form):
    """Where the model answers: the first thing that is asked."""

    target = forms.ChoiceField(
        label=_("Where the model answers"),
        choices=Target.choices,
        widget=forms.RadioSelect(),
    )


class EndForm(forms.Form):
    """The last day of a deployment."""

    on = forms.DateField(label=_("Last day"), widget=DayInput())


class BookForm(forms.Form):
    """A month to be booked, with what was predicted in it."""

    month = MonthField(label=_("Month"))
    predictions = forms.IntegerField(
        label=_("Predictions in it"), min_value=0, max_value=MOST_PREDICTIONS
    )
