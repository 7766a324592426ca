"""The chain of signed things: any change breaks it at the place of the change."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.linking import Chained, canonical, digest_of, first_broken, link_digest
from projects.models import Link
from projects.services import chain

BODIES = st.lists(st.text(max_size=20), min_size=1, max_size=8)


def chained(bodies):
    links, previous = [], ""
    for number, body in enumerate(bodies, start=1):
        digest = link_digest(number, body, previous)
        links.append(Chained(number, body, previous, digest))
        previous = digest
    return links


@given(BODIES)
def test_a_chain_as_it_was_made_is_whole(bodies):
    assert first_broken(chained(bodies)) is None


@given(BODIES, st.data())
def test_a_changed_body_is_found_where_it_was_changed(bodies, data):
    links = chained(bodies)
    at = data.draw(st.integers(0, len(links) - 1))
    links[at] = replace(links[at], body=links[at].body + "!")

    assert first_broken(links) == at + 1


@given(BODIES, st.data())
def test_a_forged_digest_breaks_the_link_behind_it(bodies, data):
    links = chained([*bodies, "last"])
    at = data.draw(st.integers(0, len(links) - 2))
    forged = links[at].body + "!"
    digest = link_digest(at + 1, forged, links[at].previous)
    links[at] = replace(links[at], body=forged, digest=digest)

    assert first_broken(links) == at + 2


@given(BODIES, st.data())
def test_a_link_that_is_missing_is_named(bodies, data):
    links = chained([*bodies, "last"])
    at = data.draw(st.integers(0, len(links) - 2))
    del links[at]

    assert first_broken(links) == at + 1


def test_one_meaning_has_one_text():
    assert canonical({"b": "検収", "a": 1}) == '{"a":1,"b":"検収"}'
    assert canonical({"a": 1, "b": "検収"}) == canonical({"b": "検収", "a": 1})


def test_the_digest_is_sha_256_of_the_text():
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert digest_of("") == empty


@pytest.mark.parametrize("count", [1, 3])
def test_links_are_added_to_the_end(engagement, count):
    for number in range(count):
        chain.append(engagement, {"signed": number})

    links = [
        Chained(link.number, link.body, link.previous, link.digest)
        for link in Link.objects.filter(engagement=engagement)
    ]
    assert [link.number for link in links] == list(range(1, count + 1))
    assert first_broken(links) is None
