"""The sentences about waiting: who, for whom, how long, and what else there is."""

from __future__ import annotations

from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from costs.contention import HOUR, hours
from costs.models import PurchaseOption
from projects.templatetags.figures import number, share, yen
from projects.templatetags.times import day

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from costs.contention import Share
    from costs.instead import Instead

# A wait that is shorter is none that anybody would mention.
MENTIONED: Final = timedelta(minutes=1)
DAY: Final = timedelta(days=1)
# Below a tenth, cheaper and dearer are the same to anybody.
ALIKE: Final = Decimal("0.01")
NAMED: Final = 3


def span(wait: timedelta) -> str:
    """11 hours, 5.5 hours, 20 minutes; 11時間."""
    if wait < HOUR:
        minutes = max(1, round(wait / timedelta(minutes=1)))
        return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}
    exact = hours(wait).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
    whole = exact == exact.to_integral_value()
    text = number(exact, 0 if whole else 1)
    return ngettext("%(n)s hour", "%(n)s hours", 1 if exact == 1 else 2) % {"n": text}


def slip(wait: timedelta) -> str:
    """By how much acceptance slips when all that follows waits as long, in days."""
    if wait < DAY / 4:
        return _("a few hours")
    if wait < DAY * 3 / 4:
        return _("about half a day")
    if wait < DAY * 5 / 4:
        return _("about a day")
    if wait < DAY * 7 / 4:
        return _("about a day and a half")
    days = round(wait / DAY)
    return _("about %(n)s days") % {"n": days}


def listed(names: Sequence[str]) -> str:
    """A, B and C; A、B、C. More than three are counted."""
    rest = len(names) - NAMED
    kept = list(names[:NAMED])
    if rest > 0:
        kept.append(ngettext("%(n)s other", "%(n)s others", rest) % {"n": rest})
    if len(kept) < 2:
        return "".join(kept)
    between = pgettext("in a list", ", ")
    return _("%(first)s and %(last)s") % {
        "first": between.join(kept[:-1]),
        "last": kept[-1],
    }


def waits(who: str, for_whom: Sequence[str], wait: timedelta) -> str:
    """The sentence of the board: A waits 11 hours for B; acceptance slips."""
    return _("%(a)s waits %(hours)s for %(b)s; acceptance slips by %(slip)s.") % {
        "a": who,
        "b": listed(for_whom),
        "hours": span(wait),
        "slip": slip(wait),
    }


def due(accepted_on: date, ends_on: date) -> str:
    """The day of acceptance the wait is held against, and whether it is missed."""
    said = {"day": day(accepted_on)}
    if ends_on > accepted_on:
        return _("It ends after the day of acceptance, %(day)s.") % said
    return _("Acceptance is due on %(day)s.") % said


def made_wait(who: str, by: timedelta) -> str:
    """What a booking would do to another."""
    return _("Booking this makes %(a)s wait %(hours)s longer.") % {
        "a": who,
        "hours": span(by),
    }


def instead(way: Instead, ready: datetime, now: datetime) -> str:
    """What the same GPUs of a cloud would cost, and how often they would be taken."""
    is_spot = way.option == PurchaseOption.SPOT
    told = {
        "option": _("On spot") if is_spot else _("On demand"),
        "type": way.gpu_type,
        "cost": _cost(way),
    }
    if ready > now:
        first = _("%(option)s (%(type)s) it could start on time: %(cost)s") % told
    else:
        first = _("%(option)s (%(type)s) it could start now: %(cost)s") % told
    if not is_spot:
        return first + pgettext("after a cost", ".")
    between, end = pgettext("in a list", ", "), pgettext("after interruptions", ".")
    return first + between + _interruptions(way.interruptions) + end


def _cost(way: Instead) -> str:
    cheaper = way.cheaper
    told = {"yen": yen(way.yen), "part": ""}
    if cheaper is None:
        return told["yen"]
    told["part"] = share(abs(cheaper), 0)
    if abs(cheaper) < ALIKE:
        return _("%(yen)s, as much as here") % told
    if cheaper > 0:
        return _("%(part)s cheaper at %(yen)s") % told
    return _("%(part)s dearer at %(yen)s") % told


def _interruptions(expected: Decimal | None) -> str:
    if expected is None:
        return _("how often it is interrupted nobody has seen yet")
    times = int(expected.to_integral_value(ROUND_HALF_UP))
    if not times:
        return _("hardly an interruption expected")
    return ngettext(
        "%(n)s interruption expected", "%(n)s interruptions expected", times
    ) % {"n": _counted(times)}


def _counted(times: int) -> str:
    words = {1: _("one"), 2: _("two"), 3: _("three"), 4: _("four"), 5: _("five")}
    return words.get(times, f"{times:,}")


def fair_share(
    pool: str,
    last: Sequence[Share],
    to_come: Sequence[Share],
    names: dict[str, str],
) -> str:
    """Who has most of a pool, in the weeks behind and those ahead, in one sentence.

    An equal share is that of as many engagements as hold any of it.
    """
    owners = {one.owner for one in (*last, *to_come)}
    if not owners:
        return ""
    parts = [{one.owner: one.part for one in found} for found in (last, to_come)]
    none = Decimal(0)
    most = max(
        sorted(owners), key=lambda owner: sum(part.get(owner, none) for part in parts)
    )
    told = {
        "a": names[most],
        "pool": pool,
        "last": share(parts[0].get(most, none), 0),
        "next": share(parts[1].get(most, none), 0),
        "n": len(owners),
        "equal": share(Decimal(1) / len(owners), 0),
    }
    if len(owners) == 1:
        return _("%(a)s alone has booked %(pool)s, 28 days back and ahead.") % told
    if not last:
        first = _("%(a)s has %(next)s of the next 28 days’ hours of %(pool)s")
    elif not to_come:
        first = _("%(a)s had %(last)s of the last 28 days’ hours of %(pool)s")
    else:
        first = _(
            "%(a)s had %(last)s of %(pool)s’s hours in the last 28 days and has "
            "%(next)s in the next"
        )
    equal = _("; an equal share of %(n)s would be %(equal)s.")
    return first % told + equal % (told | {"n": _counted(len(owners))})
