"""What the letter to the customer of a declined engagement says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils import timezone

from projects.catalogue import Text
from projects.declining import hindrances, proposed_reason
from projects.linking import canonical, digest_of
from projects.models import Event, Stage
from projects.paper.words import (
    alike,
    called,
    languages_of,
    on_day,
    pair,
    printed,
    spoken,
)
from projects.screening import VERDICT_NAMES

if TYPE_CHECKING:
    from datetime import datetime

    from projects.declining import Hindrance
    from projects.models import Assessment, Engagement, User
    from projects.paper.words import Pair
    from projects.screening import Screened


def judged_at(
    engagement: Engagement, at: datetime
) -> tuple[Assessment, Screened] | None:
    """The newest round as it stood at that moment; None before the first."""
    assessment = engagement.assessments.first()
    if assessment is None:
        return None
    held = engagement.waivers.filter(
        Q(ended_at__isnull=True) | Q(ended_at__gt=at),
        given_at__lte=at,
        until__gte=timezone.localdate(at),
    )
    waived = frozenset(held.values_list("item_id", flat=True))
    return assessment, assessment.screened(assessment.answers.all(), waived)


def proposal(engagement: Engagement, at: datetime) -> tuple[Text, list[Hindrance]]:
    """A first wording of the reason, and what would have to change."""
    found = judged_at(engagement, at)
    if found is None:
        return Text(ja="", en=""), []
    assessment, screened = found
    stopping = hindrances(screened, assessment.checklist)
    return proposed_reason(screened), list(stopping)


# Any: pairs, lists and words, as the template reads them.
def words_of(
    engagement: Engagement, *, by: User, at: datetime, language: str | None
) -> dict[str, Any]:
    """The letter of an engagement that was declined, or a draft of it before."""
    is_draft = engagement.stage != Stage.DECLINED
    declined = (
        Event.objects.filter(engagement=engagement, verb="engagement.declined")
        .select_related("actor")
        .first()
    )
    moment = declined.at if declined else at
    who = declined.actor if declined and declined.actor else engagement.owner
    found = judged_at(engagement, moment)
    day = on_day(timezone.localdate(moment))
    reason = pair(engagement.declined_because, engagement.declined_because_en)
    if is_draft:
        reason = spoken(proposal(engagement, at)[0])
    parts = [
        {"head": pair("理由", "Reason"), "verdict": None, "said": [reason]},
        *(_judgement(*found) if found else ()),
        {
            "head": pair("今後について", "From here"),
            "verdict": None,
            "said": [
                pair(
                    "状況が変わりましたら、いつでも新しい案件として評価し直します。",
                    "When this changes, we will gladly assess the work again, as a new "
                    "engagement, at any time.",
                )
            ],
        },
    ]
    customer = called(engagement.customer)
    said = {"reason": reason, "parts": parts, "day": day}
    return {
        "languages": languages_of(language),
        "title": pair("案件お見送りのご連絡", "Why we decline this work"),
        "draft": pair(
            "下書きです。まだ見送っていません。", "A draft: nothing is declined."
        )
        if is_draft
        else None,
        "to": pair(f"{customer['ja']} 御中", f"To {customer['en']}"),
        "about": called(engagement),
        "day": day,
        "from": called(engagement.provider),
        "who": called(who),
        "parts": parts,
        "foot": {
            "printed": printed(by, timezone.localtime(at)),
            "digest": alike(f"SHA-256 {digest_of(canonical(said))}"),
        },
    }


def _judgement(assessment: Assessment, screened: Screened) -> list[dict[str, Any]]:
    """The verdict, and point by point what would have to change."""
    verdict = screened.verdict
    parts: list[dict[str, Any]] = [
        {
            "head": pair(
                f"判定(実現性評価 第{assessment.round}回)",
                f"Verdict (feasibility assessment, round {assessment.round})",
            ),
            "verdict": {"word": spoken(VERDICT_NAMES[verdict]), "tone": verdict.value},
            "said": [spoken(screened.summary)],
        }
    ]
    stopping = hindrances(screened, assessment.checklist)
    if stopping:
        parts.append(
            {
                "head": pair("何が変わればよいか", "What would have to change"),
                "verdict": None,
                "said": [
                    *(_point(each) for each in stopping),
                    spoken(screened.would_change),
                ],
            }
        )
    return parts


def _point(each: Hindrance) -> Pair:
    return pair(
        f"{each.item_id} {each.question.ja}\n現在: {each.why.ja}。",
        f"{each.item_id} {each.question.en}\nToday: {each.why.en}.",
    )
