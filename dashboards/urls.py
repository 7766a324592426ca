"""Addresses of what is shown."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.urls import path

from dashboards import (
    accuracy_views,
    link_views,
    portfolio_views,
    prices_views,
    report_views,
    status_views,
    value_views,
    view_doors,
    views,
    wall_views,
)
from dashboards.overview import views as overview

app_name = "dashboards"
urlpatterns = [
    path("", portfolio_views.portfolio, name="portfolio"),
    path("wall/", wall_views.wall, name="wall"),
    path("accuracy-price/", prices_views.prices, name="prices"),
    path("accuracy-price/all.csv", prices_views.prices_csv, name="prices_csv"),
    path("views/", view_doors.views, name="views"),
    path("views/new/", view_doors.view_save, name="view_save"),
    path("views/<int:pk>/", view_doors.view_edit, name="view_edit"),
    path("views/<int:pk>/delete/", view_doors.view_delete, name="view_delete"),
    path("engagements/<uuid:pk>/", overview.engagement, name="engagement"),
    *(
        path(
            f"engagements/<uuid:pk>/overview/{key}/",
            overview.part,
            {"key": key},
            name=f"overview_{key.replace('-', '_')}",
        )
        for key in overview.PARTS
    ),
    path(
        "engagements/<uuid:pk>/overview/accuracy.csv",
        overview.accuracy_csv,
        name="overview_accuracy_csv",
    ),
    path(
        "engagements/<uuid:pk>/overview/errors.csv",
        overview.errors_csv,
        name="overview_errors_csv",
    ),
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
    path("engagements/<uuid:pk>/accuracy/", accuracy_views.accuracy, name="accuracy"),
    path(
        "engagements/<uuid:pk>/accuracy/runs.csv",
        accuracy_views.accuracy_csv,
        name="accuracy_csv",
    ),
    path("runs/<uuid:pk>/segments/", accuracy_views.segments, name="segments"),
    path(
        "runs/<uuid:pk>/segments/all.csv",
        accuracy_views.segments_csv,
        name="segments_csv",
    ),
    path(
        "runs/<uuid:pk>/segments/one.csv",
        accuracy_views.segment_csv,
        name="segment_csv",
    ),
    path(
        "runs/<uuid:pk>/charts/<slug:key>.csv",
        accuracy_views.run_chart_csv,
        name="run_chart_csv",
    ),
    path("engagements/<uuid:pk>/value/", value_views.value, name="value"),
    path(
        "engagements/<uuid:pk>/value/all.csv", value_views.value_csv, name="value_csv"
    ),
    path(
        "engagements/<uuid:pk>/value/<int:month>/remove/",
        value_views.value_remove,
        name="value_remove",
    ),
    path("status/", status_views.status, name="status"),
    path("readyz", login_not_required(status_views.readyz), name="readyz"),
    path("metrics", login_not_required(status_views.metrics), name="metrics"),
    path("engagements/<uuid:pk>/chain/", views.chain, name="chain"),
    path("report/", report_views.portfolio_page, name="portfolio_report"),
    path("report/all.<str:kind>", report_views.portfolio_file, name="portfolio_file"),
    path("engagements/<uuid:pk>/report/", report_views.report, name="report"),
    path(
        "engagements/<uuid:pk>/report/report.pdf",
        report_views.report_pdf,
        name="report_pdf",
    ),
    path(
        "engagements/<uuid:pk>/report/report.xlsx",
        report_views.report_xlsx,
        name="report_xlsx",
    ),
    path(
        "engagements/<uuid:pk>/report/links/",
        link_views.report_links_page,
        name="report_links",
    ),
    path(
        "engagements/<uuid:pk>/report/links/<int:link>/revoke/",
        link_views.report_link_revoke,
        name="report_link_revoke",
    ),
    path(
        "organisations/<int:pk>/report-links/",
        link_views.portfolio_links_page,
        name="portfolio_links",
    ),
    path(
        "organisations/<int:pk>/report-links/<int:link>/revoke/",
        link_views.portfolio_link_revoke,
        name="portfolio_link_revoke",
    ),
    path("r/<str:token>/", link_views.link, name="link"),
    path("r/<str:token>/report.pdf", link_views.link_pdf, name="link_pdf"),
]
