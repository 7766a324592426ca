"""What people type about one use of GPUs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from costs.currencies import YEN
from costs.forms import MomentInput
from costs.models import Charge, GpuType, Outcome, Price, Service
from costs.price_forms import CurrencyField
from costs.services import lookup
from costs.services.use import NOTHING, ONE
from projects.models import Membership, User
from projects.templatetags.parts import named

if TYPE_CHECKING:
    from costs.services.lookup import Paid
    from costs.services.use import Said
    from projects.models import Engagement

LOOKED_UP: Final = "looked_up"
KEPT: Final = "kept"
BY_HAND: Final = "by_hand"
# Where these differ, another price holds.
OF_A_PRICE: Final = ("gpu_type", "service", "option", "region")


class PersonField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One of the people of an engagement, by name."""

    def label_from_instance(self, obj: User) -> str:
        """The name in the reader's language."""
        return named(obj)


class UseForm(forms.ModelForm):  # type: ignore[type-arg]  # no generic at run time
    """One use of GPUs: the price is looked up, or typed with a reason.

    ``correcting`` is the line that this one takes the place of.
    """

    used_by = PersonField(User.objects.none(), label=_("who"))
    gpus_of_one = forms.DecimalField(
        label=_("GPUs per machine"), max_digits=7, decimal_places=3, initial=1
    )
    pricing = forms.ChoiceField(label=_("Price"), initial=LOOKED_UP)
    price_per_hour = forms.DecimalField(
        label=_("price an hour"),
        max_digits=24,
        decimal_places=12,
        min_value=0,
        required=False,
    )
    currency = CurrencyField(initial=YEN, required=False)
    price_reason = forms.CharField(
        label=_("reason for this price"), max_length=300, required=False
    )

    class Meta:
        model = Charge
        fields = (
            "used_by",
            "purpose",
            "gpu_type",
            "gpus_of_one",
            "count",
            "started_at",
            "ended_at",
            "option",
            "service",
            "region",
            "outcome",
            "interruptions",
            "lost_hours",
            "utilisation",
            "resource",
            "note",
        )
        labels: ClassVar = {
            "ended_at": _("end"),
            "resource": _("machine"),
            "region": _("region"),
            "service": _("service"),
        }
        help_texts: ClassVar = {
            "count": _("Half of one is 0.5."),
            "started_at": _("Japan time."),
            "ended_at": _("Japan time."),
            "lost_hours": _("Hours whose work was lost when it broke off."),
            "utilisation": _("Share of the time the GPUs worked, if it was measured."),
            "resource": _("As bills or schedulers name it."),
        }
        widgets: ClassVar = {"started_at": MomentInput(), "ended_at": MomentInput()}

    def __init__(
        self,
        *args: Any,
        engagement: Engagement,
        correcting: Charge | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.engagement, self.correcting = engagement, correcting
        for name in ("purpose", "option", "outcome"):
            self.fields[name].required = True
        self.fields["lost_hours"].required = False
        self.fields["interruptions"].required = False
        if correcting is None:
            self.fields["service"].initial = Service.COMPUTE
            self.fields["outcome"].initial = Outcome.FINISHED
        taking_part = Membership.objects.in_engagement(engagement).values("user")
        people = User.objects.filter(pk__in=taking_part).order_by("name")
        self.fields["used_by"].queryset = people  # type: ignore[attr-defined]
        self._offer_types()
        self._offer_prices()

    def _offer_types(self) -> None:
        """The provider's types; free text only where there are none."""
        known = GpuType.objects.filter(organisation=self.engagement.provider_id)
        offered = known.offered()
        if self.correcting is not None:
            named_so = known.filter(name=self.correcting.gpu_type)
            offered = (offered | named_so) if named_so else known.none()
        self.has_types = offered.exists()
        if not self.has_types:
            self.fields["gpu_type"].required = True
            return
        del self.fields["gpus_of_one"]
        self.fields["gpu_type"] = forms.ModelChoiceField(
            offered, label=_("type"), to_field_name="name"
        )
        self.fields["region"] = forms.ChoiceField(
            label=_("region"),
            required=False,
            choices=[("", _("No region")), *((each, each) for each in self._regions())],
        )

    def _regions(self) -> list[str]:
        """Where the provider's prices hold, and where the line mended here was."""
        prices = Price.objects.filter(organisation=self.engagement.provider_id)
        found = set(prices.values_list("region", flat=True).distinct())
        if self.correcting is not None:
            found.add(self.correcting.region)
        return sorted(found - {""})

    def _offer_prices(self) -> None:
        ways = [(LOOKED_UP, _("List price of the first day"))]
        if not self.has_types:
            ways = []
        if self.correcting is not None:
            ways.insert(0, (KEPT, _("As it was recorded")))
        ways.append((BY_HAND, _("Typed here, with a reason")))
        self.fields["pricing"].choices = ways  # type: ignore[attr-defined]
        self.fields["pricing"].initial = ways[0][0]

    def _post_clean(self) -> None:
        """The service checks the row, which the form does not hold whole."""

    def clean(self) -> dict[str, Any]:
        """What each way of pricing needs besides."""
        typed: dict[str, Any] = super().clean() or {}
        if typed.get("pricing") == BY_HAND:
            for name in ("price_per_hour", "currency", "price_reason"):
                if typed.get(name) in (None, "") and name not in self.errors:
                    self.add_error(name, _("A price typed here needs it."))
        if typed.get("pricing") == KEPT and self._differs(typed):
            self.add_error(
                "pricing",
                _("Another type or way of buying has another price: choose a new one."),
            )
        return typed

    def _differs(self, typed: dict[str, Any]) -> bool:
        return self.correcting is not None and any(
            str(typed.get(name, "")) != getattr(self.correcting, name)
            for name in OF_A_PRICE
        )

    def said(self) -> Said:
        """All that the service is told, with the price chosen.

        ValidationError where the price of the list or a rate is missing.
        """
        typed, paid = self.cleaned_data, self._paid()
        return {
            "started_at": typed["started_at"],
            "ended_at": typed["ended_at"],
            "count": typed["count"],
            "purpose": typed["purpose"],
            "outcome": typed["outcome"],
            "interruptions": typed["interruptions"] or 0,
            "lost_hours": typed["lost_hours"] or NOTHING,
            "utilisation": typed["utilisation"],
            "resource": typed["resource"],
            "note": typed["note"],
            "used_by": typed["used_by"],
            "gpu_type": paid["gpu_type"],
            "gpus_of_one": paid["gpus_of_one"],
            "price_per_hour": paid["price_per_hour"],
            "currency": paid["currency"],
            "rate_yen": paid["rate_yen"],
            "option": paid["option"],
            "service": paid["service"],
            "region": paid["region"],
            "price_reason": paid.get("price_reason", ""),
        }

    def _paid(self) -> Paid:
        typed, line = self.cleaned_data, self.correcting
        if typed["pricing"] == LOOKED_UP:
            return lookup.looked_up(
                engagement=self.engagement,
                started_at=typed["started_at"],
                **{name: typed[name] for name in OF_A_PRICE},
            )
        paid: Paid = {
            "gpu_type": str(typed["gpu_type"]),
            "gpus_of_one": typed.get("gpus_of_one") or typed["gpu_type"].gpus,
            "option": typed["option"],
            "service": typed["service"],
            "region": typed["region"],
            "price_per_hour": typed["price_per_hour"] or NOTHING,
            "currency": typed["currency"],
            "rate_yen": ONE,
            "price_reason": typed["price_reason"],
        }
        if typed["pricing"] == KEPT and line is not None:
            paid["price_per_hour"] = line.price_per_hour or NOTHING
            paid["currency"], paid["rate_yen"] = line.currency, line.rate_yen
            paid["gpus_of_one"] = line.gpus / line.count
            paid["price_reason"] = line.description
            return paid
        rate = lookup.rate_of_day(
            organisation_id=self.engagement.provider_id,
            currency=typed["currency"],
            day=timezone.localdate(typed["started_at"]),
        )
        paid["rate_yen"] = rate.yen
        return paid
