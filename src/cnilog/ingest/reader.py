"""Take the lines of one file to records: envelopes off, formats, joining, sums.

A file comes in frames of lines. What may go on in the next frame is handed back, to be put before
it; so a record is whole wherever the file was cut.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from cnilog.ingest.components import usual
from cnilog.ingest.decode import decode
from cnilog.ingest.duplicates import Deliveries, Keys, copies, prints
from cnilog.ingest.escapes import escape
from cnilog.ingest.multiline import join, unwrap
from cnilog.ingest.part import Part, Tally
from cnilog.ingest.peel import SAMPLE_ROWS, Peeler, newest_last
from cnilog.ingest.place.notices import Notice, notice_of
from cnilog.ingest.years import fill_years

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from cnilog.ingest.place import Place


def idle() -> None:
    """Do nothing: nobody wants to know how far a file is read."""


@dataclass(frozen=True, slots=True)
class File:
    """What is known of a file before its lines are read."""

    name: str  # path as given
    hint: datetime | None  # a time near its end, for lines without a year
    place: Place  # as its path tells
    deliveries: Deliveries  # of the source that it belongs to
    loose: bool = False  # who reads it chooses the records to keep, of many small files at a time
    single: bool = True  # small enough to be looked through for lines that were delivered twice
    pulse: Callable[[], None] = idle  # called now and then while it is read


@dataclass(frozen=True, slots=True)
class Sparse:
    """What is known of a frame from which lines are missing that were passed over."""

    end: int | None  # number of the last line that was looked at; null at the end of the file
    forced: pl.Series  # lines in the frame that were passed over as well, and counted so


class Reader:
    """Takes the frames of one file from lines to records."""

    def __init__(self, file: File, keep: Sequence[str] | None) -> None:
        self.single = file.single
        self.records = pl.DataFrame()  # those of the last frame
        self._tally = Tally(file.name, keep, loose=file.loose)
        self._peeler = Peeler()
        self.hint = file.hint  # a time near the next frame, for lines without a year
        self._place, self._deliveries, self.pulse = file.place, file.deliveries, file.pulse
        self._formats: dict[str, None] = {}
        self._notice: Notice | None = None
        self._first: str | None = None  # text of the first record that states a time
        self._keys = Keys()
        self._odd, self._count = 0, 0  # lines and records that were not passed over
        self._looked_at: list[pl.Series] = []
        self._passed_over = False

    def read(
        self, frame: pl.DataFrame, *, last: bool = False, sparse: Sparse | None = None
    ) -> pl.DataFrame:
        """Add the records of *frame*; return the lines that may go on in the next frame."""
        self.pulse()
        end = sparse.end if sparse else None if last else int(frame["line"][-1])
        if frame.height and frame["line"][0] == 1:
            self._notice = notice_of(frame["text"].head(20))
        inner = self._peeler.peel(frame)
        inner = inner if sparse else newest_last(inner)
        if inner.height and inner["line"][0] > inner["line"][-1]:
            end = None
        inner, known = self._keys.parted(inner)
        blank = inner.select(~pl.col("text").str.contains(r"\S")).to_series()
        rows = inner.filter(~blank) if blank.any() else inner
        joined = join(fill_years(decode(unwrap(rows)), self.hint), end)
        records, rest = joined.frame, frame.clear()
        open_from = None if end is None else _first_open(joined.open_from, self._peeler.open_from)
        if open_from is not None:
            open_from = self._peeler.head_of(open_from)
            records = records.filter(pl.col("line") < open_from)
            rest = frame.filter(pl.col("line") >= open_from)
            blank = blank.filter(inner["line"] < open_from)
            inner, known = (part.filter(pl.col("line") < open_from) for part in (inner, known))
        self._keys.remember(inner)
        self.drop(known)
        self._tally.blanks(int(inner.filter(blank)["lines"].sum()))
        self._note(records)
        self.single &= end is None
        self.records = records if sparse else self._once(records)
        numbers = self._numbers(frame["line"], open_from) if sparse else None
        self._tally.add(self.records, numbers, sparse.forced if sparse else None)
        return rest

    def _numbers(self, lines: pl.Series, open_from: int | None) -> pl.Series:
        """Return the record numbers of `records`, given all *lines* that were not passed over."""
        line = self.records["line"]
        before = lines.search_sorted(line, side="left") + self._odd
        order = pl.Series(range(self.records.height), dtype=pl.Int64)
        numbers = line.cast(pl.Int64) - 1 - before.cast(pl.Int64) + order + self._count
        done = lines if open_from is None else lines.filter(lines < open_from)
        self._odd += len(done)
        self._looked_at.append(done)
        self._count += self.records.height
        return numbers.cast(pl.UInt32)

    @property
    def writers(self) -> int:
        """How many writers the records so far have."""
        return self._tally.writers

    @property
    def looked_at(self) -> pl.Series:
        """The numbers of the lines that were not passed over."""
        return pl.concat(self._looked_at)

    def drain(self) -> pl.DataFrame:
        """Hand over the entries so far (see `Tally.drain`)."""
        return self._tally.drain()

    def pass_over(self, groups: pl.DataFrame, count: int) -> None:
        """Count lines that are not looked at (see `Tally.pass_over`)."""
        self._tally.pass_over(groups, count)
        self._passed_over |= count > 0

    def comes_again(self, whole: bytes, *, quoted: bool = False) -> bool:
        """Return whether the first record with a time may be more than once in *whole*.

        Args:
            whole: All of the file.
            quoted: Its lines are in quotes; what is quoted in an unusual way may be anywhere.
        """
        if self._first is None:
            return False
        if quoted:
            return whole.count(escape(self._first).encode()) != 1
        return whole.count(self._first.encode()) > 1

    def _once(self, records: pl.DataFrame) -> pl.DataFrame:
        """Return *records* without those that were delivered before, which are counted."""
        if not self.single:
            return records
        frame = self.fingerprints(records)
        again = copies(frame)
        records, frame = self._without(records, frame, again)
        again = self._deliveries.again(frame)
        self._deliveries.remember(frame)
        return self._without(records, frame, again)[0]

    def _without(
        self, records: pl.DataFrame, frame: pl.DataFrame, again: pl.Series | None
    ) -> tuple[pl.DataFrame, pl.DataFrame]:
        if again is None or not again.any():
            return records, frame
        self._tally.duplicates(int(records.filter(again)["lines"].sum()))
        return records.filter(~again), frame.filter(~again)

    def fingerprints(self, records: pl.DataFrame) -> pl.DataFrame:
        """Return what tells whether *records* were delivered before (see `copies`)."""
        pod, container = self._place.pod, self._place.container
        return prints(records, *(pl.lit(one, dtype=pl.String) for one in (pod, container)))

    def blanks(self, count: int) -> None:
        """Count blank lines that no frame holds."""
        self._tally.blanks(count)

    def drop(self, frame: pl.DataFrame) -> None:
        """Count the lines of *frame*, which were delivered twice."""
        self._tally.duplicates(int(frame["lines"].sum()))

    def _note(self, records: pl.DataFrame) -> None:
        """Remember which formats were seen, and who wrote the zap lines."""
        for name in records["format"].drop_nulls().unique(maintain_order=True):
            self._formats[name] = None
        if self._first is None:
            timed = records.filter(pl.col("ts").is_not_null() & ~pl.col("ts_repaired")).head(1)
            self._first = timed["text"][0] if timed.height else None
        part = self._tally.part
        if part.usual is None and records.height:
            begin = records.filter(pl.col("line") <= SAMPLE_ROWS).with_columns(file=pl.lit(0))
            part.usual = usual(begin, "file").item(0, "usual")

    def finish(self) -> Part:
        """Return the part."""
        part = self._tally.finish()
        if self._passed_over:  # after what came before it: a file's first lines are looked at
            self._formats.setdefault("zap", None)
        part.formats = [*self._peeler.names, *self._formats]
        part.notice = self._notice
        return part


def _first_open(*lines: int | None) -> int | None:
    known = [line for line in lines if line is not None]
    return min(known) if known else None
