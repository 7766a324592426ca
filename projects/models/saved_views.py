"""What a person keeps of how they look at the portfolio."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from projects.models.people import User


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def visible_to(self, user: User) -> Self:
        """One's own: how somebody looks at a list is nobody else's affair."""
        return self.filter(user=user)


class SavedView(models.Model):
    """A filter with its order under a name; one of them may open by itself."""

    user = models.ForeignKey(User, models.CASCADE, related_name="saved_views")
    name = models.CharField(_("name"), max_length=40)
    # As in the address, with nothing in it that the page would not understand.
    query = models.CharField(max_length=400, blank=True)
    is_default = models.BooleanField(_("open it by itself"), default=False)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "name"], name="saved_view_one_of_a_name"
            ),
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(is_default=True),
                name="saved_view_one_opens_by_itself",
            ),
        ]

    def __str__(self) -> str:
        return self.name
