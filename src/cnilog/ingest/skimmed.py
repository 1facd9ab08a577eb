"""Read a file of lines by skimming it, where that gives what reading every line would.

It does where the lines are bare, carry one envelope that is only a prefix, or stand in quotes
inside one that says the same of who wrote them. A small file in which lines may have been delivered
twice, and one in which it turns out that several wrote, is read line by line instead.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import chain
from typing import TYPE_CHECKING, Final

import polars as pl

from cnilog.ingest.duplicates import BACK_MINUTES
from cnilog.ingest.lines import portions
from cnilog.ingest.peel import SAMPLE_ROWS
from cnilog.ingest.peeled import peeled
from cnilog.ingest.reader import File, Reader, Sparse
from cnilog.ingest.skimmers import Skimmers, head_of, opening_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from concurrent.futures import Future
    from datetime import datetime

    from cnilog.ingest.part import Part
    from cnilog.ingest.skim import Skimmed
    from cnilog.ingest.skimmers import Skimmer

BLOCK: Final = 16 << 20  # bytes skimmed at a time: what two cores' caches like best
AT_ONCE: Final = 4  # blocks that Polars skims side by side; fewer where it has fewer threads
BATCH: Final = 40_000  # lines decoded at a time: fewer cost more in fixed work
SMALLEST: Final = 4 << 20  # bytes of a file that is worth it


def read_skimmed(
    file: File, blocks: Iterable[bytes], skimmers: Skimmers, whole: bytes | None
) -> Part | None:
    """Return what *blocks* hold; null where every line must be read.

    Args:
        file: What is known of it.
        blocks: Its bytes in order, each ending with a line's end.
        skimmers: Those of its source.
        whole: All of its bytes, where they are few enough to look for lines that come twice.
    """
    blocks = iter(blocks)
    first = next(blocks, b"")
    head = head_of(first)
    opening = opening_of(head)
    skimmer = skimmers.skimmer(opening, head) if opening else None
    if opening is None or skimmer is None:
        return None
    spans = _Spans() if whole is not None else None
    reader = Reader(file, skimmers.keep)
    prints: list[pl.DataFrame] = []
    pieces = chain.from_iterable(map(portions, chain((first,), blocks)))
    for batch in _batches(_skims(skimmer, pieces), spans, reader):
        if reader.writers > 1:
            return None
        if spans is not None:
            spans.add_records(batch)
            prints.append(reader.fingerprints(batch))
    part = reader.finish()
    if whole is None or spans is None:
        return part
    seen = pl.concat(prints)
    doubtful = file.place.pod or seen["who"].count() or spans.go_back()
    if not doubtful and not reader.comes_again(whole, quoted=opening.alike is not None):
        return part
    lines = skimmer.fingerprints(whole, reader.looked_at)
    place = file.place
    who = f"{place.pod}/{place.container}" if place.pod and place.container else None
    if opening.alike is not None:
        who = next(iter(seen["who"].drop_nulls()), who)
    return part if file.deliveries.is_new(_in_order(seen, lines, who)) else None


def _in_order(seen: pl.DataFrame, passed: pl.DataFrame, who: str | None) -> pl.DataFrame:
    """Return what `copies` asks for of all lines, with times to the minute."""
    passed = passed.select(
        "line",
        "key",
        ts_repaired=pl.lit(value=False),
        who=pl.lit(who, dtype=pl.String),
        own="minute",
    ).select(seen.columns)
    seen = seen.with_columns(pl.col("own").dt.truncate("1m"))
    return pl.concat([seen, passed]).sort("line", maintain_order=True)


def _skims(skimmer: Skimmer, blocks: Iterator[bytes]) -> Iterator[Skimmed]:
    """Yield what is left of each of *blocks* in order.

    While one is decoded by the caller, the ones after it are skimmed, and the next is read.
    """
    going: deque[Future[Skimmed]] = deque()
    forced = SAMPLE_ROWS
    # Asked here and not above: asking starts the threads, and a process that was forked with them
    # waits for ever for its own.
    at_once = 1 if skimmer.is_native else min(AT_ONCE, pl.thread_pool_size())
    with ThreadPoolExecutor(at_once + 1) as pool:
        coming = pool.submit(next, blocks, b"")
        while block := coming.result():
            coming = pool.submit(next, blocks, b"")
            going.append(pool.submit(skimmer.skim, block, forced))
            forced = 0
            if len(going) > at_once:
                yield going.popleft().result()
        while going:
            yield going.popleft().result()


@dataclass(slots=True)
class _Batch:
    """What is left of the blocks since the last lines were decoded."""

    rows: list[pl.DataFrame] = field(default_factory=list)
    forced: list[pl.Series] = field(default_factory=list)
    groups: list[pl.DataFrame] = field(default_factory=list)
    height: int = 0  # of all rows
    passed: int = 0  # lines that are in no row

    def add(self, skimmed: Skimmed, line: int) -> None:
        """Add a block that begins with number *line*."""
        rows = skimmed.rows
        self.rows.append(rows.select(line=(rows["row"] + line).cast(pl.UInt32), text=rows["raw"]))
        self.forced.append((skimmed.forced + line).cast(pl.UInt32))
        self.groups.append(
            skimmed.groups.select(
                *("level", "minute", "count"), (pl.col("begin", "end") + line).cast(pl.Int64)
            )
        )
        self.height += rows.height
        self.passed += skimmed.lines - rows.height


def _batches(
    skims: Iterator[Skimmed], spans: _Spans | None, reader: Reader
) -> Iterator[pl.DataFrame]:
    """Yield the records that *reader* makes of what is left, many lines at a time."""
    batch, rest, forced = _Batch(), None, pl.Series(dtype=pl.UInt32)
    line = 1
    for skimmed in skims:
        reader.pulse()
        batch.add(skimmed, line)
        line += skimmed.lines
        if batch.height >= BATCH:
            rest, forced = _read(reader, batch, rest, forced, spans, end=line - 1)
            batch = _Batch()
            yield reader.records
    if batch.rows or rest is not None:
        _read(reader, batch, rest, forced, spans, end=None)
        yield reader.records


def _read(
    reader: Reader,
    batch: _Batch,
    rest: pl.DataFrame | None,
    forced: pl.Series,
    spans: _Spans | None,
    end: int | None,
) -> tuple[pl.DataFrame, pl.Series]:
    """Let *reader* read *batch*, which ends with line *end*, after the *rest* of the one before.

    Returns the lines that may go on in the next one, and which of them are forced.
    """
    if batch.groups:
        groups = pl.concat(batch.groups)
        reader.pass_over(groups, batch.passed)
        if spans is not None:
            spans.add_groups(groups)
    frames = [peeled(pl.concat(batch.rows))] if batch.rows else []
    frame = pl.concat([rest, *frames] if rest is not None else frames)
    forced = pl.concat([forced, *batch.forced])
    rest = reader.read(frame, sparse=Sparse(end, forced))
    return rest, forced.filter(forced >= rest["line"][0]) if rest.height else forced.clear()


class _Spans:
    """The lines at which each minute begins and ends, to see whether time goes back."""

    def __init__(self) -> None:
        self._parts: list[pl.DataFrame] = []

    def add_groups(self, groups: pl.DataFrame) -> None:
        """Add lines that were passed over."""
        self._add(groups.select("minute", "begin", "end"))

    def add_records(self, records: pl.DataFrame) -> None:
        """Add records."""
        minute = pl.col("ts").dt.truncate("1m")
        records = records.filter(~pl.col("ts_repaired"))
        self._add(records.select(minute=minute, begin="line", end="line").drop_nulls("minute"))

    def _add(self, part: pl.DataFrame) -> None:
        spans = part.group_by("minute").agg(pl.col("begin").min(), pl.col("end").max())
        self._parts.append(spans.select("minute", pl.col("begin", "end").cast(pl.Int64)))

    def go_back(self) -> bool:
        """Return whether a minute ends after one begins that is later by `BACK_MINUTES`."""
        spans = pl.concat(self._parts).group_by("minute")
        frame = spans.agg(pl.col("begin").min(), pl.col("end").max()).sort("minute")
        minutes: list[datetime] = frame["minute"].to_list()
        soonest = frame["begin"].reverse().cum_min().reverse().to_list()
        for minute, end in zip(minutes, frame["end"], strict=True):
            later = bisect_left(minutes, minute + timedelta(minutes=BACK_MINUTES))
            if later < len(minutes) and soonest[later] < end:
                return True
        return False
