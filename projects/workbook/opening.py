"""Opening a workbook from outside: measured and looked through before it is parsed."""

from __future__ import annotations

import re
import zipfile
import zlib
from io import BytesIO
from typing import TYPE_CHECKING, Final

from openpyxl import load_workbook

from projects.catalogue import Text
from projects.workbook.faults import WorkbookRefused

if TYPE_CHECKING:
    from openpyxl import Workbook

MOST_BYTES: Final = 2_000_000
MOST_PARTS: Final = 200
MOST_UNPACKED: Final = 30_000_000
# Nothing a spreadsheet writes; a document type can make the parser grow without end.
DECLARES: Final = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
ENCODING: Final = re.compile(rb"""^<\?xml[^>]*encoding\s*=\s*["']([^"']*)["']""")

TOO_LARGE: Final = Text(
    ja="ファイルが大きすぎます。2MB以下の、ここからダウンロードしたファイルを選んでください。",
    en="The file is too large. Choose the one downloaded here, at most 2 MB.",
)
NO_WORKBOOK: Final = Text(
    ja="Excelブック(.xlsx)として読めません。.xlsx形式で保存して選び直してください。",
    en="It cannot be read as a workbook. Save it as .xlsx and choose it again.",
)
TOO_MUCH_INSIDE: Final = Text(
    ja="展開すると大きすぎるため読みませんでした。ここからダウンロードし直して記入してください。",
    en="It was not read, since it unpacks to far too much. Download a new one here.",
)
UNSAFE: Final = Text(
    ja="表計算ソフトが書かない宣言が含まれるため読みませんでした。"
    "表計算ソフトで開いて.xlsx形式で保存し直してください。",
    en="It was not read, since it holds declarations no spreadsheet writes. Open it in "
    "a spreadsheet program and save it as .xlsx again.",
)


def open_workbook(content: bytes) -> Workbook:
    """The workbook in the file; WorkbookRefused for what is too much or not one."""
    if len(content) > MOST_BYTES:
        raise WorkbookRefused(TOO_LARGE)
    _look_through(content)
    try:
        return load_workbook(BytesIO(content), read_only=True, keep_links=False)
    # Broken parts make the parser raise whatever comes up first.
    except Exception as broken:
        raise WorkbookRefused(NO_WORKBOOK) from broken


def _look_through(content: bytes) -> None:
    """Unpack every part within bounds, and refuse what it may not declare."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as packed:
            parts = packed.infolist()
            if len(parts) > MOST_PARTS:
                raise WorkbookRefused(TOO_MUCH_INSIDE)
            left = MOST_UNPACKED
            for part in parts:
                with packed.open(part) as opened:
                    # What a part says of its own size is not to be believed.
                    unpacked = opened.read(left + 1)
                left -= len(unpacked)
                if left < 0:
                    raise WorkbookRefused(TOO_MUCH_INSIDE)
                if part.filename.lower().endswith((".xml", ".rels", ".vml")):
                    _check_xml(unpacked)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as broken:
        raise WorkbookRefused(NO_WORKBOOK) from broken
    # Encrypted, or packed in a way this Python does not know.
    except (RuntimeError, NotImplementedError) as closed:
        raise WorkbookRefused(NO_WORKBOOK) from closed


def _check_xml(text: bytes) -> None:
    begins = text.removeprefix(b"\xef\xbb\xbf").lstrip()
    named = ENCODING.match(begins)
    other = named is not None and named[1].lower() not in (b"utf-8", b"us-ascii")
    # In another encoding a declaration could hide from the search.
    if not begins.startswith(b"<") or b"\x00" in text or other:
        raise WorkbookRefused(UNSAFE)
    if DECLARES.search(text):
        raise WorkbookRefused(UNSAFE)
