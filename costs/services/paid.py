"""What is paid in another currency, in yen at the rate of the day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from costs.currencies import YEN
from costs.services.lookup import rate_of_day

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from projects.models import Engagement


def rate_for(
    engagement: Engagement, currency: str, day: date, typed: Decimal | None = None
) -> Decimal:
    """Yen for one of the currency: as typed, else the provider's rate of the day.

    ValidationError when neither is there; what may be typed instead is said too.
    """
    if typed is not None and currency != YEN:
        return typed
    try:
        rate = rate_of_day(
            organisation_id=engagement.provider_id, currency=currency, day=day
        )
    except ValidationError as missing:
        instead = _("Type the yen for one %(currency)s.") % {"currency": currency}
        raise ValidationError([*missing.messages, instead]) from missing
    return rate.yen
