"""What is asked of a provider: intakes, links for visitors, an own question.

Imported by tests/browser/rows.py, a program of its own.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from projects.services import intake as intakes
from projects.services import organisation as organisations

if TYPE_CHECKING:
    from projects.models import Organisation, User


def ask(
    administrator: User, executive: User, sides: tuple[Organisation, Organisation]
) -> dict[str, str]:
    """One intake of a customer, one of a visitor with a question, one own question."""
    provider, customer = sides
    organisations.allow_visitors(organisation=provider, allowed=True, by=administrator)
    words = {
        "problem": "公開された数字と一致するか",
        "kind": "anomaly",
        "place_kind": "plant",
        "place": "試験場",
        "believed_data": "公開されたデータ",
        "decider": "所長",
        "asker_name": "依頼 花子",
        "asker_email": "asker@example.test",
    }
    filed = intakes.file_intake(
        by=executive, provider=provider, customer=customer, **words
    )
    invitation, token = organisations.invite(
        organisation=provider,
        note="展示会",
        customer=None,
        expires_at=timezone.now() + timedelta(days=1),
        by=administrator,
    )
    withdrawn, closed = organisations.invite(
        organisation=provider,
        note="昨年の展示会",
        customer=None,
        expires_at=timezone.now() + timedelta(days=1),
        by=administrator,
    )
    organisations.withdraw(invitation=withdrawn, by=administrator)
    visited = intakes.file_by_visitor(
        invitation=invitation, customer_name="訪問者の会社", language="ja", **words
    )
    intakes.ask(intake=visited, question="いつからですか", by=administrator)
    question = organisations.add_own_item(
        organisation=provider,
        fields={
            "group": "problem",
            "ja": "第三者が確認したか",
            "en": "Was it checked by a third party?",
            "short": {"ja": "第三者確認", "en": "third-party check"},
            "type": "choice",
            "block": "conditional",
            "due": "production",
            "sources": ["own"],
            "choices": [
                {"id": "c1", "ja": "済み", "en": "Done", "counts": "yes"},
                {"id": "c2", "ja": "未", "en": "Not yet", "counts": "no"},
            ],
        },
        by=administrator,
    )
    return {
        "intake": str(filed.pk),
        "visit": token,
        "closed": closed,
        "visited": visited.token,
        "provider": str(provider.pk),
        "question": str(question.pk),
    }


def places(asked: dict[str, str]) -> dict[str, list[Any]]:
    """What hangs on a secret, or on the provider of these rows."""
    return {
        "house": [asked["provider"]],
        "question": [asked["provider"], asked["question"]],
        "visit": [asked["visit"]],
        "closed visit": [asked["closed"]],
        "visited": [asked["visited"]],
        "no such thing": ["no-such-thing"],
        "no key": ["1", "no-such-key"],
    }
