"""Every address that answers a page stands in the list that axe goes through."""

from __future__ import annotations

import pytest
from django.http import HttpResponseNotAllowed
from django.urls import URLResolver, get_resolver

from tests.browser.pages import PAGES
from tests.test_access import ADDRESSES, FILES, FOR_MACHINES, names

POSTED = {name for name, row in ADDRESSES.items() if row[0] == "post"}
LEADS_ON = "leads on to the page that is meant"
# What answers no page of its own, and why.
NOT_PAGES = {
    **dict.fromkeys(FILES | {"projects:evidence_file"}, "a file to keep"),
    **dict.fromkeys(POSTED, "takes what is sent, and shows nothing"),
    **dict.fromkeys(FOR_MACHINES, "read by programs"),
    "api:openapi-view": "drawn whole by Swagger UI, whose marks are not ours to mend",
    "projects:session": "asked by the script of every page",
    "projects:hint": "a part of a question, loaded into its page",
    "projects:notice": LEADS_ON,
    "evaluation:run_of_number": LEADS_ON,
}


def views(patterns, space=""):
    """Every address by its full name, with what answers there."""
    for one in patterns:
        if isinstance(one, URLResolver):
            within = f"{space}{one.namespace}:" if one.namespace else space
            yield from views(one.url_patterns, within)
        else:
            yield f"{space}{one.name}", one.callback


LISTED = {one.name for pages in PAGES.values() for one in pages}


def test_every_page_is_listed_once_at_least():
    found = set(names(get_resolver().url_patterns))

    assert sorted(found - set(NOT_PAGES) - LISTED) == []
    assert sorted(LISTED & set(NOT_PAGES)) == []
    assert sorted((LISTED | set(NOT_PAGES)) - found) == []


@pytest.mark.parametrize("name", sorted(POSTED))
def test_what_only_takes_shows_nothing(name, rf):
    view = dict(views(get_resolver().url_patterns))[name]

    assert isinstance(view(rf.get("/")), HttpResponseNotAllowed)
