"""What the next stage of an engagement still lacks, in words of both languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evaluation import reviews
from evaluation.models import Run, RunStatus
from evaluation.requirements import missing
from projects.catalogue import Text
from projects.models import AgreementStatus, Stage
from projects.screening import VERDICT_NAMES
from projects.services.waivers import standing_verdict

if TYPE_CHECKING:
    from datetime import date

    from projects.models import Engagement

TASKS_SHOWN = 4


def blocks(engagement: Engagement, today: date) -> tuple[Text, ...]:
    """The nearest obstacles first; none where the engagement has ended."""
    stage = Stage(engagement.stage)
    if not engagement.is_open:
        return ()
    if stage in reviews.REVIEWED:
        run = (
            Run.objects.filter(
                agreement__engagement=engagement, status=RunStatus.MEASURED
            )
            .select_related("agreement")
            .first()
        )
        facts = reviews.facts_of(engagement, stage, run, today=today)
        return tuple(
            Text(f"{one.name.ja}: {one.now.ja}", f"{one.name.en}: {one.now.en}")
            for one in missing(stage.value, facts)
        )
    if stage is Stage.AGREEMENT:
        return (_of_agreement(engagement),)
    return (_of_verdict(engagement, today), *_tasks(engagement))


def _of_agreement(engagement: Engagement) -> Text:
    newest = engagement.agreements.first()
    if newest is None:
        return Text("合意書がまだありません", "There is no agreement yet")
    if newest.status == AgreementStatus.OFFERED:
        return Text(
            f"合意書 第{newest.version}版が顧客の署名を待っています",
            f"Agreement v{newest.version} awaits the customer’s signature",
        )
    return Text(
        f"合意書 第{newest.version}版はまだ提示されていません",
        f"Agreement v{newest.version} has not been offered yet",
    )


def _of_verdict(engagement: Engagement, today: date) -> Text:
    verdict = standing_verdict(engagement, today=today)
    if verdict is None:
        return Text(
            "実現性の判定がまだ確定していません",
            "No feasibility verdict has been issued yet",
        )
    name = VERDICT_NAMES[verdict]
    return Text(f"実現性の判定: {name.ja}", f"Feasibility verdict: {name.en}")


def _tasks(engagement: Engagement) -> tuple[Text, ...]:
    undone = engagement.tasks.undone().select_related("owner").order_by("due_on")
    return tuple(
        Text(f"{one.item_id} {one.what}", f"{one.item_id} {one.what}")
        for one in undone[:TASKS_SHOWN]
    )
