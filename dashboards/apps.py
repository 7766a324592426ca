"""The app of what is shown."""

from django.apps import AppConfig


class DashboardsConfig(AppConfig):
    name = "dashboards"
