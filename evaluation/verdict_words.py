"""Verdicts in sentences: how many pass, what falls short worst, why each came out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from evaluation.judge import Outcome, Reason
from projects.catalogue import Bound, error_share
from projects.templatetags.figures import measured, metric_text, promise
from projects.templatetags.pictures import verdict_word
from projects.templatetags.times import japanese, joined

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evaluation.models import CriterionVerdict

ORDER = (Outcome.PASS, Outcome.FAIL, Outcome.UNDECIDED)


def headline(verdicts: list[CriterionVerdict]) -> str:
    """How many criteria pass, fail and stay open, in one sentence."""
    count = {o: sum(v.outcome == o for v in verdicts) for o in ORDER}
    passed, failed, left = (
        count[one] for one in (Outcome.PASS, Outcome.FAIL, Outcome.UNDECIDED)
    )
    told = (
        (passed, ngettext("%(n)d passes", "%(n)d pass", passed)),
        (failed, ngettext("%(n)d fails", "%(n)d fail", failed)),
        (left, _("%(n)d cannot be decided yet")),
    )
    *first, last = [words % {"n": n} for n, words in told if n] or ["–"]
    parts = _("%(first)s and %(last)s") % {
        "first": ("、" if japanese() else ", ").join(first),
        "last": last,
    }
    return ngettext(
        "Of %(all)d criterion %(parts)s.",
        "Of %(all)d criteria %(parts)s.",
        len(verdicts),
    ) % {"all": len(verdicts), "parts": parts if first else last}


def cause(verdicts: Sequence[CriterionVerdict]) -> str:
    """What falls short worst of all, by what is allowed; empty where nothing does."""
    broken = [one for one in verdicts if one.outcome == Outcome.FAIL]
    known = [one for one in broken if one.value is not None]
    if not known:
        return ""
    worst = max(known, key=_shortfall)
    line = worst.criterion
    said = {
        "metric": line.of.name.in_(get_language() or "ja"),
        "where": worst.segment,
        "value": metric_text(worst.value, line.of.unit, 2),
        "promise": promise(line.bound, line.limit, line.of.unit),
    }
    if worst.segment:
        return _("Worst is %(metric)s in %(where)s: %(value)s (%(promise)s).") % said
    return _("Worst is %(metric)s: %(value)s (%(promise)s).") % said


def _shortfall(one: CriterionVerdict) -> float:
    line = one.criterion
    bound = Bound(line.bound)
    share = error_share(float(one.value or 0), float(line.limit), bound, line.of.unit)
    # What cannot be compared stands behind what can.
    return -1.0 if share is None else share


def why(verdict: CriterionVerdict) -> str:
    """One sentence saying why a criterion came out as it did."""
    unit = verdict.criterion.of.unit
    if verdict.value is None:
        return _("There is no value to judge in this file.")
    said = {
        "value": metric_text(verdict.value, unit, 2),
        "limit": metric_text(float(verdict.criterion.limit), unit, 2),
        "where": verdict.segment or _("The whole file"),
        "cases": f"{verdict.cases:,}",
    }
    if verdict.short_by:
        short = ngettext(
            "%(n)s more case is needed before this may be judged.",
            "%(n)s more cases are needed before this may be judged.",
            verdict.short_by,
        ) % {"n": f"{verdict.short_by:,}"}
        # So many may be judged; a pass can take more.
        more = (verdict.further_cases or 0) > verdict.short_by
        return joined([short, _further(verdict.further_cases)]) if more else short
    if verdict.outcome == Outcome.PASS:
        return _("%(value)s over %(cases)s cases keeps the limit of %(limit)s.") % said
    if verdict.outcome == Outcome.FAIL:
        return (
            _("%(where)s measured %(value)s, which breaks the limit of %(limit)s.")
            % said
        )
    if verdict.further_cases:
        return _further(verdict.further_cases)
    if verdict.reason == Reason.CROSSES:
        return _("%(value)s: the limit of %(limit)s lies inside the interval.") % said
    return _("These cases are not enough to decide.")


def spoken(verdict: CriterionVerdict) -> str:
    """What its bar draws, for those who hear it: value, interval, limit, outcome."""
    line = verdict.criterion
    said = {
        "metric": line.of.name.in_(get_language() or "ja"),
        "measured": measured(verdict.value, verdict.low, verdict.high, line.of.unit, 2),
        "promise": promise(line.bound, line.limit, line.of.unit),
        "outcome": verdict_word(verdict.outcome),
    }
    return _("%(metric)s %(measured)s, agreed: %(promise)s, %(outcome)s") % said


def _further(cases: int | None) -> str:
    return ngettext(
        "%(n)s more case without an error would prove a pass.",
        "%(n)s more cases, none of them wrong, would prove a pass.",
        cases or 0,
    ) % {"n": f"{cases or 0:,}"}
