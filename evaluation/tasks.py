"""Celery's doors into the pipeline: a name, a delivery promise, one call each."""

from __future__ import annotations

import logging

from celery import shared_task
from django.db import OperationalError
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerDown

from evaluation import ended, glances, pairs, pipeline, reminders, scratch
from projects.models import Part, Pulse

logger = logging.getLogger(__name__)


@shared_task(
    acks_late=True,
    reject_on_worker_lost=True,
    autoretry_for=(OperationalError,),
    retry_backoff=True,
    max_retries=5,
)
def evaluate_run(run_id: str) -> None:
    """Measure whichever run's turn it is. Safe to deliver twice: claiming decides.

    ``run_id`` is the run that was rung for; another may be due before it.
    """
    pipeline.evaluate_next(ring)


@shared_task(expires=55)
def sweep_runs() -> None:
    """Every minute: send lost runs again, clear up after lost workers.

    Missing a beat costs a minute, not a run.
    """
    for run_id in pipeline.sweep(now=timezone.now()):
        ring(str(run_id))
    for pair_id in pairs.sweep_pairs(now=timezone.now()):
        ring_for_pair(str(pair_id))
    scratch.sweep_scratch(now=timezone.now())


@shared_task(
    acks_late=True,
    reject_on_worker_lost=True,
    autoretry_for=(OperationalError,),
    retry_backoff=True,
    max_retries=5,
)
def compare_pair(pair_id: str) -> None:
    """Test two runs on the same rows. Safe to deliver twice: claiming decides."""
    pairs.compare(pair_id)


@shared_task(expires=600)
def end_acceptances() -> None:
    """Every few minutes: end what is past its last day; a missed beat loses nothing."""
    ended.end_expired(today=timezone.localdate())


@shared_task(expires=3600)
def retell_operations() -> None:
    """Every hour: the error budget of a week or month that began is whole again."""
    glances.retell_operations(today=timezone.localdate())


@shared_task
def remind_of_acceptances() -> None:
    """Every hour of the day: announce acceptances that end soon, each time once."""
    reminders.remind_of_acceptances(now=timezone.now())


@shared_task(expires=55)
def pulse() -> None:
    """Every minute: the worker that measures says that it lives."""
    Pulse.objects.told(Part.MEASURING, now=timezone.now())


def ring(run_id: str) -> None:
    """Tell a worker of a run; when the broker is down, the sweep does it later."""
    try:
        evaluate_run.delay(run_id)
    except (BrokerDown, OSError):
        logger.warning("The broker did not take run %s; the sweep will", run_id)


def ring_for_pair(pair_id: str) -> None:
    """Tell a worker of a pair; when the broker is down, the sweep does it later."""
    try:
        compare_pair.delay(pair_id)
    except (BrokerDown, OSError):
        logger.warning("The broker did not take pair %s; the sweep will", pair_id)
