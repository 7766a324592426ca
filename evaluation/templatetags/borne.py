"""What stands of accepted errors in the head of every page of an engagement."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template
from django.utils.translation import gettext as _

from evaluation.models import ErrorAcceptance
from projects.templatetags.times import day

if TYPE_CHECKING:
    from projects.models import Engagement

register = template.Library()


@register.simple_tag
def errors_lapsed(engagement: Engagement) -> str:
    """Why the newest acceptance ended, in words; empty while one stands or none was."""
    if not engagement.is_open:
        return ""
    ended = ErrorAcceptance.objects.lapsed().filter(engagement=engagement).first()
    if ended is None:
        return ""
    if ended.ended_because == "expired":
        return _("the last acceptance ran out on %(day)s.") % {"day": day(ended.until)}
    return _("there were more errors than were accepted.")
