"""Who takes part in an engagement."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from projects import pages, staffing
from projects.forms import MemberForm
from projects.http import engagement_or_404, reader
from projects.models import Side
from projects.permissions import Permission, Role, can, require
from projects.services import team as team_services
from projects.templatetags.times import joined

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

    from projects.models import User


@require_http_methods(["GET", "POST"])
def team(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Both sides with their people; who may, adds one."""
    engagement = engagement_or_404(request, pk)
    if request.method == "POST":
        require(reader(request), Permission.MANAGE_TEAM, engagement)
    form = MemberForm(request.POST or None, engagement=engagement)
    if form.is_valid():
        typed = form.cleaned_data
        try:
            member = team_services.add_member(
                engagement=engagement,
                by=reader(request),
                side=Side(typed.pop("side")),
                role=Role(typed.pop("role")),
                **typed,
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _added(request, member.user))
            return redirect("projects:team", engagement.pk)
    may_manage = can(reader(request), Permission.MANAGE_TEAM, engagement)
    context = {
        "engagement": engagement,
        "tab": "team",
        "form": form,
        "sides": pages.team(engagement),
        "skills": staffing.matrix(
            engagement, reader=reader(request), may_manage=may_manage
        ),
        "may_manage": may_manage,
    }
    return render(request, "projects/team.html", context)


def _added(request: HttpRequest, user: User) -> str:
    if user.has_usable_password():
        return _("%(name)s takes part now.") % {"name": user.name}
    # Sites without mail hand the link over by hand; it works once.
    key = [user_pk_to_url_str(user), default_token_generator.make_token(user)]
    link = request.build_absolute_uri(
        reverse("account_reset_password_from_key", args=key)
    )
    return _(
        "%(name)s takes part now. Hand over this link, with which they choose a "
        "password: %(link)s"
    ) % {"name": user.name, "link": link}


@require_POST
def team_remove(request: HttpRequest, pk: UUID, member: int) -> HttpResponse:
    """Take a person out of this engagement."""
    engagement = engagement_or_404(request, pk)
    found = get_object_or_404(engagement.memberships.select_related("user"), pk=member)
    try:
        team_services.remove_member(member=found, by=reader(request))
    except ValidationError as refusal:
        messages.error(request, joined(refusal.messages))
    return redirect("projects:team", engagement.pk)
