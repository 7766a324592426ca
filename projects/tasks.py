"""Celery's doors into the services of projects: a name and one call each."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from projects.services import waivers


@shared_task
def end_waivers() -> None:
    """Every hour from five past midnight: waivers past their last day end."""
    waivers.end_waivers(now=timezone.now())
