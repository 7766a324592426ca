"""Very many rows of one model, written in bulk."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import Model

AT_ONCE: Final = 20_000


# Any: rows of whatever model, columns by their names.
def pour(like: Model, rows: Iterable[dict[str, Any]]) -> None:
    """Write rows that are like one that was never saved, but for what each says.

    By COPY on Postgres, which a million rows need; in batches elsewhere. No service is
    asked and no guard: the rows are what the services would have left.
    """
    from django.db import connection, transaction

    fields = [
        one
        for one in like._meta.concrete_fields
        if one.get_internal_type() != "BigAutoField"
    ]
    usual = {
        one.attname: one.get_db_prep_save(one.pre_save(like, add=True), connection)
        for one in fields
    }
    names = [one.attname for one in fields]
    columns = ", ".join(f'"{one.column}"' for one in fields)
    table = like._meta.db_table
    lines = ([(usual | row)[name] for name in names] for row in rows)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # The rows are ours and fit together: no look at the other table for each.
            cursor.execute("SET session_replication_role = replica")
            with cursor.copy(f'COPY "{table}" ({columns}) FROM STDIN') as copy:
                for line in lines:
                    copy.write_row(line)
            return
        marks = ", ".join(["%s"] * len(names))
        while batch := [
            [_plain(one) for one in line] for line in islice(lines, AT_ONCE)
        ]:
            # One transaction a batch, else each row would wait for the disk.
            with transaction.atomic():
                cursor.executemany(
                    f'INSERT INTO "{table}" ({columns}) VALUES ({marks})',  # noqa: S608 - our own names
                    batch,
                )


def _plain(value: Any) -> Any:
    """As SQLite keeps it."""
    if isinstance(value, uuid.UUID):
        return value.hex
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value
