"""Addresses of files and runs."""

from __future__ import annotations

from django.urls import path

from evaluation import (
    acceptance_views,
    compare_views,
    paper_views,
    stage_views,
    truth_views,
    views,
)

app_name = "evaluation"
REVIEW = "reviews/<uuid:pk>/"
urlpatterns = [
    path("engagements/<uuid:pk>/runs/", views.runs, name="runs"),
    path("engagements/<uuid:pk>/runs/new/", views.upload_new, name="upload_new"),
    path(
        "engagements/<uuid:pk>/runs/<int:number>/",
        views.run_of_number,
        name="run_of_number",
    ),
    path("engagements/<uuid:pk>/compare/", compare_views.compare, name="compare"),
    path(
        "engagements/<uuid:pk>/compare/test/",
        compare_views.compare_test,
        name="compare_test",
    ),
    path("engagements/<uuid:pk>/truth/", truth_views.truth_sets, name="truth_sets"),
    path("engagements/<uuid:pk>/truth/new/", truth_views.truth_new, name="truth_new"),
    path("engagements/<uuid:pk>/stages/", stage_views.stages, name="stages"),
    path("reviews/<uuid:pk>/", stage_views.review, name="review"),
    path(f"{REVIEW}certificate/", paper_views.certificate, name="certificate"),
    path(
        f"{REVIEW}certificate.pdf", paper_views.certificate_pdf, name="certificate_pdf"
    ),
    path(f"{REVIEW}verify/", paper_views.verify, name="verify"),
    path("reviews/<uuid:pk>/sign/", stage_views.review_sign, name="review_sign"),
    path("reviews/<uuid:pk>/reject/", stage_views.review_reject, name="review_reject"),
    path("repairs/<int:pk>/done/", stage_views.repair_done, name="repair_done"),
    path("engagements/<uuid:pk>/operation/", stage_views.operation, name="operation"),
    path("truth/<uuid:pk>/", truth_views.truth, name="truth"),
    path("uploads/<uuid:pk>/", views.upload, name="upload"),
    path("runs/<uuid:pk>/", views.run, name="run"),
    path("runs/<uuid:pk>/cancel/", views.run_cancel, name="run_cancel"),
    path(
        "runs/<uuid:pk>/accept/", acceptance_views.errors_accept, name="errors_accept"
    ),
    path("runs/<uuid:pk>/repeat/", views.run_repeat, name="run_repeat"),
]
