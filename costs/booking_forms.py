"""What people type to book GPUs, and about pools of them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from costs.forms import MomentInput
from costs.models import Pool, Reservation
from costs.services.asked import Asked
from projects.models import Engagement, Stage
from projects.permissions import Permission
from projects.templatetags.parts import named

if TYPE_CHECKING:
    from datetime import datetime

    from projects.models import Organisation, User

PRIORITIES = [
    (1, _("1 – before all others, with a reason")),
    (2, _("2 – as usual")),
    (3, _("3 – when there is room")),
]


def next_hour() -> datetime:
    """The next full hour, to begin with."""
    now = timezone.localtime() + timedelta(hours=1)
    return now.replace(minute=0, second=0, microsecond=0)


class PoolChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A pool by its name and what is in it."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name} · {obj.gpus} × {obj.gpu_type.model}"


class EngagementChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """An engagement by its name in the reader's language."""

    def label_from_instance(self, obj: Any) -> str:
        return named(obj)


class BookingForm(forms.ModelForm):  # type: ignore[type-arg]  # no generic at run time
    """A booking; the pools and engagements to choose from are the reader's."""

    pool = PoolChoice(Pool.objects.none(), label=_("Pool"))
    engagement = EngagementChoice(Engagement.objects.none(), label=_("Engagement"))
    priority = forms.TypedChoiceField(
        label=_("Priority"), choices=PRIORITIES, coerce=int, initial=2
    )

    class Meta:
        model = Reservation
        fields = (
            "pool",
            "engagement",
            "title",
            "gpus",
            "wanted_from",
            "hours",
            "priority",
            "reason",
        )
        widgets: ClassVar = {"wanted_from": MomentInput()}
        help_texts: ClassVar = {
            "hours": _("At most 744; what is not used can be given back early."),
            "reason": _("Needed for priority 1; others read it."),
        }

    def __init__(self, *args: Any, reader: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        pools = Pool.objects.bookable_by(reader).select_related("gpu_type")
        self._choose("pool", pools)
        self._choose(
            "engagement",
            Engagement.objects.permitting(reader, Permission.RECORD_COST)
            .filter(provider__in=pools.values("organisation"))
            .exclude(stage__in=(Stage.CLOSED, Stage.DECLINED)),
        )

    def _choose(self, name: str, rows: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - for the types
        field.queryset = rows

    def _get_validation_exclusions(self) -> set[str]:
        # The service says what a row must keep, in words instead of a rule's name.
        return {field.name for field in Reservation._meta.fields}

    def asked(self) -> Asked:
        """What was typed, as the service takes it."""
        return Asked(**self.cleaned_data)


class PoolForm(forms.ModelForm):  # type: ignore[type-arg]  # no generic at run time
    """A pool of a provider."""

    class Meta:
        model = Pool
        fields = ("name", "kind", "gpu_type", "gpus")

    def __init__(self, *args: Any, provider: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["gpu_type"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - for the types
        field.queryset = provider.gpu_types.offered()

    def _get_validation_exclusions(self) -> set[str]:
        return {field.name for field in Pool._meta.fields}
