"""Addresses of money."""

from __future__ import annotations

from django.urls import path

from costs import booking_urls, work_urls
from costs.views import (
    budgets,
    gpu_types,
    imports,
    money,
    prices,
    rates,
    rules,
    spend,
    unassigned,
    use,
    waste,
)

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
    path("organisations/<int:pk>/money/imports/", imports.imports, name="imports"),
    path(
        "organisations/<int:pk>/money/imports/<uuid:delivered>/",
        imports.import_one,
        name="import",
    ),
    path(
        "organisations/<int:pk>/money/imports/<uuid:delivered>/taking/",
        imports.import_take,
        name="import_take",
    ),
    path(
        "organisations/<int:pk>/money/imports/<uuid:delivered>/reading/",
        imports.import_again,
        name="import_again",
    ),
    path(
        "organisations/<int:pk>/money/imports/<uuid:delivered>/drop/",
        imports.import_drop,
        name="import_drop",
    ),
    path("organisations/<int:pk>/money/rules/", rules.rules, name="rules"),
    path("organisations/<int:pk>/money/rules/run/", rules.rules_run, name="rules_run"),
    path(
        "organisations/<int:pk>/money/rules/<int:rule>/place/",
        rules.rule_move,
        name="rule_move",
    ),
    path(
        "organisations/<int:pk>/money/rules/<int:rule>/retire/",
        rules.rule_retire,
        name="rule_retire",
    ),
    path(
        "organisations/<int:pk>/money/unassigned/",
        unassigned.unassigned,
        name="unassigned",
    ),
    path(
        "organisations/<int:pk>/money/unassigned/assign/",
        unassigned.unassigned_assign,
        name="unassigned_assign",
    ),
    path(
        "organisations/<int:pk>/money/lines/<int:line>/",
        unassigned.charge,
        name="charge",
    ),
    path("engagements/<uuid:pk>/costs/waste/", waste.waste, name="waste"),
    path(
        "engagements/<uuid:pk>/costs/waste/all.csv", waste.waste_csv, name="waste_csv"
    ),
    path("organisations/<int:pk>/money/waste/", waste.money_waste, name="money_waste"),
    path("engagements/<uuid:pk>/costs/budgets/", budgets.budgets, name="budgets"),
    path(
        "engagements/<uuid:pk>/costs/budgets/new/",
        budgets.budget_new,
        name="budget_new",
    ),
    path(
        "engagements/<uuid:pk>/costs/budgets/<int:budget>/withdraw/",
        budgets.budget_withdraw,
        name="budget_withdraw",
    ),
    path(
        "engagements/<uuid:pk>/costs/budgets/<int:budget>/decision/",
        budgets.budget_decide,
        name="budget_decide",
    ),
    path("engagements/<uuid:pk>/costs/use/new/", use.use_new, name="use_new"),
    path(
        "engagements/<uuid:pk>/costs/use/<int:line>/edit/",
        use.use_edit,
        name="use_edit",
    ),
    path("organisations/<int:pk>/money/types/", gpu_types.types, name="types"),
    path(
        "organisations/<int:pk>/money/types/new/", gpu_types.type_new, name="type_new"
    ),
    path(
        "organisations/<int:pk>/money/types/known/",
        gpu_types.types_known,
        name="types_known",
    ),
    path(
        "organisations/<int:pk>/money/types/<int:kind>/edit/",
        gpu_types.type_edit,
        name="type_edit",
    ),
    path(
        "organisations/<int:pk>/money/types/<int:kind>/retire/",
        gpu_types.type_retire,
        name="type_retire",
    ),
    path("organisations/<int:pk>/money/prices/", prices.prices, name="prices"),
    path(
        "organisations/<int:pk>/money/prices/new/", prices.price_new, name="price_new"
    ),
    path(
        "organisations/<int:pk>/money/prices/list/",
        prices.price_list,
        name="price_list",
    ),
    path(
        "organisations/<int:pk>/money/prices/own-machine/",
        prices.on_prem,
        name="on_prem",
    ),
    path(
        "organisations/<int:pk>/money/prices/<int:number>/",
        prices.price,
        name="price",
    ),
    path("organisations/<int:pk>/money/rates/", rates.rates, name="rates"),
    path("organisations/<int:pk>/money/rates/new/", rates.rate_new, name="rate_new"),
    path("organisations/<int:pk>/money/rates/list/", rates.rate_list, name="rate_list"),
    *work_urls.urlpatterns,
    *booking_urls.urlpatterns,
]
