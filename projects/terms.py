"""How the terms of an agreement are typed in, and how they read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from projects.catalogue import ESTIMATED, TERMS_OF, WITHOUT_SCORE, TermError, Terms
from projects.templatetags.figures import rounded, yen_full

if TYPE_CHECKING:
    from projects.catalogue import Shape, Term

SMALL = {"class": "in in-s", "step": "any"}


@dataclass(frozen=True, slots=True)
class TermLine:
    """One term of a version in words, for its page."""

    label: str
    value: str


class TermsForm(forms.Form):
    """What a measurement of this shape takes for granted; empty keeps the usual."""

    def __init__(
        self, *args: Any, shape: Shape, terms: Terms | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.shape, self.usual = shape, Terms()
        given = terms or self.usual
        for term in TERMS_OF[shape]:
            self.fields[term.key] = _field(term, getattr(given, term.key))

    def clean(self) -> dict[str, Any]:
        """Also tried as a whole, so that no version is signed that cannot measure."""
        cleaned = super().clean() or {}
        if not self.errors:
            try:
                self.terms()
            except TermError as wrong:
                self.add_error(wrong.name, wrong.why.in_(get_language() or "ja"))
        return cleaned

    def terms(self) -> Terms:
        """The terms as typed. TermError for one that makes no sense."""
        typed: dict[str, Any] = {}
        for term in TERMS_OF[self.shape]:
            value = self.cleaned_data.get(term.key)
            if term.kind == "text":
                names = [name.strip() for name in (value or "").split(",")]
                value = tuple(name for name in names if name)
            if value is not None and value != "":
                typed[term.key] = value
        return Terms(**typed)


# Any: the value of a term may be of any of their types.
def _field(term: Term, value: Any) -> forms.Field:
    language = get_language() or "ja"
    told: dict[str, Any] = {
        "label": term.label.in_(language),
        "help_text": term.hint.in_(language),
        "required": False,
        "initial": value,
    }
    number = forms.NumberInput(attrs=SMALL)
    if isinstance(value, float) and value.is_integer():
        told["initial"] = int(value)
    match term.kind:
        case "whole":
            return forms.IntegerField(min_value=1, widget=number, **told)
        case "rows":
            return forms.IntegerField(min_value=0, widget=number, **told)
        case "share":
            return forms.FloatField(
                min_value=0.01, max_value=0.999, widget=number, **told
            )
        case "yen":
            return forms.FloatField(min_value=0, widget=number, **told)
        case "text":
            told["initial"] = ", ".join(value)
            return forms.CharField(max_length=2_000, **told)
        case "choice":
            choices = [(key, text.in_(language)) for key, text in WITHOUT_SCORE.items()]
            return forms.ChoiceField(choices=choices, **told)
        case "yes_no":
            return forms.BooleanField(**told)
        case _:
            return forms.FloatField(widget=number, **told)


def is_cost(name: str) -> bool:
    """Whether a term is the cost of an error, or an estimate of it."""
    return any(name in (cost, f"{cost}_low", f"{cost}_high") for cost in ESTIMATED)


def term_lines(terms: Terms, shape: Shape) -> list[TermLine]:
    """Every term of the shape that says something, in words; not what errors cost.

    Costs stand in sentences of their own (``preview.costs_in_words``).
    """
    language = get_language() or "ja"
    lines: list[TermLine] = []
    for term in TERMS_OF[shape]:
        value = getattr(terms, term.key)
        if value is None or value == () or is_cost(term.key):
            continue
        lines.append(TermLine(term.label.in_(language), _read(term, value, language)))
    return lines


def _read(term: Term, value: Any, language: str) -> str:
    match term.kind:
        case "yen":
            return yen_full(value)
        case "text":
            return ", ".join(value)
        case "choice":
            return WITHOUT_SCORE[value].in_(language)
        case "yes_no":
            return _("Yes") if value else _("No")
        case "whole" | "rows":
            return rounded(value, 0)
        case _:
            return f"{value:g}"
