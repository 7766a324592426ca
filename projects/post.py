"""Notices by e-mail: which are due, and what becomes of each attempt."""

from __future__ import annotations

import logging
from smtplib import SMTPDataError, SMTPRecipientsRefused
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from projects.models import Notice
from projects.templatetags.parts import named
from projects.templatetags.times import day, moment

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from projects.models.posted import Posted

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
    return hand_over(notice, lambda: _mail_of(notice))


def hand_over(row: Posted, write: Callable[[], EmailMessage]) -> bool:
    """Hand what was claimed to the mail server, and note what became of it.

    What time heals is tried again later, as in `send`.
    """
    of = type(row).objects.filter(pk=row.pk)
    what = type(row).__name__
    try:
        write().send()
    except (SMTPRecipientsRefused, SMTPDataError, ValueError) as refusal:
        if _passes(refusal):
            logger.warning("%s %s is sent later: %s", what, row.pk, refusal)
            return False
        logger.warning("%s %s cannot be delivered: %s", what, row.pk, refusal)
        of.update(undeliverable=str(refusal)[:200])
        return False
    except OSError as fault:  # everything else of SMTP is one too
        logger.warning("%s %s is sent later: %s", what, row.pk, fault)
        return False
    of.update(sent_at=timezone.now())
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
        if notice.day is not None:
            return _digest_of(notice)
        # A reason may have several lines, a heading may not.
        sentence = " ".join(notice.sentence(notice.language).split())
        link = base() + notice.get_absolute_url()
        why = (
            _("You take part in this on Kenshu. Choose here what comes by e-mail:")
            if notice.reader_id
            else _("You filed this intake. Whoever has this link can read and answer.")
        )
        lines = [sentence, "", _("Read it here:"), link, "", "-- ", "Kenshu 検収", why]
        if notice.reader_id:
            lines.append(settings_link())
    return _message(notice, sentence, lines)


def _digest_of(letter: Notice) -> EmailMessage:
    """Everything that the letter gathers: by engagement, in the order it happened."""
    here = base()
    gathered = letter.gathered.select_related("engagement").order_by("at", "pk")
    under: dict[str, list[Notice]] = {}
    for one in gathered:
        name = named(one.engagement) if one.engagement else _("Intakes and other news")
        under.setdefault(name, []).append(one)
    lines = [letter.sentence(letter.language), ""]
    for name, notices in under.items():
        lines += [f"■ {name}", ""]
        for one in notices:
            said = " ".join(one.sentence(letter.language).split())
            lines += [f"{moment(one.at)}  {said}", here + one.get_absolute_url(), ""]
    why = _("You get one such letter a day. Choose here what comes, and how:")
    lines += [_("All notices:"), here + letter.path, "", "-- ", "Kenshu 検収", why]
    lines.append(settings_link())
    heading = _("Notices of %(day)s: %(number)s") % {
        "day": day(letter.day),
        "number": letter.params["number"],
    }
    return _message(letter, heading, lines)


def base() -> str:
    """The address of this site, without a stroke at its end."""
    return str(settings.PUBLIC_URL).rstrip("/")


def settings_link() -> str:
    """Where a reader chooses what comes by e-mail."""
    return base() + reverse("projects:notice_settings")


def _message(notice: Notice, heading: str, lines: list[str]) -> EmailMessage:
    return EmailMessage(
        subject=f"[Kenshu] {Truncator(heading).chars(90)}",
        body="\n".join(lines) + "\n",
        to=[notice.email],
        headers={"Auto-Submitted": "auto-generated"},
    )
