"""The app of what was measured."""

from django.apps import AppConfig


class EvaluationConfig(AppConfig):
    name = "evaluation"
