"""Pages of rules: which there are, one more, their order, running them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from costs.bill_forms import RuleForm
from costs.models import TagRule
from costs.services import rules as services
from costs.views.imports import may_act
from projects.http import provider_or_404, reader
from projects.permissions import MANAGING, READING_MONEY
from projects.templatetags.figures import yen
from projects.templatetags.times import joined

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from costs.moving import Moved

ASKED = ("field", "key", "match", "value")


@require_http_methods(["GET", "POST"])
def rules(request: HttpRequest, pk: int) -> HttpResponse:
    """The rules in their order, and a form that tries one out or adds it."""
    roles = MANAGING if request.method == "POST" else READING_MONEY
    organisation = provider_or_404(request, pk, *roles)
    asked = {name: request.GET[name] for name in ASKED if name in request.GET}
    form = RuleForm(request.POST or None, initial=asked, organisation=organisation)
    trial = None
    if form.is_valid():
        rule = form.save(commit=False)
        if request.POST.get("act") == "try":
            trial = services.trial(organisation=organisation, rule=rule)
        else:
            try:
                moved = services.add_rule(rule=rule, by=reader(request))
            except ValidationError as refusal:
                form.add_error(None, refusal)
            else:
                messages.success(request, assigned_in_words(moved))
                return redirect("costs:rules", pk)
    listed = organisation.tag_rules.in_force().select_related("engagement")
    context = {
        "organisation": organisation,
        "part": "rules",
        "form": form,
        "trial": trial,
        "rules": listed,
        "retired": organisation.tag_rules.filter(retired_at__isnull=False).count(),
        "may_act": may_act(request, organisation),
    }
    return render(request, "costs/rules.html", context)


def assigned_in_words(moved: Moved) -> str:
    """How many lines found their engagement."""
    lines = ngettext("%(n)s line", "%(n)s lines", moved.lines)
    told = {"n": f"{moved.lines:,}"}
    total = sum((side[1] for who, side in moved.came.items() if who), start=0)
    if not moved.lines:
        return _("No line moved.")
    return _("Moved: %(lines)s, of which %(yen)s to engagements.") % {
        "lines": lines % told,
        "yen": yen(total),
    }


@require_POST
def rules_run(request: HttpRequest, pk: int) -> HttpResponse:
    """Run the rules over all lines that nobody placed by hand."""
    organisation = provider_or_404(request, pk, *MANAGING)
    try:
        moved = services.run_rules(organisation=organisation, by=reader(request))
    except ValidationError as late:
        messages.error(request, joined(late.messages))
    else:
        messages.success(request, assigned_in_words(moved))
    return redirect("costs:rules", pk)


@require_POST
def rule_move(request: HttpRequest, pk: int, rule: int) -> HttpResponse:
    """One place up or down."""
    organisation = provider_or_404(request, pk, *MANAGING)
    found = get_object_or_404(TagRule, organisation=organisation, pk=rule)
    try:
        services.move_rule(
            rule=found, up=request.POST.get("to") == "up", by=reader(request)
        )
    except ValidationError as late:
        messages.error(request, joined(late.messages))
    return redirect("costs:rules", pk)


@require_POST
def rule_retire(request: HttpRequest, pk: int, rule: int) -> HttpResponse:
    """Let a rule assign no more."""
    organisation = provider_or_404(request, pk, *MANAGING)
    found = get_object_or_404(TagRule, organisation=organisation, pk=rule)
    try:
        services.retire_rule(rule=found, by=reader(request))
    except ValidationError as late:
        messages.error(request, joined(late.messages))
    else:
        messages.success(
            request,
            _("The rule is retired. What it assigned stays until the rules run again."),
        )
    return redirect("costs:rules", pk)
