"""A Kenshu with one engagement, on a Postgres of its own, to be measured."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager, nullcontext
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

from config.embedded import postgres
from config.embedded.process import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

    from projects.models import Engagement

PASSWORD: Final = "only for measuring"  # noqa: S105 - of nobody


@contextmanager
def standing(*, sqlite: bool = False) -> Iterator[None]:
    """Django on an empty database, with its files in a folder of its own."""
    with (
        tempfile.TemporaryDirectory() as name,
        nullcontext(f"sqlite:///{name}/kenshu.sqlite3")
        if sqlite
        else postgres(Path(name)) as address,
    ):
        folder = Path(name)
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "SECRET_KEY": PASSWORD,
            "DATABASE_URL": address,
            # Nobody listens: what is rung for is measured by hand.
            "REDIS_URL": f"redis://127.0.0.1:{free_port()}/0",
            "MEDIA_ROOT": str(folder / "media"),
            "STATIC_ROOT": str(folder / "static"),
            "DEBUG": "0",
            "HTTPS": "0",
            "ALLOWED_HOSTS": "testserver,127.0.0.1",
        }
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connections

        call_command("migrate", verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        try:
            yield
        finally:
            connections.close_all()


def engaged() -> Engagement:
    """One engagement with its manager, and somebody who signs for the customer."""
    from projects.models import Membership, Organisation, User
    from projects.services.engagement import create_engagement

    sides = [
        Organisation.objects.create(name=kind, kind=kind)
        for kind in ("provider", "customer")
    ]
    people = [
        User.objects.create_user(f"{name}@example.test", password=PASSWORD, name=name)
        for name in ("manager", "executive")
    ]
    for role, person, side in zip(
        ("project_manager", "executive"), people, sides, strict=True
    ):
        Membership.objects.create(user=person, organisation=side, role=role)
    return create_engagement(
        by=people[0],
        provider=sides[0],
        customer=sides[1],
        name="Bench",
        name_en="Bench",
        problem="How long does it take?",
        kind="anomaly",
        place="Here",
        placement="hybrid",
        owner=people[0],
        starts_on=date(2026, 1, 1),
        ends_on=date(2026, 12, 31),
    )
