"""Celery's doors into post, waivers and ends: a name, a promise, one call each."""

from __future__ import annotations

from typing import Any

from celery import shared_task
from celery.signals import after_task_publish
from django.db import close_old_connections, connection
from django.utils import timezone

from projects import post
from projects.models import Part, Pulse
from projects.services import digests, reminders, waivers


# Messages that outlived the next sweep are dropped: it has sent them again.
@shared_task(acks_late=True, reject_on_worker_lost=True, expires=55)
def send_notice(notice_id: int) -> None:
    """Send one notice by e-mail. Safe to deliver twice: claiming decides."""
    post.send(notice_id, now=timezone.now())


@shared_task(expires=55)
def sweep_notices() -> None:
    """Every minute: send what is due. Missing a beat costs a minute, not a notice."""
    for notice_id in post.due(now=timezone.now()):
        send_notice.delay(notice_id)


@shared_task
def end_waivers() -> None:
    """Every hour from five past midnight: waivers past their last day end."""
    waivers.end_waivers(now=timezone.now())


@shared_task
def write_digests() -> None:
    """Every hour from seven: the daily letters. An hour that was missed is made up."""
    digests.write_digests(now=timezone.now())


@shared_task
def remind() -> None:
    """Every hour of the day: announce what ends soon, each time once."""
    reminders.remind(now=timezone.now())


@shared_task(expires=55)
def pulse() -> None:
    """Every minute: the worker of the post says that it lives."""
    Pulse.objects.told(Part.POST, now=timezone.now())


@after_task_publish.connect(sender="projects.tasks.pulse")
def beat_lives(**_told: Any) -> None:
    """Only beat rings for a pulse, so that ringing tells that beat lives."""
    # Beat has no requests at whose end a connection that broke would be put away.
    if not connection.in_atomic_block:
        close_old_connections()
    Pulse.objects.told(Part.BEAT, now=timezone.now())
