"""Bytes on their way to the reader: one encoding out, limits and faults kept."""

from __future__ import annotations

import io

import pytest

from costs.imports.stream import Caps, Stream

LINES = "案件,費用\n予兆,1\n"


def drained(stream, size=7):
    parts = []
    while part := stream.read(size):
        assert len(part) <= size
        parts.append(part)
    return b"".join(parts)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp932", "utf-16"])
def test_text_comes_out_as_utf_8_whatever_it_was(encoding):
    stream = Stream(io.BytesIO(LINES.encode(encoding)), encoding, Caps())
    assert stream.readable()
    assert drained(stream) == LINES.encode()
    assert stream.read(7) == b""


@pytest.mark.parametrize(
    ("content", "code", "row"),
    [
        (b"a\nb\n" + b"\xff" + b"c\n", "encoding", 3),
        (b"a\n" + "案".encode()[:2], "encoding", 2),
        (b"a" * 101, "bomb", None),
    ],
)
def test_what_is_wrong_stops_the_reading_and_is_kept(content, code, row):
    stream = Stream(io.BytesIO(content), "utf-8-sig", Caps(unpacked=100))
    with pytest.raises(OSError, match=code):
        drained(stream)
    (fault,) = stream.refused.faults
    assert (fault.code, fault.row) == (code, row)


class CutOff(io.BytesIO):
    """A packed file that ends before its time."""

    def read(self, size=-1):
        raise EOFError


def test_a_file_that_is_cut_off_is_broken():
    stream = Stream(CutOff(), "utf-8-sig", Caps())
    with pytest.raises(OSError, match="broken"):
        stream.read(7)
    assert stream.refused.faults[0].code == "broken"


def test_a_letter_in_two_parts_is_one():
    content = LINES.encode()

    class Slow(io.BytesIO):
        def read(self, size=-1):
            return super().read(4)

    assert drained(Stream(Slow(content), "utf-8-sig", Caps())) == content
