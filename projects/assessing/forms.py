"""What people type on the feasibility pages."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any, ClassVar, Final

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from projects.checklist import DUE_NAMES, Due
from projects.models import Evidence, User
from projects.services import evidence as evidence_services
from projects.templatetags.figures import size
from projects.templatetags.parts import named

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from projects.models import Assessment, Engagement


class TypedNumber(forms.DecimalField):
    """A number as people type it: 1,200,000 and full-width digits too."""

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]  # the stubs take a decimal for a kind of integer
        typed = unicodedata.normalize("NFKC", str(value or "")).strip()
        try:
            return super().to_python(typed.replace(",", ""))
        except ValidationError as unread:
            raise ValidationError(
                gettext("“%(typed)s” is not a number.") % {"typed": typed}
            ) from unread


class AnswerForm(forms.Form):
    """One answer to one question, and which one its writer looked at."""

    value = forms.CharField(required=False, max_length=40)
    number = TypedNumber(required=False, max_digits=18, decimal_places=4)
    note = forms.CharField(label=_("Note"), required=False, max_length=2000)
    # Ticked, the reason counts and the answer does not; unticked, the other way round.
    aside = forms.BooleanField(required=False)
    because = forms.CharField(
        label=_("why it does not apply"), required=False, max_length=500
    )
    take_back = forms.BooleanField(required=False)
    revision = forms.IntegerField(min_value=0, required=False)

    def clean(self) -> dict[str, Any]:
        """Only what the service takes, and only the one answer that is meant."""
        typed: dict[str, Any] = super().clean() or {}
        aside, take_back = typed.pop("aside", False), typed.pop("take_back", False)
        if aside and not take_back and not typed.get("because"):
            raise ValidationError(gettext("Say why this question does not apply here."))
        if aside or take_back:
            typed |= {"value": "", "number": None}
        if take_back or not aside:
            typed["because"] = ""
        # A form that says nothing of it was made before anybody had answered.
        typed["revision"] = typed.get("revision") or 0
        return typed

    def told(self) -> str:
        """What is wrong with it, in one line; empty when nothing is."""
        return " ".join(" ".join(map(str, errors)) for errors in self.errors.values())


class EvidenceTyped(forms.Form):
    """What the three forms of evidence share: the piece that this one supersedes."""

    instead_of = forms.ModelChoiceField(
        label=_("Takes the place of"),
        queryset=Evidence.objects.none(),
        required=False,
        empty_label=_("none: one more piece"),
    )
    kind: ClassVar[str]

    def __init__(self, *args: Any, current: Iterable[Evidence], **kw: Any) -> None:
        super().__init__(*args, **({"auto_id": f"{self.kind}_%s"} | kw))
        pieces = list(current)
        if not pieces:
            del self.fields["instead_of"]
            return
        field = self.fields["instead_of"]
        field.queryset = Evidence.objects.filter(pk__in=[p.pk for p in pieces])  # type: ignore[attr-defined]
        field.choices = [("", field.empty_label), *((p.pk, p.name) for p in pieces)]  # type: ignore[attr-defined]

    if TYPE_CHECKING:

        def attach(self, *, engagement: Engagement, item_id: str, by: User) -> Evidence:
            """Hand what was typed to the service of its kind."""


class FileTyped(EvidenceTyped):
    """A file to be kept here."""

    kind = "file"
    file = forms.FileField(label=_("File"))
    field_order = ("file", "instead_of")

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        endings = [f".{kind}" for kind in settings.EVIDENCE_TYPES]
        self.fields["file"].widget.attrs["accept"] = ",".join(endings)
        self.fields["file"].help_text = gettext("%(types)s; at most %(most)s.") % {
            "types": ", ".join(settings.EVIDENCE_TYPES),
            "most": size(settings.EVIDENCE_MAX_BYTES),
        }

    def attach(self, **to: Any) -> Evidence:
        return evidence_services.attach_file(**self.cleaned_data, **to)


class LinkTyped(EvidenceTyped):
    """An address on the web or the company's own net."""

    kind = "link"
    url = forms.CharField(label=_("Link"), max_length=500)
    name = forms.CharField(label=_("Name"), max_length=200, required=False)
    field_order = ("url", "name", "instead_of")

    def attach(self, **to: Any) -> Evidence:
        return evidence_services.attach_link(**self.cleaned_data, **to)


class DocumentTyped(EvidenceTyped):
    """A document that stays where it is."""

    kind = "document"
    name = forms.CharField(label=_("Name of the document"), max_length=200)
    kept_at = forms.CharField(label=_("Where it is kept"), max_length=200)
    field_order = ("name", "kept_at", "instead_of")

    def attach(self, **to: Any) -> Evidence:
        return evidence_services.name_document(**self.cleaned_data, **to)


EVIDENCE_FORMS: Final = {
    form.kind: form for form in (FileTyped, LinkTyped, DocumentTyped)
}


class PersonField(forms.ModelChoiceField):  # type: ignore[type-arg]  # not subscriptable when run
    """One of the people who take part, by their name in the reader's language."""

    def __init__(self, people: Iterable[User], **kw: Any) -> None:
        chosen = list(people)
        super().__init__(
            User.objects.filter(pk__in=[person.pk for person in chosen]), **kw
        )
        empty = [("", kw.get("empty_label") or gettext("Choose a person"))]
        self.choices = [*empty, *((person.pk, named(person)) for person in chosen)]


class TaskForm(forms.Form):
    """Who does what by when."""

    what = forms.CharField(label=_("What is to be done"), max_length=300)
    due_on = forms.DateField(
        label=_("By when"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, people: Iterable[User], **kw: Any) -> None:
        super().__init__(*args, **({"auto_id": "task_%s"} | kw))
        self.fields["owner"] = PersonField(people, label=gettext("Who"))
        self.order_fields(["what", "owner", "due_on"])
        today = timezone.localdate().isoformat()
        self.fields["due_on"].widget.attrs["min"] = today


class DoneForm(forms.Form):
    """The evidence that a task is done."""

    def __init__(self, *args: Any, current: Iterable[Evidence], **kw: Any) -> None:
        super().__init__(*args, **({"auto_id": "done_%s"} | kw))
        pieces = list(current)
        field = forms.ModelChoiceField(
            Evidence.objects.filter(pk__in=[piece.pk for piece in pieces]),
            label=gettext("What shows that it is done"),
        )
        field.choices = [(piece.pk, piece.name) for piece in reversed(pieces)]
        self.fields["proof"] = field


class AssignForm(forms.Form):
    """Who is asked to answer a question."""

    def __init__(self, *args: Any, people: Iterable[User], **kw: Any) -> None:
        super().__init__(*args, **({"auto_id": "assign_%s"} | kw))
        self.fields["assignee"] = PersonField(
            people,
            label=gettext("Who answers, besides the manager"),
            required=False,
            empty_label=gettext("nobody else"),
        )


class RoundForm(forms.Form):
    """The step a new round is for."""

    due = forms.TypedChoiceField(label=_("Before which step"), coerce=Due)

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        language = get_language() or "ja"
        self.fields["due"].choices = [  # type: ignore[attr-defined]
            (due.value, DUE_NAMES[due].in_(language)) for due in Due
        ]


class CompareForm(forms.Form):
    """Two rounds; whichever was earlier is the one compared from."""

    earlier = forms.TypedChoiceField(label=_("From round"), coerce=int)
    later = forms.TypedChoiceField(label=_("to round"), coerce=int)

    def __init__(self, *args: Any, rounds: Iterable[Assessment], **kw: Any) -> None:
        super().__init__(*args, **kw)
        numbers = sorted(each.round for each in rounds)
        for name in ("earlier", "later"):
            self.fields[name].choices = [(n, n) for n in numbers]  # type: ignore[attr-defined]
