"""Telling people what happened; called inside the transaction of the act."""

from __future__ import annotations

from typing import TYPE_CHECKING

from projects.chronicle import params_of
from projects.models import Notice

if TYPE_CHECKING:
    from collections.abc import Iterable

    from projects.models import Engagement, User


def tell(
    readers: Iterable[User],
    verb: str,
    *,
    path: str,
    engagement: Engagement | None = None,
    but: User | None = None,
    **params: str | int,
) -> list[Notice]:
    """Put a notice, in the words of chronicle.py, before each of the readers once.

    ``but``: who did it, and so need not be told. ValueError for a missing parameter.
    """
    missing = set(params_of(verb)) - params.keys()
    if missing:
        raise ValueError(f"{verb} needs {sorted(missing)}")
    told = {reader.pk: reader for reader in readers if reader != but}
    return Notice.objects.bulk_create(
        Notice(
            reader=reader,
            email=reader.email,
            language=reader.language,
            engagement=engagement,
            verb=verb,
            params=params,
            path=path,
        )
        for reader in told.values()
    )
