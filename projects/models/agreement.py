"""Agreements: numbered versions of what both sides promise, frozen when signed."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any, ClassVar, Final, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Func, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from projects.catalogue import METRICS, Bound, Limit, Metric, Scope, Terms
from projects.models.chain import Link
from projects.models.engagement import Engagement, Stage
from projects.models.kept import SIGNED, Part, Written
from projects.models.people import Organisation, User
from projects.models.truth import TruthSet
from projects.promise import Line
from projects.sample_words import doubt

if TYPE_CHECKING:
    from projects.catalogue import Text

# All that the signed text speaks of, and the text itself.
PROMISED: Final = (
    *("engagement_id", "version", "terms", "baseline", "truth_set_id", "own_truth"),
    *("uploads_a_day", "rows_a_month", "events_a_year", "reason"),
    *("canonical", "digest"),
)
# Known only when a version comes into force, and from then on just as fixed.
SINCE: Final = ("in_force_since", "loosened_from")


class AgreementStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    OFFERED = "offered", _("Waiting for the customer")
    IN_FORCE = "in_force", _("In force")
    REFUSED = "refused", _("Refused")
    SUPERSEDED = "superseded", _("Superseded")


class Side(models.TextChoices):
    PROVIDER = "provider", _("Provider")
    CUSTOMER = "customer", _("Customer")


class AgreementQuerySet(models.QuerySet["Agreement"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(engagement__in=Engagement.objects.visible_to(user))

    def in_force(self) -> Self:
        return self.filter(status=AgreementStatus.IN_FORCE)

    # Any: what Django's own methods take.
    def update(self, **values: Any) -> int:
        fixed = {name.removesuffix("_id") for name in PROMISED}
        touched = fixed & {name.removesuffix("_id") for name in values}
        if touched and self.exclude(digest="").exists():
            raise ValidationError(SIGNED)
        return super().update(**values)

    def delete(self) -> tuple[int, dict[str, int]]:
        if self.exclude(digest="").exists():
            raise ValidationError(SIGNED)
        return super().delete()


class Sha256(Func):
    """SHA-256 of a text in hexadecimal, as the database itself reckons it."""

    function = "SHA256"
    arity = 1
    output_field = models.CharField()

    # Any: a compiler and what it compiles to.
    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        # Built in, where Django's own function would ask for an extension.
        template = "ENCODE(SHA256(CONVERT_TO(%(expressions)s, 'UTF8')), 'hex')"
        return self.as_sql(compiler, connection, template=template, **context)


class Agreement(models.Model):
    """One version; from the first signature on, its words and digest are fixed."""

    engagement = models.ForeignKey(
        Engagement, models.PROTECT, related_name="agreements"
    )
    version = models.PositiveSmallIntegerField(default=1)
    status = models.CharField(
        max_length=10, choices=AgreementStatus, default=AgreementStatus.DRAFT
    )
    # What the measurement takes for granted, as ``Terms`` writes it.
    terms = models.JSONField(default=dict)
    # What the work must do better than, measured on the same rows; empty: nothing.
    baseline = models.CharField(_("to be beaten"), max_length=20, blank=True)
    truth_set = models.ForeignKey(
        TruthSet, models.PROTECT, null=True, blank=True, related_name="agreements"
    )
    # Whether a file may bring its own truth; its verdicts then say so.
    own_truth = models.BooleanField(_("files may bring their own truth"), default=True)
    uploads_a_day = models.PositiveSmallIntegerField(
        _("uploads a day"), null=True, blank=True
    )
    # What the site expects, to tell whether a limit can be proved and what errors cost.
    rows_a_month = models.PositiveIntegerField(
        _("rows judged a month"), null=True, blank=True
    )
    events_a_year = models.PositiveIntegerField(
        _("real events a year"), null=True, blank=True
    )
    reason = models.TextField(_("why this version"), max_length=1000)
    refusal = models.TextField(blank=True, editable=False)
    canonical = models.TextField(blank=True, editable=False)
    digest = models.CharField(max_length=64, blank=True, editable=False)
    drafted_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    in_force_since = models.DateTimeField(null=True, editable=False)
    # The version that asked more and had judged, when this one came into force after
    # results were seen; every verdict by this one says so.
    loosened_from = models.PositiveSmallIntegerField(null=True, editable=False)

    objects = AgreementQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-version"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["engagement", "version"], name="agreement_version_once"
            ),
            models.UniqueConstraint(
                fields=["engagement"],
                condition=Q(status=AgreementStatus.IN_FORCE),
                name="agreement_one_in_force",
            ),
            models.CheckConstraint(
                condition=Q(status=AgreementStatus.DRAFT, digest="")
                | ~Q(status=AgreementStatus.DRAFT) & ~Q(digest=""),
                name="agreement_frozen_once_offered",
            ),
            models.CheckConstraint(
                condition=Q(canonical="") | Q(digest=Sha256(F("canonical"))),
                name="agreement_digest_is_of_its_text",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.engagement} v{self.version}"

    # A guard, not a consequence: nothing else happens on saving.
    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            self._check_fixed()
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("projects:agreement", args=[self.pk])

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        if Agreement.objects.filter(pk=self.pk).exclude(digest="").exists():
            raise ValidationError(SIGNED)
        return super().delete(*args, **kwargs)

    def _check_fixed(self) -> None:
        stored = Agreement.objects.filter(pk=self.pk).exclude(digest="")
        for kept in stored.values(*PROMISED, *SINCE):
            fixed = PROMISED if kept["in_force_since"] is None else PROMISED + SINCE
            if any(kept[name] != getattr(self, name) for name in fixed):
                raise ValidationError(SIGNED)

    @property
    def agreed_terms(self) -> Terms:
        return Terms.from_json(self.terms)

    @property
    def is_draft(self) -> bool:
        return self.status == AgreementStatus.DRAFT


class Criterion(Part):
    """One line of the promise: a metric and the limit it must keep."""

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="criteria")
    metric = models.CharField(_("metric"), max_length=30)
    bound = models.CharField(
        _("bound"),
        max_length=8,
        choices=[
            (Bound.AT_MOST.value, _("at most")),
            (Bound.AT_LEAST.value, _("at least")),
            (Bound.BELOW.value, _("below")),
            (Bound.ABOVE.value, _("above")),
        ],
    )
    limit = models.DecimalField(_("limit"), max_digits=18, decimal_places=6)
    confidence = models.DecimalField(
        _("confidence"),
        max_digits=3,
        decimal_places=2,
        null=True,
        blank=True,
        choices=[(None, _("the measured value itself"))]
        + [(c, f"{c}") for c in ("0.90", "0.95", "0.99")],
    )
    scope = models.CharField(
        _("rows"),
        max_length=5,
        choices=[
            (Scope.WHOLE.value, _("all rows together")),
            (Scope.EACH.value, _("every segment by itself")),
            (Scope.NAMED.value, _("one segment")),
        ],
        default=Scope.WHOLE.value,
    )
    segment = models.CharField(_("segment"), max_length=120, blank=True)
    smallest_cases = models.PositiveIntegerField(
        _("smallest number of cases"), default=0
    )
    stage = models.CharField(
        _("stage"),
        max_length=11,
        choices=[
            (s.value, s.label) for s in (Stage.INITIAL, Stage.ACCURACY, Stage.OPERATION)
        ],
        default=Stage.ACCURACY,
    )
    reason = models.CharField(_("why, in business words"), max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(scope="named") & ~Q(segment="")
                | ~Q(scope="named") & Q(segment=""),
                name="criterion_names_its_segment",
            )
        ]

    def __str__(self) -> str:
        return f"{self.metric} {self.bound} {self.limit.normalize():f}"

    @property
    def of(self) -> Metric:
        return METRICS[self.metric]

    def as_line(self) -> Line:
        """The line as a plain value."""
        return Line(
            metric=self.metric,
            bound=Bound(self.bound),
            limit=self.limit,
            confidence=self.confidence,
            scope=Scope(self.scope),
            segment=self.segment,
            smallest_cases=self.smallest_cases,
            stage=self.stage,
            reason=self.reason,
        )

    def as_limit(self) -> Limit:
        """The line as the judge reads it."""
        return self.as_line().as_limit()

    @property
    def doubt(self) -> Text | None:
        """Why the smallest number of cases agreed cannot prove it; None where it can.

        Of any number of cases nothing can be said in advance.
        """
        return (
            doubt(self.as_limit(), self.smallest_cases) if self.smallest_cases else None
        )


class AgreementSignature(Written):
    """One side's signature under one version, with the sentence that was signed."""

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="signatures")
    side = models.CharField(max_length=8, choices=Side)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    signer = models.ForeignKey(User, models.PROTECT, related_name="+")
    sentence = models.TextField()
    digest = models.CharField(max_length=64)
    signed_at = models.DateTimeField(default=timezone.now, editable=False)
    link = models.OneToOneField(Link, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["signed_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["agreement", "side"], name="agreement_signed_once_by_a_side"
            )
        ]

    def __str__(self) -> str:
        return f"{self.agreement} {self.side}"

    # Any: what json takes.
    @property
    def words(self) -> dict[str, Any]:
        """What the chain keeps of it."""
        return {
            "what": "agreement",
            "version": self.agreement.version,
            "digest": self.digest,
            "side": str(self.side),
            "organisation": self.organisation.name,
            "signer": self.signer.email,
            "sentence": self.sentence,
            "at": self.signed_at.astimezone(UTC).isoformat(),
        }
