"""A zip of a folder is that folder, or is refused in words before it costs anything."""

from __future__ import annotations

import io
import json
import stat
import struct
import unicodedata
import zipfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from evaluation.command import main
from evaluation.ingest.check import excerpt
from evaluation.ingest.faults import FileRefused
from evaluation.ingest.folders import digest_of
from evaluation.ingest.inspect import Caps, Layout, inspect
from evaluation.ingest.zipped import as_table, is_zip, unpack
from evaluation.offline import answer
from projects.catalogue import Shape, Terms
from tests.evaluation.zips import (
    ASIDE,
    FLAGS,
    PACKING,
    PARTS,
    SIZE,
    parquet,
    patched,
    rows,
    unpacked,
    zipped,
)

CAPS = Caps()


def refused(
    folder: Path, content: bytes, caps: Caps = CAPS, name: str = "runs.zip"
) -> FileRefused:
    """The refusal of a zip, which must leave nothing behind."""
    path, scratch = folder / name, folder / "scratch"
    path.write_bytes(content)
    scratch.mkdir(exist_ok=True)
    with (
        pytest.raises(FileRefused) as found,
        as_table(path, name, caps, scratch) as table,
    ):
        inspect(table, name, caps)
    assert not list(scratch.iterdir())
    for fault in found.value.faults:
        for language in ("ja", "en"):
            said = fault.sentence(language, name) + fault.cure(language)
            assert "{" not in said
            assert str(scratch) not in said
    return found.value


@pytest.mark.parametrize("top", ["", "runs/"])
@pytest.mark.parametrize("packing", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_zip_is_measured_as_its_folder_is(
    tmp_path: Path, top: str, packing: int
) -> None:
    folder = unpacked(tmp_path / "runs")
    path = tmp_path / "runs.zip"
    path.write_bytes(zipped(PARTS | ASIDE, packing=packing, top=top))
    plain = answer(folder, Shape.DETECTION, Terms())
    done = answer(path, Shape.DETECTION, Terms())
    assert done.finished == plain.finished
    assert done.finished.rows == 210
    assert done.finished.segments() == ["A", "B 棟"]
    assert (done.name, done.sha256) == ("runs.zip", digest_of(path))


def test_the_command_line_takes_a_zip(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "runs.zip"
    path.write_bytes(zipped())
    assert main([str(path), "--kind", "detection", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["rows"] == 210
    path.write_bytes(zipped()[:-30])
    assert main([str(path), "--kind", "detection", "--language", "en"]) == 2
    assert "runs.zip was refused. The zip is damaged" in capsys.readouterr().err


def test_a_cluster_measures_no_zip(tmp_path: Path) -> None:
    path = tmp_path / "runs.zip"
    path.write_bytes(zipped())
    with pytest.raises(ValueError, match=r"runs\.zip must be unpacked"):
        answer(path, Shape.DETECTION, Terms(), executor=ThreadPoolExecutor(1))


def test_what_is_seen_names_the_files_and_the_columns_of_their_paths(
    tmp_path: Path,
) -> None:
    path = tmp_path / "runs.zip"
    path.write_bytes(zipped(top="runs/"))
    with as_table(path, path.name, CAPS) as table:
        layout = inspect(table, path.name, CAPS)
    assert not table.exists()
    assert (layout.files, layout.from_path, layout.rows) == (3, ("segment",), 210)
    assert layout.preview[0] == ("1", "1", "A")
    assert Layout.from_json(json.loads(json.dumps(layout.to_json()))) == layout
    assert not excerpt(path, layout, 3)


def test_a_layout_seen_before_zips_were_taken_is_read(tmp_path: Path) -> None:
    (tmp_path / "one.parquet").write_bytes(parquet(**rows(0)))
    layout = inspect(tmp_path / "one.parquet", "one.parquet", CAPS)
    stored = layout.to_json()
    del stored["files"], stored["from_path"]
    assert Layout.from_json(stored) == layout


def locked(content: bytes) -> bytes:
    return patched(content, FLAGS, b"\1\0")


def linked() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        link = zipfile.ZipInfo("segment=A/part-0.parquet")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    return held.getvalue()


def twice(first: str, second: str) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr(first, PARTS["segment=A/part-0.parquet"])
        archive.writestr(second, PARTS["segment=A/part-0.parquet"])
    return held.getvalue()


def overlapping() -> bytes:
    """Two entries of the list of contents for the same bytes."""
    content = zipped({"a.parquet": bytes(3_000)}, packing=zipfile.ZIP_STORED)
    at, end = content.index(b"PK\x01\x02"), content.index(b"PK\x05\x06")
    again = content[at:end].replace(b"a.parquet", b"b.parquet")
    record = list(struct.unpack("<4s4H2LH", content[end:]))
    record[3], record[4], record[5] = 2, 2, 2 * (end - at)
    return content[:end] + again + struct.pack("<4s4H2LH", *record)


A = "segment=A/part-0.parquet"
BAD: dict[str, tuple[bytes, str, str]] = {
    "cut off": (zipped()[:-40], "zip_broken", ""),
    "no more than a head": (b"PK\3\4", "zip_broken", ""),
    "volumes": (b"PK\7\x08" + bytes(60), "zip_broken", ""),
    "empty": (zipped({}), "zip_without_parquet", ""),
    "only notes": (zipped({"README.txt": b"x"}), "zip_without_parquet", ""),
    "only what is left out": (zipped(ASIDE), "zip_without_parquet", ""),
    "csv": (zipped({"runs/a.csv": b"y_true\n"}), "csv_in_zip", "runs/a.csv"),
    "csv beside": (zipped(PARTS | {"a.CSV.gz": b""}), "csv_in_zip", "a.CSV.gz"),
    "spreadsheet inside": (zipped(PARTS | {"a.xlsx": b""}), "csv_in_zip", "a.xlsx"),
    "a zip in the zip": (zipped(PARTS | {"b.zip": b""}), "zip_in_zip", "b.zip"),
    "gzip in the zip": (zipped({f"{A}.gz": b""}), "zip_in_zip", f"{A}.gz"),
    "renamed xlsx": (zipped({"xl/workbook.xml": b""}), "renamed_spreadsheet", ""),
    "renamed docx": (zipped({"[Content_Types].xml": b""}), "not_a_table", ""),
    "password": (locked(zipped()), "zip_locked", A),
    "bzip2": (zipped(packing=zipfile.ZIP_BZIP2), "zip_packing", A),
    "deflate64": (patched(zipped(), PACKING, b"\x09\0"), "zip_packing", A),
    "link": (linked(), "zip_link", A),
    "up": (zipped({"runs/../../a.parquet": b""}), "zip_path", "runs/../../a.parquet"),
    "absolute": (zipped({"/etc/a.parquet": b""}), "zip_path", "/etc/a.parquet"),
    "drive": (zipped({"C:\\a.parquet": b""}), "zip_path", "C:/a.parquet"),
    "up by backslashes": (zipped({"..\\a.parquet": b""}), "zip_path", "../a.parquet"),
    "up beside": (zipped(PARTS | {"../README": b""}), "zip_path", "../README"),
    "control": (zipped({"a\n.parquet": b""}), "zip_path", "a .parquet"),
    "part too long": (zipped({"a" * 250 + ".parquet": b""}), "zip_path", ""),
    "path too long": (zipped({"abcdefgh/" * 120 + "a.parquet": b""}), "zip_path", ""),
    "twice": (twice("a/b.parquet", "a//b.parquet"), "zip_twice", "a/b.parquet"),
    "file and folder": (
        twice("a.parquet", "a.parquet/b.parquet"),
        *("zip_twice", "a.parquet"),
    ),
    "overlapping": (overlapping(), "zip_broken", ""),
    "bomb": (zipped({"a.parquet": bytes(9_000_000)}), "zip_ratio", ""),
    "another size": (
        patched(zipped({A: PARTS[A]}), SIZE, b"\x09\0\0\0"),
        *("unreadable_part", A),
    ),
    "no Parquet inside": (zipped({A: b"PAR1"}), "unreadable_part", A),
    "one zip named so": (zipped({A: zipped()}), "unreadable_part", A),
    "other columns": (
        zipped(PARTS | {"segment=C/c.parquet": parquet(y_true=[1])}),
        *("uneven_folder", "segment=C/c.parquet"),
    ),
    "partition missing": (
        zipped(PARTS | {"z.parquet": parquet(**rows(0))}),
        *("uneven_path", "z.parquet"),
    ),
    "another partition": (
        zipped(PARTS | {"site=A/z.parquet": parquet(**rows(0))}),
        *("uneven_path", "site=A/z.parquet"),
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_what_is_no_folder_of_parquet_is_refused(tmp_path: Path, case: str) -> None:
    content, code, file = BAD[case]
    found = refused(tmp_path, content)
    fault = found.faults[0]
    assert fault.code == code
    assert file in fault.sentence("en", "runs.zip")


def test_a_damaged_file_in_a_zip_is_named(tmp_path: Path) -> None:
    content = zipped(packing=zipfile.ZIP_STORED)
    at = content.index(b"PAR1") + 40
    broken = content[:at] + bytes([content[at] ^ 255]) + content[at + 1 :]
    (fault,) = refused(tmp_path, broken).faults
    assert fault.code == "unreadable_part"
    assert A in fault.sentence("ja", "runs.zip")


@pytest.mark.parametrize("name", ["book.xlsx", "BOOK.XLSM"])
def test_a_spreadsheet_is_called_one(tmp_path: Path, name: str) -> None:
    content = zipped({"xl/workbook.xml": b""})
    assert refused(tmp_path, content, name=name).faults[0].code == "spreadsheet"
    other = zipped({"mimetype": b"", "content.xml": b""})
    assert refused(tmp_path, other, name="book.ods").faults[0].code == "spreadsheet"


def test_a_renamed_spreadsheet_is_told_that_xlsx_is_a_zip(tmp_path: Path) -> None:
    (fault,) = refused(tmp_path, zipped({"xl/workbook.xml": b""})).faults
    assert ".xlsx is a zip inside" in fault.sentence("en", "runs.zip")
    assert ".xlsxも中はzip" in fault.sentence("ja", "runs.zip")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"bytes": 100}, "too_many_bytes"),
        ({"files": 2}, "zip_many"),
        ({"folder": 1_000}, "zip_large"),
        ({"ratio": 1}, "zip_ratio"),
        ({"rows": 100}, "too_many_rows"),
        ({"columns": 2}, "too_many_columns"),
    ],
)
def test_a_zip_over_a_limit_is_refused(
    tmp_path: Path, change: dict[str, int], code: str
) -> None:
    caps = replace(CAPS, **change)
    parts = {name: parquet(**rows(0, 2_000)) for name in PARTS}
    assert refused(tmp_path, zipped(parts), caps).faults[0].code == code


def test_a_list_of_contents_too_long_to_keep_is_not_read(tmp_path: Path) -> None:
    head = patched(zipped({"a": b""}), 0, b"")
    entry = head[head.index(b"PK\x01\x02") : head.index(b"PK\x05\x06")]
    many = 1_200_000 // len(entry)
    record = struct.pack(
        *("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, many * len(entry), 31, 0)
    )
    path = tmp_path / "many.zip"
    path.write_bytes(head[:31] + entry * many + record)
    caps = replace(CAPS, files=3)
    with pytest.raises(FileRefused) as found:
        unpack(path, path.name, tmp_path / "to", caps)
    assert found.value.faults[0].code == "zip_many"
    assert not (tmp_path / "to").exists()


def test_a_zip_with_a_remark_is_read(tmp_path: Path) -> None:
    path = tmp_path / "runs.zip"
    path.write_bytes(zipped())
    with zipfile.ZipFile(path, "a") as archive:
        archive.comment = b"from the press"
    assert answer(path, Shape.DETECTION, Terms()).finished.rows == 210


@pytest.mark.parametrize("encoding", ["utf-8", "cp932"])
def test_names_that_do_not_say_their_encoding_are_read(
    tmp_path: Path, encoding: str
) -> None:
    # Letters of one byte each, so that the name's place can be written over.
    told = "設備=能登ソ/部品.parquet".encode(encoding)
    content = zipped({"x" * len(told): PARTS[A]}).replace(b"x" * len(told), told)
    path = tmp_path / "runs.zip"
    path.write_bytes(content)
    with as_table(path, path.name, CAPS) as table:
        layout = inspect(table, path.name, CAPS)
    assert layout.columns == ("y_true", "y_pred", "設備")
    assert layout.preview[0][-1] == "能登ソ"


def test_a_name_in_neither_encoding_is_kept_as_it_stands(tmp_path: Path) -> None:
    content = zipped({"x.parquet": PARTS[A]}).replace(b"x.parquet", b"\x81.parquet")
    path = tmp_path / "runs.zip"
    path.write_bytes(content)
    assert answer(path, Shape.DETECTION, Terms()).finished.rows == 80


def test_kana_taken_apart_by_a_mac_are_one_letter(tmp_path: Path) -> None:
    apart = unicodedata.normalize("NFD", "segment=ガ棟")
    parts = {f"{apart}/a.parquet": PARTS[A]}
    path = tmp_path / "runs.zip"
    path.write_bytes(zipped(parts))
    folder = unpacked(tmp_path / "plain", parts)
    for one in (path, folder):
        done = answer(one, Shape.DETECTION, Terms())
        assert done.finished.segments() == ["ガ棟"]


def test_a_bad_cell_is_told_by_the_file_in_the_zip(tmp_path: Path) -> None:
    spoilt = rows(0)
    spoilt["y_true"][5] = 7
    path = tmp_path / "runs.zip"
    path.write_bytes(zipped(PARTS | {"segment=B%20棟/x.parquet": parquet(**spoilt)}))
    with pytest.raises(FileRefused) as found:
        answer(path, Shape.DETECTION, Terms())
    (fault,) = found.value.faults
    assert (fault.row, fault.file) == (7, "segment=B%20棟/x.parquet")


def test_work_that_is_given_up_leaves_no_folder(tmp_path: Path) -> None:
    path, scratch = tmp_path / "runs.zip", tmp_path / "scratch"
    path.write_bytes(zipped())
    scratch.mkdir()
    heard: list[int] = []

    def tell(taken: int) -> None:
        heard.append(taken)
        if len(heard) == 2:
            raise KeyboardInterrupt

    with (
        pytest.raises(KeyboardInterrupt),
        as_table(path, path.name, CAPS, scratch, tell),
    ):
        pass
    assert heard == [0, 0]
    assert not list(scratch.iterdir())


def test_only_a_file_with_its_first_bytes_is_a_zip(tmp_path: Path) -> None:
    path = tmp_path / "runs.zip"
    assert not is_zip(path)
    assert not is_zip(tmp_path)
    assert not is_zip(path.__class__("s3://bucket/runs.zip"))
    path.write_bytes(b"y_true,y_pred\n")
    assert not is_zip(path)
    path.write_bytes(zipped())
    assert is_zip(path)


ODD = ("/", "\\", "..", ".", "\0", ":", "=", "segment=", "\u202e", "ガ")
NAMES = st.lists(
    st.characters(codec="utf-8") | st.sampled_from(ODD), min_size=1, max_size=30
).map("".join)


@given(st.lists(NAMES, min_size=1, max_size=4), st.booleans())
@example(["../../escaped"], False)
@example(["segment=A/..\\..\\x"], True)
def test_whatever_the_names_nothing_is_written_elsewhere(
    names: list[str], ending: bool
) -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for number, name in enumerate(names):
            info = zipfile.ZipInfo()
            # Set afterwards, as the library would tidy it up.
            info.filename = info.orig_filename = f"{name}{number}" + ".parquet" * ending
            archive.writestr(info, b"held")
    with TemporaryDirectory() as made:
        home = Path(made)
        (home / "runs.zip").write_bytes(held.getvalue())
        to = home / "a" / "b" / "c"
        to.mkdir(parents=True)
        with suppress(FileRefused):
            unpack(home / "runs.zip", "runs.zip", to, CAPS)
        outside = {p for p in home.rglob("*") if not p.is_relative_to(to)}
        assert outside == {home / "a", home / "a" / "b", home / "runs.zip"}
        assert all(p.is_dir() or p.read_bytes() == b"held" for p in to.rglob("*"))


@given(st.integers(0, 10_000), st.binary(min_size=1, max_size=6))
def test_a_zip_with_other_bytes_is_measured_or_refused(at: int, value: bytes) -> None:
    content = zipped({A: PARTS[A]})
    place = at % len(content)
    spoilt = content[:place] + value + content[place + len(value) :]
    with TemporaryDirectory() as made:
        path = Path(made, "runs.zip")
        path.write_bytes(spoilt)
        try:
            said = str(answer(path, Shape.DETECTION, Terms(), threads=1).finished.rows)
        except FileRefused as found:
            said = found.faults[0].sentence("ja", "runs.zip")
        assert said == "80" or said.startswith("runs.zipは")
