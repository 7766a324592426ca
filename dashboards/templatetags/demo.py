"""The demo's sign-ins, for the sign-in page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template
from django.conf import settings
from django.utils.translation import get_language

from dashboards.demo import CUSTOMERS, PASSWORD, PEOPLE
from projects.permissions import ROLE_NAMES

if TYPE_CHECKING:
    from projects.permissions import Role

register = template.Library()


@register.simple_tag
def demo_sign_ins() -> list[dict[str, str]]:
    """One sign-in for each role of the demo, and none where there is no demo."""
    if not settings.DEMO:
        return []
    language = get_language() or "ja"
    ja = language.startswith("ja")
    first: dict[tuple[Role, bool], dict[str, str]] = {}
    for key, name, name_en, organisation, role in PEOPLE:
        english = CUSTOMERS.get(organisation, "Kaname Giken")
        first.setdefault(
            (role, organisation in CUSTOMERS),
            {
                "email": f"{key}@demo.kenshu.example",
                "name": name if ja else name_en,
                "role": ROLE_NAMES[role].in_(language),
                "organisation": organisation if ja else english,
            },
        )
    return list(first.values())


@register.simple_tag
def demo_password() -> str:
    """The password everybody in the demo has."""
    return PASSWORD
