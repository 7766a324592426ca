"""What people say about a delivery, a rule, or whose lines are."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from costs.models import CostImport, TagField, TagRule
from projects.models import Engagement, Organisation

ZONES = ("Asia/Tokyo", "UTC", "America/New_York", "America/Los_Angeles", "Europe/Paris")


class DeliveryForm(forms.ModelForm):  # type: ignore[type-arg]  # no generic at run time
    """A file of costs, and what of it counts."""

    file = forms.FileField(
        label=_("File"), widget=forms.ClearableFileInput(attrs={"class": "in"})
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone of times without one"),
        required=False,
        choices=[("", _("The file names it")), *((zone, zone) for zone in ZONES)],
    )
    gpu_currency = forms.CharField(
        label=_("currency of that price"),
        max_length=3,
        required=False,
        initial="JPY",
    )

    class Meta:
        model = CostImport
        fields = (
            "file",
            "basis",
            "invoice_total",
            "time_zone",
            "resource",
            "gpu_price",
            "gpu_currency",
        )
        help_texts: ClassVar = {
            "basis": _(
                "As billed matches the invoice; spread shows what each use really cost."
            ),
            "invoice_total": _("In the currency of the file; it is compared exactly."),
            "resource": _("Only for nvidia-smi, which does not write it."),
            "gpu_price": _(
                "Only for lists of jobs, where no price of the type is recorded."
            ),
        }

    def clean_gpu_currency(self) -> str:
        """Three capital letters; the yen where nothing is said."""
        typed = str(self.cleaned_data["gpu_currency"] or "JPY").upper()
        if len(typed) != 3 or not typed.isalpha():
            raise forms.ValidationError(_("A currency has three letters, as in USD."))
        return typed

    def clean(self) -> dict[str, Any]:
        """A file over the limit was not kept whole, and is refused in words."""
        typed: dict[str, Any] = super().clean() or {}
        file = typed.get("file")
        if file is not None and getattr(file, "too_large", False):
            self.add_error(
                "file",
                _("%(name)s is too large. Export shorter periods, or use Parquet.")
                % {"name": file.name},
            )
        price = typed.get("gpu_price")
        if price is not None and price < 0:
            self.add_error("gpu_price", _("A price is not below 0."))
        return typed


class RuleForm(forms.ModelForm):  # type: ignore[type-arg]  # no generic at run time
    """Lines that look so belong to that engagement."""

    class Meta:
        model = TagRule
        fields = ("field", "key", "match", "value", "engagement")
        labels: ClassVar = {"match": _("condition")}
        help_texts: ClassVar = {
            "key": _("Of a tag: its name, such as project."),
            "value": _("Upper and lower case differ."),
        }

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.organisation = organisation
        self.fields["engagement"] = engagement_of(organisation)

    def clean(self) -> dict[str, Any]:
        """A tag has a name; nothing else has."""
        typed: dict[str, Any] = super().clean() or {}
        if typed.get("field") != TagField.TAG:
            typed["key"] = ""
        elif not typed.get("key"):
            self.add_error("key", _("A tag needs its name."))
        return typed


class AssignForm(forms.Form):
    """Whose the chosen lines are."""

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["engagement"] = engagement_of(organisation)


def engagement_of(organisation: Organisation) -> forms.ModelChoiceField[Engagement]:
    """The provider's own engagements, by name."""
    return forms.ModelChoiceField(
        Engagement.objects.filter(provider=organisation).order_by("name"),
        label=_("Engagement"),
    )
