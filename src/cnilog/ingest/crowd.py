"""Read many small plain files at once: the price of a query is the same for one line and for many.

The lines of the files stand in one frame, each file as a writer of its own and so far from the
next one that no record reaches over. What comes out is split again: every file gets the part that
reading it alone would give.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from cnilog.ingest.components import usual
from cnilog.ingest.decode import decode
from cnilog.ingest.duplicates import copies, delivered
from cnilog.ingest.multiline import GAP, join, unwrap
from cnilog.ingest.part import Part, Tally
from cnilog.ingest.peel import SAMPLE_ROWS, envelope_of, sample_of
from cnilog.ingest.peeled import WRITER, peeled
from cnilog.ingest.place.notices import Notice, notice_of
from cnilog.ingest.years import fill_years
from cnilog.schema import TIME

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnilog.ingest.reader import File

ESCAPES: Final = (b"\x1b", b"\\u001b", b"\\u001B", b"\\x1b")  # what `COLOURED` finds; quicker
MOST: Final = 8 << 20  # bytes that wait
LARGEST: Final = (
    4 << 20
)  # bytes of a file that is small: skimming one costs as much as reading this
NOTICE: Final = (b"Default", b"Found ")  # what a notice of kubectl holds
ALONE: Final = (None,) * len(WRITER)
OF: Final = pl.col("writer")  # the number of the file, while several stand in one frame


@dataclass(frozen=True, slots=True)
class One:
    """A file that waits, and the part that it will be."""

    file: File
    text: bytes  # ends with a line's end
    part: Part


class Crowd:
    """Takes small files, and reads those that wait when they are many.

    Args:
        keep: Literals of the records to keep; null for all.
    """

    def __init__(self, keep: Sequence[str] | None) -> None:
        self._keep = keep
        self._waiting: list[One] = []
        self._bytes = 0

    def take(self, file: File, text: bytes) -> Part | None:
        """Return the part that *file* will be; null where it must be read alone.

        Args:
            file: What is known of it.
            text: All of it, as UTF-8 with one kind of line end.
        """
        known = file.place.pod and file.place.container  # then other files may hold its lines
        if known or len(text) > LARGEST:
            return None
        if any(escape in text for escape in ESCAPES) or _is_wrapped(text):
            return None
        one = One(file, text if text.endswith(b"\n") else text + b"\n", Part(file.name))
        self._waiting.append(one)
        self._bytes += len(text)
        if self._bytes >= MOST:
            self.settle()
        return one.part

    def settle(self) -> None:
        """Fill in the parts of the files that wait."""
        if self._waiting:
            _read(self._waiting, self._keep)
        self._waiting, self._bytes = [], 0


def _is_wrapped(text: bytes) -> bool:
    """Return whether the lines of *text* carry an envelope."""
    first = text.decode().split("\n", SAMPLE_ROWS)[:SAMPLE_ROWS]
    return envelope_of(sample_of(first)) is not None


def _read(ones: Sequence[One], keep: Sequence[str] | None) -> None:
    counts = [one.text.count(b"\n") for one in ones]
    begins = [0]
    for count in counts:
        begins.append(begins[-1] + count + GAP + 1)
    frame = _lines(ones, counts)
    rows = frame.filter(pl.col("text").str.strip_chars().str.len_bytes() > 0)
    records = join(_dated(decode(unwrap(rows)), ones), None).frame
    begin = OF.cast(pl.UInt32).replace_strict(
        list(range(len(ones))), begins[:-1], return_dtype=pl.UInt32
    )
    records = records.with_columns(line=pl.col("line") - begin)
    for one, count in zip(ones, counts, strict=True):
        one.part.lines = one.part.blank = count
        one.part.notice = _notice(one.text)
    _note(records, ones)
    records = _once(records, ones)
    _split(records, ones, keep)


def _lines(ones: Sequence[One], counts: Sequence[int]) -> pl.DataFrame:
    """Return the lines of all files as `PEELED`, numbered through with gaps between files."""
    texts = pl.read_lines(b"".join(one.text for one in ones))["line"]
    number = pl.Series(range(len(ones)), dtype=pl.UInt32)
    of = pl.DataFrame({"of": number, "count": counts}).filter(pl.col("count") > 0)
    of = of.select(pl.col("of").repeat_by("count").explode(empty_as_null=False, keep_nulls=False))
    frame = pl.DataFrame({"text": texts, "of": of["of"]}).with_row_index("line", offset=1)
    line = (pl.col("line") + pl.col("of") * (GAP + 1)).cast(pl.UInt32)
    return peeled(frame.with_columns(line=line, writer=pl.col("of").cast(pl.String)))


def _dated(frame: pl.DataFrame, ones: Sequence[One]) -> pl.DataFrame:
    """Return *frame* with a year for every time; each file has its own hint."""
    hints = pl.Series([one.file.hint for one in ones], dtype=TIME)
    hint = pl.lit(hints).gather(OF.cast(pl.UInt32))
    return fill_years(frame, hint, "writer")


def _notice(text: bytes) -> Notice | None:
    if not any(word in text for word in NOTICE):
        return None
    return notice_of(pl.Series(text.decode().split("\n", 20)[:20]))


def _note(records: pl.DataFrame, ones: Sequence[One]) -> None:
    """Remember the formats of each file, and who wrote its zap lines."""
    named = records.filter(pl.col("format").is_not_null())
    formats = named.group_by("writer", maintain_order=True).agg(
        pl.col("format").cast(pl.String).unique(maintain_order=True)
    )
    for of, names in formats.iter_rows():
        ones[int(of)].part.formats = list(names)
    begin = usual(records.filter(pl.col("line") <= SAMPLE_ROWS), "writer")
    for of, name in begin.iter_rows():
        ones[int(of)].part.usual = name


def _once(records: pl.DataFrame, ones: Sequence[One]) -> pl.DataFrame:
    """Return *records* without those that come again in their file, which are counted."""
    key = pl.col("text").hash()
    who = pl.lit(None, dtype=pl.String)
    told = records.select("writer", "line", "lines", "ts_repaired", key=key, who=who, own="ts")
    told = told.with_row_index("row")
    marks = told.group_by("writer").agg(begins=delivered().sum())
    names = marks.filter(pl.col("begins") > 1)["writer"]
    again: list[int] = []
    doubtful = told.filter(OF.is_in(names.implode()))
    for part in doubtful.partition_by("writer", maintain_order=True):
        repeated = copies(part.drop("row", "writer", "lines"))
        if repeated is not None and repeated.any():
            again += part["row"].filter(repeated).to_list()
            lines = int(part["lines"].filter(repeated).sum())
            ones[int(part["writer"][0])].part.duplicate = lines
    if not again:
        return records
    row = pl.int_range(pl.len(), dtype=pl.UInt32)
    return records.filter(~row.is_in(pl.Series(again, dtype=pl.UInt32).implode()))


def _split(records: pl.DataFrame, ones: Sequence[One], keep: Sequence[str] | None) -> None:
    """Give each file its records and sums."""
    numbers = records.select(pl.int_range(pl.len(), dtype=pl.UInt32).over("writer")).to_series()
    tally = Tally("several files", keep)
    tally.add(records, numbers)
    whole = tally.finish()
    order = [int(str(writer[-1])) for writer in whole.writers]
    sums = records.group_by("writer").agg(
        pl.len(), pl.col("lines").sum(), undecoded=pl.col("format").null_count()
    )
    for of, count, lines, undecoded in sums.iter_rows():
        part = ones[int(of)].part
        part.records, part.undecoded, part.continued = count - undecoded, undecoded, lines - count
        part.blank -= lines
        part.writers = [ALONE]
    for name in ("entries", "pieces", "counts"):
        frame: pl.DataFrame = getattr(whole, name)
        frame = frame.with_columns(of="writer", writer=pl.lit(0, dtype=pl.UInt32))
        parts = frame.partition_by("of", as_dict=True, include_key=False, maintain_order=True)
        for (of,), found in parts.items():
            setattr(ones[order[int(of)]].part, name, found)
    for one in ones:
        part = one.part
        part.blank -= part.duplicate
        sums_up = part.records + part.continued + part.blank + part.duplicate + part.undecoded
        assert part.lines == sums_up, f"{part.file}: {part.lines} lines, {sums_up} accounted for"
