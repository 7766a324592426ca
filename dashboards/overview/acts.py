"""The one act that moves an engagement on, for the reader who may do it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.urls import reverse
from django.utils.translation import gettext as _

from evaluation.reviews import MAY_SIGN
from projects.models import AgreementStatus, Side, Stage
from projects.permissions import Permission

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from dashboards.overview.blocking import Block
    from dashboards.overview.queries import Loaded

JUDGED: Final = (Stage.INITIAL, Stage.ACCURACY, Stage.OPERATION)


@dataclass(frozen=True, slots=True)
class Act:
    """The main button of the page, with its icon."""

    label: str
    href: str
    icon: str


def main_act(
    loaded: Loaded, found: Sequence[Block], may: Collection[Permission]
) -> Act | None:
    """What the reader does next; a signature that waits for them comes first."""
    if not loaded.engagement.is_open:
        return None
    return (
        _signature(loaded, may)
        or _review(loaded, may)
        or _forward(loaded, found, may)
        or _by_stage(loaded, may)
    )


def _signature(loaded: Loaded, may: Collection[Permission]) -> Act | None:
    waiting = loaded.waiting
    if (
        waiting is None
        or waiting.status != AgreementStatus.OFFERED
        or Permission.SIGN_FOR_CUSTOMER not in may
    ):
        return None
    said = _("Read and sign agreement v%(n)s") % {"n": waiting.version}
    return Act(said, reverse("projects:agreement_sign", args=[waiting.pk]), "file")


def _review(loaded: Loaded, may: Collection[Permission]) -> Act | None:
    opened = getattr(loaded.engagement, "open_review", None)
    if opened is None:
        return None
    for side in Side:
        signed = getattr(loaded.engagement, f"signed_{side.value}")
        if not signed and MAY_SIGN[side] in may:
            href = reverse("evaluation:review", args=[opened])
            return Act(_("Read and sign the review"), href, "file")
    return None


def _forward(
    loaded: Loaded, found: Sequence[Block], may: Collection[Permission]
) -> Act | None:
    """Nothing blocks, and nobody has put it forward yet."""
    engagement = loaded.engagement
    if (
        Permission.OPEN_REVIEW not in may
        or engagement.stage not in JUDGED
        or getattr(engagement, "open_review", None) is not None
        or any(one.blocks for one in found)
    ):
        return None
    href = reverse("evaluation:stages", args=[engagement.pk])
    return Act(_("Put forward for acceptance"), href, "next")


def _by_stage(loaded: Loaded, may: Collection[Permission]) -> Act | None:
    engagement = loaded.engagement
    pk = engagement.pk
    match engagement.stage:
        case Stage.FEASIBILITY if Permission.ANSWER_ASSIGNED in may:
            href = reverse("projects:feasibility", args=[pk])
            return Act(_("Answer the questions"), href, "next")
        case Stage.AGREEMENT if Permission.DRAFT_AGREEMENT in may:
            waiting = loaded.waiting
            if waiting is None:
                href = reverse("projects:agreement_new", args=[pk])
                return Act(_("Draft the agreement"), href, "file")
            href = waiting.get_absolute_url()
            return Act(_("See the agreement"), href, "file")
        case Stage.OPERATION if Permission.RECORD_OPERATION in may:
            href = reverse("evaluation:operation", args=[pk])
            return Act(_("Write a day"), href, "add")
        case Stage.INITIAL | Stage.ACCURACY if (
            loaded.agreement is not None and Permission.SUBMIT_RUN in may
        ):
            href = reverse("evaluation:upload_new", args=[pk])
            return Act(_("Upload a run"), href, "upload")
    return None
