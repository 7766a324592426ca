"""One named piece of what a result holds, taken out by the database."""

from __future__ import annotations

from typing import Any

from django.db.models import F, Func, JSONField, Value


class Within(Func):
    """What ``column`` has under ``part`` and then ``name``; null where it has none.

    Django's own lookups take a name such as "12" for a place in a list, and segments
    are often called so. ``part`` is a word of ours, ``name`` anybody's.
    """

    function = "jsonb_extract_path"
    output_field = JSONField()

    def __init__(self, column: str, part: str, name: str) -> None:
        super().__init__(F(column), Value(part), Value(name))
        self.part = part

    # Any: what Django's compilers take and give.
    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        column, _part, name = self.source_expressions
        column_sql, column_params = compiler.compile(column)
        name_sql, name_params = compiler.compile(name)
        # The part is a word of ours, all else is given as parameters.
        held = f"json_each({column_sql}, '$.{self.part}')"
        sql = f"(SELECT value FROM {held} WHERE key = {name_sql})"  # noqa: S608
        return sql, [*column_params, *name_params]
