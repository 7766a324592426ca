"""What the pages of waste show: sums, and savings in words, never a bare minus."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _

from costs import wasting
from costs.models import Charge, GpuType, PurchaseOption
from costs.waste import Alternative, alternatives
from projects.models import Engagement
from projects.templatetags.figures import figure, yen_full
from projects.templatetags.times import joined

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

    from costs.sheets import Cell
    from projects.models import Organisation, User

LARGEST: Final = 50


@dataclass(frozen=True, slots=True)
class Row:
    """One alternative: from what to what, its yen, the difference, the assumption."""

    used: str
    instead: str
    paid: Decimal
    yen: Decimal
    difference: str
    assumed: str


def types_seen(engagement: Engagement, reader: User) -> list[GpuType]:
    """The provider's types, for those who may see its prices."""
    offered = GpuType.objects.visible_to(reader).filter(
        organisation=engagement.provider_id
    )
    return list(offered)


def of_engagement(
    engagement: Engagement,
    reader: User,
    *,
    asked: str,
    limit: Decimal,
    speeds: Mapping[str, Decimal],
    types: Sequence[GpuType],
) -> dict[str, Any]:
    """The waste of one month, and what the same use would have cost."""
    charges = Charge.objects.filter(engagement=engagement)
    month = wasting.month_of(charges, asked)
    shown: dict[str, Any] = {"month": month, "limit": limit, "waste": None, "rows": []}
    if month is None:
        return shown
    within = wasting.within(charges, month)
    waste = wasting.waste_of(within, limit)
    if not waste.measured and not waste.unmeasured:
        return shown
    unused = wasting.reserved_unused(engagement, within, month, now=timezone.now())
    found, spot, unlisted = [], waste.spot, waste.unlisted
    if types:
        offers = wasting.offers(reader, types, month)
        found = alternatives(wasting.used_types(within, types), offers, speeds)
        priced, unlisted = wasting.spot_at_prices(within, offers)
        spot += priced
    shown |= {
        "waste": waste,
        "reserved": unused,
        "spot": spot,
        "unlisted": unlisted,
        "spot_words": saved_in_words(spot.net),
        "rows": [row(one) for one in found[:LARGEST]],
        "left_off": max(len(found) - LARGEST, 0),
        "looked_at": wasting.NOTEBOOKS,
    }
    return shown


def of_provider(
    provider: Organisation, *, asked: str, limit: Decimal
) -> dict[str, Any]:
    """The waste of one month, engagement by engagement, the dearest waste first."""
    charges = Charge.objects.filter(organisation=provider)
    month = wasting.month_of(charges, asked)
    shown: dict[str, Any] = {"month": month, "limit": limit, "rows": []}
    if month is None:
        return shown
    found = wasting.by_engagement(wasting.within(charges, month), limit)
    engagements = Engagement.objects.in_bulk(list(found))
    rows = [
        (engagements[pk], waste, saved_in_words(waste.spot.net))
        for pk, waste in found.items()
    ]
    rows.sort(key=lambda one: one[1].idle.yen + one[1].lost.yen, reverse=True)
    shown |= {"rows": rows[:LARGEST], "left_off": max(len(rows) - LARGEST, 0)}
    return shown


def as_rows(shown: Mapping[str, Any]) -> tuple[list[str], list[tuple[Cell, ...]]]:
    """What the page of an engagement shows, as the head and the rows of a file."""
    head = [
        _("What"),
        _("GPU hours"),
        _("Cost (yen)"),
        _("Instead"),
        _("Instead (yen)"),
    ]
    waste = shown["waste"]
    if waste is None:
        return head, []
    rows: list[tuple[Cell, ...]] = [
        (said, lost.gpu_hours, lost.yen, None, None)
        for said, lost in (
            (_("Idle"), waste.idle),
            (_("Notebooks left on after hours"), waste.notebooks),
            (_("Work that was lost"), waste.lost),
        )
    ]
    if shown["reserved"]:
        rows.append((_("Reserved and not used"), shown["reserved"], None, None, None))
    rows += [(one.used, None, one.paid, one.instead, one.yen) for one in shown["rows"]]
    return head, rows


def saved_in_words(yen: Decimal) -> str:
    """¥700 less, ¥5,000 more, the same."""
    if yen > 0:
        return _("%(yen)s less") % {"yen": yen_full(yen)}
    if yen < 0:
        return _("%(yen)s more") % {"yen": yen_full(-yen)}
    return _("the same")


def row(one: Alternative) -> Row:
    """One alternative with what is assumed."""
    return Row(
        used=_named(one.used.gpu_type, one.used.option),
        instead=_named(one.offer.gpu_type, one.offer.option),
        paid=one.used.paid_yen,
        yen=one.yen,
        difference=saved_in_words(one.saved),
        assumed=_assumed(one),
    )


def _named(gpu_type: str, option: str) -> str:
    labels = dict(PurchaseOption.choices)
    return f"{gpu_type} · {labels[option]}" if option else gpu_type


def _assumed(one: Alternative) -> str:
    said = [_("The cheapest price of each day.")]
    if one.speed is not None:
        said.append(
            _("1 GPU of %(type)s does the work of %(speed)s.")
            % {"type": one.offer.gpu_type, "speed": figure(one.speed)}
        )
    elif one.used.gpu_type != one.offer.gpu_type:
        said.append(_("The same GPU model, counted by GPU."))
    if one.offer.option == PurchaseOption.SPOT:
        said.append(_("No work lost to interruptions."))
    if one.offer.option == PurchaseOption.ON_PREM:
        said.append(_("A card of your own is free at that time."))
    return joined(said)
