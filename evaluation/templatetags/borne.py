"""What stands of accepted errors in the head of every page of an engagement."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template
from django.utils.translation import gettext as _

from evaluation.models import ErrorAcceptance
from projects.templatetags.times import day

if TYPE_CHECKING:
    from projects.models import Engagement

register = template.Library()


@register.simple_tag(takes_context=True)
def errors_lapsed(context: dict[str, Any], engagement: Engagement) -> str:
    """Why the newest acceptance ended, in words; empty while one stands or none was.

    One query, or none where the page has it as ``lapsed_acceptance``.
    """
    if not engagement.is_open:
        return ""
    if "lapsed_acceptance" in context:
        ended = context["lapsed_acceptance"]
    else:
        ended = ErrorAcceptance.objects.lapsed().filter(engagement=engagement).first()
    return "" if ended is None else why_ended(ended)


def why_ended(ended: ErrorAcceptance) -> str:
    """Why an acceptance ended, in words."""
    if ended.ended_because == "expired":
        return _("the last acceptance ran out on %(day)s.") % {"day": day(ended.until)}
    return _("there were more errors than were accepted.")
