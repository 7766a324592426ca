"""The app of what was spent."""

from django.apps import AppConfig


class CostsConfig(AppConfig):
    name = "costs"
