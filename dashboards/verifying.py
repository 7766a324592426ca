"""Reads all that was signed on an engagement, and asks whether it still holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from evaluation.acceptances import words_of as errors_in_words
from evaluation.models import ErrorAcceptance, ReviewSignature
from evaluation.reviews import words_of
from projects.catalogue import Text
from projects.difference.lines import STAGES
from projects.linking import Chained, canonical, digest_of, read_back
from projects.models import AgreementSignature, AgreementStatus, Link, Side
from projects.promise import form_of, text_of
from projects.promised import promise_of
from projects.verifying import Broken, Claim, Fault, first_fault

if TYPE_CHECKING:
    from datetime import datetime

    from projects.models import Agreement, Engagement


@dataclass(frozen=True, slots=True)
class LinkLine:
    """One link as its page lists it; ``holds`` is False from the first fault on."""

    number: int
    name: Text
    who: str
    at: datetime
    digest: str
    holds: bool


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found on one engagement."""

    lines: tuple[LinkLine, ...]
    broken: Broken | None


def checked(engagement: Engagement) -> Checked:
    """Whether anything that was signed on the engagement was altered since."""
    links = list(Link.objects.filter(engagement=engagement))
    chained = [Chained(x.number, x.body, x.previous, x.digest) for x in links]
    signatures = list(
        AgreementSignature.objects.filter(agreement__engagement=engagement)
        .select_related("agreement", "organisation", "signer", "link")
        .order_by("signed_at", "pk")
    )
    claims = [
        *_agreements(engagement, signatures),
        *_reviews(engagement),
        *_errors(engagement),
    ]
    broken = first_fault(chained, claims)
    names = {claim.number: claim.name for claim in claims}
    lines = tuple(
        LinkLine(
            number=link.number,
            name=names.get(link.number, Text("不明", "unknown")),
            who=str(read_back(link.body).get("signer", "")),
            at=link.made_at,
            digest=link.digest,
            holds=not (broken and broken.number and link.number >= broken.number),
        )
        for link in links
    )
    return Checked(lines, broken)


def _agreements(
    engagement: Engagement, signatures: list[AgreementSignature]
) -> list[Claim]:
    claims: list[Claim] = []
    altered: dict[int, Fault | None] = {}
    versions = engagement.agreements.exclude(digest="")
    for agreement in versions.select_related("engagement", "truth_set"):
        held = [s.side for s in signatures if s.agreement_id == agreement.pk]
        altered[agreement.pk] = _altered(agreement, held)
        if not held and altered[agreement.pk]:
            claims.append(Claim(None, _version(agreement), altered[agreement.pk]))
    for signature in signatures:
        fault = altered[signature.agreement_id]
        # A text that was exchanged whole, with its digest, is not what they signed.
        if signature.digest != signature.agreement.digest:
            fault = Fault.TEXT
        number = None
        if signature.link is not None:
            number = signature.link.number
            if signature.link.body != canonical(signature.words):
                fault = Fault.ROW
        claims.append(Claim(number, _version(signature.agreement), fault))
    return claims


def _altered(agreement: Agreement, held: list[str]) -> Fault | None:
    in_force = (AgreementStatus.IN_FORCE, AgreementStatus.SUPERSEDED)
    if agreement.status in in_force and set(held) != set(Side.values):
        return Fault.UNSIGNED
    if agreement.digest != digest_of(agreement.canonical):
        return Fault.TEXT
    # Written anew in the form it was signed in, it must be the same text.
    written = text_of(promise_of(agreement), form_of(agreement.canonical))
    return None if written == agreement.canonical else Fault.TEXT


def _version(agreement: Agreement) -> Text:
    n = agreement.version
    return Text(f"合意書 第{n}版の署名", f"Signature of agreement v{n}")


def _reviews(engagement: Engagement) -> list[Claim]:
    signatures = ReviewSignature.objects.filter(review__engagement=engagement)
    related = ("review", "organisation", "signer", "link")
    claims: list[Claim] = []
    for one in signatures.select_related(*related):
        stage = STAGES[one.review.stage]
        name = Text(f"{stage.ja}の検収の署名", f"Acceptance of the stage {stage.en}")
        same = one.link.body == canonical(words_of(one))
        claims.append(Claim(one.link.number, name, None if same else Fault.ROW))
    return claims


def _errors(engagement: Engagement) -> list[Claim]:
    name = Text("誤りの受け入れ", "Acceptance of errors")
    accepted = ErrorAcceptance.objects.filter(engagement=engagement)
    related = ("run__agreement", "organisation", "accepted_by", "link")
    claims: list[Claim] = []
    for one in accepted.select_related(*related):
        told = read_back(one.link.body).get("sentence")
        sentences = told if isinstance(told, dict) else {}
        same = (
            one.link.body == canonical(errors_in_words(one, sentences))
            and one.sentence in sentences.values()
        )
        claims.append(Claim(one.link.number, name, None if same else Fault.ROW))
    return claims
