"""The signed-in reader of a request, with what they belong to, in one query."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.auth_backends import AuthenticationBackend

from projects.models import Membership, User
from projects.models.people import belonging_of

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser


class ReaderBackend(AuthenticationBackend):  # type: ignore[misc]
    """Signs in as allauth does."""

    # Any: the key as the session keeps it.
    def get_user(self, user_id: Any) -> AbstractBaseUser | None:
        """The user of a session; None when gone or no longer active.

        Every page asks what its reader may see: so the memberships come with them.
        """
        related = ("user", "organisation")
        held = list(Membership.objects.filter(user=user_id).select_related(*related))
        if not held:
            found: User | None = super().get_user(user_id)
            return found
        user = held[0].user
        user.belonging = belonging_of(held)
        return user if self.user_can_authenticate(user) else None
