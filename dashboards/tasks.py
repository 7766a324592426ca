"""Celery's doors into the monthly letters: a name, a promise, one call each."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from dashboards import letters
from projects.services import report_letters


@shared_task
def write_report_letters() -> None:
    """Every hour from eight: the month's letters. A first day missed is made up."""
    report_letters.write_letters(now=timezone.now())


# Messages that outlived the next sweep are dropped: it has sent them again.
@shared_task(acks_late=True, reject_on_worker_lost=True, expires=55)
def send_report_letter(letter_id: int) -> None:
    """Send one letter. Safe to deliver twice: claiming decides."""
    letters.send(letter_id, now=timezone.now())


@shared_task(expires=55)
def sweep_report_letters() -> None:
    """Every minute: send what is due. Missing a beat costs a minute, not a letter."""
    for letter_id in letters.due(now=timezone.now()):
        send_report_letter.delay(letter_id)
