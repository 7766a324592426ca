"""What a person says of a token before it is made."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class TokenForm(forms.Form):
    """What a token is for, and its last day."""

    name = forms.CharField(
        label=_("What for"),
        max_length=60,
        help_text=_("The program or machine that will use it."),
    )
    expires_on = forms.DateField(
        label=_("Valid until"),
        help_text=_("At most a year from today."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["expires_on"].initial = timezone.localdate() + timedelta(days=90)
