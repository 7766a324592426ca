"""What people type to ask for something, and what a provider answers."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from projects.catalogue import KIND_NAMES, Kind
from projects.models import Engagement, Intake, Organisation, OrganisationKind, User
from projects.services import intake as intake_services
from projects.services.engagement import check_dates
from projects.templatetags.parts import named

if TYPE_CHECKING:
    from projects.models import Invitation

YEAR = timedelta(days=364)


class OrganisationField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """An organisation by its name in the reader's language."""

    def label_from_instance(self, obj: Any) -> str:
        return named(obj)


class IntakeWords(forms.ModelForm):  # type: ignore[type-arg]
    """What every intake says, whoever files it."""

    class Meta:
        model = Intake
        fields: ClassVar = [
            "problem",
            "kind",
            "place_kind",
            "place",
            "believed_data",
            "decider",
            "asker_name",
            "asker_email",
        ]
        widgets: ClassVar = {
            "problem": forms.Textarea(attrs={"rows": 3}),
            "believed_data": forms.Textarea(attrs={"rows": 4}),
        }
        help_texts: ClassVar = {
            "problem": _("What goes wrong today, and what should be known or decided?"),
            "place": _("For example: press line 2 of the Okazaki plant."),
            "believed_data": _(
                "What is recorded, since when, and where it lies. A guess will do."
            ),
            "decider": _(
                "Who can say yes to the work and its cost: name and position."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or "ja"
        kinds = [(k.value, KIND_NAMES[k].in_(language)) for k in Kind]
        for name, choices in (
            ("kind", kinds),
            ("place_kind", self.fields["place_kind"].choices[1:]),  # type: ignore[attr-defined]
        ):
            self.fields[name].choices = [("", _("Choose one")), *choices]  # type: ignore[attr-defined]


class IntakeForm(IntakeWords):
    """An intake of somebody who belongs to an organisation."""

    provider = OrganisationField(
        label=_("Whom you ask"), queryset=Organisation.objects.none(), empty_label=None
    )
    customer = OrganisationField(
        label=_("For which customer"),
        queryset=Organisation.objects.none(),
        required=False,
        empty_label=_("Another one, not in this list"),
    )
    customer_name = forms.CharField(
        label=_("Another customer"),
        max_length=120,
        required=False,
        help_text=_("Only for a customer that is not in the list."),
    )
    field_order = ("provider", "customer", "customer_name")

    def __init__(self, *args: Any, reader: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["asker_name"].initial = reader.name
        self.fields["asker_email"].initial = reader.email
        providers = intake_services.providers_for(reader)
        customers = intake_services.customers_for(reader)
        self._set("provider", providers)
        self._set("customer", customers)
        if len(providers) == 1:
            self._preset("provider", providers[0])
        # Who belongs to no provider asks for their own organisation alone.
        if not Organisation.objects.of_member(reader).providers().exists():
            del self.fields["customer_name"]
            self.fields["customer"].required = True
            self.fields["customer"].empty_label = None  # type: ignore[attr-defined]
            if len(customers) == 1:
                self._preset("customer", customers[0])

    def _set(self, name: str, choices: Any) -> None:
        self.fields[name].queryset = choices  # type: ignore[attr-defined]

    def _preset(self, name: str, only: Organisation) -> None:
        """Do not ask for what there is one answer to."""
        field = self.fields[name]
        field.widget = forms.HiddenInput()
        field.initial = only.pk

    def clean(self) -> dict[str, Any]:
        """A customer out of the list, or the name of another one."""
        typed: dict[str, Any] = super().clean() or {}
        named_by_hand = "customer_name" in self.fields and not typed.get("customer")
        if named_by_hand and not typed.get("customer_name"):
            self.add_error("customer_name", _("Say for which customer it is."))
        return typed


class VisitForm(IntakeWords):
    """An intake of a visitor with a link."""

    customer_name = forms.CharField(label=_("Your organisation"), max_length=120)
    field_order = ("customer_name", "asker_name", "asker_email", "decider")

    def __init__(self, *args: Any, invitation: Invitation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["asker_name"].label = _("Your name")
        self.fields["asker_email"].label = _("Your e-mail")
        self.fields["asker_email"].help_text = _("The answer is sent there.")
        if invitation.customer_id:
            del self.fields["customer_name"]

    def typed(self) -> dict[str, str]:
        """What was typed, as the service takes it."""
        return {"customer_name": "", **self.cleaned_data}


class AcceptForm(forms.ModelForm):  # type: ignore[type-arg]
    """What an engagement says and an intake does not."""

    customer = OrganisationField(
        label=_("Customer"),
        queryset=Organisation.objects.none(),
        required=False,
        empty_label=_("A new one, named below"),
        help_text=_("Choose one that is known here, or name a new one."),
    )
    new_customer = forms.CharField(
        label=_("New customer"),
        max_length=120,
        required=False,
        help_text=_("Only where none is chosen. They are invited on the team page."),
    )
    field_order = ("customer", "new_customer")

    class Meta:
        model = Engagement
        fields: ClassVar = [
            "name",
            "name_en",
            "placement",
            "owner",
            "starts_on",
            "ends_on",
        ]
        widgets: ClassVar = {
            "starts_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "ends_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }

    def __init__(self, *args: Any, intake: Intake, reader: User, **kwargs: Any) -> None:
        today = timezone.localdate()
        kwargs["initial"] = {
            "name": name_from(intake.problem),
            "new_customer": intake.customer_name,
            "owner": reader.pk,
            "starts_on": today,
            "ends_on": today + YEAR,
        }
        super().__init__(*args, **kwargs)
        owners = User.objects.filter(memberships__organisation=intake.provider)
        self.fields["owner"].queryset = owners.distinct()  # type: ignore[attr-defined]
        if intake.customer_id:
            del self.fields["customer"], self.fields["new_customer"]
        else:
            known = Organisation.objects.filter(kind=OrganisationKind.CUSTOMER)
            self.fields["customer"].queryset = known  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Dates in their order, before the database says it in its own words."""
        typed: dict[str, Any] = super().clean() or {}
        if {"starts_on", "ends_on"} <= typed.keys():
            try:
                check_dates(typed["starts_on"], typed["ends_on"])
            except ValidationError as refusal:
                self.add_error(None, refusal)
        return typed


class QuestionForm(forms.Form):
    """What must be known before an intake can be answered."""

    question = forms.CharField(
        label=_("Question"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4})
    )


class AnswerToAskForm(forms.Form):
    """What the asker says to it."""

    text = forms.CharField(
        label=_("Your answer"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class InvitationForm(forms.Form):
    """For whom a link is, and until when it holds."""

    note = forms.CharField(
        label=_("For whom"),
        max_length=120,
        help_text=_("Seen only here: a name, an organisation, an occasion."),
    )
    customer = OrganisationField(
        label=_("Customer"),
        queryset=Organisation.objects.none(),
        required=False,
        empty_label=_("The visitor says which"),
    )
    expires_on = forms.DateField(
        label=_("Valid until"),
        help_text=_("The last day on which it can be used."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, reader: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = intake_services.customers_for(reader)
        self.fields["customer"].queryset = known  # type: ignore[attr-defined]
        self.fields["expires_on"].initial = timezone.localdate() + timedelta(days=14)


def name_from(problem: str) -> str:
    """A first name for an engagement: the beginning of its problem."""
    first = problem.replace("\n", " ")
    for end in ("。", ". ", "、", ", "):
        first = first.partition(end)[0]
    return first.strip().rstrip(".")[:60]
