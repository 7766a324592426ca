"""Let so many seconds of somebody's sessions be left in a running Kenshu; 0 ends them.

python -m tests.browser.leaving EMAIL SECONDS
"""

from __future__ import annotations

import sys
from datetime import timedelta

import django


def leave(email: str, seconds: int) -> None:
    from django.contrib.sessions.models import Session
    from django.utils import timezone

    from projects.models import User

    of = str(User.objects.get(email=email).pk)
    store = Session.get_session_store_class()
    for row in Session.objects.all():
        if row.get_decoded().get("_auth_user_id") != of:
            continue
        if not seconds:
            row.delete()
            continue
        held = store(row.session_key)
        held.set_expiry(timezone.now() + timedelta(seconds=seconds))
        held.save()


if __name__ == "__main__":
    django.setup()
    leave(sys.argv[1], int(sys.argv[2]))
