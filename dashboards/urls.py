"""Addresses of what is shown."""

from __future__ import annotations

from django.urls import path

from dashboards import views

app_name = "dashboards"
urlpatterns = [
    path("", views.portfolio, name="portfolio"),
    path("engagements/<uuid:pk>/", views.engagement, name="engagement"),
    path(
        "engagements/<uuid:pk>/accuracy-price/",
        views.accuracy_price,
        name="accuracy_price",
    ),
    path(
        "engagements/<uuid:pk>/accuracy-price/all.csv",
        views.accuracy_price_csv,
        name="accuracy_price_csv",
    ),
    path("engagements/<uuid:pk>/chain/", views.chain, name="chain"),
]
