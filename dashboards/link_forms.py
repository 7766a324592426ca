"""What is said of a link to a report before it is made."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from projects.services.report_links import LONGEST

# Until the next meeting, as a rule.
USUAL = timedelta(days=30)


class LinkForm(forms.Form):
    """For whom, in which language, until when."""

    label = forms.CharField(
        label=_("For whom"),
        max_length=80,
        help_text=_("A name or a meeting; it stands in the audit log."),
    )
    language = forms.ChoiceField(
        label=_("Language of the report"), choices=[("ja", "日本語"), ("en", "English")]
    )
    until = forms.DateField(
        label=_("Valid until"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("At most 90 days, today among them."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = timezone.localdate()
        self.fields["language"].initial = get_language() or "ja"
        self.fields["until"].initial = today + USUAL
        days = self.fields["until"].widget.attrs
        days["min"] = today.isoformat()
        days["max"] = (today + LONGEST - timedelta(days=1)).isoformat()
