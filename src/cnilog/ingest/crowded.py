"""Read small files that stand in one frame, each as a writer of its own.

They are so far from one another that no record reaches over. What comes out is split again: every
file gets the part that reading it alone would give.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Final, NamedTuple

import polars as pl

from cnilog.ingest.components import usual
from cnilog.ingest.decode import decode
from cnilog.ingest.duplicates import copies, delivered
from cnilog.ingest.multiline import GAP, join, unwrap
from cnilog.ingest.part import COUNTS, Part, Tally
from cnilog.ingest.peel import SAMPLE_ROWS, newest_first, turned_round, unwrapped
from cnilog.ingest.peeled import WRITER, peeled
from cnilog.ingest.pieces import filled
from cnilog.ingest.place.notices import Notice, notice_of
from cnilog.ingest.quiet import hush
from cnilog.ingest.swept import swept
from cnilog.ingest.years import fill_years
from cnilog.schema import TIME

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Future

    from cnilog.ingest.envelope import LineEnvelope
    from cnilog.ingest.quiet import Hushed
    from cnilog.ingest.reader import File
    from cnilog.ingest.swept import Swept

SWEPT_FROM: Final = 1 << 18  # bytes; fewer are decoded sooner than the native pass is loaded
HUSHED_FROM: Final = 2_000  # lines; fewer are decoded sooner than parted
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


class How(NamedTuple):
    """How files are read together.

    Attributes:
        keep: Literals of the records to keep; null for all.
        envelope: What is round each of their lines; it names nobody.
        named: Their containers are known, so lines of one may be in another, too.
        before: The reading of such files that came before, if it still goes on.
    """

    keep: Sequence[str] | None
    envelope: LineEnvelope | None = None
    named: bool = False
    before: Future[None] | None = None


def read_crowd(ones: Sequence[One], how: How, *, whole: bool = False) -> None:
    """Fill in the parts of *ones*, in order; every line is decoded where *whole*."""
    whole = whole or how.named or how.keep is None
    parted = None if whole else _parted(ones, how)
    counts = parted.lines if parted else [one.text.count(b"\n") for one in ones]
    rest = parted.rest if parted else _lines(ones, counts).with_columns(before=NONE_BEFORE)
    lines = _inner(rest, how.envelope)
    turned = newest_first(lines) if how.envelope else pl.Series(dtype=pl.String)
    records = _records(lines if parted else turned_round(lines, turned), ones)
    again = parted.doubtful(records) | {*map(int, turned)} if parted else set[int]()
    if again:  # all their lines must be compared with one another
        read_crowd([ones[of] for of in sorted(again)], how, whole=True)
        read_crowd([one for of, one in enumerate(ones) if of not in again], how)
        return
    for one, count in zip(ones, counts, strict=True):
        one.part.lines = one.part.blank = count
        one.part.notice = _notice(one.text)
        one.part.formats = [how.envelope.name] if how.envelope else []
    _note(records, parted, ones)
    _split(records if parted else _once(records, ones, how), parted, ones, how.keep)


def _parted(ones: Sequence[One], how: How) -> Swept | Hushed | None:
    """Return the lines of *ones*, parted; null where they are decoded sooner than that."""
    if how.keep is None:
        return None
    texts = [one.text for one in ones]
    if sum(map(len, texts)) >= SWEPT_FROM and (found := swept(texts, how.keep, how.envelope)):
        return found
    counts = [text.count(b"\n") for text in texts]
    pays = how.envelope is None and sum(counts) >= HUSHED_FROM
    return hush(_lines(ones, counts), counts, how.keep) if pays else None


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


def _inner(rows: pl.DataFrame, envelope: LineEnvelope | None) -> pl.DataFrame:
    """Return *rows* (as `_lines` gives them) as `PEELED`, without the *envelope*.

    With ``before`` as it was, and ``shift``: by how much ``line`` is more than that in the file.
    """
    frame = peeled(rows.with_columns(writer=pl.col("of").cast(pl.String)))
    frame = frame.with_columns(rows.select("before", shift=pl.col("line") - pl.col("of_line")))
    return unwrapped(envelope, frame) if envelope else frame


def _records(lines: pl.DataFrame, ones: Sequence[One]) -> pl.DataFrame:
    """Return the records in *lines* (as `_inner` gives them), decoded and joined, in order.

    ``line`` is that in the file; ``before`` is what the first row of the record has.
    """
    lines = lines.filter(pl.col("text").str.contains(r"\S"))
    records = join(_dated(decode(unwrap(lines)), ones), None).frame
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
        ones[int(of)].part.formats += names
    begin = records.filter(pl.col("line") <= SAMPLE_ROWS)
    if hushed:
        begin = begin.select("writer", "line", "format", "caller", "message", "ts", "component")
        begin = pl.concat([begin, hushed.callers(SAMPLE_ROWS)], how="diagonal").sort("line")
    begin = usual(begin, "writer")
    for of, name in begin.iter_rows():
        ones[int(of)].part.usual = name


def _once(records: pl.DataFrame, ones: Sequence[One], how: How) -> pl.DataFrame:
    """Return *records* without those that were delivered before, which are counted."""
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
    if how.named:
        again += _elsewhere(told.filter(~_among(again)), ones, how)
    lost = told.filter(_among(again)).group_by("writer").agg(pl.col("lines").sum())
    for of, lines in lost.iter_rows():
        ones[int(of)].part.duplicate = lines
    row = pl.int_range(pl.len(), dtype=pl.UInt32)
    return records.filter(~row.is_in(_numbers(again).implode())) if again else records


def _elsewhere(told: pl.DataFrame, ones: Sequence[One], how: How) -> list[int]:
    """Return the rows of *told* that other files of their containers held, and remember all."""
    if how.before is not None:
        how.before.result()
    places = [one.file.place for one in ones]
    names = pl.Series([f"{place.pod}/{place.container}" for place in places], dtype=pl.String)
    told = told.with_columns(who=pl.lit(names).gather(OF.cast(pl.UInt32)))
    return ones[0].file.deliveries.of_files(told)


def _among(rows: Sequence[int]) -> pl.Expr:
    return pl.col("row").is_in(_numbers(rows).implode())


def _numbers(rows: Sequence[int]) -> pl.Series:
    return pl.Series(rows, dtype=pl.UInt32)


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
