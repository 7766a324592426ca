"""The monthly report by e-mail: as its reader sees things when it is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from dashboards import queries
from dashboards.entry_queries import called, portfolio_report
from dashboards.report_sheets import pdf_of_sheets, portfolio_sheets_of
from projects.models import ReportLetter
from projects.post import AT_ONCE, base, hand_over, settings_link
from projects.templatetags.times import joined, month

if TYPE_CHECKING:
    from datetime import datetime

    from dashboards.portfolio_words import PortfolioSheet

NOTHING_TO_SEE = "nothing to see"


def due(*, now: datetime) -> list[int]:
    """The letters to be sent now, no more than a minute's work."""
    return list(
        ReportLetter.objects.due(now=now).values_list("pk", flat=True)[:AT_ONCE]
    )


def send(letter_id: int, *, now: datetime) -> bool:
    """Hand one letter to the mail server; whether it took it. Safe to call twice.

    Who sees nothing any more gets none.
    """
    letter = ReportLetter.objects.claim(letter_id, now=now)
    if letter is None:
        return False
    reader = letter.reader
    if not (reader.is_active and queries.portfolio(reader).exists()):
        ReportLetter.objects.filter(pk=letter.pk).update(undeliverable=NOTHING_TO_SEE)
        return False
    return hand_over(letter, lambda: mail_of(letter, now))


def mail_of(letter: ReportLetter, now: datetime) -> EmailMultiAlternatives:
    """Text and HTML with the same figures, and the PDF of them."""
    reader = letter.reader
    report = portfolio_report(queries.portfolio(reader), reader)
    at = timezone.localtime(now)
    sheets = portfolio_sheets_of(report, [letter.language], by=called(reader), at=at)
    with translation.override(letter.language):
        context = {
            "sheet": sheets[0],
            "month": month(letter.month),
            "here": base(),
            "settings": settings_link(),
        }
        heading = _("Monthly report, %(month)s") % {"month": month(letter.month)}
        made = EmailMultiAlternatives(
            subject=f"[Kenshu] {heading}",
            body=text_of(sheets[0]),
            to=[letter.email],
            headers={
                "Auto-Submitted": "auto-generated",
                "List-Unsubscribe": f"<{settings_link()}>",
            },
        )
        html = render_to_string("report/letter.html", context)
    made.attach_alternative(html, "text/html")
    name = f"kenshu-portfolio-{letter.month:%Y-%m}.pdf"
    made.attach(name, pdf_of_sheets(sheets, at=at), "application/pdf")
    return made


def text_of(sheet: PortfolioSheet) -> str:
    """The sheet as plain lines, in the active language."""
    lines = [sheet.kicker, "", sheet.name, joined(sheet.sentences), ""]
    if sheet.waiting:
        lines += [f"■ {sheet.heads['waiting']}"]
        lines += [f"- {one.label}: {one.value}" for one in sheet.waiting]
        lines += [sheet.more_waiting, ""] if sheet.more_waiting else [""]
    lines += [f"■ {sheet.heads['money']}"]
    lines += [
        f"- {one.label}: {one.value}" + (f" ({one.note})" if one.note else "")
        for one in sheet.money
    ]
    lines += ["", f"■ {sheet.heads['engagements']}"]
    for one in sheet.entries:
        worst = one.worst
        measured = f" {worst.name} {worst.measured} ({worst.promise})" if worst else ""
        mark = f" [{one.mark}]" if one.mark else ""
        lines += [
            f"- {one.name} · {one.customer} · {one.stage}: "
            f"{one.badge.word}{measured}{mark}",
            f"  {sheet.heads['spend']}: {one.spent} · {sheet.heads['burned']}: "
            f"{one.burned} · {sheet.heads['next']}: {one.next.label} "
            f"{one.next.value}".rstrip(),
        ]
    lines += [sheet.more] if sheet.more else []
    lines += ["", _("The whole report:"), f"{base()}/report/", "", "-- ", "Kenshu 検収"]
    lines += [_("You asked for this once a month. Stop it here:"), settings_link()]
    return "\n".join(lines) + "\n"
