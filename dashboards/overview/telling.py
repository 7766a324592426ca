"""What an engagement's overview says: why it stands where it does, and since when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from dashboards.overview.blocking import earliest
from projects.models import Stage
from projects.models.engagement import STAGES
from projects.pages import stage_steps
from projects.screening import VERDICT_NAMES, Verdict
from projects.templatetags.figures import yen
from projects.templatetags.times import day, japanese, joined

if TYPE_CHECKING:
    from collections.abc import Sequence

    from costs.models import Spend
    from dashboards.overview.blocking import Block
    from dashboards.overview.queries import Loaded
    from projects.models import Engagement


@dataclass(frozen=True, slots=True)
class Lede:
    """Where it stands, the worst of it in bold, and what else there is to say."""

    before: str
    strong: str
    after: str

    @property
    def gap(self) -> str:
        """What stands between two sentences."""
        return "" if japanese() else " "


def next_stage(engagement: Engagement) -> str:
    """What comes after the stage it is at."""
    if engagement.stage == Stage.OPERATION:
        return _("the end of the engagement")
    if not engagement.is_open:
        return ""
    return _within(str(STAGES[engagement.stage_number].label))


def lede(loaded: Loaded, found: Sequence[Block]) -> Lede:
    """Why the next stage is or is not open, and the money that is left."""
    engagement = loaded.engagement
    if not engagement.is_open:
        return Lede(_ended(engagement), "", "")
    language = get_language() or "ja"
    blocking = [one for one in found if one.blocks]
    rest = [money_left(getattr(engagement, "spend", None))]
    if not blocking:
        return Lede(open_words(engagement), "", joined(rest))
    worst = blocking[0].what.in_(language)
    rest.insert(0, _how_many(len(blocking)))
    return Lede(_closed_words(engagement), _within(worst), joined(rest))


def _ended(engagement: Engagement) -> str:
    if engagement.stage == Stage.DECLINED:
        return _("This engagement was declined; it goes no further.")
    return _("All three stages are accepted, and the engagement is closed.")


def open_words(engagement: Engagement) -> str:
    """That nothing stands in the way, and what moves on."""
    return {
        Stage.FEASIBILITY: _("Nothing blocks the agreement: issue the verdict."),
        Stage.AGREEMENT: _("Nothing blocks the agreement: both sides can sign."),
        Stage.INITIAL: _(
            "Nothing blocks the initial judgement: it can be put forward and accepted."
        ),
        Stage.ACCURACY: _(
            "Nothing blocks the accuracy stage: it can be put forward and accepted."
        ),
        Stage.OPERATION: _(
            "Nothing blocks the last stage: operation can be put forward and accepted."
        ),
    }[Stage(engagement.stage)]


def _closed_words(engagement: Engagement) -> str:
    return {
        Stage.FEASIBILITY: _("Whether it can be done is still open:"),
        Stage.AGREEMENT: _("No agreement is in force yet:"),
        Stage.INITIAL: _("The initial judgement cannot be accepted yet:"),
        Stage.ACCURACY: _("The accuracy stage cannot be accepted yet:"),
        Stage.OPERATION: _("The operation stage cannot be accepted yet:"),
    }[Stage(engagement.stage)]


def _how_many(count: int) -> str:
    if count == 1:
        return _("Nothing else blocks the next stage.")
    return ngettext(
        "%(n)s thing blocks the next stage.",
        "%(n)s things block the next stage.",
        count,
    ) % {"n": count}


def money_left(spend: Spend | None) -> str:
    """What is left of the budget; empty where none is set."""
    if spend is None or spend.budget_yen is None or spend.left_yen is None:
        return ""
    said = {"budget": yen(spend.budget_yen), "left": yen(abs(spend.left_yen))}
    if spend.left_yen < 0:
        return _("The budget of %(budget)s is passed by %(left)s.") % said
    return _("%(left)s of the %(budget)s budget is left.") % said


def _within(what: str) -> str:
    """The words as they stand inside a sentence."""
    if japanese() or not what[1:2].islower():
        return what
    return what[0].lower() + what[1:]


def steps(loaded: Loaded, found: Sequence[Block]) -> list[dict[str, str]]:
    """The six steps with dates and reasons; of the next one, when it may begin."""
    engagement = loaded.engagement
    shown = stage_steps(engagement, loaded.moved)
    for place, stage in enumerate(STAGES):
        step = shown[place]
        if step["state"] == "done":
            step["text"] = _listed(
                [_reason(loaded, stage), step["text"]]
                if stage != Stage.AGREEMENT
                else _agreed(loaded, step["text"])
            )
    at = engagement.stage_number
    if engagement.is_open:
        now = shown[at - 1]
        now["text"] = _listed([now["text"], _progress(loaded)])
        if at < len(STAGES):
            shown[at]["text"] = _listed(_ahead(loaded, found))
    return shown


def _agreed(loaded: Loaded, passed: str) -> list[str]:
    """The version signed on the day the step was passed, or since when a later one."""
    agreement = loaded.agreement
    if agreement is None or agreement.in_force_since is None:
        return [passed]
    since = day(agreement.in_force_since)
    if since == passed:
        return [_("v%(n)s signed") % {"n": agreement.version}, passed]
    later = _("v%(n)s in force since %(day)s") % {"n": agreement.version, "day": since}
    return [passed, later]


def _reason(loaded: Loaded, stage: Stage) -> str:
    """Why a step was passed."""
    stands = getattr(loaded.engagement, "stands_as", None)
    if stage == Stage.FEASIBILITY and stands:
        return VERDICT_NAMES[Verdict(stands)].in_(get_language() or "ja")
    if getattr(loaded.engagement, f"accepted_{stage.value}", None) is not None:
        return _("accepted by both sides")
    return ""


def _progress(loaded: Loaded) -> str:
    plan = getattr(loaded.engagement, "operation_plan", None)
    if loaded.engagement.stage != Stage.OPERATION or plan is None:
        return ""
    said = {"days": len(loaded.days), "needed": plan.days_needed}
    return _("%(days)s of %(needed)s days") % said


def _ahead(loaded: Loaded, found: Sequence[Block]) -> list[str]:
    """When the next step was planned, and when it can begin."""
    said = []
    plan = getattr(loaded.engagement, "operation_plan", None)
    if loaded.engagement.stage == Stage.ACCURACY and plan is not None:
        said.append(_("planned for %(day)s") % {"day": day(plan.starts_on)})
    first = earliest(tuple(found))
    if first is not None and first >= loaded.today:
        said.append(_("%(day)s at the earliest") % {"day": day(first)})
    return said


def _listed(said: Sequence[str]) -> str:
    return ("、" if japanese() else ", ").join(one for one in said if one)
