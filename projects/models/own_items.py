"""An organisation's own questions, asked beside those of the template."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from projects.models.people import Organisation, User


class OwnItem(models.Model):
    """One question of a provider's own, in both languages.

    Retired, never deleted: assessments keep what they asked.
    """

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="own_items"
    )
    # "OWN-1"; unlike any id of a template, so that both stand in one checklist.
    item_id = models.CharField(max_length=12, editable=False)
    # The entry as a template file would write it; the same reader checks both.
    fields = models.JSONField()
    written_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    written_at = models.DateTimeField(auto_now=True)
    retired_at = models.DateTimeField(_("retired"), null=True, editable=False)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation", "item_id"], name="own_item_id_once"
            ),
            models.CheckConstraint(
                condition=Q(item_id__startswith="OWN-"), name="own_item_id_of_its_own"
            ),
        ]

    def __str__(self) -> str:
        return self.item_id

    # Any: an entry holds texts, lists and numbers.
    @property
    def entry(self) -> dict[str, Any]:
        """What the reader of templates takes."""
        return {"id": self.item_id, **self.fields}
