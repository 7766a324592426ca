"""Mounts the apps."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.urls import include, path

from config import api
from config.health import healthz

urlpatterns = [
    path("healthz", login_not_required(healthz), name="healthz"),
    path("accounts/", include("config.accounts")),
    path("api/v1/", include(api.urls)),
    path("", include("dashboards.urls")),
    path("", include("projects.urls")),
    path("", include("evaluation.urls")),
    path("", include("costs.urls")),
]
