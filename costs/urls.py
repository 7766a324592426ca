"""Addresses of money."""

from __future__ import annotations

from django.urls import path

from costs.views import spend

app_name = "costs"
urlpatterns = [
    path("engagements/<uuid:pk>/costs/", spend.costs, name="costs"),
    path(
        "engagements/<uuid:pk>/costs/<int:line>/remove/",
        spend.usage_remove,
        name="usage_remove",
    ),
    path("engagements/<uuid:pk>/budget/", spend.budget, name="budget"),
]
