"""Uses of GPUs that a program sends: all of them or none, and each key once."""

from __future__ import annotations

from decimal import Decimal
from hashlib import sha256
from typing import TYPE_CHECKING, Final, TypedDict

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from costs.models import Charge, GpuType, Source
from costs.services import lookup
from costs.services.use import record_use
from projects.models import Engagement, Membership, User
from projects.permissions import Permission, require
from projects.templatetags.times import joined

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from costs.services.lookup import Paid
    from costs.services.use import Said

# What the same again must say too; a price only where it was sent.
SAME: Final = (
    "started_at",
    "ended_at",
    "gpu_type",
    "count",
    "option",
    "service",
    "purpose",
    "outcome",
    "interruptions",
    "lost_hours",
    "utilisation",
    "resource",
    "note",
)


class SentUse(TypedDict):
    """One use as a program says it; without ``price_per_hour`` the list says it."""

    started_at: datetime
    ended_at: datetime
    gpu_type: str
    count: Decimal
    option: str
    service: str
    region: str
    purpose: str
    outcome: str
    interruptions: int
    lost_hours: Decimal
    utilisation: Decimal | None
    resource: str
    note: str
    # An e-mail, or empty for the person who sends.
    used_by: str
    price_per_hour: Decimal | None
    currency: str
    price_reason: str
    gpus_of_one: Decimal | None


def record_sent(
    *, engagement: Engagement, uses: Sequence[SentUse], key: str, by: User
) -> tuple[list[Charge], bool]:
    """The lines in the order they were sent, and whether they were written now.

    With a ``key`` that has been used on the engagement, nothing is written and the
    lines it wrote are given. ValidationError as in ``record_use``, naming which of
    several it is of; then none of them is written. Its code is ``key_used`` when the
    key has written something else.
    """
    require(by, Permission.RECORD_COST, engagement)
    names = _identities(engagement, key, len(uses))
    with transaction.atomic():
        # The engagement's row is the lock: of one key sent twice at once, one waits.
        Engagement.objects.select_for_update(no_key=True).get(pk=engagement.pk)
        if before := _written(engagement, names, uses):
            return before, False
        return [
            _record(engagement, sent, names[at], by, at if len(uses) > 1 else None)
            for at, sent in enumerate(uses)
        ], True


def _identities(engagement: Engagement, key: str, lines: int) -> list[str]:
    """Names of the lines, and of one more, by which a longer list is known."""
    if not key:
        return [""] * (lines + 1)
    digest = sha256(key.encode()).hexdigest()
    return [f"{engagement.pk}:{digest}:{at}" for at in range(lines + 1)]


def _written(
    engagement: Engagement, names: list[str], uses: Sequence[SentUse]
) -> list[Charge]:
    """The lines of the key, if there are any; ValidationError if they are others."""
    if not names[0]:
        return []
    found = Charge.objects.filter(
        organisation=engagement.provider_id, source=Source.API, identity__in=names
    )
    known = {line.identity: line for line in found}
    if not known:
        return []
    if set(known) != set(names[:-1]):
        raise _key_used()
    lines = [known[name] for name in names[:-1]]
    # A line may have been given to another engagement since.
    ours = all(line.engagement_id == engagement.pk for line in lines)
    if not ours or not all(
        _says(line, sent) for line, sent in zip(lines, uses, strict=True)
    ):
        raise _key_used()
    return lines


def _says(line: Charge, sent: SentUse) -> bool:
    same: dict[str, object] = {name: sent[name] for name in SAME}
    if sent["price_per_hour"] is not None:
        same |= {name: sent[name] for name in ("price_per_hour", "currency")}
    return all(getattr(line, name) == said for name, said in same.items())


def _key_used() -> ValidationError:
    told = _("This Idempotency-Key has been used for something else: choose another.")
    return ValidationError(told, code="key_used")


def _record(
    engagement: Engagement, sent: SentUse, identity: str, by: User, at: int | None
) -> Charge:
    """One line; ``at`` is its place among several."""
    try:
        said = _said(engagement, sent, identity)
        return record_use(engagement=engagement, by=by, **said)
    except ValidationError as refusal:
        if at is None:
            raise
        told = _("Number %(number)s of the list: %(fault)s") % {
            "number": at + 1,
            "fault": joined(refusal.messages),
        }
        raise ValidationError(told, code=refusal.error_list[0].code) from refusal


def _said(engagement: Engagement, sent: SentUse, identity: str) -> Said:
    """All that the service is told, with the price chosen."""
    types = GpuType.objects.filter(organisation=engagement.provider_id)
    gpu_type = types.filter(name=sent["gpu_type"]).first()
    if sent["price_per_hour"] is not None:
        paid = _typed(engagement, sent, gpu_type)
    elif gpu_type is None:
        raise ValidationError(
            _("%(type)s is not in the list of types: send its price_per_hour.")
            % {"type": sent["gpu_type"]},
            code="type_unknown",
        )
    else:
        paid = lookup.looked_up(
            engagement=engagement,
            started_at=sent["started_at"],
            gpu_type=gpu_type,
            option=sent["option"],
            service=sent["service"],
            region=sent["region"],
        )
    return {
        "started_at": sent["started_at"],
        "ended_at": sent["ended_at"],
        "count": sent["count"],
        "purpose": sent["purpose"],
        "outcome": sent["outcome"],
        "interruptions": sent["interruptions"],
        "lost_hours": sent["lost_hours"],
        "utilisation": sent["utilisation"],
        "resource": sent["resource"],
        "note": sent["note"],
        "used_by": _person(engagement, sent["used_by"]),
        "source": Source.API,
        "identity": identity,
        **paid,
    }


def _typed(engagement: Engagement, sent: SentUse, gpu_type: GpuType | None) -> Paid:
    """The price that was sent, with the day's rate of its currency."""
    price, gpus = sent["price_per_hour"], sent["gpus_of_one"]
    if not sent["price_reason"]:
        raise ValidationError(
            _("A price that is sent needs price_reason, as the invoice's number."),
            code="reason_missing",
        )
    if gpus is None and gpu_type is None:
        raise ValidationError(
            _("%(type)s is not in the list of types: send its gpus_of_one.")
            % {"type": sent["gpu_type"]},
            code="type_unknown",
        )
    rate = lookup.rate_of_day(
        organisation_id=engagement.provider_id,
        currency=sent["currency"],
        day=timezone.localdate(sent["started_at"]),
    )
    return {
        "gpu_type": sent["gpu_type"],
        "gpus_of_one": gpus or (gpu_type.gpus if gpu_type else Decimal(1)),
        "price_per_hour": price or Decimal(0),
        "currency": sent["currency"],
        "rate_yen": rate.yen,
        "option": sent["option"],
        "service": sent["service"],
        "region": sent["region"],
        "price_reason": sent["price_reason"],
    }


def _person(engagement: Engagement, email: str) -> User | None:
    """Somebody of the engagement, by e-mail; None for whoever sends."""
    if not email:
        return None
    taking_part = Membership.objects.in_engagement(engagement).values("user")
    person = User.objects.filter(pk__in=taking_part, email__iexact=email).first()
    if person is None:
        raise ValidationError(
            _("Nobody of this engagement has the e-mail %(email)s.") % {"email": email},
            code="person_unknown",
        )
    return person
