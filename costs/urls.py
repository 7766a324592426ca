"""Addresses of money."""

from __future__ import annotations

from django.urls import path

from costs.views import money, spend

app_name = "costs"
urlpatterns = [
    path("engagements/<uuid:pk>/costs/", spend.costs, name="costs"),
    path("engagements/<uuid:pk>/costs/lines/", spend.lines, name="lines"),
    path(
        "engagements/<uuid:pk>/costs/<slug:key>.csv", spend.sheet_csv, name="sheet_csv"
    ),
    path("engagements/<uuid:pk>/costs/all.xlsx", spend.sheets_xlsx, name="sheets_xlsx"),
    path("organisations/<int:pk>/money/", money.money, name="money"),
    path(
        "organisations/<int:pk>/money/<slug:key>.csv",
        money.money_csv,
        name="money_csv",
    ),
    path("organisations/<int:pk>/money/all.xlsx", money.money_xlsx, name="money_xlsx"),
    path(
        "engagements/<uuid:pk>/costs/<int:line>/remove/",
        spend.usage_remove,
        name="usage_remove",
    ),
    path("engagements/<uuid:pk>/budget/", spend.budget, name="budget"),
]
