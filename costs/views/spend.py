"""The costs page: what was spent, by whom it is recorded, against what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from costs.forms import BudgetForm, UseForm
from costs.models import Spend
from costs.services import budgets, use
from projects.http import engagement_or_404, reader
from projects.permissions import Permission, permissions_of, require

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

LINES_A_PAGE = 50


@require_http_methods(["GET", "POST"])
def costs(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Spend against budget, the newest use, and the form for one line more."""
    engagement = engagement_or_404(request, pk)
    form = UseForm(request.POST or None)
    if request.method == "POST":
        require(reader(request), Permission.RECORD_COST, engagement)
    if form.is_valid():
        try:
            use.record_use(
                engagement=engagement, by=reader(request), **form.cleaned_data
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            return redirect("costs:costs", engagement.pk)
    spend = getattr(engagement, "spend", None) or Spend(engagement=engagement)
    lines = engagement.charges.select_related("recorded_by")
    context = {
        "engagement": engagement,
        "tab": "costs",
        "form": form,
        "budget_form": BudgetForm(
            initial={"budget_yen": spend.budget_yen, "stop_yen": spend.stop_yen}
        ),
        "spend": spend,
        "page": Paginator(lines, LINES_A_PAGE).get_page(request.GET.get("page")),
        "may": permissions_of(reader(request), engagement),
    }
    return render(request, "costs/costs.html", context)


@require_http_methods(["GET", "POST"])
def usage_remove(request: HttpRequest, pk: UUID, line: int) -> HttpResponse:
    """Ask once more, then take a line back."""
    engagement = engagement_or_404(request, pk)
    require(reader(request), Permission.RECORD_COST, engagement)
    usage = get_object_or_404(engagement.charges, pk=line)
    if request.method == "POST":
        try:
            use.remove_use(charge=usage, by=reader(request))
        except ValidationError as late:
            messages.error(request, " ".join(late.messages))
        else:
            messages.success(request, _("The line was removed and the spend lowered."))
        return redirect("costs:costs", engagement.pk)
    context = {"engagement": engagement, "tab": "costs", "usage": usage}
    return render(request, "costs/usage_remove.html", context)


@require_POST
def budget(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Set the budget."""
    engagement = engagement_or_404(request, pk)
    form = BudgetForm(request.POST)
    if form.is_valid():
        try:
            budgets.set_budget(
                engagement=engagement, by=reader(request), **form.cleaned_data
            )
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
    else:
        messages.error(request, _("A budget is a whole number of yen."))
    return redirect("costs:costs", engagement.pk)
