"""Addresses of files and runs."""

from __future__ import annotations

from django.urls import path

from evaluation import truth_views, views

app_name = "evaluation"
urlpatterns = [
    path("engagements/<uuid:pk>/runs/", views.runs, name="runs"),
    path("engagements/<uuid:pk>/runs/new/", views.upload_new, name="upload_new"),
    path("engagements/<uuid:pk>/truth/", truth_views.truth_sets, name="truth_sets"),
    path("engagements/<uuid:pk>/truth/new/", truth_views.truth_new, name="truth_new"),
    path("truth/<uuid:pk>/", truth_views.truth, name="truth"),
    path("uploads/<uuid:pk>/", views.upload, name="upload"),
    path("runs/<uuid:pk>/", views.run, name="run"),
    path("runs/<uuid:pk>/cancel/", views.run_cancel, name="run_cancel"),
    path("runs/<uuid:pk>/repeat/", views.run_repeat, name="run_repeat"),
]
