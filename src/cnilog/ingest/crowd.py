"""Read many small plain files at once: the price of a query is the same for one line and for many.

The lines of the files stand in one frame, each file as a writer of its own and so far from the
next one that no record reaches over. What comes out is split again: every file gets the part that
reading it alone would give.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import accumulate
from typing import TYPE_CHECKING, Final

import polars as pl

from cnilog.ingest.components import usual
from cnilog.ingest.decode import decode
from cnilog.ingest.duplicates import copies, delivered
from cnilog.ingest.multiline import GAP, join, unwrap
from cnilog.ingest.part import COUNTS, Part, Tally
from cnilog.ingest.peel import SAMPLE_ROWS, envelope_of, sample_of
from cnilog.ingest.peeled import WRITER, peeled
from cnilog.ingest.pieces import filled
from cnilog.ingest.place.notices import Notice, notice_of
from cnilog.ingest.quiet import hush
from cnilog.ingest.swept import swept
from cnilog.ingest.years import fill_years
from cnilog.lazily import regex
from cnilog.schema import TIME

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnilog.ingest.beside import Beside
    from cnilog.ingest.quiet import Hushed
    from cnilog.ingest.reader import File
    from cnilog.ingest.swept import Swept

ESCAPE, WRITTEN = b"\x1b", regex(rb"\\(?:u001[bB]|x1b)")  # what `COLOURED` finds; quicker
SWEPT_FROM: Final = 1 << 18  # bytes; fewer are decoded sooner than the native pass is loaded
MOST: Final = 16 << 20  # bytes that wait
FILES: Final = 10_000  # that wait
HUSHED_FROM: Final = 2_000  # lines; fewer are decoded sooner than parted
LARGEST: Final = (
    4 << 20
)  # bytes of a file that is small: skimming one costs as much as reading this
NOTICE: Final = (b"Default", b"Found ")  # what a notice of kubectl holds
ALONE: Final = (None,) * len(WRITER)
NONE_BEFORE: Final = pl.lit(0, dtype=pl.UInt32)
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
        beside: Where they are read, while more come.
    """

    def __init__(self, keep: Sequence[str] | None, beside: Beside) -> None:
        self._keep, self._beside = keep, beside
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
        if ESCAPE in text or WRITTEN.search(text) or _is_wrapped(text):
            return None
        one = One(file, text if text.endswith(b"\n") else text + b"\n", Part(file.name))
        self._waiting.append(one)
        self._bytes += len(text)
        if self._bytes >= MOST or len(self._waiting) >= FILES:
            self.settle()
        return one.part

    def settle(self) -> None:
        """Let the parts of the files that wait be filled in; all are when *beside* is settled."""
        if self._waiting:
            self._beside.run(partial(_read, self._waiting, self._keep))
        self._waiting, self._bytes = [], 0


def _is_wrapped(text: bytes) -> bool:
    """Return whether the lines of *text* carry an envelope."""
    first = text.split(b"\n", SAMPLE_ROWS)[:SAMPLE_ROWS]
    return envelope_of(sample_of([line.decode() for line in first])) is not None


def _read(ones: Sequence[One], keep: Sequence[str] | None, *, whole: bool = False) -> None:
    """Fill in the parts of *ones*; every line is decoded where *whole* or nothing else is asked."""
    parted = None if whole or keep is None else _parted(ones, keep)
    counts = parted.lines if parted else [one.text.count(b"\n") for one in ones]
    rest = parted.rest if parted else _lines(ones, counts).with_columns(before=NONE_BEFORE)
    records = _records(rest, ones)
    again = parted.doubtful(records) if parted else set[int]()
    if again:  # all their lines must be compared with one another
        _read([ones[of] for of in sorted(again)], keep, whole=True)
        _read([one for of, one in enumerate(ones) if of not in again], keep)
        return
    for one, count in zip(ones, counts, strict=True):
        one.part.lines = one.part.blank = count
        one.part.notice = _notice(one.text)
    _note(records, parted, ones)
    _split(records if parted else _once(records, ones), parted, ones, keep)


def _parted(ones: Sequence[One], keep: Sequence[str]) -> Swept | Hushed | None:
    """Return the lines of *ones*, parted; null where they are decoded sooner than that."""
    texts = [one.text for one in ones]
    if sum(map(len, texts)) >= SWEPT_FROM and (found := swept(texts, keep)):
        return found
    counts = [text.count(b"\n") for text in texts]
    return hush(_lines(ones, counts), counts, keep) if sum(counts) >= HUSHED_FROM else None


def _lines(ones: Sequence[One], counts: Sequence[int]) -> pl.DataFrame:
    """Return the lines of all files: ``of`` (number of the file), ``of_line``, ``line``, ``text``.

    ``of_line`` is the number in the file; ``line`` runs through, with gaps between files.
    """
    texts = pl.read_lines(b"".join(one.text for one in ones))["line"]
    number = pl.Series(range(len(ones)), dtype=pl.UInt32)
    begin = pl.Series([0, *accumulate(counts)][: len(counts)], dtype=pl.UInt32)
    of = pl.DataFrame({"of": number, "begin": begin, "count": counts})
    of = of.filter(pl.col("count") > 0).select(
        pl.col("of", "begin").repeat_by("count").explode(empty_as_null=False, keep_nulls=False)
    )
    frame = pl.concat([pl.DataFrame({"text": texts}), of], how="horizontal")
    frame = frame.with_row_index("line", offset=1)
    return frame.select(
        "of",
        of_line=pl.col("line") - pl.col("begin"),
        line=(pl.col("line") + pl.col("of") * (GAP + 1)).cast(pl.UInt32),
        text="text",
    )


def _records(rows: pl.DataFrame, ones: Sequence[One]) -> pl.DataFrame:
    """Return the records in *rows* (as `_lines` gives them), decoded and joined, in order.

    ``line`` is that in the file; ``before`` is what the first row of the record has.
    """
    rows = rows.filter(pl.col("text").str.contains(r"\S"))
    frame = peeled(rows.with_columns(writer=pl.col("of").cast(pl.String)))
    frame = frame.with_columns(rows.select("before", shift=pl.col("line") - pl.col("of_line")))
    records = join(_dated(decode(unwrap(frame)), ones), None).frame
    return records.with_columns(line=pl.col("line") - pl.col("shift")).drop("shift")


def _dated(frame: pl.DataFrame, ones: Sequence[One]) -> pl.DataFrame:
    """Return *frame* with a year for every time; each file has its own hint."""
    hints = pl.Series([one.file.hint for one in ones], dtype=TIME)
    hint = pl.lit(hints).gather(OF.cast(pl.UInt32))
    return fill_years(frame, hint, "writer")


def _notice(text: bytes) -> Notice | None:
    first = text.split(b"\n", 20)[:20]
    if not any(word in line for line in first for word in NOTICE):
        return None
    return notice_of(pl.Series([line.decode() for line in first]))


def _note(records: pl.DataFrame, hushed: Hushed | Swept | None, ones: Sequence[One]) -> None:
    """Remember the formats of each file, and who wrote its zap lines."""
    named = records.filter(pl.col("format").is_not_null())
    formats = named.group_by("writer", maintain_order=True).agg(
        pl.col("format").cast(pl.String).unique(maintain_order=True)
    )
    for of, names in formats.iter_rows():
        ones[int(of)].part.formats = list(names)
    begin = records.filter(pl.col("line") <= SAMPLE_ROWS)
    if hushed:
        begin = begin.select("writer", "line", "format", "caller", "message", "ts", "component")
        begin = pl.concat([begin, hushed.callers(SAMPLE_ROWS)], how="diagonal").sort("line")
    begin = usual(begin, "writer")
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


def _split(
    records: pl.DataFrame,
    hushed: Hushed | Swept | None,
    ones: Sequence[One],
    keep: Sequence[str] | None,
) -> None:
    """Give each file its records and sums."""
    order = pl.int_range(pl.len(), dtype=pl.UInt32).over("writer")
    numbers = records.select(pl.col("before") + order).to_series()
    tally = Tally("several files", keep)
    tally.add(records, numbers)
    whole = tally.finish()
    writers = [int(str(writer[-1])) for writer in whole.writers]
    sums = records.group_by("writer").agg(
        pl.len(), pl.col("lines").sum(), undecoded=pl.col("format").null_count()
    )
    for of, count, lines, undecoded in sums.iter_rows():
        part = ones[int(of)].part
        part.records, part.undecoded, part.continued = count - undecoded, undecoded, lines - count
        part.blank -= lines
        part.writers = [ALONE]
    pieces, counts = whole.pieces, whole.counts
    if hushed:
        for of, count in hushed.totals().items():
            ones[of].part.records += count
            ones[of].part.blank -= count
        pieces = filled(pieces, [ones[of].part.kept for of in writers])
        counts = _added(counts, hushed.counts(records), writers)
    for name, frame in (("entries", whole.entries), ("pieces", pieces), ("counts", counts)):
        frame = frame.with_columns(of="writer", writer=pl.lit(0, dtype=pl.UInt32))
        parts = frame.partition_by("of", as_dict=True, include_key=False, maintain_order=True)
        for (of,), found in parts.items():
            setattr(ones[writers[int(of)]].part, name, found)
    for one in ones:
        part = one.part
        part.blank -= part.duplicate
        sums_up = part.records + part.continued + part.blank + part.duplicate + part.undecoded
        assert part.lines == sums_up, f"{part.file}: {part.lines} lines, {sums_up} accounted for"


def _added(counts: pl.DataFrame, passed: pl.DataFrame, writers: Sequence[int]) -> pl.DataFrame:
    """Return *counts* (`COUNTS`) with those of the lines that were *passed* over.

    A file has a row for each minute and level.
    """
    number = pl.col("of").replace_strict(writers, range(len(writers)), return_dtype=pl.UInt32)
    more = passed.with_columns(writer=number).select(
        pl.col(name).cast(dtype) for name, dtype in COUNTS.items()
    )
    both = pl.concat([counts, more]).group_by("writer", "minute", "level")
    return both.agg(pl.col("count").sum()).select(COUNTS.names())
