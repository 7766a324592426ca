"""The same key twice at one moment, over two real connections."""

from __future__ import annotations

import pytest
from django.db import connection  # noqa: F401 - for the mark

from costs.api_shapes import GpuUse
from costs.models import Charge
from costs.services.sent import record_sent
from tests.api import USE
from tests.projects.test_answering_at_once import at_once

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        "connection.vendor == 'sqlite'", reason="SQLite has one writer at a time"
    ),
]


def test_of_one_key_sent_twice_at_once_one_is_written(engagement, manager):
    said = GpuUse(**USE).model_dump()

    def send():
        return record_sent(engagement=engagement, uses=[said], key="job", by=manager)

    (one, first), (other, second) = at_once(send, send)

    assert one == other == list(Charge.objects.all())
    assert sorted((first, second)) == [False, True]
