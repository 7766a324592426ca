"""The app of what was asked and promised."""

from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "projects"

    def ready(self) -> None:
        """Have the checks known to Django."""
        from projects import checks  # noqa: F401 - importing registers them
