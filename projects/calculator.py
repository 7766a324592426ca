"""The calculator of cases: what is typed, and what comes out."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from projects import sampling
from projects.sample_words import Told, cases_told

if TYPE_CHECKING:
    from collections.abc import Iterator

# So many lines the table has: with none missed, one, two and three.
LINES: Final = 4
SMALL: Final = {"class": "in in-s"}


@dataclass(frozen=True, slots=True)
class Line:
    """With so many missed, so many cases are needed; ``months`` where some come."""

    missed: int
    cases: int | None
    months: int | None
    enough: bool


@dataclass(frozen=True, slots=True)
class Calculated:
    """The sentence and the table; ``a_month`` says whether months are told."""

    told: Told
    lines: tuple[Line, ...]
    a_month: bool
    rate: Decimal
    confidence: Decimal


class SampleForm(forms.Form):
    """A tolerated rate, a confidence and what is there; the last two may be open."""

    rate = forms.DecimalField(
        label=_("Tolerated miss rate (%)"),
        min_value=Decimal("0.0001"),
        max_value=Decimal("99.9"),
        initial=5,
        widget=forms.NumberInput(attrs={**SMALL, "step": "any"}),
    )
    confidence = forms.TypedChoiceField(
        label=_("Confidence"),
        choices=[("0.90", "90%"), ("0.95", "95%"), ("0.99", "99%")],
        coerce=Decimal,
        initial="0.95",
        widget=forms.Select(attrs=SMALL),
    )
    # Not "errors": a form keeps what is wrong with it under that name.
    missed = forms.IntegerField(
        label=_("Misses allowed among the cases"),
        min_value=0,
        max_value=1000,
        initial=0,
        widget=forms.NumberInput(attrs=SMALL),
    )
    cases = forms.IntegerField(
        label=_("Cases at hand"),
        required=False,
        min_value=0,
        max_value=1_000_000_000,
        widget=forms.NumberInput(attrs=SMALL),
    )
    a_month = forms.FloatField(
        label=_("Cases that come a month"),
        required=False,
        min_value=0.0001,
        max_value=1_000_000_000,
        widget=forms.NumberInput(attrs={**SMALL, "step": "any"}),
    )

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        # A link may name only what it knows; the rest is as usual.
        if data is not None:
            data = data.copy()
            for name in ("rate", "confidence", "missed"):
                data.setdefault(name, str(self.base_fields[name].initial))
        super().__init__(data, **kwargs)

    def answer(self) -> Calculated | None:
        """What it comes to; None while something typed cannot be counted with."""
        if not self.is_bound:
            return calculate(rate=Decimal(5), confidence=Decimal("0.95"), missed=0)
        return calculate(**self.cleaned_data) if self.is_valid() else None


class TypedForm(forms.Form):
    """A number typed beside a question and not yet kept."""

    number = forms.DecimalField(required=False, max_digits=18, decimal_places=4)


def calculate(
    *,
    rate: Decimal,
    confidence: Decimal,
    missed: int,
    cases: int | None = None,
    a_month: float | None = None,
) -> Calculated:
    """The sentence for what was typed, and the table around it; the rate in percent."""
    share, sure = float(rate / 100), float(confidence)
    told = cases_told(
        rate=share, confidence=sure, errors=missed, cases=cases, a_month=a_month
    )
    return Calculated(
        told=told,
        lines=tuple(_lines(share, sure, missed, cases, a_month)),
        a_month=bool(a_month),
        rate=rate,
        confidence=confidence,
    )


def _lines(
    share: float, sure: float, missed: int, cases: int | None, a_month: float | None
) -> Iterator[Line]:
    for allowed in sorted({*range(LINES), missed}):
        needed = sampling.cases_needed(share, sure, allowed)
        months = None
        if needed is not None and a_month:
            months = sampling.months_of(needed, a_month)
        enough = needed is not None and cases is not None and cases >= needed
        yield Line(allowed, needed, months, enough)
