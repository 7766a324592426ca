"""Which three letters are a currency. Babel keeps ISO 4217 as CLDR publishes it."""

from __future__ import annotations

from typing import Final

from babel.numbers import list_currencies

# "No currency" and "for testing" are codes of the list, and no money.
NO_MONEY: Final = frozenset({"XXX", "XTS"})
CURRENCIES: Final = frozenset(list_currencies()) - NO_MONEY
YEN: Final = "JPY"


def is_currency(code: str) -> bool:
    """Whether ISO 4217 knows the three capital letters."""
    return code in CURRENCIES
