"""What nobody changes once it is signed: refused here, and found by ``verify_chain``.

A program that goes past these classes, or past the program altogether, is not stopped
here; the digests and the chain tell what it did (ADR 0009).
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

SIGNED = _("A signed version cannot be changed.")
WRITTEN = _("What was signed is written once. It can be neither changed nor removed.")


# Any below: what Django's own methods take and give.
class PartQuerySet(models.QuerySet[Any]):
    """Rows that belong to a version: changed only while it is a draft."""

    def update(self, **values: Any) -> int:
        self._check()
        return super().update(**values)

    def delete(self) -> tuple[int, dict[str, int]]:
        self._check()
        return super().delete()

    def bulk_create(self, objs: Any, *args: Any, **kwargs: Any) -> list[Any]:
        rows = list(objs)
        for version in {row.agreement_id: row for row in rows}.values():
            version.check_open()
        return super().bulk_create(rows, *args, **kwargs)

    def _check(self) -> None:
        if self.exclude(agreement__digest="").exists():
            raise ValidationError(SIGNED)


class Part(models.Model):
    """A row of a version's promise."""

    objects = PartQuerySet.as_manager()

    class Meta:
        abstract = True

    # A guard, not a consequence: nothing else happens on saving.
    def save(self, *args: Any, **kwargs: Any) -> None:
        self.check_open()
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        self.check_open()
        return super().delete(*args, **kwargs)

    def check_open(self) -> None:
        """ValidationError once the version of this row is signed."""
        version = self._meta.get_field("agreement").related_model
        agreement_id = self.agreement_id  # type: ignore[attr-defined] # of each heir
        signed = version._base_manager.filter(pk=agreement_id)  # type: ignore[union-attr]
        if signed.exclude(digest="").exists():
            raise ValidationError(SIGNED)


class WrittenQuerySet(models.QuerySet[Any]):
    """Rows that are written once."""

    def update(self, **values: Any) -> int:
        raise ValidationError(WRITTEN)

    def delete(self) -> tuple[int, dict[str, int]]:
        raise ValidationError(WRITTEN)


class Written(models.Model):
    """A row that is written once and never again."""

    objects = WrittenQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise ValidationError(WRITTEN)
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise ValidationError(WRITTEN)
