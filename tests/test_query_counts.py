"""How many queries each page makes; a page that suddenly makes more fails here.

After a change that is meant: UPDATE_QUERY_COUNTS=1 make test ARGS="-k query_counts".
"""

from __future__ import annotations

import json
import os
import uuid
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from projects.models import Engagement, User
from tests.test_access import ADDRESSES, reader_of, rows  # noqa: F401 - a fixture

BASELINE = Path(__file__).with_name("query_counts.json")
PAGES = sorted(name for name, row in ADDRESSES.items() if row[0] == "get")
LISTS = ("dashboards:portfolio", "projects:engagements", "projects:audit")


def made(client, address: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        answer = client.get(address)
    assert answer.status_code in (200, 302)
    return len(queries)


@pytest.mark.parametrize("name", PAGES)
def test_query_counts(name, client, rows):  # noqa: F811
    _verb, on, allowed = ADDRESSES[name]
    client.force_login(
        reader_of(rows, "customer" if allowed == {"customer"} else "manager")
    )

    counted = made(client, reverse(name, args=rows[on]))

    known = json.loads(BASELINE.read_text(encoding="utf-8"))
    if os.environ.get("UPDATE_QUERY_COUNTS"):
        BASELINE.write_text(
            json.dumps(known | {name: counted}, indent=2, sort_keys=True) + "\n",
            encoding="utf-8",
        )
        return
    assert counted == known.get(name), __doc__


def test_query_counts_know_no_page_that_is_gone():
    assert sorted(json.loads(BASELINE.read_text(encoding="utf-8"))) == PAGES


@pytest.mark.parametrize("name", LISTS)
def test_query_counts_do_not_grow_with_the_rows(name, client, rows):  # noqa: F811
    manager = reader_of(rows, "manager")
    client.force_login(manager)
    first = Engagement.objects.get(pk=rows["engagement"][0])
    tell(first, manager)
    one = made(client, reverse(name))
    for number in range(4):
        again = Engagement.objects.get(pk=first.pk)
        again.pk = uuid.uuid4()
        again.name = f"案件 {number}"
        again.save(force_insert=True)
        tell(again, manager)

    assert made(client, reverse(name)) == one


def tell(engagement: Engagement, by: User) -> None:
    engagement.events.create(
        verb="engagement.created",
        params={"who": by.name, "name": engagement.name},
        actor=by,
    )
