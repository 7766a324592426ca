"""What management types to give a waiver and to take one back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from projects.templatetags.times import day
from projects.waiving import last_possible_day


class PasswordForm(forms.Form):
    """The password again, as for a signature."""

    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class WaiverForm(PasswordForm):
    """Why a "no" counts as a condition, and how long."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("It prints on every page of the engagement, as you write it."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    until = forms.DateField(
        label=_("Last day"), widget=forms.DateInput(attrs={"type": "date"})
    )
    field_order = ("reason", "until", "password")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = timezone.localdate()
        ends, until = last_possible_day(today), self.fields["until"]
        until.help_text = gettext("The last day it holds: %(day)s at the latest.") % {
            "day": day(ends)
        }
        until.widget.attrs |= {"min": today.isoformat(), "max": ends.isoformat()}
