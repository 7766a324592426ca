"""The reader's inbox."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
)

from projects.http import reader
from projects.models import Notice
from projects.notice_forms import NoticeWishesForm
from projects.services import notices as notice_services
from projects.services import report_letters

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_GET
def notices(request: HttpRequest) -> HttpResponse:
    """What happened that the reader should know of, unread first."""
    inbox = Notice.objects.visible_to(reader(request)).in_inbox()
    listed = inbox.unread_first().select_related("engagement")
    page = Paginator(listed, 50).get_page(request.GET.get("page"))
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


@require_http_methods(["GET", "POST"])
def notice_settings(request: HttpRequest) -> HttpResponse:
    """Which kinds of notices the reader wants, where and when."""
    wishes = notice_services.wishes_of(reader(request))
    has_report = reader(request).report_since is not None
    form = NoticeWishesForm(request.POST or None, wishes=wishes, has_report=has_report)
    if form.is_valid():
        notice_services.choose_notices(wishes=form.typed(), by=reader(request))
        report_letters.choose_report(
            wanted=form.cleaned_data["report"], by=reader(request)
        )
        messages.success(request, _("Saved. It holds for notices from now on."))
        return redirect("projects:notice_settings")
    return render(request, "projects/notice_settings.html", {"form": form})
