"""What people type about a draft, one part at a time, and how it reads."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, cast

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from projects import preview
from projects.catalogue import (
    BASELINES,
    METRICS,
    Bound,
    Scope,
    Shape,
    Terms,
    Text,
    metrics_of,
)
from projects.models import Criterion, Period, TruthSet
from projects.presets import PRESETS
from projects.promise import Budget, Line, Promise, Stop, Truth
from projects.provable import warning
from projects.services.drafting import Conditions
from projects.terms import TermsForm, is_cost
from projects.typed import TypedError, hint, read_limit, write_limit

if TYPE_CHECKING:
    from django.db.models import Field

    from projects.models import Agreement, Engagement

SMALL = {"class": "in in-s"}


def _language() -> str:
    return get_language() or "ja"


class BeginForm(forms.Form):
    """Why there is another version, and what it begins with."""

    reason = forms.CharField(
        label=_("Why this version"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    preset = forms.ChoiceField(label=_("Begin with"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, engagement: Engagement, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = _language()
        choices: list[tuple[str, Any]] = [
            (key, f"{one.name.in_(language)}: {one.fits.in_(language)}")
            for key, one in PRESETS[engagement.shape].items()
        ]
        if engagement.agreements.exists():
            choices.insert(0, ("copy", _("The last version, to be changed")))
        choices.append(("empty", _("Nothing: I write every criterion myself")))
        self.fields["preset"].choices = choices  # type: ignore[attr-defined]
        self.fields["preset"].initial = choices[0][0]


class PartForm(forms.Form):
    """One part of a draft; knows what the rest of it says."""

    def __init__(self, *args: Any, promise: Promise, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.promise = promise
        self.shape_fields()
        for name, value in self.known().items():
            self.fields[name].initial = value

    def shape_fields(self) -> None:
        """Offer what fits this kind of engagement, and leave out what does not."""

    # Any: what a form field takes and a service asks for.
    def known(self) -> dict[str, Any]:
        """What the draft says already, field by field."""
        raise NotImplementedError

    def typed(self) -> dict[str, Any]:
        """What was typed, as the service of this part takes it."""
        raise NotImplementedError

    def told(self) -> tuple[Text, ...]:
        """What was typed, in words."""
        raise NotImplementedError

    def now(self) -> tuple[Text, ...]:
        """What the draft says so far, in words."""
        raise NotImplementedError

    def doubt(self) -> Text | None:
        """What speaks against it, if anything does."""
        return None

    def hint(self) -> Text | None:
        """How to type what cannot be read yet, where that depends on a choice."""
        return None

    def _read(self, name: str, metric: str) -> Decimal | None:
        """A number in the metric's unit; what is unclear is said at its field."""
        text = self.cleaned_data.get(name) or ""
        if metric not in METRICS or not text:
            return None
        try:
            return read_limit(text, METRICS[metric].unit)
        except TypedError as wrong:
            self.add_error(name, wrong.why.in_(_language()))
            return None


class ReasonPart(PartForm):
    """Why there is this version."""

    reason = forms.CharField(
        label=_("Why this version"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def known(self) -> dict[str, Any]:
        return {"reason": self.promise.reason}

    def typed(self) -> dict[str, Any]:
        return dict(self.cleaned_data)

    def told(self) -> tuple[Text, ...]:
        reason = self.cleaned_data["reason"]
        return (Text(reason, reason),)

    def now(self) -> tuple[Text, ...]:
        return (Text(self.promise.reason, self.promise.reason),)


def _choices(name: str) -> list[tuple[Any, Any]]:
    field = cast("Field[Any, Any]", Criterion._meta.get_field(name))
    return list(field.choices or ())


class LinePart(PartForm):
    """One criterion."""

    metric = forms.ChoiceField(label=_("Metric"))
    bound = forms.ChoiceField(label=_("Bound"), choices=lambda: _choices("bound"))
    limit = forms.CharField(
        label=_("Limit"),
        max_length=40,
        help_text=_("A share with its sign, as 4%. Other metrics in their own unit."),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    confidence = forms.TypedChoiceField(
        label=_("Confidence"),
        required=False,
        choices=[
            ("0.90", "90%"),
            ("0.95", "95%"),
            ("0.99", "99%"),
            ("", _("the measured value itself")),
        ],
        coerce=Decimal,
        empty_value=None,
        help_text=_("How sure the figures must make us, so that luck proves nothing."),
    )
    scope = forms.ChoiceField(label=_("Rows"), choices=lambda: _choices("scope"))
    segment = forms.CharField(
        label=_("Segment"),
        required=False,
        max_length=120,
        help_text=_("Its name in the file, for one segment only."),
    )
    smallest_cases = forms.IntegerField(
        label=_("Smallest number of cases"),
        required=False,
        min_value=0,
        max_value=1_000_000_000,
        help_text=_("With fewer the verdict stays open."),
    )
    stage = forms.ChoiceField(label=_("Stage"), choices=lambda: _choices("stage"))
    reason = forms.CharField(
        label=_("Why, in business words"), required=False, max_length=300
    )

    def __init__(self, *args: Any, line: Line | None = None, **kwargs: Any) -> None:
        self.line = line
        super().__init__(*args, **kwargs)

    def shape_fields(self) -> None:
        language = _language()
        names = [(m.key, m.name.in_(language)) for m in metrics_of(self.promise.shape)]
        self.fields["metric"].choices = names  # type: ignore[attr-defined]

    def known(self) -> dict[str, Any]:
        usual = {"metric": _usual_metric(self.promise.shape), "confidence": "0.95"}
        line = self.line
        if line is None:
            metric = METRICS[usual["metric"]]
            bound = Bound.AT_MOST if metric.smaller_is_better else Bound.AT_LEAST
            return usual | {"bound": bound, "stage": "accuracy"}
        return {
            "metric": line.metric,
            "bound": line.bound,
            "limit": write_limit(line.limit, METRICS[line.metric].unit),
            "confidence": "" if line.confidence is None else f"{line.confidence:.2f}",
            "scope": line.scope,
            "segment": line.segment,
            "smallest_cases": line.smallest_cases or None,
            "stage": line.stage,
            "reason": line.reason,
        }

    def clean(self) -> dict[str, Any]:
        """The limit in the metric's unit, and a segment exactly where one is named."""
        typed = super().clean() or {}
        limit = self._read("limit", typed.get("metric", ""))
        named = typed.get("scope") == Scope.NAMED
        if named and not typed.get("segment"):
            self.add_error("segment", _("Name the segment."))
        if self.errors or limit is None:
            return typed
        # A name left over from before, though all rows are judged, is no fault.
        segment = typed["segment"] if named else ""
        smallest = typed["smallest_cases"] or 0
        return typed | {
            "limit": limit,
            "segment": segment,
            "smallest_cases": smallest,
            "bound": Bound(typed["bound"]),
            "scope": Scope(typed["scope"]),
        }

    def typed(self) -> dict[str, Any]:
        return {"line": Line(**self.cleaned_data)}

    def told(self) -> tuple[Text, ...]:
        return (preview.line_in_words(Line(**self.cleaned_data)),)

    def now(self) -> tuple[Text, ...]:
        return () if self.line is None else (preview.line_in_words(self.line),)

    def hint(self) -> Text | None:
        asked = METRICS.get(self.data.get("metric", ""))
        return hint(asked) if asked else None

    def doubt(self) -> Text | None:
        return warning(Line(**self.cleaned_data), self.promise)


def _usual_metric(shape: Shape) -> str:
    return PRESETS[shape]["few_misses"].lines[0].metric


class ConditionsPart(PartForm):
    """What is compared, with which truth, how often, and how much is expected."""

    rows_a_month = forms.IntegerField(
        label=_("Rows judged a month"),
        required=False,
        min_value=1,
        max_value=2_000_000_000,
        widget=forms.NumberInput(attrs=SMALL),
        help_text=_("What the site expects. It tells whether a limit can be proved."),
    )
    events_a_year = forms.IntegerField(
        label=_("Real events a year"),
        required=False,
        min_value=0,
        max_value=2_000_000_000,
        widget=forms.NumberInput(attrs=SMALL),
        help_text=_("Failures, defects: what is to be found."),
    )
    baseline = forms.ChoiceField(
        label=_("To be beaten"),
        required=False,
        help_text=_("Measured on the same rows."),
    )
    truth_set = forms.ModelChoiceField(
        label=_("Truth set fixed in advance"),
        required=False,
        queryset=TruthSet.objects.none(),
        empty_label=_("nothing"),
        help_text=_("Only predictions are uploaded then, and joined with it by id."),
    )
    own_truth = forms.BooleanField(
        label=_("Files may bring their own truth"),
        required=False,
        help_text=_("A verdict on such a file says so."),
    )
    uploads_a_day = forms.IntegerField(
        label=_("Uploads a day"),
        required=False,
        min_value=1,
        max_value=1000,
        widget=forms.NumberInput(attrs=SMALL),
        help_text=_("So that nobody tries until luck decides. Empty: any number."),
    )

    def __init__(self, *args: Any, draft: Agreement, **kwargs: Any) -> None:
        self.draft = draft
        super().__init__(*args, **kwargs)

    def shape_fields(self) -> None:
        language = _language()
        beaten = BASELINES[self.promise.shape]
        if beaten:
            names = [(key, name.in_(language)) for key, name in beaten.items()]
            self.fields["baseline"].choices = [("", _("nothing")), *names]  # type: ignore[attr-defined]
        else:
            del self.fields["baseline"]
        if self.promise.shape != Shape.DETECTION:
            del self.fields["events_a_year"]
        sets = TruthSet.objects.registered().filter(engagement=self.draft.engagement)
        self.fields["truth_set"].queryset = sets  # type: ignore[attr-defined]

    def known(self) -> dict[str, Any]:
        known = {n: getattr(self.promise, n) for n in self.fields if n != "truth_set"}
        return known | {"truth_set": self.draft.truth_set_id}

    def clean(self) -> dict[str, Any]:
        """No truth at all would leave nothing to judge by."""
        typed = super().clean() or {}
        if not typed.get("truth_set") and not typed.get("own_truth"):
            self.add_error(
                "own_truth",
                _("Without a truth set files must bring their own truth. Allow it."),
            )
        return typed

    def typed(self) -> dict[str, Any]:
        return {"conditions": Conditions(**self.cleaned_data)}

    def told(self) -> tuple[Text, ...]:
        typed = dict(self.cleaned_data)
        truth = typed.pop("truth_set")
        told = Truth(truth.sha256, truth.name) if truth else None
        return preview.rest_in_words(replace(self.promise, truth=told, **typed))

    def now(self) -> tuple[Text, ...]:
        return preview.rest_in_words(self.promise)


class TermsPart(TermsForm):
    """How files are measured, and what an error costs."""

    def __init__(self, *args: Any, promise: Promise, **kwargs: Any) -> None:
        self.promise = promise
        super().__init__(
            *args, shape=promise.shape, terms=promise.measured_by, **kwargs
        )
        # A cost and its two estimates stand in one row, before all that is rarer.
        self.order_fields([name for name in self.fields if is_cost(name)])

    def typed(self) -> dict[str, Any]:
        return {"terms": self.terms()}

    def told(self) -> tuple[Text, ...]:
        return costs_told(self.terms(), self.promise.shape)

    def now(self) -> tuple[Text, ...]:
        return costs_told(self.promise.measured_by, self.promise.shape)

    def doubt(self) -> Text | None:
        return None

    def hint(self) -> Text | None:
        return None


def costs_told(terms: Terms, shape: Shape) -> tuple[Text, ...]:
    """What errors cost, or that nothing is said of it."""
    return preview.costs_in_words(terms, shape) or (
        Text("誤りの費用は決めていません。", "No cost of errors is agreed."),
    )


class BudgetPart(PartForm):
    """The errors management will bear; all empty says nothing of them."""

    false_alarms = forms.IntegerField(
        label=_("False alarms, at most"),
        required=False,
        min_value=0,
        max_value=2_000_000_000,
        widget=forms.NumberInput(attrs=SMALL),
    )
    false_alarms_per = forms.ChoiceField(label=_("in"), choices=Period.choices)
    misses = forms.IntegerField(
        label=_("Misses, at most"),
        required=False,
        min_value=0,
        max_value=2_000_000_000,
        widget=forms.NumberInput(attrs=SMALL),
    )
    misses_per = forms.ChoiceField(label=_("in"), choices=Period.choices)
    yen_a_month = forms.DecimalField(
        label=_("Cost of errors a month, at most (yen)"),
        required=False,
        min_value=0,
        max_digits=14,
        decimal_places=0,
        widget=forms.NumberInput(attrs=SMALL),
    )
    until = forms.DateField(
        label=_("until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("After this day management has to accept them anew."),
    )
    COUNTED: ClassVar = ("false_alarms", "misses")

    def shape_fields(self) -> None:
        if self.promise.shape != Shape.DETECTION:
            for name in self.COUNTED:
                del self.fields[name], self.fields[f"{name}_per"]

    def known(self) -> dict[str, Any]:
        budget = self.promise.budget
        names = [name for name in self.fields if name != "until"]
        if budget is None:
            per = {"false_alarms_per": Period.WEEK, "misses_per": Period.QUARTER}
            return {name: value for name, value in per.items() if name in names}
        return {"until": budget.until} | {n: getattr(budget, n) for n in names}

    def clean(self) -> dict[str, Any]:
        """Either a budget with its last day, or nothing at all."""
        typed = super().clean() or {}
        given = any(typed.get(n) is not None for n in (*self.COUNTED, "yen_a_month"))
        if given and not typed.get("until") and "until" not in self.errors:
            self.add_error("until", _("Say until when this is accepted."))
        if typed.get("until") and not given and not self.errors:
            self.add_error(
                "yen_a_month",
                _("Say how many errors, or how many yen of them, are accepted."),
            )
        return typed

    def budget(self) -> Budget | None:
        """The budget as typed; None when nothing was."""
        return Budget(**self.cleaned_data) if self.cleaned_data["until"] else None

    def typed(self) -> dict[str, Any]:
        return {"budget": self.budget()}

    def told(self) -> tuple[Text, ...]:
        return (preview.budget_in_words(self.budget()),)

    def now(self) -> tuple[Text, ...]:
        return (preview.budget_in_words(self.promise.budget),)


class StopPart(PartForm):
    """The line past which work stops; all empty is no line."""

    on = forms.DateField(
        label=_("date"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    metric = forms.ChoiceField(
        label=_("Accuracy to be reached by then"), required=False
    )
    value = forms.CharField(
        label=_("At least so good"),
        required=False,
        max_length=40,
        help_text=_("A share with its sign, as 4%. Other metrics in their own unit."),
    )
    yen = forms.DecimalField(
        label=_("Spent, at most (yen)"),
        required=False,
        min_value=0,
        max_digits=14,
        decimal_places=0,
        widget=forms.NumberInput(attrs=SMALL),
    )

    def shape_fields(self) -> None:
        names = [
            (m.key, m.name.in_(_language())) for m in metrics_of(self.promise.shape)
        ]
        self.fields["metric"].choices = [("", _("nothing")), *names]  # type: ignore[attr-defined]

    def known(self) -> dict[str, Any]:
        stop = self.promise.stop
        if stop is None:
            return {}
        value = None
        if stop.value is not None:
            value = write_limit(stop.value, METRICS[stop.metric].unit)
        return {"on": stop.on, "yen": stop.yen, "metric": stop.metric, "value": value}

    def clean(self) -> dict[str, Any]:
        """A metric with its value in the metric's unit."""
        typed = super().clean() or {}
        metric = typed.get("metric", "")
        value = self._read("value", metric)
        if bool(metric) != bool(typed.get("value")) and not self.errors:
            name = "value" if metric else "metric"
            self.add_error(name, _("Name the metric together with its value."))
        return typed | {"value": value}

    def stop(self) -> Stop | None:
        """The line as typed; None when nothing was."""
        stop = Stop(**self.cleaned_data)
        return None if stop.says_nothing else stop

    def typed(self) -> dict[str, Any]:
        return {"stop": self.stop()}

    def told(self) -> tuple[Text, ...]:
        return (preview.stop_in_words(self.stop()),)

    def now(self) -> tuple[Text, ...]:
        return (preview.stop_in_words(self.promise.stop),)
