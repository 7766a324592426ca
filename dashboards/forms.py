"""What is typed on the dashboards."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class ViewForm(forms.Form):
    """The name of a saved view, and whether it opens by itself."""

    name = forms.CharField(label=_("Name of the view"), max_length=40)
    is_default = forms.BooleanField(label=_("open it by itself"), required=False)


class NewViewForm(ViewForm):
    """The same, with the filter and order that are kept."""

    query = forms.CharField(required=False, max_length=2000, widget=forms.HiddenInput)
