"""Nobody changes what was signed: not by the ORM, a page or the database."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import get_resolver
from django.utils import timezone
from django.utils.translation import override

from config.api import api
from projects.linking import canonical, digest_of
from projects.models import (
    Agreement,
    AgreementSignature,
    AgreementStatus,
    Criterion,
    ErrorBudget,
    Link,
    Side,
    StopLine,
)
from projects.promise import form_of, text_of
from projects.promised import promise_of
from projects.services import agreement as agreements
from projects.services import drafting
from projects.services.audit import record_event
from tests.conftest import PASSWORD
from tests.past import past_the_guard


@pytest.fixture(autouse=True)
def in_english():
    with override("en"):
        yield


def sign(draft, manager, executive) -> Agreement:
    for side, signer in ((Side.PROVIDER, manager), (Side.CUSTOMER, executive)):
        agreements.sign(agreement=draft, side=side, password=PASSWORD, by=signer)
        draft.refresh_from_db()
    return draft


@pytest.fixture
def signed(draft, manager, executive):
    ErrorBudget.objects.create(agreement=draft, misses=1, until=date(2027, 3, 31))
    StopLine.objects.create(agreement=draft, yen=9_000_000)
    return sign(draft, manager, executive)


def save(row, **values):
    for name, value in values.items():
        setattr(row, name, value)
    row.save()


ATTEMPTS = {
    "save": lambda a: save(a, reason="別"),
    "save own truth": lambda a: save(a, own_truth=False),
    "save the digest": lambda a: save(a, canonical="{}", digest=digest_of("{}")),
    "save since when": lambda a: save(a, in_force_since=timezone.now()),
    "save the mark away": lambda a: save(a, loosened_from=1),
    "update": lambda a: Agreement.objects.update(reason="別"),
    "update by id": lambda a: Agreement.objects.update(truth_set_id=None),
    "bulk update": lambda a: Agreement.objects.bulk_update(
        [Agreement(pk=a.pk, reason="別")], ["reason"]
    ),
    "delete": lambda a: a.delete(),
    "delete all": lambda a: Agreement.objects.all().delete(),
    "criterion saved": lambda a: save(a.criteria.first(), limit=Decimal("0.5")),
    "criterion updated": lambda a: a.criteria.update(limit="0.5"),
    "criteria bulk updated": lambda a: Criterion.objects.bulk_update(
        a.criteria.all(), ["limit"]
    ),
    "criterion added": lambda a: a.criteria.create(
        metric="f1", bound="at_least", limit="0.5"
    ),
    "criteria added": lambda a: Criterion.objects.bulk_create(
        [Criterion(agreement=a, metric="f1", bound="at_least", limit="0.5")]
    ),
    "criterion deleted": lambda a: a.criteria.first().delete(),
    "criteria deleted": lambda a: a.criteria.all().delete(),
    "budget saved": lambda a: save(a.error_budget, misses=9),
    "budget updated": lambda a: ErrorBudget.objects.update(misses=9),
    "budget deleted": lambda a: a.error_budget.delete(),
    "stop line saved": lambda a: save(a.stop_line, yen=1),
    "stop line deleted": lambda a: StopLine.objects.all().delete(),
    "signature saved": lambda a: save(a.signatures.first(), sentence="別"),
    "signature updated": lambda a: a.signatures.update(sentence="別"),
    "signature deleted": lambda a: a.signatures.first().delete(),
    "signatures deleted": lambda a: AgreementSignature.objects.all().delete(),
    "link saved": lambda a: save(Link.objects.first(), body="{}"),
    "link updated": lambda a: Link.objects.update(body="{}"),
    "link deleted": lambda a: Link.objects.first().delete(),
}


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_the_orm_refuses_to_change_what_was_signed(attempt, signed):
    before = (promise_of(signed), list(Link.objects.values()))

    with pytest.raises(ValidationError), transaction.atomic():
        ATTEMPTS[attempt](signed)

    kept = Agreement.objects.get(pk=signed.pk)
    assert (promise_of(kept), list(Link.objects.values())) == before
    assert kept.canonical == text_of(promise_of(kept))


def test_a_draft_can_still_be_written_and_thrown_away(draft):
    draft.reason = "別"
    draft.save()
    draft.criteria.update(smallest_cases=3)
    Criterion.objects.create(
        agreement=draft, metric="f1", bound="at_least", limit="0.5"
    ).delete()
    draft.criteria.all().delete()
    draft.delete()
    assert not Agreement.objects.exists()


def test_several_drafts_can_be_thrown_away_at_once(draft):
    draft.criteria.all().delete()
    assert Agreement.objects.all().delete()[0] == 1


@pytest.mark.parametrize(
    "values",
    [
        {"status": AgreementStatus.DRAFT},
        {"digest": ""},
        {"canonical": "{}"},
        {"digest": "d" * 64},
    ],
)
def test_the_database_itself_holds_a_signed_version_together(values, signed):
    with pytest.raises(IntegrityError), transaction.atomic():
        past_the_guard(Agreement).update(**values)


def test_the_digest_is_of_all_that_is_promised_in_one_text(signed):
    assert signed.canonical == text_of(promise_of(signed))
    assert signed.digest == digest_of(signed.canonical)
    assert form_of(signed.canonical) == 2
    for part in ("error_budget", "stop_line", "own_truth", "uploads_a_day", "terms"):
        assert f'"{part}"' in signed.canonical


def test_no_other_door_leads_to_a_version():
    """There is no admin; the access table names every page there is."""
    doors = [str(one.pattern) for one in get_resolver().url_patterns]

    assert not [door for door in doors if "admin" in door]
    # The API of version 1 speaks of money, never of what was signed.
    offered = api.get_openapi_schema()["paths"]
    assert offered
    assert not [path for path in offered if "agreement" in path or "sign" in path]


# Signing -----------------------------------------------------------------------------


def test_both_signatures_are_links_of_the_chain(signed, manager, executive):
    provider, customer = signed.signatures.all()

    assert [provider.link.number, customer.link.number] == [1, 2]
    for signature, signer in ((provider, manager), (customer, executive)):
        assert signature.link.body == canonical(signature.words)
        assert signature.words["digest"] == signed.digest
        assert signature.words["signer"] == signer.email
        assert signature.words["at"].endswith("+00:00")
        assert signature.sentence in signature.link.body


@pytest.mark.parametrize(
    ("language", "count", "told"),
    [
        ("en", 1, "with its one criterion as written."),
        ("en", 2, "with all 2 criteria as written."),
        ("ja", 1, "1件の基準"),
        ("ja", 2, "2件の基準"),
    ],
)
def test_the_sentence_counts_as_people_do(language, count, told, draft):
    if count == 1:
        draft.criteria.last().delete()

    assert told in agreements.sentence_of(draft, language)


# Loosened after results --------------------------------------------------------------


def following(engagement, manager, executive, limit: str) -> Agreement:
    draft = drafting.begin_draft(
        engagement=engagement, reason="次", preset="copy", by=manager
    )
    line = draft.criteria.first()
    line.limit = Decimal(limit)
    line.save()
    return sign(draft, manager, executive)


def seen(engagement) -> None:
    record_event(
        "run.measured",
        engagement=engagement,
        by=None,
        number=1,
        version=1,
        verdict="fail",
    )


def test_a_version_that_asks_less_after_results_says_so_for_ever(
    signed, manager, executive
):
    seen(signed.engagement)

    looser = following(signed.engagement, manager, executive, "0.08")
    tighter = following(signed.engagement, manager, executive, "0.05")

    assert looser.loosened_from == 1
    # Back at what the first version asked, nothing is looser than what ever judged.
    assert tighter.loosened_from is None
    assert Agreement.objects.get(pk=looser.pk).loosened_from == 1


def test_what_was_loosened_before_any_result_is_no_matter(signed, manager, executive):
    looser = following(signed.engagement, manager, executive, "0.08")
    seen(signed.engagement)
    again = following(signed.engagement, manager, executive, "0.08")

    assert looser.loosened_from is again.loosened_from is None


def test_a_tightened_version_is_not_marked(signed, manager, executive):
    seen(signed.engagement)

    assert (
        following(signed.engagement, manager, executive, "0.01").loosened_from is None
    )


def test_the_mark_and_the_difference_stand_where_they_belong(
    client, signed, manager, executive
):
    client.force_login(manager)
    first = client.get(f"/agreements/{signed.pk}/changes/")
    assert "Nothing was in force before it" in first.text
    seen(signed.engagement)
    draft = drafting.begin_draft(
        engagement=signed.engagement, reason="次", preset="copy", by=manager
    )
    changes = f"/agreements/{draft.pk}/changes/"
    assert "both say the same" in client.get(changes).text
    draft.criteria.filter(metric="miss_rate").update(limit="0.08")

    page = client.get(changes).text
    assert "<del>at most 5%</del>" in page
    assert "<ins>at most 8%</ins>" in page
    assert "Every verdict by it will say so." in page
    signing = client.get(f"/agreements/{draft.pk}/sign/").text
    assert "<del>at most 5%</del>" in signing
    sign(draft, manager, executive)

    shown = client.get(draft.get_absolute_url()).text
    assert "Loosened after results were seen." in shown
    assert "loosened after results" in shown
    assert "loosened after results" not in client.get(signed.get_absolute_url()).text
