"""An organisation's own question, as an administrator types it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from projects.checklist import (
    ANSWER_NAMES,
    DUE_NAMES,
    YES,
    AnswerType,
    Block,
    Due,
    load,
)

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from projects.models import OwnItem

MOST_CHOICES = 8
TYPES = [
    (AnswerType.YES_NO.value, _("Yes or no")),
    (AnswerType.YES_PARTIAL_NO.value, _("Yes, partly or no")),
    (AnswerType.NUMBER.value, _("A number")),
    (AnswerType.CHOICE.value, _("One out of several answers")),
]
BLOCKS = [
    (Block.HARD.value, _("A “no” stops the engagement (NO-GO)")),
    (Block.CONDITIONAL.value, _("A “no” makes it CONDITIONAL")),
    (Block.ADVISORY.value, _("It never counts")),
]
LIMITS = ("at_least", "at_most", "partial_from")


def _text(label: Any, most: int, *, required: bool = True, rows: int = 0) -> Any:
    attrs = {"rows": rows} if rows else {}
    widget = forms.Textarea(attrs=attrs) if rows else forms.TextInput()
    return forms.CharField(
        label=label, max_length=most, required=required, widget=widget
    )


def _limit(label: Any, help_text: Any = "") -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        max_digits=18,
        decimal_places=4,
        required=False,
        help_text=help_text,
    )


class OwnItemForm(forms.Form):
    """Everything a template's file says of a question, without a file."""

    ja = _text(_("Question in Japanese"), 200, rows=2)
    en = _text(_("Question in English"), 200, rows=2)
    short_ja = _text(_("Short name in Japanese"), 40)
    short_en = _text(_("Short name in English"), 40)
    group = forms.ChoiceField(label=_("Group"))
    due = forms.ChoiceField(label=_("Must be answered"))
    block = forms.ChoiceField(label=_("What it does to the verdict"), choices=BLOCKS)
    type = forms.ChoiceField(label=_("How it is answered"), choices=TYPES)
    unit_ja = _text(_("Unit in Japanese"), 20, required=False)
    unit_en = _text(_("Unit in English"), 20, required=False)
    at_least = _limit(_("Counts as yes from"))
    at_most = _limit(_("Counts as yes up to"))
    partial_from = _limit(
        _("Counts as partly from"),
        _("Below “counts as yes from”."),
    )
    evidence_ja = _text(_("What proves it, in Japanese"), 80, required=False)
    evidence_en = _text(_("What proves it, in English"), 80, required=False)

    # Parts of the page, in order.
    WORDS = ("ja", "en", "short_ja", "short_en")
    WEIGHT = ("group", "due", "block", "type")
    NUMBER = ("unit_ja", "unit_en", *LIMITS)
    PROOF = ("evidence_ja", "evidence_en")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or "ja"
        self.fields["group"].choices = [  # type: ignore[attr-defined]
            (group.id, group.name.in_(language)) for group in load().groups
        ]
        self.fields["due"].choices = [  # type: ignore[attr-defined]
            (due.value, DUE_NAMES[due].in_(language)) for due in Due
        ]

    def part(self, names: tuple[str, ...]) -> list[forms.BoundField]:
        return [self[name] for name in names]

    @property
    def words(self) -> list[forms.BoundField]:
        return self.part(self.WORDS)

    @property
    def weight(self) -> list[forms.BoundField]:
        return self.part(self.WEIGHT)

    @property
    def number(self) -> list[forms.BoundField]:
        return self.part(self.NUMBER)

    @property
    def proof(self) -> list[forms.BoundField]:
        return self.part(self.PROOF)

    def clean(self) -> dict[str, Any]:
        """What belongs together: both languages, a number and its unit, its limits."""
        typed: dict[str, Any] = super().clean() or {}
        if typed.get("type") == AnswerType.NUMBER:
            self._clean_number(typed)
        self._both_or_none(typed, "evidence_ja", "evidence_en")
        return typed

    def _clean_number(self, typed: dict[str, Any]) -> None:
        for name in ("unit_ja", "unit_en"):
            if not typed.get(name):
                self.add_error(name, _("A number needs its unit in both languages."))
        least, most, partial = (typed.get(name) for name in LIMITS)
        if least is not None and most is not None and most < least:
            self.add_error("at_most", _("This lies below “counts as yes from”."))
        if partial is not None and (least is None or partial >= least):
            self.add_error(
                "partial_from", _("This must lie below “counts as yes from”.")
            )

    def _both_or_none(self, typed: dict[str, Any], *names: str) -> None:
        missing = [name for name in names if not typed.get(name)]
        if len(missing) == 1:
            self.add_error(missing[0], _("Write it in both languages."))

    def takes(self, lines: AnswerLines) -> bool:
        """Whether its answers can be chosen from; says what is wrong where it is."""
        if self.cleaned_data["type"] != AnswerType.CHOICE:
            return True
        faults = lines.faults() if lines.is_valid() else [_("Mend the answers below.")]
        for fault in faults:
            self.add_error("type", fault)
        return not faults

    def entry(self, lines: AnswerLines) -> dict[str, Any]:
        """The entry as a template's file would write it; only what its type uses."""
        typed = self.cleaned_data
        entry = {name: typed[name] for name in ("ja", "en", *self.WEIGHT)}
        entry |= {"short": _pair(typed, "short"), "sources": ["own"]}
        if typed["evidence_ja"]:
            entry["evidence"] = _pair(typed, "evidence")
        if typed["type"] == AnswerType.NUMBER:
            entry["unit"] = _pair(typed, "unit")
            given = {name: typed[name] for name in LIMITS if typed[name] is not None}
            if given:
                entry["limit"] = {name: f"{limit:f}" for name, limit in given.items()}
        if typed["type"] == AnswerType.CHOICE:
            entry["choices"] = lines.choices()
        return entry


def _pair(typed: dict[str, Any], name: str) -> dict[str, str]:
    return {"ja": typed[f"{name}_ja"], "en": typed[f"{name}_en"]}


class ChoiceForm(forms.Form):
    """One of several answers."""

    id = forms.SlugField(required=False, max_length=12, widget=forms.HiddenInput())
    ja = _text(_("Answer in Japanese"), 60, required=False)
    en = _text(_("Answer in English"), 60, required=False)
    counts = forms.ChoiceField(label=_("Counts as"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or "ja"
        named = [(word, name.in_(language)) for word, name in ANSWER_NAMES.items()]
        self.fields["counts"].choices = named  # type: ignore[attr-defined]
        self.fields["counts"].initial = YES

    @property
    def is_filled(self) -> bool:
        """Whether anything was said; a line left empty is no answer."""
        typed = self.cleaned_data
        return bool(typed.get("ja") or typed.get("en"))

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        if bool(typed.get("ja")) != bool(typed.get("en")):
            missing = "en" if typed.get("ja") else "ja"
            self.add_error(missing, _("Write it in both languages."))
        return typed


if TYPE_CHECKING:
    _Lines = forms.BaseFormSet[ChoiceForm]
else:
    _Lines = forms.BaseFormSet


class AnswerLines(_Lines):
    """The answers of one question."""

    def choices(self) -> list[dict[str, str]]:
        """The answers as a template's file would write them.

        An answer keeps its id for ever, so that assessments know it again.
        """
        typed = [line.cleaned_data for line in self.forms if line.is_filled]
        held = {line["id"] for line in typed if line["id"]}
        free = (f"c{n}" for n in range(1, 1000) if f"c{n}" not in held)
        return [{**line, "id": line["id"] or next(free)} for line in typed]

    def faults(self) -> list[StrOrPromise]:
        """Why these could not be chosen from."""
        counts = [line["counts"] for line in self.choices()]
        if len(counts) < 2:
            return [_("Write at least two answers.")]
        if YES not in counts:
            return [_("One of the answers must count as yes.")]
        return []


ChoiceLines = cast(
    "type[AnswerLines]",
    forms.formset_factory(
        ChoiceForm, formset=AnswerLines, extra=MOST_CHOICES, max_num=MOST_CHOICES
    ),
)


def typed_of(item: OwnItem | None) -> dict[str, Any]:
    """A question as its form takes it."""
    if item is None:
        return {}
    entry = item.fields
    typed = {name: entry[name] for name in ("ja", "en", *OwnItemForm.WEIGHT)}
    for part in ("short", "unit", "evidence"):
        for language, text in entry.get(part, {}).items():
            typed[f"{part}_{language}"] = text
    limit: dict[str, Any] = entry.get("limit", {})
    return typed | limit


def choices_of(item: OwnItem | None) -> list[dict[str, str]]:
    """Its answers to choose from, as their lines take them."""
    return item.fields.get("choices", []) if item else []
