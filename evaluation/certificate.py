"""The certificate of an accepted stage: what it says, and whether it still holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import segno
from django.db.models import Q
from django.utils import timezone, translation

from evaluation.models import CriterionVerdict, ErrorAcceptance
from evaluation.reviews import COUNTED
from projects.catalogue import Shape, Text
from projects.linking import Chained, digest_of, first_broken, read_back
from projects.models import Link, Stage
from projects.paper.words import (
    alike,
    at_moment,
    called,
    languages_of,
    on_day,
    pair,
    printed,
    spoken,
    yen,
)
from projects.templatetags import figures

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from evaluation.models import Review, ReviewSignature
    from projects.models import User
    from projects.paper.words import Pair

# So much of the seal stands in the address of the certificate.
SEAL = 16
OUTCOMES = {
    "pass": pair("合格", "PASS"),
    "fail": pair("不合格", "FAIL"),
    "undecided": pair("判定保留", "UNDECIDED"),
}
STAGES = {
    Stage.INITIAL: pair("初期判定", "Initial judgement"),
    Stage.ACCURACY: pair("精度検収", "Accuracy"),
    Stage.OPERATION: pair("実運用", "Production operation"),
}
HEADS = {
    "criteria": pair("判定基準と結果", "Criteria and results"),
    "criterion": pair("基準", "Criterion"),
    "agreed": pair("合意した値", "Agreed"),
    "measured": pair("測定値", "Measured"),
    "outcome": pair("判定", "Verdict"),
    "needed": pair("確認した事項", "What it rests on"),
    "errors": pair("経営層が認めた誤り", "Errors that management accepted"),
    "signatures": pair("署名", "Signatures"),
    "verify": pair("真正の確認", "Is it genuine?"),
}


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that makes a certificate genuine, and whether it holds today."""

    name: Text
    holds: bool


def seal_of(review: Review) -> str:
    """The digest of the last signature: it covers everything signed before it."""
    last = review.signatures.select_related("link").last()
    return last.link.digest if last else ""


def checks(review: Review, seal: str | None) -> list[Check]:
    """Whether the chain, the agreement and the evidence are as they were signed.

    ``seal``: what the paper says, where somebody came by its code.
    """
    signatures = list(review.signatures.select_related("link"))
    links = Link.objects.filter(engagement=review.engagement)
    chained = [
        Chained(each.number, each.body, each.previous, each.digest) for each in links
    ]
    bodies = [read_back(one.link.body) for one in signatures]
    agreement, run = review.agreement, review.run
    evidence = digest_of(review.evidence)
    told = read_back(review.evidence)
    found = [
        Check(
            Text("署名の連鎖が途切れず、書き換えられていない", "The chain is whole"),
            first_broken(chained) is None,
        ),
        Check(
            Text("双方がこの検収に署名している", "Both sides signed this acceptance"),
            len(bodies) > 1
            and all(body.get("review") == str(review.pk) for body in bodies),
        ),
        Check(
            Text("署名した証拠がそのまま残っている", "The evidence is what was signed"),
            all(body.get("evidence") == evidence for body in bodies),
        ),
        Check(
            Text("合意書の内容が指紋と一致する", "The agreement has its fingerprint"),
            digest_of(agreement.canonical) == agreement.digest
            and (told.get("agreement") or {}).get("digest") == agreement.digest,
        ),
    ]
    if run is not None:
        name = Text(
            "測定したファイルの指紋が一致する", "The file measured has its fingerprint"
        )
        found.append(Check(name, (told.get("run") or {}).get("file") == run.sha256))
    if seal is not None:
        name = Text("紙面の印がこの検収のもの", "The seal on the paper is of this one")
        is_ours = len(seal) == SEAL and seal_of(review).startswith(seal)
        found.append(Check(name, is_ours))
    return found


# Any: pairs, lists and words, as the template reads them.
def words_of(
    review: Review, *, by: User, at: datetime, language: str | None, address: str
) -> dict[str, Any]:
    """The certificate; ``address`` is where it can be checked."""
    engagement, agreement = review.engagement, review.agreement
    signatures = list(
        review.signatures.select_related("signer", "organisation", "link")
    )
    is_whole = all(check.holds for check in checks(review, None))
    stage = STAGES[Stage(review.stage)]
    ended = timezone.localtime(review.ended_at)
    return {
        "languages": languages_of(language),
        "title": pair("検収書", "Certificate of acceptance"),
        "name": called(engagement),
        "stage": stage,
        "said": pair(
            f"下記の内容で「{stage['ja']}」を検収したことを証します。",
            f"This certifies that the stage “{stage['en']}” has been accepted "
            "as set out below.",
        ),
        "verdict": {"word": pair("検収済み", "ACCEPTED"), "tone": "pass"},
        "facts": _facts(review, at_moment(ended)),
        "heads": HEADS,
        "criteria": _criteria(review),
        "needed": _needed(review),
        "errors": _errors(review),
        "signatures": [_signature(one) for one in signatures],
        "chain": pair(
            "連鎖・合意書・証拠の指紋はすべて一致しています。",
            "Chain, agreement and evidence all have their fingerprints.",
        )
        if is_whole
        else pair(
            "一致しない指紋があります。確認ページをご覧ください。",
            "Something does not have its fingerprint. See the page to check it.",
        ),
        "is_whole": is_whole,
        "address": address,
        # Without a size of its own it fills the room that the sheet gives it.
        "qr": segno.make(address, error="m").svg_inline(
            border=2, dark="#1c2430", omitsize=True
        ),
        "foot": {
            "printed": printed(by, timezone.localtime(at)),
            "digest": alike(f"v{agreement.version} · {seal_of(review)}"),
        },
    }


def _facts(review: Review, ended: Pair) -> list[dict[str, Pair]]:
    engagement, agreement, run = review.engagement, review.agreement, review.run
    facts = [
        (pair("発注者", "Customer"), called(engagement.customer)),
        (pair("受託者", "Provider"), called(engagement.provider)),
        (pair("検収日時", "Accepted"), ended),
        (
            pair("合意書", "Agreement"),
            pair(f"第{agreement.version}版", f"v{agreement.version}"),
        ),
        (pair("合意書の指紋 (SHA-256)", "Its SHA-256"), alike(agreement.digest)),
    ]
    if run is not None:
        facts += [
            (pair("評価", "Run"), alike(f"{run.number} ({run.upload.name})")),
            (pair("ファイルの指紋 (SHA-256)", "Its file’s SHA-256"), alike(run.sha256)),
        ]
    if review.stage == Stage.INITIAL:
        # As METI's staged contracts (2018) have it of a proof of concept.
        none = pair("精度保証なし", "No accuracy is warranted")
        facts.append((pair("精度の保証", "Warranty"), none))
    return [{"label": label, "value": value} for label, value in facts]


def _in_both(write: Callable[[], str]) -> Pair:
    """What the page writes in the reader's language, in both."""
    said = {}
    for language in ("ja", "en"):
        with translation.override(language):
            said[language] = write()
    return said


def _criteria(review: Review) -> list[dict[str, Any]]:
    """Every criterion that counted for the stage, as it was judged."""
    if review.run is None:
        return []
    judged = CriterionVerdict.objects.filter(
        result__run=review.run, criterion__stage__in=COUNTED[Stage(review.stage)]
    )
    return [_criterion(one) for one in judged.select_related("criterion")]


def _criterion(one: CriterionVerdict) -> dict[str, Any]:
    line = one.criterion
    unit = line.of.unit
    name = spoken(line.of.name)
    if one.segment:
        name = pair(f"{name['ja']} {one.segment}", f"{name['en']}, {one.segment}")
    return {
        "name": name,
        "agreed": _in_both(lambda: figures.promise(line.bound, line.limit, unit)),
        "measured": _measured(one, unit),
        "outcome": OUTCOMES[one.outcome],
        "tone": one.outcome,
    }


def _measured(one: CriterionVerdict, unit: str) -> Pair:
    found = _in_both(lambda: figures.measured(one.value, one.low, one.high, unit, 2))
    # Apart from the room before a bracket, figures read alike in both.
    is_alike = found["en"].replace(" (", "(") == found["ja"]
    return alike(found["en"]) if is_alike else found


def _needed(review: Review) -> list[dict[str, Any]]:
    """What the stage needed besides, as it stood when the review was opened."""
    return [
        {"name": pair(**one["name"]), "now": pair(**one["now"])}
        for one in read_back(review.evidence).get("needed", ())
        if review.run is None or one["key"] != "criteria"
    ]


def _errors(review: Review) -> list[Pair]:
    """What management bore on the day of acceptance; nothing where it bore none."""
    borne = ErrorAcceptance.objects.filter(
        Q(ended_at__isnull=True) | Q(ended_at__gt=review.ended_at),
        engagement=review.engagement,
        accepted_at__lte=review.ended_at,
    ).select_related("accepted_by", "engagement")
    return [_borne(one) for one in borne]


def _borne(one: ErrorAcceptance) -> Pair:
    until, who = on_day(one.until), called(one.accepted_by)
    cost, low, high = yen(one.yen_a_month), yen(one.yen_low), yen(one.yen_high)
    alarms = f"{one.false_alarms_a_month.normalize():,f}"
    misses = f"{one.misses_a_month.normalize():,f}"
    counted = pair(
        f"過剰{alarms}・不足{misses}", f"{alarms} units too many and {misses} too few"
    )
    if one.engagement.shape is Shape.DETECTION:
        counted = pair(
            f"誤検知{alarms}件・見逃し{misses}件",
            f"false alarms: {alarms}, misses: {misses}",
        )
    band = pair("", "")
    if one.yen_low != one.yen_high:
        band = pair(f"({low['ja']}〜{high['ja']})", f" ({low['en']}–{high['en']})")
    return pair(
        f"月に{counted['ja']}、{cost['ja']}{band['ja']}まで。"
        f"{until['ja']}まで有効。承認 {who['ja']}",
        f"A month, {counted['en']}, up to {cost['en']}{band['en']}, "
        f"until {until['en']}. Accepted by {who['en']}",
    )


def _signature(one: ReviewSignature) -> dict[str, Any]:
    return {
        "side": called(one.organisation),
        "who": called(one.signer),
        "role": alike(one.signer.job_title),
        "at": at_moment(timezone.localtime(one.signed_at)),
        "sentence": one.sentence,
        "digest": f"{one.link.number} · {one.link.digest}",
    }
