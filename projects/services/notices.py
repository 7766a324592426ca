"""Telling people what happened; called inside the transaction of the act.

The row is the truth: the every-minute sweep of tasks.py sends what is not sent yet.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from projects.chronicle import params_of
from projects.models import Notice

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

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
    _check(verb, params)
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


def write_to(
    email: str, language: str, verb: str, *, path: str, **params: str | int
) -> Notice:
    """Tell somebody without an account, who has no inbox here, by e-mail alone."""
    _check(verb, params)
    return Notice.objects.create(
        email=email, language=language, verb=verb, params=params, path=path
    )


def _check(verb: str, params: Mapping[str, str | int]) -> None:
    missing = set(params_of(verb)) - params.keys()
    if missing:
        raise ValueError(f"{verb} needs {sorted(missing)}")


def open_notice(*, notice: Notice) -> None:
    """Remember when its reader first opened it."""
    Notice.objects.unread().filter(pk=notice.pk).update(read_at=timezone.now())


def read_all(*, by: User) -> int:
    """Take everything in the reader's inbox as read; gives how many it was."""
    unread = Notice.objects.visible_to(by).unread()
    return unread.update(read_at=timezone.now())
