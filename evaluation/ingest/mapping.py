"""Which column plays which role: recognised by name, else chosen on screen."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from evaluation.ingest.faults import Fault, FileRefused
from evaluation.ingest.roles import Part, roles_of
from projects.catalogue import Shape, Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evaluation.ingest.inspect import Layout


_EITHER: Final = Text(ja="判定またはスコア", en="prediction or the score")


def recognise(
    columns: Sequence[str], shape: Shape, part: Part = Part.WHOLE
) -> dict[str, str]:
    """Roles of columns whose names are known; each column is taken once at most.

    Units in brackets, case and spaces do not matter: 実績値(万kW) is 実績値. They do
    to a role that is ``spelled``.
    """
    plain: dict[str, str] = {}
    spelled: dict[str, str] = {}
    for column in columns:
        plain.setdefault(_plain(column), column)
        spelled.setdefault(_spelled(column), column)
    found: dict[str, str] = {}
    for role in roles_of(shape, part):
        known = spelled if role.spelled else plain
        for name in role.names:
            if name in known and known[name] not in found.values():
                found[role.key] = known[name]
                break
    return found


def best_table(layout: Layout, shape: Shape, part: Part = Part.WHOLE) -> int:
    """Which of several tables plays most of the roles a file needs; 0 for just one."""

    def fit(number: int) -> tuple[int, int, int]:
        table = layout.tables[number]
        found = recognise(table.columns, shape, part)
        roles = roles_of(shape, part)
        needed = sum(role.required and role.key in found for role in roles)
        return needed, len(found), table.lines

    return max(range(len(layout.tables)), key=fit, default=0)


def check_mapping(
    mapping: Mapping[str, str],
    layout: Layout,
    shape: Shape,
    part: Part = Part.WHOLE,
) -> None:
    """FileRefused for a role without its column, or a column with two roles.

    Also for weights in a file that holds truth or predictions only.
    """
    faults: list[Fault] = []
    listed = ", ".join(layout.columns[:10]) + ("…" if len(layout.columns) > 10 else "")

    def missing(column: str, label: Text) -> Fault:
        params: dict[str, str | int | Text] = {"label": label, "columns": listed}
        return Fault("missing_column", column=column, params=params)

    for role in roles_of(shape, part):
        column = mapping.get(role.key, "")
        if (column and column not in layout.columns) or (role.required and not column):
            faults.append(missing(column, role.label))
    judges = shape == Shape.DETECTION and part != Part.TRUTH
    if judges and not {"y_pred", "y_score"} & _used(mapping).keys():
        faults.append(missing("", _EITHER))
    if part != Part.WHOLE and mapping.get("weight"):
        faults.append(Fault("weight_apart", column=mapping["weight"]))
    used = list(_used(mapping).values())
    for column in dict.fromkeys(used):
        if used.count(column) > 1:
            faults.append(Fault("mapped_twice", column=column))
    if faults:
        raise FileRefused(faults)


def _used(mapping: Mapping[str, str]) -> dict[str, str]:
    return {role: column for role, column in mapping.items() if column}


def _plain(column: str) -> str:
    return _spelled(re.sub(r"[(\[（［].*?[)\]）］]", "", column))


def _spelled(column: str) -> str:
    return re.sub(r"[\s\-]+", "_", column.strip().lower())
