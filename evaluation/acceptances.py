"""Accepting the errors of one operating point, for a time and in yen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from evaluation import glances
from evaluation.borne import Allowed, Borne, allowed
from evaluation.curve import Step, curve_of, is_inside
from evaluation.ended import told_of_errors
from evaluation.explorer import region_of
from evaluation.metrics import finished_from_json
from evaluation.metrics.detected import FinishedDetection
from evaluation.models import ErrorAcceptance, Result
from projects.models import Agreement, Engagement, ErrorBudget
from projects.permissions import Permission, require
from projects.services import chain
from projects.services.audit import record_event
from projects.services.notices import tell
from projects.templatetags.figures import yen_full
from projects.templatetags.times import day

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evaluation.models import Run
    from projects.models import User

# Nobody accepts errors for longer; then the figures are looked at again.
LONGEST = timedelta(days=366)
USUAL = timedelta(days=182)
CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Offer:
    """What would be accepted at one stored point of a run."""

    step: Step
    borne: Borne
    are_cases: bool


def offer(run: Run, at: float) -> Offer:
    """The errors and the yen of a stored point, as a month of the site has them.

    ValidationError where they cannot be told or are not allowed, saying why.
    """
    result = Result.objects.filter(run=run).first()
    if result is None:
        raise ValidationError(_("This run is not measured."))
    finished = finished_from_json(result.finished)
    curve = curve_of(finished, run.agreement.rows_a_month)
    if curve is None:
        raise ValidationError(
            _("This file has no curve of errors: it brings no scores, or no prices.")
        )
    step = curve.step(at)
    if step.at != at:
        raise ValidationError(_("This is no stored point of the run’s curve."))
    bill, alarms = curve.bill(step), curve.a_month(step.false_alarms)
    misses = curve.a_month(step.misses)
    if bill is None:
        raise ValidationError(
            _("What an error costs has to be agreed before errors are accepted.")
        )
    if alarms is None or misses is None:
        raise ValidationError(
            _(
                "How many rows the site judges a month has to be agreed before errors "
                "are accepted."
            )
        )
    budget = ErrorBudget.objects.filter(agreement=run.agreement).first()
    if not is_inside(curve, step, region_of(budget)):
        raise ValidationError(
            _("This point brings more errors than the agreement allows.")
        )
    borne = Borne(
        false_alarms=alarms.quantize(CENT, ROUND_HALF_UP),
        misses=misses.quantize(CENT, ROUND_HALF_UP),
        yen=bill.yen,
        low=bill.low,
        high=bill.high,
    )
    return Offer(step, borne, isinstance(finished, FinishedDetection))


def usual_end(agreement: Agreement, today: date) -> date:
    """Half a year from now, or the budget's last day where that is sooner."""
    budget = ErrorBudget.objects.filter(agreement=agreement).first()
    ends = today + USUAL
    return min(ends, budget.until) if budget and budget.until > today else ends


def sentence_of(borne: Borne, until: date, language: str, *, are_cases: bool) -> str:
    """The sentence an executive signs, in one of both languages."""
    with translation.override(language):
        said = {
            "alarms": _errors(allowed(borne.false_alarms), are_cases=are_cases),
            "misses": _errors(allowed(borne.misses), are_cases=are_cases),
            "yen": yen_full(borne.high),
            "until": day(until),
        }
        if are_cases:
            return (
                _(
                    "We accept up to %(alarms)s as false alarms and up to %(misses)s "
                    "as misses, at most %(yen)s a month, until %(until)s."
                )
                % said
            )
        return (
            _(
                "We accept up to %(alarms)s too many and up to %(misses)s too few, "
                "at most %(yen)s a month, until %(until)s."
            )
            % said
        )


def _errors(line: Allowed, *, are_cases: bool) -> str:
    words = {
        ("month", True): _("%(n)s a month"),
        ("quarter", True): _("%(n)s a quarter"),
        ("year", True): _("%(n)s a year"),
        ("month", False): _("%(n)s units a month"),
        ("quarter", False): _("%(n)s units a quarter"),
        ("year", False): _("%(n)s units a year"),
    }
    return words[line.per, are_cases] % {"n": f"{line.most:,}"}


def accept_errors(
    *, run: Run, at: float, until: date, password: str, by: User
) -> ErrorAcceptance:
    """Accept the errors of one stored point; what was accepted before is replaced.

    It stands in the chain, in both languages. PermissionDenied unless the customer's
    executive; ValidationError for a wrong password, a day that does not do, an old
    version of the agreement, or a point that the agreement does not allow.
    """
    engagement = run.agreement.engagement
    require(by, Permission.ACCEPT_ERRORS, engagement)
    if not by.check_password(password):
        raise ValidationError(_("The password is not right. Nothing was accepted."))
    check_time(run, until)
    with transaction.atomic():
        Engagement.objects.select_for_update().get(pk=engagement.pk)
        offered = offer(run, at)
        borne = offered.borne
        sentences = {
            language: sentence_of(borne, until, language, are_cases=offered.are_cases)
            for language in ("ja", "en")
        }
        ErrorAcceptance.objects.standing().filter(engagement=engagement).update(
            ended_at=timezone.now(), ended_because="replaced"
        )
        accepted = ErrorAcceptance(
            engagement=engagement,
            run=run,
            point=at,
            false_alarms_a_month=borne.false_alarms,
            misses_a_month=borne.misses,
            yen_a_month=borne.yen,
            yen_low=borne.low,
            yen_high=borne.high,
            until=until,
            sentence=sentences["ja" if by.language.startswith("ja") else "en"],
            organisation=engagement.customer,
            accepted_by=by,
        )
        accepted.link = chain.append(engagement, words_of(accepted, sentences))
        accepted.save()
        # Any: the parameters of a verb.
        said: dict[str, Any] = {"number": run.number, "until": until.isoformat()}
        record_event("errors.accepted", engagement=engagement, by=by, **said)
        tell(
            told_of_errors(engagement),
            "errors.accepted",
            path=reverse("evaluation:run", args=[run.pk]) + "#explorer",
            engagement=engagement,
            but=by,
            who=by.name,
            **said,
        )
        glances.retell_borne(engagement)
    return accepted


# Any: what json takes.
def words_of(accepted: ErrorAcceptance, sentences: Mapping[str, str]) -> dict[str, Any]:
    """What the chain keeps of an acceptance, with its sentence in both languages."""
    run = accepted.run
    yen = (accepted.yen_low, accepted.yen_a_month, accepted.yen_high)
    return {
        "what": "errors",
        "run": {"id": str(run.pk), "number": run.number, "file": run.sha256},
        "agreement": {
            "version": run.agreement.version,
            "digest": run.agreement.digest,
        },
        "point": repr(accepted.point),
        "false_alarms_a_month": f"{accepted.false_alarms_a_month:.2f}",
        "misses_a_month": f"{accepted.misses_a_month:.2f}",
        "yen_a_month": [f"{each:.0f}" for each in yen],
        "until": accepted.until.isoformat(),
        "organisation": accepted.organisation.name,
        "signer": accepted.accepted_by.email,
        "sentence": dict(sentences),
    }


def check_time(run: Run, until: date) -> None:
    """ValidationError when errors of the run cannot be accepted now, or so long."""
    engagement, today = run.agreement.engagement, timezone.localdate()
    if not engagement.is_open:
        raise ValidationError(_("This engagement has ended."))
    if not Agreement.objects.in_force().filter(pk=run.agreement_id).exists():
        raise ValidationError(
            _("Only errors of a run under the version in force can be accepted.")
        )
    if not today < until <= today + LONGEST:
        raise ValidationError(
            {"until": _("Choose a day after today, at most a year ahead.")}
        )
    budget = ErrorBudget.objects.filter(agreement=run.agreement).first()
    if budget is not None and until > budget.until:
        raise ValidationError(
            {
                "until": _("The error budget of the agreement ends on %(day)s.")
                % {"day": day(budget.until)}
            }
        )
