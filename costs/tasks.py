"""Celery's doors into money: a name, a promise, one call each."""

from __future__ import annotations

import logging

from celery import shared_task
from django.conf import settings
from django.db import OperationalError
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerDown

from costs import importing, reminders

logger = logging.getLogger(__name__)


@shared_task(
    acks_late=True,
    reject_on_worker_lost=True,
    autoretry_for=(OperationalError,),
    retry_backoff=True,
    max_retries=5,
    time_limit=settings.COST_IMPORT_SECONDS,
    soft_time_limit=settings.COST_IMPORT_SECONDS - 30,
)
def work_on_import(import_id: str) -> None:
    """Read a delivery through, or take it over. Safe to deliver twice."""
    importing.work_on(import_id)


@shared_task(expires=55)
def sweep_imports() -> None:
    """Every minute: send lost deliveries again. A missed beat costs a minute."""
    for import_id in importing.sweep(now=timezone.now()):
        ring(str(import_id))


def ring(import_id: str) -> None:
    """Tell a worker of a delivery; when the broker is down, the sweep does it later."""
    try:
        work_on_import.delay(import_id)
    except (BrokerDown, OSError):
        logger.warning("The broker did not take import %s; the sweep will", import_id)


@shared_task
def announce_forecasts() -> None:
    """Every hour of the day: budgets that will be used up, each line told once."""
    reminders.announce_forecasts(now=timezone.now())
