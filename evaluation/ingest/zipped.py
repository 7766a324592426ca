"""A folder of Parquet files that comes as one zip: what may be in it, and unpacking."""

from __future__ import annotations

import io
import stat
import struct
import unicodedata
import zipfile
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

from evaluation.ingest.faults import Fault, FileRefused
from evaluation.ingest.folders import is_address, is_hidden, is_piece, located, told

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from evaluation.ingest.inspect import Caps

# A zip with files, one without any, and one that was cut into volumes.
MAGIC: Final = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
CHUNK: Final = 1 << 20
# The list of contents is read whole; so much of it for each file that may be in it.
BYTES_A_NAME: Final = 256
# What common file systems allow.
LONGEST_PART: Final = 255
LONGEST_PATH: Final = 1_000
PACKINGS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
IN_UTF8: Final = 0x800
LOCKED: Final = 0x1 | 0x40 | 0x2000
SPREADSHEETS: Final = (".xlsx", ".xlsm", ".xls", ".ods")
BY_THEMSELVES: Final = (".csv", ".tsv", ".csv.gz", ".tsv.gz", *SPREADSHEETS)
ARCHIVES: Final = (
    *(".zip", ".7z", ".rar", ".lzh", ".tar", ".tgz"),
    *(".gz", ".bz2", ".xz", ".zst"),
)
# All that the library raises for bytes that are no zip.
BROKEN: Final = (
    *(zipfile.BadZipFile, NotImplementedError, RuntimeError, zlib.error, struct.error),
    *(EOFError, OSError, ValueError, OverflowError),
)


@dataclass(frozen=True, slots=True)
class Member:
    """One file in the zip, and the folders that lead to it."""

    parts: tuple[str, ...]
    held: zipfile.ZipInfo

    @property
    def name(self) -> str:
        """The parts as one path."""
        return "/".join(self.parts)


def is_zip(path: Path) -> bool:
    """Whether it begins as a zip does, whatever its name; not if it cannot be read."""
    if is_address(path) or path.is_dir():
        return False
    try:
        with path.open("rb") as file:
            return file.read(4) in MAGIC
    except OSError:
        return False


@contextmanager
def as_table(
    path: Path,
    name: str,
    caps: Caps,
    scratch: Path | None = None,
    tell: Callable[[int], None] | None = None,
) -> Iterator[Path]:
    """The path as the readers take it: of a zip, a folder of what is in it.

    The folder lies in ``scratch`` (None is the system's place for such) and is gone
    afterwards. ``tell`` hears a 0 for each piece of unpacking, and may raise.
    FileRefused when the zip may not be unpacked; a fault by row that is raised
    meanwhile is told by the file it stands in.
    """
    if not is_zip(path):
        with _located(path):
            yield path
        return
    with TemporaryDirectory(prefix="kenshu-", dir=scratch) as made:
        folder = Path(made)
        unpack(path, name, folder, caps, tell)
        with _located(folder):
            yield folder


@contextmanager
def _located(path: Path) -> Iterator[None]:
    try:
        yield
    except FileRefused as refused:
        raise located(refused, path) from refused


def unpack(
    path: Path,
    name: str,
    to: Path,
    caps: Caps,
    tell: Callable[[int], None] | None = None,
) -> None:
    """Write the zip's Parquet files below ``to``; nothing else of it.

    FileRefused before anything is written, or at a file that is damaged. OSError when
    the disk does not take it.
    """
    size = path.stat().st_size
    if size > caps.bytes:
        raise _refused("too_many_bytes", size=size, limit=caps.bytes)
    with _Bounded(path, caps) as file, _opened(file) as archive:
        for member in wanted(archive.infolist(), name, size, caps):
            target = to.joinpath(*member.parts)
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("xb") as written:
                for chunk in _chunks(archive, member):
                    written.write(chunk)
                    if tell is not None:
                        tell(0)


class _Bounded(io.FileIO):
    """A zip whose list of contents is not read when it is too long to be kept."""

    def __init__(self, path: Path, caps: Caps) -> None:
        super().__init__(path)
        self.most = max(CHUNK, caps.files * BYTES_A_NAME)
        self.files = caps.files

    # Any: None where reading would have to wait, which no file on a disk does.
    def read(self, size: int | None = -1, /) -> Any:
        """As of every file; FileRefused when more is asked than names may take."""
        if size is not None and size > self.most:
            raise _refused("zip_many", limit=self.files)
        return super().read(size)


def _opened(file: _Bounded) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(file)
    except BROKEN as broken:
        raise _refused("zip_broken") from broken


def _chunks(archive: zipfile.ZipFile, member: Member) -> Iterator[bytes]:
    """What the file holds; the library gives no more of it than was declared."""
    try:
        with archive.open(member.held) as file:
            while chunk := file.read(CHUNK):
                yield chunk
    except BROKEN as broken:
        raise _refused("unreadable_part", file=told(member.name)) from broken


def wanted(
    listed: Sequence[zipfile.ZipInfo], name: str, size: int, caps: Caps
) -> list[Member]:
    """The Parquet files of a zip of ``size`` bytes, as its list of contents tells.

    FileRefused for one that is too much, unsafe, locked, or no folder of Parquet.
    """
    if len(listed) > caps.files:
        raise _refused("zip_many", limit=caps.files)
    names = ((_name_of(one), one) for one in listed)
    members = [_member(path, one) for path, one in names if path[-1:] != "/"]
    _check_kind(members, name)
    found = [member for member in members if is_piece(member.name)]
    if not found:
        raise _refused("zip_without_parquet")
    _check_places(found)
    for member in found:
        if member.held.flag_bits & LOCKED:
            raise _refused("zip_locked", file=told(member.name))
        if member.held.compress_type not in PACKINGS:
            raise _refused("zip_packing", file=told(member.name))
    unpacked = sum(member.held.file_size for member in found)
    if unpacked > caps.folder:
        raise _refused("zip_large", size=unpacked, limit=caps.folder)
    if unpacked > size * caps.ratio:
        raise _refused("zip_ratio", size=unpacked, packed=size, limit=caps.ratio)
    # Two names for the same bytes are how a small zip declares a large folder.
    if sum(member.held.compress_size for member in found) > size:
        raise _refused("zip_broken")
    return found


def _member(name: str, held: zipfile.ZipInfo) -> Member:
    """The file with its path made plain; FileRefused for one that leads elsewhere."""
    kind = stat.S_IFMT(held.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        raise _refused("zip_link", file=told(name))
    parts = tuple(part for part in name.split("/") if part not in ("", "."))
    leads_out = name.startswith("/") or ".." in parts or name[1:2] == ":"
    odd = any(unicodedata.category(letter) == "Cc" for letter in name)
    sizes = [len(part.encode()) for part in parts]
    if leads_out or odd or max(sizes, default=LONGEST_PATH) > LONGEST_PART:
        raise _refused("zip_path", file=told(name))
    if sum(sizes) + len(sizes) > LONGEST_PATH:
        raise _refused("zip_path", file=told(name))
    return Member(parts, held)


def _name_of(held: zipfile.ZipInfo) -> str:
    """A name as it was meant: Finder writes UTF-8, Explorer Shift_JIS, neither says so.

    Windows may part it by backslashes. Kana are put together, as they are typed.
    """
    name = held.orig_filename
    if not held.flag_bits & IN_UTF8:
        for encoding in ("utf-8", "cp932"):
            try:
                name = held.orig_filename.encode("cp437").decode(encoding)
            except UnicodeDecodeError:
                continue
            break
    return unicodedata.normalize("NFC", name.replace("\\", "/"))


def _check_kind(members: list[Member], name: str) -> None:
    """FileRefused for what is a zip by accident, or holds what no folder may."""
    names = {member.name for member in members}
    if any(one.startswith("xl/") for one in names):
        plain = name.lower().endswith(SPREADSHEETS)
        raise _refused("spreadsheet" if plain else "renamed_spreadsheet")
    if names & {"[Content_Types].xml", "mimetype"}:
        plain = name.lower().endswith(SPREADSHEETS)
        raise _refused("spreadsheet" if plain else "not_a_table")
    for one in sorted(names):
        if is_hidden(one):
            continue
        if one.lower().endswith(BY_THEMSELVES):
            raise _refused("csv_in_zip", file=told(one))
        if one.lower().endswith(ARCHIVES):
            raise _refused("zip_in_zip", file=told(one))


def _check_places(found: list[Member]) -> None:
    """FileRefused when two files would lie in one place."""
    folders = {one.parts[:depth] for one in found for depth in range(len(one.parts))}
    seen: set[tuple[str, ...]] = set()
    for one in found:
        if one.parts in seen or one.parts in folders:
            raise _refused("zip_twice", file=told(one.name))
        seen.add(one.parts)


def _refused(code: str, **params: str | int) -> FileRefused:
    return FileRefused([Fault(code, params=dict(params))])
