"""The bytes of a file, unpacked up to a limit and as UTF-8, and how they begin."""

from __future__ import annotations

import codecs
import gzip
import io
import zlib
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any, Final

from costs.imports.faults import FileRefused, refused

if TYPE_CHECKING:
    from pathlib import Path

HEAD: Final = 1 << 18
GZIP: Final = b"\x1f\x8b"
# What a renamed file is known by.
ARCHIVES: Final = (b"PK\x03\x04", b"PK\x05\x06", b"7z\xbc\xaf", b"Rar!", b"BZh")
ARCHIVES_TOO: Final = (b"\xfd7zXZ", b"\xd0\xcf\x11\xe0", b"\x28\xb5\x2f\xfd")


@dataclass(frozen=True, slots=True)
class Caps:
    """The most a file may hold: bytes unpacked; of JSON, which is read at once.

    ``cell`` is letters in one cell.
    """

    unpacked: int = 64 << 30
    json: int = 256 << 20
    cell: int = 20_000


CAPS: Final = Caps()


@dataclass(frozen=True, slots=True)
class Head:
    """The beginning of a file: "parquet" or "text", and how it is written."""

    kind: str
    text: str = ""
    encoding: str = "utf-8"
    packed: bool = False


def head_of(path: Path, caps: Caps = CAPS) -> Head:
    """Look at a file without trusting its name; FileRefused if it cannot be read."""
    try:
        with path.open("rb") as file:
            first = file.read(HEAD)
        packed = first.startswith(GZIP)
        if packed:
            with gzip.open(path) as file:
                first = file.read(min(HEAD, caps.unpacked))
    except (OSError, EOFError, zlib.error) as broken:
        raise refused("broken") from broken
    if not first.strip():
        raise refused("empty")
    if first.startswith(b"PAR1") and not packed:
        return Head("parquet")
    if first.startswith((*ARCHIVES, *ARCHIVES_TOO, GZIP, b"PAR1")):
        raise refused("archive")
    encoding = _encoding(first)
    text = codecs.getincrementaldecoder(encoding)("replace").decode(first)
    if text.lstrip().startswith("<"):
        raise refused("page", found=text)
    if "\0" in text:
        raise refused("not_text")
    if not text.strip():
        raise refused("empty")
    return Head("text", text, encoding, packed)


def _encoding(first: bytes) -> str:
    """Of the beginning: UTF-16 as PowerShell writes it, else UTF-8 or Shift_JIS."""
    if first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    for encoding in ("utf-8-sig", "cp932"):
        try:
            codecs.getincrementaldecoder(encoding)().decode(first)
        except UnicodeDecodeError:
            continue
        return encoding
    raise refused("encoding", row=1)


# Any: gzip's file is no IO[bytes].
def opened(path: Path, *, packed: bool) -> Any:
    """The file's bytes, unpacked on the way if it is gzipped."""
    return gzip.open(path) if packed else path.open("rb")


class Stream(io.RawIOBase):
    """A file's text as UTF-8, for pyarrow; what was wrong stays in ``refused``.

    Refuses more bytes than the cap, and the line whose bytes are not of the encoding.
    """

    def __init__(self, file: IO[bytes], encoding: str, caps: Caps) -> None:
        super().__init__()
        self.refused: FileRefused | None = None
        self._file, self._caps = file, caps
        self._decoder = codecs.getincrementaldecoder(encoding)()
        self._size, self._line = 0, 1
        self._rest = b""

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes, at most ``size``; OSError with ``refused`` when wrong."""
        try:
            while not self._rest and self._more(max(size, HEAD)):
                pass
        except FileRefused as wrong:
            self.refused = wrong
        except (OSError, EOFError, zlib.error):
            self.refused = refused("broken", row=self._line)
        if self.refused is not None:
            raise OSError(str(self.refused))
        given, self._rest = self._rest[:size], self._rest[size:]
        return given

    def _more(self, size: int) -> bool:
        chunk = self._file.read(size)
        self._size += len(chunk)
        if self._size > self._caps.unpacked:
            raise refused("bomb", limit=self._caps.unpacked)
        pending = self._decoder.getstate()[0]
        try:
            text = self._decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as wrong:
            good = (pending + chunk)[: wrong.start].count(b"\n")
            raise refused("encoding", row=self._line + good) from wrong
        self._line += text.count("\n")
        self._rest = text.encode()
        return bool(chunk)
