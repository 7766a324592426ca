"""What people type about GPU types, prices, own machines and exchange rates."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from costs.currencies import is_currency
from costs.lists.table import MOST_BYTES
from costs.models import ExchangeRate, GpuType, Price, PurchaseOption, Service
from costs.on_prem import HOURS_A_YEAR, Machine, MachineRefused

if TYPE_CHECKING:
    from costs.models.prices import PriceQuerySet
    from projects.models import Organisation

PERCENT = Decimal(100)


class DayInput(forms.DateInput):
    """A day, as the browser's own control."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class CurrencyField(forms.CharField):
    """Three letters of ISO 4217, in any case."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(label=_("currency"), max_length=3, **kwargs)

    def clean(self, value: Any) -> str:
        """The code in capitals; ValidationError for one that is no currency."""
        code = str(super().clean(value)).upper()
        if code and not is_currency(code):
            raise forms.ValidationError(
                _("No currency has this code. Write three letters, like USD or JPY.")
            )
        return code


class TypeForm(forms.ModelForm):  # type: ignore[type-arg]  # no generic at run time
    """An instance type or a card."""

    class Meta:
        model = GpuType
        fields = ("name", "model", "gpus", "memory_gib")
        labels: ClassVar = {"gpus": _("GPUs per machine")}
        help_texts: ClassVar = {
            "name": _("As bills and schedulers name it, like p3.2xlarge."),
            "gpus": _("How many GPUs one machine has; 0.25 for a quarter of a card."),
        }

    def _post_clean(self) -> None:
        """The service checks the row; it knows the organisation."""


class PriceForm(forms.ModelForm):  # type: ignore[type-arg]
    """One price from a day on."""

    currency = CurrencyField(initial="USD")

    class Meta:
        model = Price
        fields = (
            "gpu_type",
            "service",
            "option",
            "region",
            "currency",
            "per_hour",
            "valid_from",
            "valid_until",
            "source",
        )
        labels: ClassVar = {"service": _("service")}
        widgets: ClassVar = {"valid_from": DayInput(), "valid_until": DayInput()}
        help_texts: ClassVar = {
            "region": _("Empty is every region that has no price of its own."),
            "per_hour": _("Of one of the type, with all digits of the source."),
            "valid_until": _("Empty until the next price."),
            "source": _("Where it is written: a price page, an offer, a contract."),
        }

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["gpu_type"].queryset = organisation.gpu_types.offered()  # type: ignore[attr-defined]

    def _post_clean(self) -> None:
        """The service checks the row; it knows the organisation."""


class PriceFilter(forms.Form):
    """What a list of prices is narrowed to; a wrong choice narrows nothing."""

    gpu_type = forms.ModelChoiceField(
        GpuType.objects.none(), label=_("type"), required=False, empty_label=_("All")
    )
    option = forms.ChoiceField(
        label=_("purchase option"),
        required=False,
        choices=[("", _("All")), *PurchaseOption.choices],
    )
    on = forms.ChoiceField(
        label=_("Valid"),
        required=False,
        choices=[("", _("Today")), ("ever", _("At any time"))],
    )

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["gpu_type"].queryset = organisation.gpu_types.all()  # type: ignore[attr-defined]

    @property
    def narrows(self) -> bool:
        """Whether anything was asked for."""
        return self.is_valid() and any(self.cleaned_data.values())

    def narrowed(self, prices: PriceQuerySet) -> PriceQuerySet:
        """The prices asked for: those of today unless it says otherwise."""
        asked = self.cleaned_data if self.is_valid() else {}
        if asked.get("on") != "ever":
            prices = prices.valid_on(timezone.localdate())
        if asked.get("gpu_type"):
            prices = prices.filter(gpu_type=asked["gpu_type"])
        if asked.get("option"):
            prices = prices.filter(option=asked["option"])
        return prices


class EndForm(forms.Form):
    """The last day of a price."""

    last_day = forms.DateField(label=_("last day"), widget=DayInput())


class PriceListForm(forms.Form):
    """A file of prices, and what holds where it says nothing."""

    file = forms.FileField(
        label=_("CSV file"), widget=forms.FileInput({"accept": ".csv"})
    )
    service = forms.ChoiceField(
        label=_("service"), choices=Service.choices, initial=Service.COMPUTE
    )
    valid_from = forms.DateField(label=_("valid from"), widget=DayInput())
    source = forms.CharField(label=_("source"), max_length=200)
    adds_types = forms.BooleanField(
        label=_("Add known cloud types that are not in the list of types yet"),
        required=False,
        initial=True,
    )

    def clean_file(self) -> bytes:
        """The bytes of the file, one more than is read at most."""
        file = self.cleaned_data["file"]
        self.file_name = str(file.name)
        content: bytes = file.read(MOST_BYTES + 1)
        return content


class RateForm(forms.ModelForm):  # type: ignore[type-arg]
    """One exchange rate."""

    currency = CurrencyField(initial="USD")
    replaces = forms.BooleanField(
        label=_("Replace the rate of this day, if there is another"), required=False
    )

    class Meta:
        model = ExchangeRate
        fields = ("currency", "day", "yen", "source")
        widgets: ClassVar = {"day": DayInput()}
        help_texts: ClassVar = {
            "yen": _("How many yen one of it is worth, like 151.37."),
            "source": _("Like: Mizuho Bank, TTM."),
        }

    def _post_clean(self) -> None:
        """The service checks the row; it knows the organisation."""


class RatesForm(forms.Form):
    """Many rates: a file, or lines pasted from a spreadsheet."""

    file = forms.FileField(
        label=_("CSV file"),
        required=False,
        widget=forms.FileInput({"accept": ".csv"}),
    )
    pasted = forms.CharField(
        label=_("or lines pasted here"),
        required=False,
        strip=False,
        widget=forms.Textarea({"rows": 5, "placeholder": "day,currency,yen"}),
    )
    source = forms.CharField(label=_("source"), max_length=200)

    def clean(self) -> dict[str, Any]:
        """Either of both, as bytes under ``content``."""
        typed: dict[str, Any] = super().clean() or {}
        file, pasted = typed.get("file"), typed.get("pasted", "")
        if bool(file) == bool(pasted.strip()):
            raise forms.ValidationError(
                _("Choose a file or paste lines, one of the two.")
            )
        typed["content"] = file.read(MOST_BYTES + 1) if file else pasted.encode()
        return typed


def _yen(label: Any, **kwargs: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, max_digits=14, decimal_places=2, min_value=0, **kwargs
    )


class MachineForm(forms.Form):
    """An own machine: what was paid, what a year takes, how much it is used."""

    gpu_type = forms.ModelChoiceField(GpuType.objects.none(), label=_("type"))
    price_yen = _yen(_("purchase price (yen)"))
    salvage_yen = _yen(_("worth at the end (yen)"), initial=0)
    life_years = forms.DecimalField(
        label=_("years of use"), max_digits=4, decimal_places=1, initial=5
    )
    gpus = forms.DecimalField(
        label=_("GPUs in the machine"), max_digits=5, decimal_places=0
    )
    power_w = forms.DecimalField(
        label=_("power at full load (W)"), max_digits=8, decimal_places=1
    )
    load = forms.DecimalField(
        label=_("usual load (%)"),
        max_digits=5,
        decimal_places=1,
        min_value=0,
        max_value=100,
        initial=80,
    )
    pue = forms.DecimalField(
        label=_("PUE of the room"),
        max_digits=4,
        decimal_places=2,
        initial=Decimal("1.5"),
        help_text=_("Energy of the whole room for one unit that reaches the machine."),
    )
    yen_a_kwh = _yen(_("yen for one kWh"), initial=31)
    space_yen_a_year = _yen(_("room a year (yen)"), initial=0)
    people_yen_a_year = _yen(_("people a year (yen)"), initial=0)
    hours_a_year = forms.DecimalField(
        label=_("hours of use a year"),
        max_digits=6,
        decimal_places=1,
        required=False,
        help_text=_("Or its share beside; a year has 8,760 hours."),
    )
    share = forms.DecimalField(
        label=_("share of the year (%)"),
        max_digits=5,
        decimal_places=2,
        min_value=0,
        max_value=100,
        required=False,
    )
    valid_from = forms.DateField(label=_("valid from"), widget=DayInput())
    source = forms.CharField(label=_("source"), max_length=200)

    machine: Machine | None = None

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["gpu_type"].queryset = organisation.gpu_types.offered()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """The machine, as soon as its numbers are there; faults at their fields."""
        typed: dict[str, Any] = super().clean() or {}
        hours, share = typed.get("hours_a_year"), typed.get("share")
        if {"hours_a_year", "share"}.isdisjoint(self.errors):
            if (hours is None) == (share is None):
                told = _("Fill in the hours or the share, one of the two.")
                self.add_error("hours_a_year", told)
            elif share is not None:
                hours = share / PERCENT * HOURS_A_YEAR
        names = set(Machine.__slots__) - {"hours_a_year", "load"}
        if "hours_a_year" in self.errors or hours is None:
            return typed
        if not (names | {"load"}) <= typed.keys():
            return typed
        try:
            self.machine = Machine(
                load=typed["load"] / PERCENT,
                hours_a_year=hours,
                **{name: typed[name] for name in names},
            )
        except MachineRefused as refusal:
            self.add_error(refusal.field, refusal.says.in_(get_language() or "ja"))
        return typed
