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
    from collections.abc import Iterable, Iterator

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


def faults(catalogue: Catalog, used: Iterable[Message]) -> list[str]:
    """Texts without Japanese, fuzzy ones, and placeholders lost or made up."""
    wrong = []
    for context, texts in sorted(set(used), key=str):
        key = texts[0] if isinstance(texts, tuple) else texts
        message = catalogue.get(key, context)
        strings = message.string if message else ""
        all_of = strings if isinstance(strings, (tuple, list)) else (strings,)
        if message is None or not all(all_of):
            wrong.append(f"no Japanese: {key!r}")
        elif message.fuzzy:
            wrong.append(f"fuzzy: {key!r}")
        else:
            # Of two English forms the many is the fuller; "one" may be written out.
            meant = placeholders(texts[1] if isinstance(texts, tuple) else texts)
            wrong += [
                f"placeholders differ: {key!r}"
                for string in all_of
                if placeholders(str(string)) != meant
            ]
    return wrong


def pairs() -> Iterator[tuple[str, str, str]]:
    """Where it stands, Japanese and English of every ``Text`` written in the code."""
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                if (
                    isinstance(node, ast.Call)
                    and getattr(node.func, "id", "") == "Text"
                ):
                    given = dict(zip(("ja", "en"), node.args, strict=False))
                    given |= {k.arg: k.value for k in node.keywords if k.arg}
                    both = [given.get(language) for language in ("ja", "en")]
                    if all(isinstance(text, ast.Constant) for text in both):
                        ja, en = (str(ast.literal_eval(text)) for text in both if text)
                        yield f"{path.relative_to(ROOT)}:{node.lineno}", ja, en


def one_sided(found_pairs: Iterable[tuple[str, str, str]]) -> list[str]:
    """Pairs of which one language is empty or has other placeholders."""
    return [
        f"{place}: {ja!r} and {en!r} differ"
        for place, ja, en in found_pairs
        if bool(ja) != bool(en) or placeholders(ja) != placeholders(en)
    ]


def unworded(sources: Iterable[tuple[str, str]]) -> list[str]:
    """Words that a script would say in one language only, by the name of its file.

    Scripts take every word from the page, which has it in its reader's language. What
    looks like words between quotation marks is found: Japanese, or two words in a row.
    """
    said = re.compile(
        r"""(["'`])([^"'`\n]*[\u3040-\u30ff\u4e00-\u9fff][^"'`\n]*|"""
        r"""[A-Za-z][a-z]+(?: [A-Za-z]+)+[.!?…]?)\1"""
    )
    return [
        f"{name}: words in a script: {found.group(2)!r}"
        for name, source in sources
        for found in said.finditer(re.sub(r"^\s*//.*$", "", source, flags=re.MULTILINE))
        if found.group(2) != "use strict"
    ]


def scripts() -> Iterator[tuple[str, str]]:
    """Every script of ours, by its name."""
    for path in sorted((ROOT / "static").glob("*.js")):
        yield path.name, path.read_text(encoding="utf-8")


def placeholders(text: str) -> tuple[set[str], list[str]]:
    """What is filled in: by name, in any order, and by place, in its order.

    ``%(name)s`` and ``{name}`` have names, ``%s`` and ``{}`` have places. A format, as
    in ``{share:.1f}``, may differ: another language may round otherwise.
    """
    named = set(re.findall(r"%\((\w+)\)[-#0 +]*\d*(?:\.\d+)?[sdfr]", text))
    named |= set(re.findall(r"\{(\w+)[^{}]*\}", text))
    placed = re.findall(r"%[sdfr](?![a-z])|\{\}", text)
    return named, placed


def main(word: str) -> int:
    """Do what the word says; 1 when ``check`` found something."""
    if word == "extract":
        renew()
    elif word == "compile":
        compile_all()
    elif word == "check":
        wrong = faults(stored(), found()) + one_sided(pairs()) + unworded(scripts())
        sys.stdout.writelines(f"{line}\n" for line in wrong)
        return int(bool(wrong))
    else:
        sys.stdout.write("Say extract, compile or check.\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else ""))
