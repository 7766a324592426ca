"""What people type about files: the file itself, and which column is which."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from evaluation.ingest.mapping import recognise
from evaluation.ingest.roles import Part, roles_of
from evaluation.services import PastFile
from projects.catalogue import Shape
from projects.templatetags.figures import size

if TYPE_CHECKING:
    from django.core.files.base import File

    from evaluation.ingest.inspect import Layout


class UploadForm(forms.Form):
    """One file."""

    file = forms.FileField(
        label=_("File"),
        widget=forms.ClearableFileInput(attrs={"class": "in"}),
    )

    def clean_file(self) -> File[bytes]:
        """The file, whole."""
        file: File[bytes] = self.cleaned_data["file"]
        _refuse_cut(file)
        return file


def _refuse_cut(file: File[bytes]) -> None:
    """A file over the limit was not kept whole, and is refused in words."""
    if getattr(file, "too_large", False):
        raise forms.ValidationError(
            _("%(name)s is larger than %(limit)s. Divide it, or use Parquet.")
            % {"name": file.name, "limit": size(settings.MAX_UPLOAD_BYTES)}
        )


class ColumnsForm(forms.Form):
    """Which column of the file plays which role; filled with what was recognised."""

    note = forms.CharField(
        label=_("What changed since the last run"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"class": "in"}),
    )

    def __init__(
        self,
        *args: Any,
        shape: Shape,
        layout: Layout,
        part: Part = Part.WHOLE,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.roles = roles_of(shape, part)
        columns = layout.columns
        guessed = recognise(columns, shape, part)
        language = get_language() or "ja"
        for role in self.roles:
            self.fields[role.key] = forms.ChoiceField(
                label=role.label.in_(language),
                help_text=role.hint.in_(language),
                required=role.required,
                choices=[("", "–"), *((c, c) for c in columns)],
                initial=guessed.get(role.key, ""),
                widget=forms.Select(attrs={"class": "in"}),
            )
        if part == Part.TRUTH:
            self._ask_of_truth(shape)
        elif shape == Shape.FORECAST:
            self.fields["history"] = forms.FileField(
                label=_("Past values"),
                required=False,
                help_text=_(
                    "Actuals before the forecast, by series. MASE, OWA and MSIS are "
                    "relative to them."
                ),
                widget=forms.ClearableFileInput(attrs={"class": "in"}),
            )
        last = ("classes", "history", "note")
        self.order_fields([*(role.key for role in self.roles), *last])

    def _ask_of_truth(self, shape: Shape) -> None:
        del self.fields["note"]
        if shape == Shape.DETECTION:
            self.fields["classes"] = forms.CharField(
                label=_("Classes, the normal one first"),
                required=False,
                max_length=2_000,
                help_text=_("With three or more, separated by commas."),
                widget=forms.TextInput(attrs={"class": "in"}),
            )

    def clean_classes(self) -> tuple[str, ...]:
        """The names of the classes; empty for 0 and 1."""
        names = [name.strip() for name in self.cleaned_data["classes"].split(",")]
        return tuple(name for name in names if name)

    def clean_history(self) -> File[bytes] | None:
        """The file of past values, whole; None if there is none."""
        file: File[bytes] | None = self.cleaned_data["history"]
        if file is not None:
            _refuse_cut(file)
        return file

    def past(self) -> PastFile | None:
        """The past values as the service takes them."""
        file = self.cleaned_data.get("history")
        if file is None:
            return None
        return PastFile(file, file.name, file.sha256)

    def shown(self) -> list[forms.BoundField]:
        """The fields for everybody: the usual roles, and those a column seems to play.

        The others are folded away (see ``rare``).
        """
        hidden = {bound.name for bound in self.rare()}
        return [bound for bound in self.visible_fields() if bound.name not in hidden]

    def rare(self) -> list[forms.BoundField]:
        """Roles few files have a column for."""
        names = [role.key for role in self.roles if role.rare]
        return [self[name] for name in names if not self[name].value()]

    def columns(self) -> dict[str, str]:
        """Role → column, only those that were chosen."""
        return {r.key: self.cleaned_data[r.key] for r in self.roles}
