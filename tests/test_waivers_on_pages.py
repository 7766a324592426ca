"""A waiver in force stands on every page of its engagement, also where one signs."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from projects.models import Waiver
from tests.past import past_the_guard
from tests.test_access import (
    ADDRESSES,
    reader_of,
    reads,
    rows,  # noqa: F401 - a fixture
)

# Pages with a head of their own.
ACTS = (
    "projects:agreement_sign",
    "projects:agreement_refuse",
    "projects:engagement_decline",
    "evaluation:review_sign",
    "evaluation:review_reject",
    "evaluation:errors_accept",
    "dashboards:report_links",
)


@pytest.mark.parametrize("name", ACTS)
def test_who_acts_reads_what_is_waived(name, client, rows):  # noqa: F811
    _verb, on, allowed = ADDRESSES[name]
    who = "customer" if name == "projects:agreement_sign" else reads(allowed)
    client.force_login(reader_of(rows, who))
    address = reverse(name, args=rows[on])
    waiver = Waiver.objects.get()
    note = f'id="waiver-{waiver.item_id}"'

    assert note in client.get(address).text
    past_the_guard(Waiver).update(until=timezone.localdate().replace(year=2000))
    assert note not in client.get(address).text
