"""Who sees an engagement: its two sides, and whom they added to it alone."""

from __future__ import annotations

import pytest

from projects.models import Engagement, Glance, Membership, Organisation, User
from projects.services import glances


@pytest.mark.parametrize(
    ("side", "of_this_one", "sees"),
    [
        ("provider", False, True),
        ("provider", True, True),
        ("customer", False, True),
        ("customer", True, True),
        ("other", False, False),
        # Whoever works for neither side is no member, even of this one.
        ("other", True, False),
    ],
)
def test_who_sees_an_engagement(side, of_this_one, sees, engagement):
    sides = {
        "provider": engagement.provider,
        "customer": engagement.customer,
        "other": Organisation.objects.create(name="他社", kind="provider"),
    }
    reader = User.objects.create_user("reader@example.test", name="R")
    for role in ("viewer", "engineer"):
        Membership.objects.create(
            user=reader,
            organisation=sides[side],
            engagement=engagement if of_this_one else None,
            role=role,
        )

    # Two roles do not make it two engagements.
    assert list(Engagement.objects.visible_to(reader)) == [engagement] * sees
    # The row that lists read repeats the sides, and must not show more or less.
    assert list(Glance.objects.visible_to(reader)) == [engagement.glance] * sees


def test_a_member_of_one_engagement_sees_no_other(engagement):
    guest = User.objects.create_user("guest@example.test", name="G")
    fields = {
        field.attname: getattr(engagement, field.attname)
        for field in Engagement._meta.concrete_fields
        if field.attname not in ("id", "created_at")
    }
    other = Engagement.objects.create(**fields | {"name": "別件"})
    Membership.objects.create(
        user=guest,
        organisation=engagement.customer,
        engagement=other,
        role="viewer",
    )

    glances.note(other)

    assert list(Engagement.objects.visible_to(guest)) == [other]
    assert list(Glance.objects.visible_to(guest)) == [other.glance]
