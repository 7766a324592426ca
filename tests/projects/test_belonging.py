"""What a person belongs to: read with them, in their roles, and never for too long."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.urls import reverse

from projects.belonging import Belonging, Held
from projects.models import Engagement, Membership, Organisation, User
from projects.models.engagement import permitted
from projects.permissions import Permission, Role, can, permissions_of
from projects.readers import ReaderBackend

ONE, TWO = UUID(int=1), UUID(int=2)
BELONGING = Belonging(
    (
        Held(5, True, None, Role.VIEWER),
        Held(5, True, None, Role.PROJECT_MANAGER),
        Held(3, False, None, Role.EXECUTIVE),
        Held(4, True, ONE, Role.ENGINEER),
        Held(4, True, TWO, Role.ENGINEER),
        Held(5, True, TWO, Role.EXECUTIVE),
    )
)


def test_organisations_come_once_in_the_order_of_joining():
    assert BELONGING.whole() == [5, 3]
    assert BELONGING.whole([Role.EXECUTIVE]) == [3]
    assert BELONGING.whole([]) == []
    assert BELONGING.of_providers() == [5]
    assert BELONGING.of_providers([Role.EXECUTIVE, Role.ENGINEER]) == []
    assert BELONGING.of_customers() == [3]
    assert BELONGING.of_customers([Role.VIEWER]) == []


def test_single_engagements_come_by_organisation():
    assert BELONGING.single() == {4: [ONE, TWO], 5: [TWO]}
    assert BELONGING.single([Role.EXECUTIVE]) == {5: [TWO]}
    assert BELONGING.single([Role.VIEWER]) == {}


@pytest.mark.parametrize("side", ["provider", "customer", "other"])
@pytest.mark.parametrize("of_this_one", [True, False])
@pytest.mark.parametrize("role", Role)
def test_the_database_and_the_roles_agree_on_who_may(
    role, of_this_one, side, engagement
):
    sides = {
        "provider": engagement.provider,
        "customer": engagement.customer,
        "other": Organisation.objects.create(name="他社", kind="provider"),
    }
    reader = User.objects.create_user("reader@example.test", name="R")
    Membership.objects.create(
        user=reader,
        organisation=sides[side],
        engagement=engagement if of_this_one else None,
        role=role,
    )
    may = permissions_of(reader, engagement)

    for permission in Permission:
        found = Engagement.objects.permitting(reader, permission)
        assert list(found) == [engagement] * (permission in may), permission
        for one in ("provider", "customer"):
            found = Engagement.objects.filter(
                permitted(reader, permission, sides=[one])
            )
            expected = permission in may and one == side
            assert list(found) == [engagement] * expected, (permission, one)


def test_a_role_that_allows_nothing_costs_no_query(
    engagement, django_assert_num_queries
):
    reader = User.objects.create_user("reader@example.test", name="R")
    Membership.objects.create(
        user=reader, organisation=engagement.provider, role="viewer"
    )
    with django_assert_num_queries(2):
        assert list(Engagement.objects.visible_to(reader).values("pk"))
    with django_assert_num_queries(0):
        assert not Engagement.objects.permitting(reader, Permission.SUBMIT_RUN)


def test_a_membership_given_or_taken_is_known_at_once(engagement):
    reader = User.objects.create_user("reader@example.test", name="R")
    assert not can(reader, Permission.SUBMIT_RUN, engagement)
    held = Membership.objects.create(
        user=reader, organisation=engagement.provider, role="engineer"
    )
    assert can(reader, Permission.SUBMIT_RUN, engagement)
    held.role = "viewer"
    held.save()
    assert not can(reader, Permission.SUBMIT_RUN, engagement)
    assert Engagement.objects.visible_to(reader).exists()
    held.delete()
    assert not Engagement.objects.visible_to(reader).exists()

    # Past the rows nobody is told: the user is read anew.
    Membership.objects.bulk_create(
        [Membership(user=reader, organisation=engagement.customer, role="viewer")]
    )
    assert not Engagement.objects.visible_to(reader).exists()
    reader.refresh_from_db()
    assert Engagement.objects.visible_to(reader).exists()


def test_who_is_taken_out_sees_nothing_from_the_next_page_on(client, engagement):
    reader = User.objects.create_user("reader@example.test", name="R")
    held = Membership.objects.create(
        user=reader, organisation=engagement.customer, role="viewer"
    )
    client.force_login(reader)
    address = reverse("dashboards:engagement", args=[engagement.pk])

    assert client.get(address).status_code == 200
    Membership.objects.filter(pk=held.pk).delete()
    assert client.get(address).status_code == 404


def test_a_reader_comes_with_their_memberships_in_one_query(
    engagement, manager, django_assert_num_queries
):
    with django_assert_num_queries(1):
        found = ReaderBackend().get_user(manager.pk)
        assert found == manager
        assert can(found, Permission.SUBMIT_RUN, engagement)


def test_a_user_of_no_organisation_is_still_a_user_and_an_inactive_one_is_not(manager):
    nobody = User.objects.create_user("nobody@example.test", name="N")
    backend = ReaderBackend()
    found = backend.get_user(nobody.pk)
    assert found == nobody
    assert found.belonging == Belonging(())
    assert backend.get_user(0) is None

    User.objects.filter(pk__in=[nobody.pk, manager.pk]).update(is_active=False)
    assert backend.get_user(nobody.pk) is None
    assert backend.get_user(manager.pk) is None
