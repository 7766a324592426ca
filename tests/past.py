"""Writes past the guards of our models, as somebody with the database might."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet

if TYPE_CHECKING:
    from django.db.models import Model


# Any: rows of whatever is asked for.
def past_the_guard(model: type[Model]) -> QuerySet[Any]:
    """Every row of a model through Django's own class, which refuses nothing."""
    return QuerySet(model)
