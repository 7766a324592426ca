"""GPU bookings: the board of all pools, booking, changing and giving back."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from costs import board
from costs.booking_forms import BookingForm, next_hour
from costs.models import Pool, Reservation
from costs.services import bookings
from costs.views.files import csv_file
from projects.http import reader
from projects.models import Organisation
from projects.templatetags.times import joined

if TYPE_CHECKING:
    from django.http import (
        HttpRequest,
        HttpResponse,
        HttpResponseRedirect,
        StreamingHttpResponse,
    )

    from costs.services.asked import Effect


@require_GET
def gpus(request: HttpRequest) -> HttpResponse:
    """Who has which GPUs when, and who waits for whom."""
    now = timezone.now()
    first = _first_day(request.GET.get("from", ""))
    shown = board.boards(reader(request), board.midnight(first), now)
    waiting, longest = board.longest(shown)
    context = {
        "boards": shown,
        "waiting": waiting,
        "longest": longest,
        "may_book": any(one.may_book for one in shown),
        "managed": Organisation.objects.managed_by(reader(request)),
        "first": first,
        "last": first + timedelta(days=board.DAYS - 1),
        "before": first - timedelta(days=board.DAYS),
        "after": first + timedelta(days=board.DAYS),
        "is_now": first == timezone.localdate(),
    }
    return render(request, "costs/gpus.html", context)


@require_GET
def gpus_csv(request: HttpRequest) -> StreamingHttpResponse:
    """The bookings of the board as CSV."""
    first = _first_day(request.GET.get("from", ""))
    shown = board.boards(reader(request), board.midnight(first), timezone.now())
    head, rows = board.as_rows(shown)
    return csv_file(head, rows, f"kenshu-gpus-{first.isoformat()}")


def _first_day(said: str) -> date:
    """The day the address names; today where it names none within two years."""
    today = timezone.localdate()
    try:
        named = date.fromisoformat(said)
    except ValueError:
        return today
    return named if abs(named - today) <= timedelta(days=730) else today


@require_http_methods(["GET", "POST"])
def booking_new(request: HttpRequest) -> HttpResponse:
    """Book GPUs, after seeing what that would do to others."""
    if not Pool.objects.bookable_by(reader(request)).exists():
        raise PermissionDenied(_("There is no pool that you can book GPUs of."))
    asked = {name: request.GET.get(name) for name in ("pool", "engagement")}
    form = BookingForm(
        request.POST or None,
        reader=reader(request),
        initial={"wanted_from": next_hour(), **asked},
    )
    return _booking(request, form, None)


@require_http_methods(["GET", "POST"])
def booking_edit(request: HttpRequest, booking: int) -> HttpResponse:
    """Change a booking that has not begun."""
    row = _changeable(request, booking)
    form = BookingForm(
        request.POST or None,
        reader=reader(request),
        initial={
            "pool": row.pool_id,
            "engagement": row.engagement_id,
            "title": row.title,
            "gpus": row.gpus,
            "wanted_from": row.wanted_from,
            "hours": row.hours,
            "priority": row.priority,
            "reason": row.reason,
        },
    )
    return _booking(request, form, row)


def _changeable(request: HttpRequest, booking: int) -> Reservation:
    """The booking, for who may change it; nobody else learns of others' bookings."""
    seen = Reservation.objects.of_seen(reader(request)).select_related(
        "pool", "engagement__provider", "engagement__customer"
    )
    row = get_object_or_404(seen, pk=booking)
    mine = Reservation.objects.changeable_by(reader(request))
    if row.cancelled_at is None and not mine.filter(pk=row.pk).exists():
        raise PermissionDenied(_("Only who booked this or manages it can change it."))
    return row


def _booking(
    request: HttpRequest, form: BookingForm, row: Reservation | None
) -> HttpResponse:
    """The form, then what it would do, then the booking itself."""
    context: dict[str, Any] = {"form": form, "row": row}
    if form.is_valid():
        try:
            if request.POST.get("act") == "book":
                return _booked(request, form, row)
            context |= _shown(request, form, row)
        except ValidationError as refusal:
            form.add_error(None, refusal)
            if refusal.code == bookings.CHANGED:
                context |= _shown(request, form, row)
    return render(request, "costs/booking.html", context)


def _booked(
    request: HttpRequest, form: BookingForm, row: Reservation | None
) -> HttpResponseRedirect:
    by, seen = reader(request), request.POST.get("seen", "")
    if row is None:
        kept = bookings.book(asked=form.asked(), by=by, seen=seen)
        messages.success(request, _("The GPUs are booked."))
    else:
        kept = bookings.change(reservation=row, asked=form.asked(), by=by, seen=seen)
        messages.success(request, _("The booking was changed."))
    return _to_pool(kept)


def _shown(
    request: HttpRequest, form: BookingForm, row: Reservation | None
) -> dict[str, Any]:
    by = reader(request)
    effect: Effect = bookings.preview(asked=form.asked(), by=by, instead_of=row)
    return {
        "effect": effect,
        "own": board.told_own(by, effect.turn),
        "later": board.told_later(by, effect.later),
    }


@require_http_methods(["GET", "POST"])
def booking_cancel(request: HttpRequest, booking: int) -> HttpResponse:
    """Ask once more, then take a booking back or give its GPUs back."""
    row = _changeable(request, booking)
    if request.method == "POST":
        try:
            bookings.cancel(reservation=row, by=reader(request))
        except ValidationError as late:
            messages.error(request, joined(late.messages))
        else:
            messages.success(request, _("The GPUs are free for others."))
        return _to_pool(row)
    turns = {turn.wish.key: turn for turn in row.pool.turns(timezone.now())}
    context = {"row": row, "turn": turns.get(row.pk), "now": timezone.now()}
    return render(request, "costs/booking_cancel.html", context)


def _to_pool(row: Reservation) -> HttpResponseRedirect:
    there = redirect("costs:gpus")
    there["Location"] += f"#pool-{row.pool_id}"
    return there
