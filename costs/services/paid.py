"""What is paid in another currency, in yen at the rate of the day."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from costs.models import ExchangeRate

if TYPE_CHECKING:
    from datetime import date

    from projects.models import Engagement

YEN: Final = "JPY"


def rate_for(
    engagement: Engagement, currency: str, day: date, typed: Decimal | None = None
) -> Decimal:
    """Yen for one of the currency: as typed, else the provider's rate of the day.

    ValidationError when neither is there.
    """
    if currency == YEN:
        return Decimal(1)
    if typed is not None:
        return typed
    rates = ExchangeRate.objects.filter(organisation=engagement.provider_id)
    known = rates.for_day(currency, day)
    if known is None:
        raise ValidationError(
            _(
                "There is no exchange rate of %(currency)s for %(day)s. Type the yen "
                "for one %(currency)s."
            )
            % {"currency": currency, "day": day}
        )
    return known.yen
