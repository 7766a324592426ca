"""Keeping, renaming and dropping one's own views of the portfolio.

Like the language and the wishes about notices they are the reader's own affair, so
nothing of it stands in the audit log.
"""

from __future__ import annotations

from typing import Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from projects.models import SavedView, User

# More tabs than this nobody finds anything in.
MOST: Final = 20


def save_view(*, name: str, query: str, is_default: bool, by: User) -> SavedView:
    """Keep a filter under a name; under one that exists it takes that one's place.

    ValidationError for a name of nothing but spaces, and for one view too many.
    """
    name = _named(name)
    with transaction.atomic():
        mine = _mine(by)
        known = next((one for one in mine if one.name == name), None)
        if known is None and len(mine) >= MOST:
            raise ValidationError(
                _("You have %(most)s saved views: delete one of them first."),
                params={"most": MOST},
            )
        if is_default:
            by.saved_views.update(is_default=False)
        view, _created = SavedView.objects.update_or_create(
            user=by,
            name=name,
            defaults={
                "query": query,
                "is_default": is_default or bool(known and known.is_default),
            },
        )
    return view


def change_view(*, view: SavedView, name: str, is_default: bool, by: User) -> None:
    """Rename a view, and say whether it opens by itself.

    ValidationError for an empty name and for that of another view; DoesNotExist for
    somebody else's.
    """
    name = _named(name)
    with transaction.atomic():
        mine = _mine(by)
        changed = by.saved_views.get(pk=view.pk)
        if any(one.name == name and one.pk != changed.pk for one in mine):
            raise ValidationError(
                {"name": _("Another of your views has this name: choose a new one.")}
            )
        if is_default:
            by.saved_views.update(is_default=False)
        changed.name, changed.is_default = name, is_default
        changed.save()


def delete_view(*, view: SavedView, by: User) -> None:
    """Drop a view of one's own; somebody else's stays. Twice is once."""
    by.saved_views.filter(pk=view.pk).delete()


def _mine(by: User) -> list[SavedView]:
    """The person's row is the lock, so that two at once cannot both be the last."""
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    return list(by.saved_views.all())


def _named(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise ValidationError({"name": _("Give the view a name.")})
    return name
