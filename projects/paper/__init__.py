"""Sheets for paper: a typst template and plain words in, a tagged PDF out. No Django.

What is written comes to the template as data, never as part of its text, so nothing a
person typed can be read as markup. A template is a .typ file in `templates/`; all of
them take their page, head and foot from `common.typ`.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import noto_cjk_sans_jp_bold
import noto_cjk_sans_jp_regular
import typst

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

TEMPLATES: Final = Path(__file__).parent / "templates"
# Two weights of one Japanese face, each a package that carries its font and the OFL.
FACES: Final = (noto_cjk_sans_jp_regular, noto_cjk_sans_jp_bold)
# PDF/UA-1: headings, tables and languages can be read aloud; checked when it is made.
STANDARD: Final = "ua-1"
LACKING: Final = re.compile('the text `"(.+?)"` could not be displayed')
GETA: Final = "〓"


@cache
def _fonts() -> typst.Fonts:
    folders = [str(Path(str(face.FONT_PATH)).parent) for face in FACES]
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=folders
    )


# Any: whatever JSON holds; the template says what it reads.
def pdf(template: str, words: Mapping[str, Any], *, at: datetime) -> bytes:
    """The words in the form of a template, such as ``assessment``.

    The same words at the same moment give the same bytes. FileNotFoundError for a
    template that is not there; RuntimeError where its own text is at fault.
    """
    source = TEMPLATES / f"{template}.typ"
    if not source.is_file():
        raise FileNotFoundError(source)
    written = json.dumps(words, ensure_ascii=False)
    while True:
        try:
            return _compiled(source, written, at)
        except RuntimeError as fault:
            # The standard takes no sign that the face lacks, such as one that somebody
            # typed into a name: 〓 stands for it, as printers set it.
            lacking = LACKING.search(str(fault))
            if lacking is None or lacking[1] not in written:
                raise
            written = written.replace(lacking[1], GETA)


def _compiled(source: Path, written: str, at: datetime) -> bytes:
    made = typst.compile(
        source,
        root=TEMPLATES,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"words": written},
        pdf_standards=STANDARD,
        timestamp=int(at.timestamp()),
        format="pdf",
    )
    assert isinstance(made, bytes)  # noqa: S101 - one PDF, not a list of pages
    return made
