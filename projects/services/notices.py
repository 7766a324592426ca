"""Telling people what happened; called inside the transaction of the act.

The row is the truth: the every-minute sweep of tasks.py sends what is not sent yet.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from projects.chronicle import params_of
from projects.models import Notice, NoticeWish
from projects.telling import UNSAID, NoticeKind, Wish, kind_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from projects.models import Engagement, Event, User


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

    Each gets it as they wish. ``but``: who did it, and so need not be told.
    ValueError for a missing parameter.
    """
    _check(verb, params)
    told = {reader.pk: reader for reader in readers if reader != but}
    wishes = _wishes_of(told, kind_of(verb))
    if but and but.name_en:
        params |= {"who_en": but.name_en}
    return Notice.objects.bulk_create(
        Notice(
            reader=reader,
            email=reader.email,
            language=reader.language,
            engagement=engagement,
            verb=verb,
            params=params,
            path=path,
            in_inbox=wish.in_inbox,
            mail=wish.mail.value,
        )
        for reader in told.values()
        if not (wish := wishes.get(reader.pk, UNSAID)).is_silent
    )


def tell_of(event: Event, readers: Iterable[User], path: str) -> list[Notice]:
    """Put what was just recorded before the readers, but not before who did it."""
    return tell(
        readers,
        event.verb,
        path=path,
        engagement=event.engagement,
        but=event.actor,
        **event.params,
    )


def _wishes_of(readers: Iterable[int], kind: NoticeKind) -> dict[int, Wish]:
    found = NoticeWish.objects.filter(reader__in=list(readers), kind=kind.value)
    return {wish.reader_id: wish.as_wish for wish in found}


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
    unread = Notice.objects.visible_to(by).in_inbox().unread()
    return unread.update(read_at=timezone.now())


def wishes_of(reader: User) -> dict[NoticeKind, Wish]:
    """How the reader wants each kind of notice."""
    said = {NoticeKind(one.kind): one.as_wish for one in reader.notice_wishes.all()}
    return {kind: said.get(kind, UNSAID) for kind in NoticeKind}


def choose_notices(*, wishes: Mapping[NoticeKind, Wish], by: User) -> None:
    """Remember how the reader wants notices from now on; those there are stay."""
    with transaction.atomic():
        for kind, wish in wishes.items():
            NoticeWish.objects.update_or_create(
                reader=by,
                kind=kind.value,
                defaults={"in_inbox": wish.in_inbox, "mail": wish.mail.value},
            )
