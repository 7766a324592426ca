"""Adding to the chain of an engagement; called inside the transaction of the act."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from projects.linking import canonical, link_digest
from projects.models import Engagement, Link

if TYPE_CHECKING:
    from collections.abc import Mapping


# Any: what json takes.
def append(engagement: Engagement, words: Mapping[str, Any]) -> Link:
    """Chain what was just signed; the engagement's row is the lock of its chain."""
    Engagement.objects.select_for_update().get(pk=engagement.pk)
    last = Link.objects.filter(engagement=engagement).last()
    number, previous = (last.number + 1, last.digest) if last else (1, "")
    body = canonical(words)
    return Link.objects.create(
        engagement=engagement,
        number=number,
        body=body,
        previous=previous,
        digest=link_digest(number, body, previous),
    )
