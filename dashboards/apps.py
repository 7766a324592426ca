"""The app of what is shown."""

from django.apps import AppConfig


class DashboardsConfig(AppConfig):
    name = "dashboards"

    def ready(self) -> None:
        """Have the ends of tasks counted, in whichever process they end."""
        from dashboards import counting  # noqa: F401 - importing connects it
