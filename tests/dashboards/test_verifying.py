"""Whatever was altered behind the program is found, and the first link is named."""

from __future__ import annotations

from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils.translation import override

from dashboards.verifying import checked
from evaluation.models import ErrorAcceptance, ReviewSignature
from projects.linking import Chained, digest_of, link_digest
from projects.models import Agreement, AgreementSignature, Criterion, Link, Side
from projects.services import agreement as agreements
from projects.services import drafting
from projects.verifying import WHY, Claim, Fault, first_fault
from tests.conftest import PASSWORD
from tests.evaluation.test_acceptances import accept, scored, sent
from tests.past import past_the_guard


@pytest.fixture(autouse=True)
def in_english():
    with override("en"):
        yield


@pytest.fixture
def signed(draft, manager, executive):
    """Two versions, each signed by both: four links."""
    first = sign(draft, manager, executive)
    second = drafting.begin_draft(
        engagement=first.engagement, reason="次", preset="copy", by=manager
    )
    sign(second, manager, executive)
    return first.engagement


def sign(draft, manager, executive) -> Agreement:
    for side, signer in ((Side.PROVIDER, manager), (Side.CUSTOMER, executive)):
        agreements.sign(agreement=draft, side=side, password=PASSWORD, by=signer)
        draft.refresh_from_db()
    return draft


def links_of(version: int):
    return past_the_guard(AgreementSignature).filter(agreement__version=version)


def forge_all(number: int) -> None:
    """Rewrite a link and every digest behind it, as a patient forger would."""
    previous = ""
    for link in past_the_guard(Link).order_by("number"):
        body = link.body.replace("We agree", "We disagree")
        body = body if link.number == number else link.body
        digest = link_digest(link.number, body, previous)
        past_the_guard(Link).filter(pk=link.pk).update(
            body=body, previous=previous, digest=digest
        )
        previous = digest


def resign(version: int) -> None:
    """Change the promise together with its text and its digest."""
    ours = past_the_guard(Agreement).filter(version=version)
    text = ours.get().canonical.replace('"0.05"', '"0.5"')
    past_the_guard(Criterion).filter(
        agreement__version=version, metric="miss_rate"
    ).update(limit="0.5")
    ours.update(canonical=text, digest=digest_of(text))


TAMPERED = {
    "a sentence": (
        lambda: links_of(2).filter(side="customer").update(sentence="別の文"),
        4,
        Fault.ROW,
    ),
    "a digest that was signed": (lambda: links_of(1).update(digest="0" * 64), 1, "row"),
    "a criterion": (
        lambda: (
            past_the_guard(Criterion).filter(agreement__version=2).update(limit="0.9")
        ),
        3,
        Fault.TEXT,
    ),
    "a reason": (
        lambda: past_the_guard(Agreement).filter(version=1).update(reason="別"),
        1,
        Fault.TEXT,
    ),
    "the text taken away": (
        lambda: past_the_guard(Agreement).filter(version=2).update(canonical=""),
        3,
        Fault.TEXT,
    ),
    "promise, text and digest": (lambda: resign(2), 3, Fault.TEXT),
    "a link": (
        lambda: past_the_guard(Link).filter(number=2).update(body="{}"),
        2,
        Fault.CHAIN,
    ),
    "a link that is no text of ours": (
        lambda: past_the_guard(Link).filter(number=2).update(body="nonsense"),
        2,
        Fault.CHAIN,
    ),
    "a link that is a list": (
        lambda: past_the_guard(Link).filter(number=2).update(body="[]"),
        2,
        Fault.CHAIN,
    ),
    "the whole chain behind a link": (lambda: forge_all(2), 2, Fault.ROW),
    "a signature taken away": (
        lambda: links_of(1).filter(side="customer").delete(),
        1,
        Fault.UNSIGNED,
    ),
}


def test_what_nobody_altered_is_whole(signed):
    found = checked(signed)

    assert found.broken is None
    assert [line.number for line in found.lines] == [1, 2, 3, 4]
    assert all(line.holds for line in found.lines)
    assert found.lines[0].name.en == "Signature of agreement v1"
    assert found.lines[0].who == "manager@example.test"


@pytest.mark.parametrize("tampered", TAMPERED)
def test_what_was_altered_is_found_at_its_first_link(tampered, signed):
    act, number, fault = TAMPERED[tampered]
    act()

    found = checked(signed)

    assert found.broken is not None
    assert (found.broken.number, found.broken.fault) == (number, Fault(fault))
    assert [line.holds for line in found.lines] == [
        line.number < number for line in found.lines
    ]


def test_what_was_signed_before_the_chain_is_checked_too(signed):
    """Signatures of the first releases have no link."""
    links_of(1).update(link=None)
    links_of(2).update(link=None)
    past_the_guard(Link).all().delete()
    assert checked(signed).broken is None

    past_the_guard(Agreement).filter(version=1).update(reason="別")
    broken = checked(signed).broken
    assert broken is not None
    assert (broken.number, broken.fault) == (None, Fault.TEXT)


def test_a_version_in_force_that_nobody_signed_is_found(signed):
    past_the_guard(AgreementSignature).all().delete()
    past_the_guard(Link).all().delete()

    broken = checked(signed).broken
    assert broken is not None
    assert (broken.number, broken.fault) == (None, Fault.UNSIGNED)


def test_a_stage_that_was_accepted_is_part_of_the_chain(signed, manager):
    run_free = signed.reviews.create(
        stage="operation",
        agreement=signed.agreements.first(),
        evidence="{}",
        opened_by=manager,
    )
    from evaluation.reviews import _write_signature

    _write_signature(run_free, Side.PROVIDER, manager)
    found = checked(signed)
    assert found.broken is None
    assert found.lines[-1].name.en == "Acceptance of the stage Operation"

    past_the_guard(ReviewSignature).update(sentence="別")
    broken = checked(signed).broken
    assert broken is not None
    assert (broken.number, broken.fault) == (5, Fault.ROW)


def said(*words: str) -> str:
    out = StringIO()
    call_command("verify_chain", *words, stdout=out)
    return out.getvalue()


def test_the_command_says_so_of_every_engagement(signed):
    assert said().startswith(f"whole   {signed.pk}  予兆検知: 4 links")
    assert said(str(signed.pk)) == said()

    past_the_guard(Link).filter(number=3).update(body="{}")
    out = StringIO()
    with pytest.raises(CommandError, match="Altered engagements: 1"):
        call_command("verify_chain", stdout=out)
    assert f"BROKEN  {signed.pk}  予兆検知: at link 3 (" in out.getvalue()
    assert WHY[Fault.CHAIN].en in out.getvalue()


def test_the_command_tells_of_what_has_no_link(signed):
    past_the_guard(AgreementSignature).all().delete()
    past_the_guard(Link).all().delete()
    out = StringIO()

    with pytest.raises(CommandError):
        call_command("verify_chain", stdout=out)

    assert "before the chain (Signature of agreement v2)" in out.getvalue()


@pytest.mark.parametrize("unknown", ["nothing", "7a1f34c2-0000-4000-8000-000000000000"])
def test_the_command_knows_no_such_engagement(unknown, db):
    with pytest.raises(CommandError, match=f"no engagement {unknown}"):
        call_command("verify_chain", unknown)


def test_the_page_shows_what_holds_and_what_is_broken(client, signed, executive):
    client.force_login(executive)
    address = reverse("dashboards:chain", args=[signed.pk])
    whole = client.get(address).text
    assert "Nothing was altered." in whole
    assert "4 links, checked just now." in whole

    past_the_guard(Link).filter(number=3).update(body="{}")
    broken = client.get(address).text
    assert "Altered: link 3 does not hold." in broken
    assert "rests on a broken link" in broken

    past_the_guard(AgreementSignature).all().delete()
    past_the_guard(Link).all().delete()
    gone = client.get(address).text
    assert "Altered: Signature of agreement v2." in gone


def test_a_link_that_nothing_hangs_on_is_named():
    digest = link_digest(1, "{}", "")
    links = [Chained(1, "{}", "", digest)]

    broken = first_fault(links, [])
    assert broken is not None
    assert (broken.number, broken.fault) == (1, Fault.GONE)
    assert broken.name.en == "link 1"
    assert broken.why == WHY[Fault.GONE]
    assert first_fault(links, [Claim(1, broken.name)]) is None
    assert first_fault([], []) is None


@pytest.fixture
def accepted(draft, manager, executive) -> ErrorAcceptance:
    """Errors that an executive accepted, under a version with volumes and prices."""
    past_the_guard(Agreement).filter(pk=draft.pk).update(
        terms={"threshold": 0.5, "yen_false_alarm": 1000.0, "yen_miss": 50000.0},
        rows_a_month=400,
    )
    draft.refresh_from_db()
    agreement = sign(draft, manager, executive)
    return accept(sent(agreement.engagement, manager, scored()), executive)


def test_errors_that_were_accepted_stand_in_the_chain(accepted):
    assert checked(accepted.engagement).broken is None


@pytest.mark.parametrize(
    "change",
    [
        {"yen_high": 1},
        {"misses_a_month": 7},
        {"point": 0.1},
        {"until": date(2030, 1, 1)},
        {"sentence": "We accept nothing."},
    ],
)
def test_errors_written_over_are_named_by_their_link(accepted, change):
    past_the_guard(ErrorAcceptance).update(**change)

    broken = checked(accepted.engagement).broken

    assert broken.number == accepted.link.number
    assert broken.fault is Fault.ROW


@pytest.mark.parametrize("body", ["no json", '{"sentence":"We accept"}'])
def test_a_link_of_errors_written_over_is_named(accepted, body):
    past_the_guard(Link).filter(pk=accepted.link_id).update(body=body)

    assert checked(accepted.engagement).broken.number == accepted.link.number
