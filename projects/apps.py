"""The app of what was asked and promised."""

from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "projects"

    def ready(self) -> None:
        """Have the checks known to Django, and sessions know their end."""
        from django.contrib.auth.signals import user_logged_in

        from projects import checks, sessions  # noqa: F401 - importing registers checks

        user_logged_in.connect(sessions.begin_on_sign_in)
