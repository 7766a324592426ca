"""Brings the database and the static files up to date, in one process.

Two commands of manage.py would do the same and load Django twice.
"""

from __future__ import annotations

import django
from django.core.management import call_command


def main() -> None:
    """Migrate, then collect the static files."""
    django.setup()
    # With the checks that manage.py would make: a checklist nobody can read ends here.
    call_command("migrate", interactive=False, skip_checks=False)
    call_command("collectstatic", interactive=False, verbosity=1)


if __name__ == "__main__":
    main()
