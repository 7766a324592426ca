"""Translations without gettext binaries.

``python -m config.messages extract``, ``compile`` or ``check``. Babel reads and
writes the catalogues; Django's own templatize finds texts in templates.
"""

from __future__ import annotations

import ast
import re
import sys
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Final

from babel.messages import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).resolve().parent.parent
CATALOGUE: Final = ROOT / "locale/ja/LC_MESSAGES/django.po"
FOLDERS: Final = ("config", "projects", "evaluation", "costs", "dashboards")
KEYWORDS: Final[dict[str, tuple[int | tuple[int, str], ...] | None]] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
}
# What templatize writes: one call to a line of otherwise blanked-out text.
TEXT: Final = r"u?('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"
CALL: Final = re.compile(
    rf"\b(gettext|ngettext|pgettext|_)\(\s*{TEXT}(?:\s*,\s*{TEXT})?", re.DOTALL
)
Message = tuple[str | None, str | tuple[str, str]]


def found() -> Iterator[Message]:
    """Every (context, text or texts) a reader may see, in Python and in templates."""
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            source = BytesIO(path.read_bytes())
            for _line, texts, _comments, context in extract("python", source, KEYWORDS):
                yield context, texts if isinstance(texts, str) else (texts[0], texts[1])
    for path in sorted((ROOT / "templates").rglob("*.html")):
        for call in CALL.finditer(templatize(path.read_text(), origin=path.name)):
            name, first = call[1], ast.literal_eval(call[2])
            second = ast.literal_eval(call[3]) if call[3] else ""
            if name == "pgettext":
                yield first, second
            elif name == "ngettext":
                yield None, (first, second)
            else:
                yield None, first


def stored() -> Catalog:
    """The Japanese catalogue as it stands."""
    if not CATALOGUE.exists():
        return Catalog(locale="ja", charset="utf-8")
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="ja")


def renew() -> None:
    """Write the catalogue anew: texts in use, with the Japanese they already have."""
    before, after = stored(), Catalog(locale="ja", charset="utf-8", fuzzy=False)
    for context, texts in sorted(set(found()), key=str):
        old = before.get(texts[0] if isinstance(texts, tuple) else texts, context)
        string = old.string if old else ""
        after.add(texts, string=string, context=context)
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    with CATALOGUE.open("wb") as file:
        write_po(file, after, width=88, omit_header=False, sort_output=True)


def compile_all() -> None:
    """Write the binary catalogue Django reads."""
    with CATALOGUE.with_suffix(".mo").open("wb") as file:
        write_mo(file, stored())


def faults() -> list[str]:
    """Texts without Japanese, fuzzy ones, and placeholders that were lost."""
    catalogue = stored()
    wrong = []
    for context, texts in sorted(set(found()), key=str):
        key = texts[0] if isinstance(texts, tuple) else texts
        message = catalogue.get(key, context)
        strings = message.string if message else ""
        all_of = strings if isinstance(strings, (tuple, list)) else (strings,)
        if message is None or not all(all_of):
            wrong.append(f"no Japanese: {key!r}")
        elif message.fuzzy:
            wrong.append(f"fuzzy: {key!r}")
        else:
            wrong += [
                f"placeholders differ: {key!r}"
                for string in all_of
                if _placeholders(str(string)) - _placeholders(str(texts))
            ]
    return wrong


def _placeholders(text: str) -> set[str]:
    return set(re.findall(r"%\(\w+\)[sd]", text))


def main(word: str) -> int:
    """Do what the word says; 1 when ``check`` found something."""
    if word == "extract":
        renew()
    elif word == "compile":
        compile_all()
    elif word == "check":
        wrong = faults()
        sys.stdout.writelines(f"{line}\n" for line in wrong)
        return int(bool(wrong))
    else:
        sys.stdout.write("Say extract, compile or check.\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else ""))
