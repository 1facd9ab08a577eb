"""Bytes come in order, once; a file on disk in pieces that end with a line, whatever befalls it."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnilog.ingest.archives import Forward
from cnilog.ingest.stream import Stream, blocks_of

LINES = b"".join(b"line %d %s\n" % (number, b"x" * (number % 90)) for number in range(4000))


@contextmanager
def opened(path: Path) -> Iterator[Stream]:
    with path.open("rb") as file:
        yield Stream(blocks_of(file), file=file)


@pytest.mark.parametrize("size", [1, 7, 4096, 100_000, 10_000_000])
@pytest.mark.parametrize("text", [LINES, LINES + b"no end", b"x" * 50_000, b"\n" * 99])
def test_pieces_are_the_file_cut_at_line_ends(tmp_path: Path, text: bytes, size: int) -> None:
    path = tmp_path / "ipamd.log"
    path.write_bytes(text[: 400 * size])  # a piece of one byte is a line: few are enough
    with opened(path) as stream:
        pieces = list(stream.again(size))

    assert b"".join(pieces) == text[: 400 * size]
    assert all(piece.endswith(b"\n") and len(piece) >= min(size, 9) for piece in pieces[:-1])
    assert stream.taken == len(text[: 400 * size])


def test_what_is_cut_off_meanwhile_is_missing_and_no_more(tmp_path: Path) -> None:
    path = tmp_path / "ipamd.log"
    path.write_bytes(LINES)
    with opened(path) as stream:
        pieces = stream.again(50_000)
        first = next(pieces)
        with path.open("r+b") as file:
            file.truncate(80_000)

        assert first + b"".join(pieces) == LINES[:80_000]


def test_what_grows_meanwhile_is_read_to_the_end_of_a_line(tmp_path: Path) -> None:
    path = tmp_path / "ipamd.log"
    path.write_bytes(LINES[:60_005])
    with opened(path) as stream:
        pieces = stream.again(50_000)
        first = next(pieces)
        with path.open("ab") as file:
            file.write(LINES[60_005:])
        rest = list(pieces)

    assert first + b"".join(rest) == LINES
    assert all(piece.endswith(b"\n") for piece in rest)


def test_a_file_is_asked_for_its_size_and_not_read(tmp_path: Path) -> None:
    path = tmp_path / "ipamd.log"
    path.write_bytes(LINES)
    with opened(path) as stream:
        larger = stream.exceeds(1000)

    assert larger
    assert stream.taken == 0
    assert not Stream(iter((b"abc",))).exceeds(3)
    assert Stream(iter((b"abc", b"d"))).exceeds(3)


@given(
    st.lists(st.binary(min_size=1, max_size=9), max_size=12),
    st.lists(st.tuples(st.booleans(), st.integers(0, 20)), max_size=12),
)
def test_what_is_read_and_looked_at_is_the_bytes_in_order(
    blocks: list[bytes], steps: list[tuple[bool, int]]
) -> None:
    """However blocks are cut, however often it is looked ahead, no byte is lost or comes twice."""
    left = b"".join(blocks)
    stream = Stream(iter(blocks))
    for reads, size in steps:
        if reads:
            assert stream.read(size) == left[:size]
            left = left[size:]
        else:
            assert stream.peek(size) == left[:size]

    assert b"".join(stream.blocks()) == left


def test_a_tape_goes_forward_only() -> None:
    tape = Forward(Stream(iter((LINES,))))
    tape.seek(1000)

    assert tape.read(500) == LINES[1000:1500]
    assert tape.tell() == 1500
    with pytest.raises(tarfile.StreamError):
        tape.seek(1499)
    tape.seek(len(LINES) + 1)
    assert tape.tell() == len(LINES)
