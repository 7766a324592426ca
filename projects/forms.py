"""What people type about engagements, answers and agreements."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from projects.catalogue import KIND_NAMES, Kind
from projects.models import (
    Engagement,
    Organisation,
    OrganisationKind,
    Side,
    Stage,
    User,
)
from projects.permissions import ROLE_NAMES
from projects.services.engagement import check_dates
from projects.templatetags.parts import named

if TYPE_CHECKING:
    from projects.models.engagement import EngagementQuerySet


def _language() -> str:
    return get_language() or "ja"


class EngagementForm(forms.ModelForm):  # type: ignore[type-arg]
    """What an engagement says of itself; the sides are asked only once."""

    class Meta:
        model = Engagement
        fields: ClassVar = [
            "provider",
            "customer",
            "name",
            "name_en",
            "problem",
            "kind",
            "place",
            "placement",
            "owner",
            "starts_on",
            "ends_on",
        ]
        widgets: ClassVar = {
            "problem": forms.Textarea(attrs={"rows": 3}),
            "starts_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "ends_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }

    def __init__(self, *args: Any, reader: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        managed = Organisation.objects.managed_by(reader)
        sides = managed
        if self.instance.provider_id:
            sides = Organisation.objects.filter(pk=self.instance.provider_id)
            del self.fields["provider"], self.fields["customer"]
        else:
            self.fields["provider"].queryset = managed  # type: ignore[attr-defined]
            self.fields["customer"].queryset = Organisation.objects.filter(  # type: ignore[attr-defined]
                kind=OrganisationKind.CUSTOMER
            )
        self.fields["owner"].queryset = User.objects.filter(  # type: ignore[attr-defined]
            memberships__organisation__in=sides
        ).distinct()
        self.fields["kind"].choices = [  # type: ignore[attr-defined]
            (k.value, KIND_NAMES[k].in_(_language())) for k in Kind
        ]

    def clean(self) -> dict[str, Any]:
        """Dates in their order, before the database says it in its own words."""
        typed: dict[str, Any] = super().clean() or {}
        if {"starts_on", "ends_on"} <= typed.keys():
            try:
                check_dates(typed["starts_on"], typed["ends_on"])
            except ValidationError as refusal:
                self.add_error(None, refusal)
        return typed


class FilterForm(forms.Form):
    """What a list of engagements is narrowed to; a wrong choice narrows nothing."""

    q = forms.CharField(label=_("Name"), required=False, max_length=120)
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    stage = forms.ChoiceField(
        label=_("Stage"), required=False, choices=[("", _("All")), *Stage.choices]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [(k.value, name.in_(_language())) for k, name in KIND_NAMES.items()]
        self.fields["kind"].choices = [("", _("All")), *kinds]  # type: ignore[attr-defined]

    @property
    def narrows(self) -> bool:
        """Whether anything was asked for."""
        return self.is_valid() and any(self.cleaned_data.values())

    def narrowed(self, listed: EngagementQuerySet) -> EngagementQuerySet:
        """The engagements asked for."""
        if not self.is_valid():
            return listed
        asked = self.cleaned_data
        if asked["q"]:
            name = Q(name__icontains=asked["q"]) | Q(name_en__icontains=asked["q"])
            listed = listed.filter(name)
        exact = {key: asked[key] for key in ("kind", "stage") if asked[key]}
        return listed.filter(**exact)


class MemberForm(forms.Form):
    """A person to be added to one engagement."""

    email = forms.EmailField(label=_("E-mail"))
    name = forms.CharField(label=_("Name"), max_length=80)
    name_en = forms.CharField(label=_("Name in English"), max_length=80, required=False)
    side = forms.ChoiceField(label=_("Side"))
    role = forms.ChoiceField(label=_("Role"))

    def __init__(self, *args: Any, engagement: Engagement, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = _language()
        sides = [(Side.PROVIDER, engagement.provider)]
        sides.append((Side.CUSTOMER, engagement.customer))
        self.fields["side"].choices = [  # type: ignore[attr-defined]
            (side.value, named(organisation)) for side, organisation in sides
        ]
        self.fields["role"].choices = [  # type: ignore[attr-defined]
            (role.value, name.in_(language)) for role, name in ROLE_NAMES.items()
        ]


class SignForm(forms.Form):
    """A signature: the tick and the password."""

    agreed = forms.BooleanField(label=_("I have read all of it and I agree"))
    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class FilledForm(forms.Form):
    """A form that was filled in elsewhere."""

    file = forms.FileField(
        label=_("The filled-in file (.xlsx)"),
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
    )


class DeclineForm(forms.Form):
    """Why an engagement is declined, as its customer will read it."""

    because = forms.CharField(
        label=_("Reason in Japanese"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6, "lang": "ja"}),
    )
    because_en = forms.CharField(
        label=_("Reason in English"),
        help_text=_("Left empty, the letter gives the Japanese reason in both."),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6, "lang": "en"}),
    )


class ReasonForm(forms.Form):
    """Why something is refused or declined."""

    because = forms.CharField(
        label=_("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )
