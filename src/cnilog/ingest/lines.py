"""Read one file of lines into a part: chunks, envelopes, formats, joining."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from cnilog.ingest.duplicates import Keys
from cnilog.ingest.limits import LIMITS
from cnilog.ingest.native import line_ends
from cnilog.ingest.part import Part, Tally
from cnilog.ingest.peel import numbered, split_lines
from cnilog.ingest.peeled import peeled
from cnilog.ingest.reader import File, Reader
from cnilog.ingest.wrapped import is_wrapped, rejoin

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

MOST: Final = 500_000  # lines of one frame
EMPTY: Final = 4096  # bytes of nothing but blanks, which are counted without a look at each


SHORT: Final = 1 << 17  # bytes that Python splits before Polars has begun


def read_lines(file: File, chunks: Iterable[bytes], keep: Sequence[str] | None) -> Part:
    """Return what *chunks* (UTF-8, each ending with a line's end) hold.

    Args:
        file: What is known of it.
        chunks: The text of the file in order.
        keep: Literals of the records to keep; null for all.
    """
    reader = Reader(file, keep)
    return _read(reader, _numbered_lines(chunks, reader))


def read_wrapped(file: File, chunk: bytes, keep: Sequence[str] | None) -> Part | None:
    """Return what *chunk*, a whole file, holds where its lines were wrapped; else null."""
    if not is_wrapped(chunk):
        return None
    return _read(Reader(file, keep), iter((rejoin(lines_of(chunk, 1)),)))


def read_document(file: File, frames: Iterable[pl.DataFrame], keep: Sequence[str] | None) -> Part:
    """Return what *frames*, the lines that a document envelope carried, hold."""
    reader = Reader(file, keep)
    return _read(reader, numbered_carried(frames, reader.drop))


def read_copy(file: File, chunk: bytes) -> Part:
    """Return the part of a file whose lines were all delivered before."""
    tally = Tally(file.name, keep=())
    frame = lines_of(chunk, 1)
    blank = int((frame["text"].str.strip_chars() == "").sum())
    tally.blanks(blank)
    tally.duplicates(frame.height - blank)
    return tally.finish()


def _read(reader: Reader, frames: Iterable[pl.DataFrame]) -> Part:
    held = None
    for frame in frames:
        if held is not None:
            rest = reader.read(held)
            frame = pl.concat([rest, frame]) if rest.height else frame
        held = frame
    if held is not None:
        reader.read(held, last=True)
    return reader.finish()


def _numbered_lines(chunks: Iterable[bytes], reader: Reader) -> Iterator[pl.DataFrame]:
    number = 1
    for chunk in chunks:
        for part in portions(chunk):
            if len(part) > EMPTY and part.isspace():
                lines = part.count(b"\n") + (not part.endswith(b"\n"))
                reader.blanks(lines)
                number += lines
                continue
            frame = lines_of(part, number)
            number += frame.height
            yield frame


def portions(chunk: bytes) -> Iterator[bytes]:
    """Yield *chunk* in parts of at most `MOST` lines: a row costs memory however short it is."""
    if line_ends(chunk) <= MOST:
        yield chunk
        return
    cut = chunk.rfind(b"\n", 0, len(chunk) // 2) + 1 or chunk.find(b"\n") + 1
    yield from portions(chunk[:cut])
    yield from portions(chunk[cut:])


def numbered_carried(
    frames: Iterable[pl.DataFrame], drop: Callable[[pl.DataFrame], None]
) -> Iterator[pl.DataFrame]:
    """Yield *frames* without the events that were delivered before, lines of events split.

    Args:
        frames: `PEELED`, as a document envelope carries them.
        drop: Takes the lines of those that were.
    """
    keys = Keys()
    number = 1
    for frame in frames:
        fresh, again = keys.parted(frame)
        keys.remember(fresh)
        drop(split_lines(again))
        lines = numbered(split_lines(fresh), number)
        number += int(lines["lines"].sum())
        if lines.height:
            yield lines.with_columns(key=pl.lit(None, dtype=pl.String))


def lines_of(chunk: bytes, number: int) -> pl.DataFrame:
    """Return the lines of *chunk* as `PEELED`, the first one with *number*."""
    texts = _split(chunk)
    if len(chunk) > LIMITS.line:
        texts = texts.str.head(LIMITS.line)
    frame = pl.DataFrame({"text": texts}).with_row_index("line", offset=number)
    return peeled(frame)


def _split(chunk: bytes) -> pl.Series:
    if len(chunk) <= SHORT and b"\r" not in chunk:
        lines = chunk.decode().split("\n")
        return pl.Series(lines if lines[-1] else lines[:-1], dtype=pl.String)
    texts = pl.read_lines(chunk)["line"]
    if len(texts) == 0 and chunk:
        return pl.Series([chunk.decode().rstrip("\n")], dtype=pl.String)
    return texts
