"""Read one file of lines into a part: chunks, envelopes, formats, joining."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from cnilog.ingest.components import usual
from cnilog.ingest.decode import decode
from cnilog.ingest.limits import LIMITS
from cnilog.ingest.multiline import join, unwrap
from cnilog.ingest.part import Part, Tally
from cnilog.ingest.peel import Peeler, numbered, split_lines
from cnilog.ingest.peeled import peeled
from cnilog.ingest.years import fill_years

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

VOTERS: Final = 2_000  # records that say which program wrote the file


def read_lines(
    file: str, chunks: Iterator[bytes], keep: Sequence[str] | None, hint: datetime | None
) -> Part:
    """Return what *chunks* (UTF-8, each ending with a line's end) hold.

    Args:
        file: Its name, as given.
        chunks: The text of the file in order.
        keep: Literals of the records to keep; null for all.
        hint: A time near the end of the file, for lines without a year.
    """
    reader = _Reader(file, keep, hint)
    number = 1
    held = pl.DataFrame()
    for chunk in chunks:
        frame = lines_of(chunk, number)
        number += frame.height
        held = reader.read(pl.concat([held, frame]) if held.height else frame, last=False)
    if held.height:
        reader.read(held, last=True)
    return reader.finish()


def read_document(
    file: str, frame: pl.DataFrame, keep: Sequence[str] | None, hint: datetime | None
) -> Part:
    """Return what *frame*, the lines that a document envelope carried, holds."""
    reader = _Reader(file, keep, hint)
    again = pl.col("key").is_not_null() & (pl.col("key").eq(AGAIN) | ~pl.col("key").is_first_distinct())
    frame = frame.with_columns(again=again)
    lines = numbered(split_lines(frame))
    reader.drop(lines.filter("again"))
    reader.read(lines.filter(~pl.col("again")).drop("again"), last=True)
    return reader.finish()


def lines_of(chunk: bytes, number: int) -> pl.DataFrame:
    """Return the lines of *chunk* as `PEELED`, the first one with *number*."""
    texts = pl.read_lines(chunk)["line"]
    if len(texts) == 0 and chunk:
        texts = pl.Series([chunk.decode().rstrip("\n")], dtype=pl.String)
    texts = texts.str.head(LIMITS.line)
    frame = pl.DataFrame({"text": texts}).with_row_index("line", offset=number)
    return peeled(frame)


class _Reader:
    """Takes the chunks of one file from lines to records."""

    def __init__(self, file: str, keep: Sequence[str] | None, hint: datetime | None) -> None:
        self._tally = Tally(file, keep)
        self._peeler = Peeler()
        self._hint = hint
        self._formats: dict[str, None] = {}

    def read(self, frame: pl.DataFrame, *, last: bool) -> pl.DataFrame:
        """Add the records of *frame*; return the lines that may go on in the next chunk."""
        inner = self._peeler.peel(frame)
        blank = inner.select(pl.col("text").str.strip_chars().str.len_bytes() == 0).to_series()
        rows = inner.filter(~blank) if blank.any() else inner
        joined = join(fill_years(decode(unwrap(rows)), self._hint))
        records, rest = joined.frame, frame.clear()
        if not last and joined.open_from is not None:
            records = records.filter(pl.col("line") < joined.open_from)
            rest = frame.filter(pl.col("line") >= joined.open_from)
            blank &= inner["line"] < joined.open_from
        self._tally.blanks(int(inner.filter(blank)["lines"].sum()))
        self._note(records)
        self._tally.add(records)
        return rest

    def drop(self, frame: pl.DataFrame) -> None:
        """Count the lines of *frame*, which were delivered twice."""
        self._tally.duplicates(int(frame["lines"].sum()))

    def _note(self, records: pl.DataFrame) -> None:
        """Remember which formats were seen, and who wrote the zap lines."""
        for name in records["format"].drop_nulls().unique(maintain_order=True):
            self._formats[name] = None
        part = self._tally.part
        if part.usual is None and records.height:
            part.usual = usual(records.head(VOTERS), None)

    def finish(self) -> Part:
        """Return the part."""
        part = self._tally.finish()
        part.formats = [*self._peeler.names, *self._formats]
        return part
