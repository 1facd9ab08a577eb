"""Read one file of lines into a part: chunks, envelopes, formats, joining."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from cnilog.ingest.components import usual
from cnilog.ingest.decode import decode
from cnilog.ingest.duplicates import Deliveries, Keys, copies
from cnilog.ingest.limits import LIMITS
from cnilog.ingest.multiline import join, unwrap
from cnilog.ingest.notices import Notice, notice_of
from cnilog.ingest.part import Part, Tally
from cnilog.ingest.peel import Peeler, newest_last, numbered, split_lines
from cnilog.ingest.peeled import peeled
from cnilog.ingest.years import fill_years

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from cnilog.ingest.place import Place

UNITS: Final = ("kubelet", "containerd", "kube-proxy")  # several collectors take their journal
VOTERS: Final = 2_000  # records that say which program wrote the file


@dataclass(frozen=True, slots=True)
class File:
    """What is known of a file before its lines are read."""

    name: str  # path as given
    hint: datetime | None  # a time near its end, for lines without a year
    place: Place  # as its path tells
    deliveries: Deliveries  # of the source that it belongs to


def read_lines(file: File, chunks: Iterable[bytes], keep: Sequence[str] | None) -> Part:
    """Return what *chunks* (UTF-8, each ending with a line's end) hold.

    Args:
        file: What is known of it.
        chunks: The text of the file in order.
        keep: Literals of the records to keep; null for all.
    """
    return _read(_Reader(file, keep), _numbered_lines(chunks))


def read_document(file: File, frames: Iterable[pl.DataFrame], keep: Sequence[str] | None) -> Part:
    """Return what *frames*, the lines that a document envelope carried, hold."""
    reader = _Reader(file, keep)
    return _read(reader, _numbered_carried(frames, reader))


def read_copy(file: File, chunk: bytes) -> Part:
    """Return the part of a file whose lines were all delivered before."""
    tally = Tally(file.name, keep=())
    frame = lines_of(chunk, 1)
    blank = int((frame["text"].str.strip_chars() == "").sum())
    tally.blanks(blank)
    tally.duplicates(frame.height - blank)
    return tally.finish()


def _read(reader: _Reader, frames: Iterable[pl.DataFrame]) -> Part:
    held = None
    for frame in frames:
        if held is not None:
            rest = reader.read(held, last=False)
            frame = pl.concat([rest, frame]) if rest.height else frame
        held = frame
    if held is not None:
        reader.read(held, last=True)
    return reader.finish()


def _numbered_lines(chunks: Iterable[bytes]) -> Iterator[pl.DataFrame]:
    number = 1
    for chunk in chunks:
        frame = lines_of(chunk, number)
        number += frame.height
        yield frame


def _numbered_carried(frames: Iterable[pl.DataFrame], reader: _Reader) -> Iterator[pl.DataFrame]:
    """Yield *frames* without the events that were delivered before, lines of events split."""
    keys = Keys()
    number = 1
    for frame in frames:
        fresh, again = keys.parted(frame)
        keys.remember(fresh)
        reader.drop(split_lines(again))
        lines = numbered(split_lines(fresh), number)
        number += int(lines["lines"].sum())
        yield lines.with_columns(key=pl.lit(None, dtype=pl.String))


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

    def __init__(self, file: File, keep: Sequence[str] | None) -> None:
        self._tally = Tally(file.name, keep)
        self._peeler = Peeler()
        self._hint, self._place, self._deliveries = file.hint, file.place, file.deliveries
        self._formats: dict[str, None] = {}
        self._notice: Notice | None = None
        self._keys = Keys()

    def read(self, frame: pl.DataFrame, *, last: bool) -> pl.DataFrame:
        """Add the records of *frame*; return the lines that may go on in the next chunk."""
        self._notice = self._notice or notice_of(frame["text"].head(20))
        inner = newest_last(self._peeler.peel(frame))
        last = last or bool(inner.height and inner["line"][0] > inner["line"][-1])
        inner, known = self._keys.parted(inner)
        blank = inner.select(pl.col("text").str.strip_chars().str.len_bytes() == 0).to_series()
        rows = inner.filter(~blank) if blank.any() else inner
        joined = join(fill_years(decode(unwrap(rows)), self._hint))
        records, rest = joined.frame, frame.clear()
        open_from = None if last else _first_open(joined.open_from, self._peeler.open_from)
        if open_from is not None:
            records = records.filter(pl.col("line") < open_from)
            rest = frame.filter(pl.col("line") >= open_from)
            blank = blank.filter(inner["line"] < open_from)
            inner, known = (part.filter(pl.col("line") < open_from) for part in (inner, known))
        self._keys.remember(inner)
        self.drop(known)
        self._tally.blanks(int(inner.filter(blank)["lines"].sum()))
        self._note(records)
        self._tally.add(self._once(records))
        return rest

    def _once(self, records: pl.DataFrame) -> pl.DataFrame:
        """Return *records* without those that were delivered before, which are counted."""
        pod = pl.coalesce("pod", pl.lit(self._place.pod, dtype=pl.String))
        container = pl.coalesce("container", pl.lit(self._place.container, dtype=pl.String))
        who = pl.coalesce(pl.concat_str(pod, container, separator="/"), _unit())
        frame = records.select("text", who=who, own=pl.col("ts"))
        for again in (copies(frame), self._deliveries.again(frame)):
            if again is not None and again.any():
                self._tally.duplicates(int(records.filter(again)["lines"].sum()))
                records, frame = records.filter(~again), frame.filter(~again)
        return records

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
        part.notice = self._notice
        return part


def _unit() -> pl.Expr:
    """Return the node and program of a line of its journal; null for other lines."""
    host = pl.col("node").str.split(".").list.first()
    program = pl.when(pl.col("component").is_in(UNITS)).then(pl.col("component").cast(pl.String))
    return pl.when(pl.col("pod").is_null()).then(pl.concat_str(host, program, separator="/"))


def _first_open(*lines: int | None) -> int | None:
    known = [line for line in lines if line is not None]
    return min(known) if known else None
