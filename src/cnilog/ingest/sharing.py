"""Give each of several files, whose records stand in one frame, its share of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from cnilog.ingest.components import usual
from cnilog.ingest.part import COUNTS, Part, Tally
from cnilog.ingest.peel import SAMPLE_ROWS
from cnilog.ingest.peeled import WRITER
from cnilog.ingest.pieces import filled
from cnilog.ingest.rows import shared

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnilog.ingest.quiet import Hushed
    from cnilog.ingest.reader import File
    from cnilog.ingest.swept import Swept
    from cnilog.ingest.whole import Whole

ALONE: Final = (None,) * len(WRITER)
FILE: Final = pl.col("file")  # the number of the file
BORDER: Final = "\0"  # between the number of a file and the name of a writer in it


@dataclass(frozen=True, slots=True)
class One:
    """A file that waits, and the part that it will be."""

    file: File
    part: Part
    size: int  # bytes of plain lines that would take as much memory
    text: bytes = b""  # ends with a line's end
    whole: Whole | None = None  # its lines, where the envelopes are off them


def marked() -> pl.Expr:
    """Return the ``writer`` of a line with its ``file``: one text tells all writers apart."""
    number = FILE.cast(pl.String)
    return pl.coalesce(pl.concat_str(number, pl.lit(BORDER), "writer"), number).alias("writer")


def share_out(
    records: pl.DataFrame,
    parted: Hushed | Swept | None,
    ones: Sequence[One],
    keep: Sequence[str] | None,
) -> None:
    """Give each of *ones* its records and sums.

    Args:
        records: Decoded, in order, with ``file``, ``before`` (how many lines of the file before it
            were passed over) and ``writer`` as `marked` gives it.
        parted: What was passed over.
        ones: The files; their parts know what was delivered twice and how many lines there are.
        keep: Literals of the records to keep; null for all.
    """
    order = pl.int_range(pl.len(), dtype=pl.UInt32).over("file")
    numbers = records.select(pl.col("before") + order).to_series()
    tally = Tally("several files", keep)
    tally.add(records, numbers)
    whole = tally.finish()
    writers = [_of(writer, ones) for writer in whole.writers]
    sums = records.group_by("file").agg(
        pl.len(), pl.col("lines").sum(), undecoded=pl.col("format").null_count()
    )
    for of, count, lines, undecoded in sums.iter_rows():
        part = ones[of].part
        part.records, part.undecoded, part.continued = count - undecoded, undecoded, lines - count
        part.blank -= lines
    pieces, counts = whole.pieces.own(), whole.counts.own()
    if parted:  # each file has one writer
        for of, count in parted.totals().items():
            ones[of].part.records += count
            ones[of].part.blank -= count
        files = [of for of, _ in writers]
        pieces = filled(pieces, [ones[of].part.kept for of in files])
        counts = _added(counts, parted.counts(records), files)
    known = pl.DataFrame(writers, schema={"of": pl.UInt32, "writer": pl.UInt32}, orient="row")
    entries = whole.entries.own()
    for name, frame in (("entries", entries), ("pieces", pieces), ("counts", counts)):
        for of, rows in shared(frame.with_columns(known[frame["writer"]]), "of").items():
            setattr(ones[of].part, name, rows)
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


def _of(writer: Sequence[str | None], ones: Sequence[One]) -> tuple[int, int]:
    """Return the file of a *writer*, and its number there; remember who it is."""
    number, border, name = str(writer[-1]).partition(BORDER)
    part = ones[int(number)].part
    part.writers.append((*writer[:-1], name if border else None))
    return int(number), len(part.writers) - 1


def note(records: pl.DataFrame, parted: Hushed | Swept | None, ones: Sequence[One]) -> None:
    """Remember the formats of each file in *records* and *parted*, and who wrote its zap lines."""
    named = records.filter(pl.col("format").is_not_null())
    formats = named.group_by("file", maintain_order=True).agg(
        pl.col("format").cast(pl.String).unique(maintain_order=True)
    )
    for of, names in formats.iter_rows():
        ones[of].part.formats += names
    begin = records.filter(pl.col("line") <= SAMPLE_ROWS)
    if parted:
        begin = begin.select("file", "line", "format", "caller", "message", "ts", "component")
        begin = pl.concat([begin, parted.callers(SAMPLE_ROWS)], how="diagonal").sort("line")
    begin = usual(begin, "file")
    for of, name in begin.iter_rows():
        ones[of].part.usual = name
