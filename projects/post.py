"""Notices by e-mail: which are due, and what becomes of each attempt."""

from __future__ import annotations

import logging
from smtplib import SMTPDataError, SMTPRecipientsRefused
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import timezone, translation
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from projects.models import Notice

if TYPE_CHECKING:
    from datetime import datetime

logger = logging.getLogger(__name__)
AT_ONCE = 500


def due(*, now: datetime) -> list[int]:
    """The notices to be sent now, no more than a minute's work."""
    return list(Notice.objects.due(now=now).values_list("pk", flat=True)[:AT_ONCE])


def send(notice_id: int, *, now: datetime) -> bool:
    """Hand one notice to the mail server; whether it took it.

    Safe to call twice. What time heals (no connection, a busy server, a password that
    must be mended) is tried again later; what the server refuses for good is not.
    """
    notice = Notice.objects.claim(notice_id, now=now)
    if notice is None:
        return False
    try:
        _mail_of(notice).send()
    except (SMTPRecipientsRefused, SMTPDataError, ValueError) as refusal:
        if _passes(refusal):
            logger.warning("Notice %s is sent later: %s", notice.pk, refusal)
            return False
        logger.warning("Notice %s cannot be delivered: %s", notice.pk, refusal)
        Notice.objects.filter(pk=notice.pk).update(undeliverable=str(refusal)[:200])
        return False
    except OSError as fault:  # everything else of SMTP is one too
        logger.warning("Notice %s is sent later: %s", notice.pk, fault)
        return False
    Notice.objects.filter(pk=notice.pk).update(sent_at=timezone.now())
    return True


def _passes(refusal: Exception) -> bool:
    """Whether the server only asks to come back: its codes below 500 say so."""
    match refusal:
        case SMTPRecipientsRefused():
            return all(code < 500 for code, _said in refusal.recipients.values())
        case SMTPDataError():
            return refusal.smtp_code < 500
        case _:  # an address or a heading that no server would take
            return False


def _mail_of(notice: Notice) -> EmailMessage:
    """The notice in its reader's language, with the link to what it tells of."""
    with translation.override(notice.language):
        # A reason may have several lines, a heading may not.
        sentence = " ".join(notice.sentence(notice.language).split())
        link = settings.PUBLIC_URL.rstrip("/") + notice.get_absolute_url()
        why = (
            _("You take part in this on Kenshu. All notices are in your inbox there.")
            if notice.reader_id
            else _("You filed this intake. Whoever has this link can read and answer.")
        )
        lines = [sentence, "", _("Read it here:"), link, "", "-- ", "Kenshu 検収", why]
    return EmailMessage(
        subject=f"[Kenshu] {Truncator(sentence).chars(90)}",
        body="\n".join(lines) + "\n",
        to=[notice.email],
        headers={"Auto-Submitted": "auto-generated"},
    )
