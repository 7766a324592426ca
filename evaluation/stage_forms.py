"""What people type about reviews and operation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from evaluation.models import Run, RunStatus
from evaluation.reviews import RepairDraft
from projects.catalogue import ERRORS
from projects.models import User
from projects.services.readers import people_of
from projects.templatetags.parts import named

if TYPE_CHECKING:
    from projects.catalogue import Shape
    from projects.models import Engagement

REPAIRS_OFFERED = 3
DATE = {"type": "date"}


class PersonField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One of the people of an engagement, by the name the reader reads."""

    # Any: the base class says so.
    def label_from_instance(self, obj: Any) -> str:
        return named(obj)


class RunForm(forms.Form):
    """Which run a stage is put forward on."""

    run = forms.ModelChoiceField(Run.objects.none(), label=_("Run"))

    def __init__(self, *args: Any, engagement: Engagement, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["run"]
        field.queryset = Run.objects.filter(
            agreement__engagement=engagement, status=RunStatus.MEASURED
        ).select_related("agreement__engagement", "upload")
        field.label_from_instance = lambda run: (
            _("Run %(n)s, v%(v)s: %(file)s")
            % {
                "n": run.number,
                "v": run.agreement.version,
                "file": run.upload.name,
            }
        )
        newest = field.queryset.first()
        field.initial = None if newest is None else newest.pk


class RejectForm(forms.Form):
    """Why a stage is rejected, and what has to be mended before the next try."""

    because = forms.CharField(
        label=_("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, engagement: Engagement, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = people_of(engagement)
        for number in range(1, REPAIRS_OFFERED + 1):
            needed = number == 1
            self.fields[f"what_{number}"] = forms.CharField(
                label=_("What is to be mended"), max_length=300, required=needed
            )
            self.fields[f"owner_{number}"] = PersonField(
                people, label=_("Who"), required=needed
            )
            self.fields[f"due_{number}"] = forms.DateField(
                label=_("By when"),
                required=needed,
                widget=forms.DateInput(attrs=DATE, format="%Y-%m-%d"),
            )

    def clean(self) -> dict[str, Any]:
        """A line begun is a line finished: what, who and by when."""
        typed = super().clean() or {}
        for number in range(1, REPAIRS_OFFERED + 1):
            keys = [f"{name}_{number}" for name in ("what", "owner", "due")]
            begun = any(typed.get(key) for key in keys)
            for key in keys:
                if begun and not typed.get(key) and key not in self.errors:
                    self.add_error(key, _("What, who and by when belong together."))
        return typed

    def repairs(self) -> list[RepairDraft]:
        """The lines that were filled in."""
        typed = self.cleaned_data
        return [
            RepairDraft(typed[f"what_{n}"], typed[f"owner_{n}"], typed[f"due_{n}"])
            for n in range(1, REPAIRS_OFFERED + 1)
            if typed.get(f"what_{n}")
        ]

    def lines(self) -> list[list[forms.BoundField]]:
        """The three fields of each line."""
        return [
            [self[f"{name}_{number}"] for name in ("what", "owner", "due")]
            for number in range(1, REPAIRS_OFFERED + 1)
        ]


class DoneForm(forms.Form):
    """How something was mended."""

    how = forms.CharField(label=_("What was done"), max_length=300)


class PlanForm(forms.Form):
    """Who answers for a year of operation."""

    starts_on = forms.DateField(
        label=_("In operation from"),
        widget=forms.DateInput(attrs=DATE, format="%Y-%m-%d"),
    )
    owner = PersonField(User.objects.none(), label=_("Owner"))
    deputy = PersonField(User.objects.none(), label=_("Deputy"))
    truth_delay_days = forms.IntegerField(
        label=_("Days until truth is known"), min_value=0, max_value=3650, initial=7
    )
    days_needed = forms.IntegerField(
        label=_("Days needed before acceptance"),
        min_value=1,
        max_value=366,
        initial=90,
    )
    fallback = forms.CharField(
        label=_("How work goes on without it"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, engagement: Engagement, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("owner", "deputy"):
            field: Any = self.fields[name]
            field.queryset = people_of(engagement)


class DayForm(forms.Form):
    """What one day in operation brought."""

    day = forms.DateField(
        label=_("Day"), widget=forms.DateInput(attrs=DATE, format="%Y-%m-%d")
    )
    cases = forms.IntegerField(label=_("Cases judged"), min_value=0)
    known = forms.IntegerField(
        label=_("With known truth"),
        min_value=0,
        help_text=_("Write the day again as truth arrives; the last entry counts."),
    )
    false_alarms = forms.IntegerField(label=_("False alarms"), min_value=0, initial=0)
    misses = forms.IntegerField(label=_("Misses"), min_value=0, initial=0)
    note = forms.CharField(label=_("Note"), max_length=300, required=False)

    def __init__(self, *args: Any, shape: Shape, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or "ja"
        self.fields["false_alarms"].label = ERRORS[shape].over.in_(language)
        self.fields["misses"].label = ERRORS[shape].under.in_(language)


class DrillForm(forms.Form):
    """A rehearsal of going back to the old way."""

    held_on = forms.DateField(
        label=_("Held on"), widget=forms.DateInput(attrs=DATE, format="%Y-%m-%d")
    )
    what = forms.CharField(label=_("What was rehearsed"), max_length=300)
    minutes = forms.IntegerField(
        label=_("Minutes until the old way ran"), min_value=0, max_value=30_000
    )
    worked = forms.BooleanField(label=_("It worked"), required=False)
