"""Addresses of money."""

from __future__ import annotations

from django.urls import path

from costs import views

app_name = "costs"
urlpatterns = [
    path("engagements/<uuid:pk>/costs/", views.costs, name="costs"),
    path(
        "engagements/<uuid:pk>/costs/<int:line>/remove/",
        views.usage_remove,
        name="usage_remove",
    ),
    path("engagements/<uuid:pk>/budget/", views.budget, name="budget"),
]
