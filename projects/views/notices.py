"""The reader's inbox."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_POST

from projects.http import reader
from projects.models import Notice
from projects.services import notices as notice_services

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_GET
def notices(request: HttpRequest) -> HttpResponse:
    """What happened that the reader should know of, unread first."""
    inbox = Notice.objects.visible_to(reader(request)).unread_first()
    page = Paginator(inbox.select_related("engagement"), 50).get_page(
        request.GET.get("page")
    )
    language = get_language() or "ja"
    lines = [{"of": one, "text": one.sentence(language)} for one in page]
    context = {"page": page, "lines": lines, "unread": inbox.unread().count()}
    return render(request, "projects/notices.html", context)


@require_GET
def notice(request: HttpRequest, pk: int) -> HttpResponse:
    """Open one: it counts as read, and leads to what it tells of.

    By GET, since the link in the mail leads here too.
    """
    found = get_object_or_404(Notice.objects.visible_to(reader(request)), pk=pk)
    notice_services.open_notice(notice=found)
    return redirect(found.path)


@require_POST
def notices_read(request: HttpRequest) -> HttpResponse:
    """Take all of them as read."""
    notice_services.read_all(by=reader(request))
    return redirect("projects:notices")
