"""Links to a report: made and revoked by who may, opened by whoever has one.

An opened one shows the report and nothing else. Unknown, expired and revoked answer
alike, so that nobody learns from a guess; neither caches nor search engines keep them.
"""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import TYPE_CHECKING

from allauth.core.internal import ratelimit
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
)
from redis.exceptions import RedisError

from dashboards.link_forms import LinkForm
from dashboards.links import sheets_of
from dashboards.report_sheets import LANGUAGES, pdf_of_sheets
from projects.http import engagement_or_404, reader
from projects.models import Engagement, Organisation, ReportLink
from projects.models.intake import digest_of
from projects.services import report_links
from projects.views.papers import handed_over

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

    from dashboards.portfolio_words import PortfolioSheet
    from dashboards.report_words import EngagementSheet

logger = logging.getLogger(__name__)
LINK = "report_link"
LINKS_A_PAGE = 20


# Made and revoked -------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def report_links_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The links to an engagement's report, and a new one."""
    return _links(request, engagement_or_404(request, pk))


@require_http_methods(["GET", "POST"])
def portfolio_links_page(request: HttpRequest, pk: int) -> HttpResponse:
    """The links to the report of all that an organisation has, and a new one."""
    return _links(request, _organisation(request, pk))


@require_POST
def report_link_revoke(request: HttpRequest, pk: UUID, link: int) -> HttpResponse:
    """End a link to an engagement's report at once."""
    engagement = engagement_or_404(request, pk)
    found = get_object_or_404(engagement.report_links, pk=link)
    report_links.revoke_link(link=found, by=reader(request))
    return redirect("dashboards:report_links", pk)


@require_POST
def portfolio_link_revoke(request: HttpRequest, pk: int, link: int) -> HttpResponse:
    """End a link to an organisation's report at once."""
    organisation = _organisation(request, pk)
    found = get_object_or_404(organisation.report_links, pk=link)
    report_links.revoke_link(link=found, by=reader(request))
    return redirect("dashboards:portfolio_links", pk)


def _organisation(request: HttpRequest, pk: int) -> Organisation:
    """One of which the reader is a member in all of its work."""
    mine = reader(request).belonging.whole()
    return get_object_or_404(Organisation, pk=pk, pk__in=mine)


def _links(request: HttpRequest, of: Engagement | Organisation) -> HttpResponse:
    by = reader(request)
    if not report_links.may_give(by, of):
        raise PermissionDenied(_("Your role does not allow giving links to reports."))
    form = LinkForm(request.POST or None)
    if form.is_valid():
        try:
            _made, token = report_links.make_link(of=of, by=by, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            address = reverse("dashboards:link", args=[token])
            request.session[LINK] = request.build_absolute_uri(address)
            return redirect(request.path)
    is_engagement = isinstance(of, Engagement)
    listed = of.report_links.select_related("created_by")
    page = Paginator(listed, LINKS_A_PAGE).get_page(request.GET.get("page"))
    now = timezone.now()
    context = {
        "engagement": of if is_engagement else None,
        "organisation": None if is_engagement else of,
        "page": page,
        "lines": [{"of": one, "state": one.state(now=now)} for one in page],
        "form": form,
        # Shown once: afterwards nobody knows it but who was given it.
        "link": request.session.pop(LINK, ""),
    }
    return render(request, "dashboards/links.html", context)


# Opened -----------------------------------------------------------------------------


@login_not_required
@never_cache
@require_GET
def link(request: HttpRequest, token: str) -> HttpResponse:
    """The report, for who has no account."""
    return _opened(request, token, as_pdf=False)


@login_not_required
@never_cache
@require_GET
def link_pdf(request: HttpRequest, token: str) -> HttpResponse:
    """The same as a PDF."""
    return _opened(request, token, as_pdf=True)


def _opened(request: HttpRequest, token: str, *, as_pdf: bool) -> HttpResponse:
    try:
        # As signing in is: by the place and by the link, whether there is one or not.
        # The module that others may use counts no GET.
        in_time = ratelimit.consume(
            request,
            app="allauth.account",
            action="report",
            key=digest_of(token),
            limit_get=True,
        )
        status = HTTPStatus.TOO_MANY_REQUESTS
    except RedisError:
        # Uncounted, secrets could be guessed without end.
        logger.exception("The cache is gone: links to reports wait.")
        in_time, status = False, HTTPStatus.SERVICE_UNAVAILABLE
    if not in_time:
        return _unlisted(render(request, "report/later.html", status=status))
    now = timezone.now()
    try:
        found = report_links.open_link(token=token)
        languages = LANGUAGES.get(request.GET.get("lang", ""), (found.language,))
        sheets = sheets_of(found, languages, at=now)
    except (ReportLink.DoesNotExist, Engagement.DoesNotExist):
        return _unlisted(render(request, "report/gone.html", status=404))
    if as_pdf:
        content = pdf_of_sheets(sheets, at=now)
        return _unlisted(handed_over(content, "kenshu-report.pdf", "application/pdf"))
    return _page(request, found, languages, sheets, token)


def _page(
    request: HttpRequest,
    found: ReportLink,
    languages: tuple[str, ...],
    sheets: Sequence[EngagementSheet] | Sequence[PortfolioSheet],
    token: str,
) -> HttpResponse:
    language = languages[0] if len(languages) == 1 else found.language
    kind = "portfolio" if found.organisation_id else "engagement"
    with translation.override(language):
        context = {
            "link": found,
            "sheets": sheets,
            "languages": languages,
            "sheet_template": f"dashboards/_sheet_{kind}.html",
            "pdf": reverse("dashboards:link_pdf", args=[token]),
            "is_wide": kind == "portfolio",
        }
        shown = render(request, "report/page.html", context)
    shown["Content-Language"] = language
    return _unlisted(shown)


def _unlisted(response: HttpResponse) -> HttpResponse:
    response["X-Robots-Tag"] = "noindex, nofollow"
    # The address is the key: it is told to no other site.
    response["Referrer-Policy"] = "no-referrer"
    return response
