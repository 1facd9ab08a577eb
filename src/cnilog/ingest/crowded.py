"""Read small files that stand in one frame, each as a writer of its own.

They are so far from one another that no record reaches over. What comes out is split again: every
file gets the part that reading it alone would give.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import accumulate
from typing import TYPE_CHECKING, Final, NamedTuple

import polars as pl

from cnilog.ingest.decode import decode
from cnilog.ingest.duplicates import copies, delivered, prints
from cnilog.ingest.multiline import GAP, join, unwrap
from cnilog.ingest.peel import carry_more, joined_parts, newest_first, split_lines, turned_round
from cnilog.ingest.peeled import peeled
from cnilog.ingest.place.notices import Notice, notice_of
from cnilog.ingest.quiet import hush
from cnilog.ingest.rows import each
from cnilog.ingest.sharing import FILE, One, marked, note, share_out
from cnilog.ingest.swept import swept
from cnilog.ingest.whole import whole_lines
from cnilog.ingest.years import fill_years
from cnilog.schema import TIME

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Future

    from cnilog.ingest.envelope import LineEnvelope
    from cnilog.ingest.quiet import Hushed
    from cnilog.ingest.swept import Swept

SWEPT_FROM: Final = 1 << 18  # bytes; fewer are decoded sooner than the native pass is loaded
HUSHED_FROM: Final = 2_000  # lines; fewer are decoded sooner than parted
NOTICE: Final = (b"Default", b"Found ")  # what a notice of kubectl holds
NONE_BEFORE: Final = pl.lit(0, dtype=pl.UInt32)


class How(NamedTuple):
    """How files are read together.

    Attributes:
        keep: Literals of the records to keep; null for all.
        envelope: What is round each of their lines.
        named: Their containers may be known, so lines of one may be in another, too.
        before: The reading of such files that came before, if it still goes on.
    """

    keep: Sequence[str] | None
    envelope: LineEnvelope | None = None
    named: bool = False
    before: Future[None] | None = None


def read_crowd(ones: Sequence[One], how: How, *, whole: bool = False) -> None:
    """Fill in the parts of *ones*, in order; every line is decoded where *whole*."""
    parted = None if whole or how.named else _parted(ones, how)
    counts: Sequence[int] = parted.lines if parted else [one.text.count(b"\n") for one in ones]
    rest = parted.rest if parted else _lines(ones, counts).with_columns(before=NONE_BEFORE)
    lines = _inner(rest, how.envelope)
    if how.envelope and how.envelope.objects and carry_more(lines):
        read_peeled([_peeled(one) for one in ones], how)
        return
    lines = split_lines(lines) if how.envelope else lines
    if parted is None:  # a line of a file may carry several
        counts = [*lines.group_by("file", maintain_order=True).agg(pl.sum("lines"))["lines"]]
    turned = newest_first(lines) if how.envelope else pl.Series(dtype=pl.UInt32)
    records = _records(lines if parted else turned_round(lines, turned), ones)
    again = parted.doubtful(records) | {*turned} if parted else set[int]()
    if again:  # all their lines must be compared with one another
        read_crowd([ones[of] for of in sorted(again)], how, whole=True)
        read_crowd([one for of, one in enumerate(ones) if of not in again], how)
        return
    for one, count in zip(ones, counts, strict=True):
        one.part.lines = one.part.blank = count
        one.part.notice = _notice(one.text)
        one.part.formats = [how.envelope.name] if how.envelope else []
    note(records, parted, ones)
    share_out(records if parted else _once(records, ones, how), parted, ones, how.keep)


def read_peeled(ones: Sequence[One], how: How) -> None:
    """Fill in the parts of *ones*, whose envelopes are off."""
    wholes = [one.whole for one in ones if one.whole]
    records = _records(_apart([whole.lines for whole in wholes]), ones)
    for one, whole in zip(ones, wholes, strict=True):
        one.part.lines = one.part.blank = int(whole.lines["lines"].sum()) + whole.duplicate
        one.part.duplicate = whole.duplicate
        one.part.notice = whole.notice
        one.part.formats = [*whole.names]
    note(records, None, ones)
    share_out(_once(records, ones, how), None, ones, how.keep)


def _apart(frames: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Return the lines of files, `PEELED`, so far apart that no record reaches over."""
    file = each([one.height for one in frames])
    lines = pl.concat(frames).with_columns(file=file)
    ends = lines.group_by("file", maintain_order=True).agg(
        room=pl.col("line").max().cast(pl.UInt64) + GAP + 1
    )
    ends = ends.select("file", shift=(pl.col("room").cum_sum() - pl.col("room")).cast(pl.UInt32))
    shift = lines.select("file").join(ends, on="file", how="left", maintain_order="left")["shift"]
    return lines.with_columns(shift, before=NONE_BEFORE).with_columns(
        marked(), line=pl.col("line") + pl.col("shift")
    )


def _peeled(one: One) -> One:
    return replace(one, whole=whole_lines(one.text, wrapped=False))


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
    begin = pl.Series([0, *accumulate(counts)][: len(counts)], dtype=pl.UInt32)
    of = each(counts)
    frame = pl.DataFrame({"text": texts, "of": of, "begin": begin.gather(of)})
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
    frame = peeled(rows.drop("of_line", "of", "before"))
    shift = pl.col("line") - pl.col("of_line")
    frame = frame.with_columns(rows.select("before", file="of", shift=shift))
    frame = envelope.peel(frame) if envelope else frame
    frame = frame.with_columns(marked())
    return joined_parts(frame) if frame["partial"].any() else frame


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
    return fill_years(frame, pl.lit(hints).gather(FILE), "file")


def _once(records: pl.DataFrame, ones: Sequence[One], how: How) -> pl.DataFrame:
    """Return *records* without those that were delivered before, which are counted."""
    told = prints(records, *(_place(ones, how, name) for name in ("pod", "container")))
    told = told.with_columns(records.select("file", "lines")).with_row_index("row")
    marks = told.group_by("file").agg(begins=delivered().sum())
    names = marks.filter(pl.col("begins") > 1)["file"]
    again: list[int] = []
    doubtful = told.filter(FILE.is_in(names.implode()))
    for part in doubtful.partition_by("file", maintain_order=True):
        repeated = copies(part.drop("row", "file", "lines"))
        if repeated is not None and repeated.any():
            again += part["row"].filter(repeated).to_list()
    if how.named:
        if how.before is not None:
            how.before.result()
        again += ones[0].file.deliveries.of_files(told.filter(~_among(again)))
    lost = told.filter(_among(again)).group_by("file").agg(pl.col("lines").sum())
    for of, lines in lost.iter_rows():
        ones[of].part.duplicate += lines
    row = pl.int_range(pl.len(), dtype=pl.UInt32)
    return records.filter(~row.is_in(_numbers(again).implode())) if again else records


def _place(ones: Sequence[One], how: How, name: str) -> pl.Expr:
    """Return what the path of each record's file tells; null where it tells not all."""
    if not how.named:
        return pl.lit(None, dtype=pl.String)
    names = [getattr(one.file.place, name) for one in ones]
    return pl.lit(pl.Series(names, dtype=pl.String)).gather(FILE)


def _among(rows: Sequence[int]) -> pl.Expr:
    return pl.col("row").is_in(_numbers(rows).implode())


def _numbers(rows: Sequence[int]) -> pl.Series:
    return pl.Series(rows, dtype=pl.UInt32)


def _notice(text: bytes) -> Notice | None:
    first = text.split(b"\n", 20)[:20]
    if not any(word in line for line in first for word in NOTICE):
        return None
    return notice_of(pl.Series([line.decode() for line in first]))
