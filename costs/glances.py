"""What is spent and may be, told to the row that lists read; no HTTP in here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.db.models import Exists, OuterRef, Subquery

from costs.models import Spend
from projects.models import Glance

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

# Named alike in both rows.
MONEY: Final = (
    *("spent_yen", "budget_yen", "stop_yen"),
    *("gpu_yen", "labels_yen", "people_yen"),
)


def retell_spend(engagements: Iterable[UUID]) -> None:
    """Write the money of these engagements as their `Spend` has it; one query.

    Call it within the transaction that changed `Spend`, which keeps its row until the
    end: so no two write here at once.
    """
    of = Spend.objects.filter(pk=OuterRef("pk"))
    Glance.objects.filter(Exists(of), pk__in=list(engagements)).update(
        **{name: Subquery(of.values(name)) for name in MONEY}
    )
