"""What people type about files: the file itself, and which column is which."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from evaluation.ingest.mapping import recognise
from evaluation.ingest.roles import ROLES
from projects.templatetags.figures import size

if TYPE_CHECKING:
    from django.core.files.base import File

    from evaluation.models import Upload


class UploadForm(forms.Form):
    """One file."""

    file = forms.FileField(
        label=_("Predictions file"),
        widget=forms.ClearableFileInput(attrs={"class": "in"}),
    )

    def clean_file(self) -> File[bytes]:
        """The file, whole; one over the limit was not kept and is refused in words."""
        file: File[bytes] = self.cleaned_data["file"]
        if getattr(file, "too_large", False):
            raise forms.ValidationError(
                _("%(name)s is larger than %(limit)s. Divide it, or use Parquet.")
                % {"name": file.name, "limit": size(settings.MAX_UPLOAD_BYTES)}
            )
        return file


class ColumnsForm(forms.Form):
    """Which column of the file plays which role; filled with what was recognised."""

    note = forms.CharField(
        label=_("What changed since the last run"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"class": "in"}),
    )

    def __init__(self, *args: Any, upload: Upload, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.roles = ROLES[upload.engagement.shape]
        columns = upload.seen.columns
        guessed = recognise(columns, upload.engagement.shape)
        language = get_language() or "ja"
        for role in self.roles:
            self.fields[role.key] = forms.ChoiceField(
                label=role.label.in_(language),
                help_text=role.hint.in_(language),
                required=False,
                choices=[("", "–"), *((c, c) for c in columns)],
                initial=guessed.get(role.key, ""),
                widget=forms.Select(attrs={"class": "in"}),
            )
        self.order_fields([*(role.key for role in self.roles), "note"])

    def columns(self) -> dict[str, str]:
        """Role → column, only those that were chosen."""
        return {r.key: self.cleaned_data[r.key] for r in self.roles}
