"""The app of what was asked and promised."""

from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "projects"
