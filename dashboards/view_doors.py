"""A reader's own views of the portfolio: saved, renamed, deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
)

from dashboards.choosing import Chosen
from dashboards.forms import NewViewForm, ViewForm
from projects.http import reader
from projects.models import SavedView
from projects.services import saved_views

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_GET
def views(request: HttpRequest) -> HttpResponse:
    """The reader's views, each with what it asks for."""
    mine = SavedView.objects.visible_to(reader(request))
    return render(request, "dashboards/views.html", {"views": mine})


@require_http_methods(["GET", "POST"])
def view_save(request: HttpRequest) -> HttpResponse:
    """Keep the filter and order that the reader looks at."""
    form = NewViewForm(request.POST or None, initial={"query": request.GET.urlencode()})
    if form.is_valid():
        typed = form.cleaned_data
        try:
            view = saved_views.save_view(
                name=typed["name"],
                # Nothing is kept that the page would not understand.
                query=Chosen.read(typed["query"]).query,
                is_default=typed["is_default"],
                by=reader(request),
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("The view is saved."))
            return redirect(f"{reverse('dashboards:portfolio')}?view={view.pk}")
    context = {
        "form": form,
        "title": _("Save this view"),
        "lede": _("Only you see it. A view of the same name is replaced."),
    }
    return render(request, "dashboards/view_form.html", context)


@require_http_methods(["GET", "POST"])
def view_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Rename a view, and choose whether it opens by itself."""
    view = get_object_or_404(SavedView.objects.visible_to(reader(request)), pk=pk)
    # A copy, so that a refused name does not stand on the page as if it were taken.
    form = ViewForm(
        request.POST or None,
        initial={"name": view.name, "is_default": view.is_default},
    )
    if form.is_valid():
        try:
            saved_views.change_view(view=view, by=reader(request), **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            return redirect("dashboards:views")
    context = {"form": form, "title": _("Edit the view"), "lede": ""}
    return render(request, "dashboards/view_form.html", context)


@require_POST
def view_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete a view; the engagements in it stay where they are."""
    view = get_object_or_404(SavedView.objects.visible_to(reader(request)), pk=pk)
    saved_views.delete_view(view=view, by=reader(request))
    messages.success(request, _("The view “%(name)s” is deleted.") % {"name": view})
    return redirect("dashboards:views")
