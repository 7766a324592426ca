"""Budgets of an engagement: where they stand, setting one, deciding on one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from costs import budget_pages
from costs.budget_forms import BudgetForm, DecisionForm
from costs.budgeting import standings
from costs.services import budgets as budget_services
from projects.http import engagement_or_404, reader
from projects.permissions import Permission, permissions_of, require
from projects.templatetags.times import joined

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse


@require_GET
def budgets(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Every budget with its forecast, and the history of budgets and decisions."""
    engagement = engagement_or_404(request, pk)
    context = budget_pages.whole(engagement)
    context["may"] = permissions_of(reader(request), engagement)
    return render(request, "costs/budgets.html", context)


@require_http_methods(["GET", "POST"])
def budget_new(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Set a budget; the one of the same days is replaced."""
    engagement = engagement_or_404(request, pk)
    require(reader(request), Permission.EDIT_ENGAGEMENT, engagement)
    form = BudgetForm(request.POST or None)
    if form.is_valid():
        try:
            budget_services.set_budget(
                engagement=engagement, by=reader(request), **form.cleaned_data
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("The budget is set."))
            return redirect("costs:budgets", engagement.pk)
    context = {"engagement": engagement, "tab": "costs", "form": form}
    return render(request, "costs/budget_new.html", context)


@require_http_methods(["GET", "POST"])
def budget_withdraw(request: HttpRequest, pk: UUID, budget: int) -> HttpResponse:
    """Ask once more, then end a budget."""
    engagement = engagement_or_404(request, pk)
    require(reader(request), Permission.EDIT_ENGAGEMENT, engagement)
    chosen = get_object_or_404(engagement.budgets.in_force(), pk=budget)
    if request.method == "POST":
        try:
            budget_services.withdraw_budget(budget=chosen, by=reader(request))
        except ValidationError as refusal:
            messages.error(request, joined(refusal.messages))
        else:
            messages.success(request, _("The budget is withdrawn."))
        return redirect("costs:budgets", engagement.pk)
    context = {"engagement": engagement, "tab": "costs", "budget": chosen}
    return render(request, "costs/budget_withdraw.html", context)


@require_http_methods(["GET", "POST"])
def budget_decide(request: HttpRequest, pk: UUID, budget: int) -> HttpResponse:
    """What was reached, what is ahead, and the decision with its reason."""
    engagement = engagement_or_404(request, pk)
    require(reader(request), Permission.DECIDE_BUDGET, engagement)
    found = standings(engagement, timezone.localdate())
    standing = next((one for one in found if one.budget.pk == budget), None)
    if standing is None or not standing.needs_management:
        messages.info(request, _("Nothing about this budget waits for a decision."))
        return redirect("costs:budgets", engagement.pk)
    form = DecisionForm(request.POST or None, only_raise=not standing.waiting)
    if form.is_valid():
        try:
            budget_services.decide(
                budget=standing.budget, by=reader(request), **form.cleaned_data
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("The decision is recorded."))
            return redirect("costs:budgets", engagement.pk)
    context = {
        "engagement": engagement,
        "tab": "costs",
        "one": budget_pages.shown(standing),
        "may": {Permission.DECIDE_BUDGET},
        "form": form,
    }
    return render(request, "costs/budget_decide.html", context)
