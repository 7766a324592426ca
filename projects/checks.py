"""Django's checks of what the project carries as data: its checklists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.checks import Error, register

from projects.checklist import CURRENT, FOLDER, ChecklistError, read

if TYPE_CHECKING:
    from pathlib import Path

    from django.core.checks import CheckMessage


@register()
def checklists_can_be_asked(**_kwargs: Any) -> list[CheckMessage]:
    """Read every version before anybody is asked by it; at each migrate and start."""
    return faults_of(FOLDER)


def faults_of(folder: Path) -> list[CheckMessage]:
    """What is wrong in the files of a folder, by file and entry."""
    faults: list[CheckMessage] = []
    paths = sorted(folder.glob("*.yaml"))
    for path in paths:
        try:
            read(path)
        except (ChecklistError, UnicodeDecodeError) as fault:
            faults.append(Error(f"{path.name}: {fault}", obj=path, id="projects.E001"))
    if CURRENT not in {path.stem for path in paths}:
        missing = f"{CURRENT}.yaml, by which new assessments ask, is missing."
        faults.append(Error(missing, obj=folder, id="projects.E002"))
    return faults
