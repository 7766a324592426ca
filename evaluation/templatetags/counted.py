"""The four counts of a yes-or-no judgement in one line of words."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from projects.templatetags.figures import number, rounded
from projects.templatetags.times import joined

register = template.Library()
# So many or fewer are told as they are; of more, so many in a hundred.
OF: int = 100


@register.simple_tag
def counted(caught: int, false_alarms: int, missed: int) -> str:
    """How many alarms are real, and how many of what happened was found."""
    alarms, happened = caught + false_alarms, caught + missed
    return joined([_real(alarms, caught), _found(happened, caught)])


def _real(alarms: int, real: int) -> str:
    if not alarms:
        return _("There was no alarm.")
    if alarms == 1:
        return _("The only alarm is real.") if real else _("The only alarm is false.")
    if real in (0, alarms):
        all_real = _("All %(n)s alarms are real."), _("Of %(n)s alarms none is real.")
        return all_real[not real] % {"n": number(alarms)}
    of, count, said = _share(real, alarms)
    return ngettext(
        "Of %(of)s alarms, %(n)s is real.", "Of %(of)s alarms, %(n)s are real.", count
    ) % {"of": of, "n": said}


def _found(happened: int, found: int) -> str:
    if not happened:
        return _("Nothing happened that could be found.")
    if happened == 1:
        once = (
            _("The only case that happened was missed."),
            _("The only case that happened was found."),
        )
        return once[found]
    if found in (0, happened):
        every = (
            _("All %(n)s cases that happened were found."),
            _("Of %(n)s cases that happened none was found."),
        )
        return every[not found] % {"n": number(happened)}
    of, count, said = _share(found, happened)
    return ngettext(
        "Of %(of)s cases that happened, %(n)s was found.",
        "Of %(of)s cases that happened, %(n)s were found.",
        count,
    ) % {"of": of, "n": said}


def _share(some: int, every: int) -> tuple[int, int, str]:
    """Of how many, how many, and that in words; some but not all are never 0 or 100."""
    if every <= OF:
        return every, some, number(some)
    count = int(rounded(OF * some / every, 0))
    if count == 0:
        return OF, 1, _("fewer than 1")
    if count == OF:
        return OF, OF, _("more than 99")
    return OF, count, number(count)
