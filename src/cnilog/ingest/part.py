"""What was read from one file: its records, and the sums over all of its lines.

A file is read in chunks. Each chunk is decoded, the sums are taken over all of its records, and
only the records that are asked for are kept, so memory does not grow with the file.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import polars as pl

from cnilog.ingest.decode import FORMAT
from cnilog.ingest.keep import chosen, detached
from cnilog.ingest.peeled import WRITER
from cnilog.ingest.pieces import PIECES, filled, merged_pieces, spanned
from cnilog.ingest.rows import Rows
from cnilog.ingest.runs import markers_of
from cnilog.schema import COMPONENT, LEVEL, TIME

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnilog.ingest.place.notices import Notice

ENTRIES: Final = pl.Schema(
    {
        "record": pl.UInt32(),  # number within the file, from 0
        "line": pl.UInt32(),
        "writer": pl.UInt32(),  # row of the file's writers
        "piece": pl.UInt32(),  # part of the writer's records between two start-up messages, from 0
        "ts": TIME,
        "ts_repaired": pl.Boolean(),
        "level": LEVEL,
        "caller": pl.String(),
        "message": pl.String(),
        "raw": pl.String(),
        "format": FORMAT,  # null: undecoded
        "component": COMPONENT,  # what the line or its envelope tells
    }
)
COUNTS: Final = pl.Schema(
    {"writer": pl.UInt32(), "minute": TIME, "level": LEVEL, "count": pl.UInt32()}
)
NO_ENTRIES: Final = Rows.of(pl.DataFrame(schema=ENTRIES))
NO_PIECES: Final = Rows.of(pl.DataFrame(schema=PIECES))
NO_COUNTS: Final = Rows.of(pl.DataFrame(schema=COUNTS))
FEW: Final = 20_000  # records whose choice can wait


@dataclass(slots=True)
class Part:
    """One file, read. The rows are `ENTRIES`, `PIECES` and `COUNTS`."""

    file: str
    formats: list[str] = field(default_factory=list)
    lines: int = 0
    records: int = 0
    continued: int = 0
    blank: int = 0
    duplicate: int = 0
    undecoded: int = 0
    entries: Rows = NO_ENTRIES
    pieces: Rows = NO_PIECES
    counts: Rows = NO_COUNTS
    writers: list[tuple[str | None, ...]] = field(default_factory=list)  # values of `WRITER`
    usual: str | None = None  # program of the plain zap lines, by their callers
    notice: Notice | None = None  # what kubectl said of the file's pod and container
    damaged: str | None = None
    skipped: str | None = None
    loose: bool = False  # the entries hold records that nobody asked for (see `Sieve`)

    @property
    def kept(self) -> int:
        """Return how many records the file has, decoded or not."""
        return self.records + self.undecoded


class Tally:
    """Adds up the chunks of one file into a `Part`."""

    def __init__(self, file: str, keep: Sequence[str] | None, *, loose: bool = False) -> None:
        self.part = Part(file)
        self._keep = keep
        self._loose = loose  # few records may all stay, to be chosen from together with others
        self._writers: dict[tuple[str | None, ...], int] = {}
        self._pieces: dict[int, int] = {}
        self._entries: list[pl.DataFrame] = []
        self._sums: list[pl.DataFrame] = []
        self._spans: list[pl.DataFrame] = []
        self._passed = 0  # lines that are records and were passed over

    def add(
        self,
        frame: pl.DataFrame,
        numbers: pl.Series | None = None,
        uncounted: pl.Series | None = None,
    ) -> None:
        """Add the decoded and joined records of a chunk, in order.

        Args:
            frame: The records.
            numbers: Their record numbers, where lines between them were passed over.
            uncounted: Lines whose records `pass_over` has counted by level and minute.
        """
        if frame.is_empty():
            return
        part = self.part
        undecoded = frame["format"].null_count()
        part.lines += int(frame["lines"].sum())
        part.continued += int(frame["lines"].sum()) - frame.height
        frame = self._numbered(frame, numbers)
        part.records += frame.height - undecoded
        part.undecoded += undecoded
        self._sums.append(_counted(frame, uncounted))
        self._spans.append(spanned(frame))
        if self._keep is not None and self._loose and frame.height <= FEW:
            part.loose = True
            self._entries.append(frame.select(ENTRIES.names()))
            return
        entries = frame.select(ENTRIES.names())
        self._entries.append(chosen(entries, self._keep, frame["writer"]))

    def pass_over(self, groups: pl.DataFrame, count: int) -> None:
        """Add lines of the one writer that are records and are not looked at.

        Args:
            groups: ``level``, ``minute`` and ``count`` of the lines.
            count: How many of them are not added as records as well.
        """
        self.part.lines += count
        self.part.records += count
        self._passed += count
        self._sums.append(
            groups.with_columns(writer=pl.lit(0)).select(
                pl.col(name).cast(dtype) for name, dtype in COUNTS.items()
            )
        )

    def blanks(self, count: int) -> None:
        """Add lines without a record."""
        self.part.lines += count
        self.part.blank += count

    def duplicates(self, count: int) -> None:
        """Add lines that were delivered before."""
        self.part.lines += count
        self.part.duplicate += count

    def finish(self) -> Part:
        """Return the part, with its frames put together and the accounting asserted."""
        part = self.part
        part.writers = list(self._writers)
        if self._entries:
            pieces = detached(merged_pieces(pl.concat(self._spans)))
            part.entries = Rows.of(pl.concat(self._entries))
            part.counts = Rows.of(_added_up(self._sums))
            part.pieces = Rows.of(filled(pieces, [part.kept]) if self._passed else pieces)
        parts = part.records + part.continued + part.blank + part.duplicate + part.undecoded
        assert part.lines == parts, f"{part.file}: {part.lines} lines, {parts} accounted for"
        return part

    @property
    def writers(self) -> int:
        """How many writers the records so far have."""
        return len(self._writers)

    def drain(self) -> pl.DataFrame:
        """Hand over the entries so far; their sums stay, and what follows is numbered on."""
        if not self._entries:
            return self.part.entries.own()
        entries = pl.concat(self._entries)
        self._entries = [entries.clear()]
        self._sums = [_added_up(self._sums)]
        self._spans = [detached(merged_pieces(pl.concat(self._spans)))]
        return entries

    def _numbered(self, frame: pl.DataFrame, numbers: pl.Series | None) -> pl.DataFrame:
        """Return *frame* with its record numbers, writers, markers and pieces."""
        if numbers is None:
            frame = frame.with_row_index("record", offset=self.part.kept)
        else:
            frame = frame.with_columns(record=numbers)
        frame = frame.with_columns(ts=pl.coalesce("ts", "env_ts"))
        frame = self._with_writers(frame).with_columns(marker=markers_of(frame["message"]))
        if frame["marker"].null_count() == frame.height:
            before = pl.lit(0, dtype=pl.UInt32)
        else:
            before = pl.col("marker").is_not_null().cast(pl.UInt32).cum_sum().over("writer")
        offsets = pl.col("writer").replace_strict(
            self._pieces or {0: 0}, default=0, return_dtype=pl.UInt32
        )
        frame = frame.with_columns(piece=(before + offsets).cast(pl.UInt32))
        last = frame.group_by("writer").agg(pl.col("piece").last())
        self._pieces.update(last.iter_rows())
        return frame

    def _with_writers(self, frame: pl.DataFrame) -> pl.DataFrame:
        if not self._writers and all(frame[name].null_count() == frame.height for name in WRITER):
            self._writers[(None,) * len(WRITER)] = 0
            return frame.with_columns(writer=pl.lit(0, dtype=pl.UInt32))
        distinct = frame.select(WRITER).unique(maintain_order=True)
        numbers = [
            self._writers.setdefault(row, len(self._writers)) for row in distinct.iter_rows()
        ]
        if len(numbers) == 1:
            return frame.with_columns(writer=pl.lit(numbers[0], dtype=pl.UInt32))
        frame = frame.rename({"writer": "of"})
        distinct = distinct.rename({"writer": "of"}).with_columns(
            writer=pl.Series(numbers, dtype=pl.UInt32)
        )
        on = ["of" if name == "writer" else name for name in WRITER]
        return frame.join(distinct, on=on, nulls_equal=True, how="left", maintain_order="left")


def _counted(frame: pl.DataFrame, uncounted: pl.Series | None) -> pl.DataFrame:
    if uncounted is not None:
        frame = frame.filter(~pl.col("line").is_in(uncounted.implode()))
    minute = pl.col("ts").dt.truncate("1m")
    return (
        frame.group_by("writer", "level", minute=minute)
        .agg(count=pl.len())
        .select(pl.col(name).cast(dtype) for name, dtype in COUNTS.items())
    )


def _added_up(sums: Sequence[pl.DataFrame]) -> pl.DataFrame:
    counted = pl.concat(sums).group_by("writer", "minute", "level")
    return counted.agg(pl.col("count").sum())
