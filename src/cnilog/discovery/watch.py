"""Watch logs while they grow, and tell what changes.

Every chunk is decoded once (`cnilog.ingest.live`); what is kept of it are the records that a
pattern may want, the runs and the histogram. A look diagnoses what is kept, so the answer after
the last line is that of `analyze` on the same lines. There is a look when a record of interest
came, with pauses of some times the last look, so that a core stays mostly idle; without one there
is a look now and then, for what stops is told by the silence after it.

Memory is bounded: past `KEPT_MOST` records the middle of what repeats itself goes (`survivors`).
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Self

import polars as pl

from cnilog import diagnosis, documents, matching
from cnilog.discovery.news import news, worth_telling
from cnilog.discovery.survivors import DROPPED, added, counted, thin
from cnilog.ingest.live import Live
from cnilog.matches import Matches
from cnilog.report.phrases import verdict
from cnilog.schema import empty

if TYPE_CHECKING:
    from datetime import datetime

    from cnilog.catalog import Catalog
    from cnilog.discovery.news import News
    from cnilog.finding import Cause, Report

KEPT_MOST: Final = 20_000  # records; more make a look slow and tell nothing more
KEPT_AFTER: Final = 0.5  # of them, how many are left when some must go
TOGETHER: Final = 4 << 20  # bytes that wait for a look; decoding few lines costs as much as many
PAUSE_S: Final = 0.5  # between looks: what comes in one is told in the next, within a second
CHEAP_S: Final = 0.2  # a look that takes longer makes the pause longer,
SHARE: Final = 3.0  # by this many times what it takes longer: a core stays mostly idle
SILENCE_S: Final = 5.0  # a look without anything of interest
SAME: Final = ("record", "stream", "run", "node", "pod", "container", "component", "message")


@dataclass(slots=True)
class Watcher:
    """Takes what comes, looks at it now and then, and says what changed since the last look."""

    catalog: Catalog
    report: Report | None = None
    kept_most: int = KEPT_MOST
    live: Live = field(init=False)
    _waiting: list[tuple[str, bytes, datetime | None]] = field(default_factory=list)
    _bytes: int = 0  # that wait
    _dropped: pl.DataFrame = field(default_factory=lambda: empty(DROPPED))
    _matched: tuple[pl.DataFrame, pl.DataFrame] | None = None  # records and their matches
    _known: dict[str, Cause] = field(default_factory=dict)
    _over: set[str] = field(default_factory=set)  # told as recovered
    _interest: int | None = None  # what was of interest at the last diagnosis
    _next: float = 0.0
    _latest: float = 0.0

    def __post_init__(self) -> None:
        """Make the reader: it keeps the literals that the catalog and the diagnosis want."""
        self.live = Live((*self.catalog.literals, *diagnosis.CONTEXT_LITERALS))

    def __enter__(self) -> Self:
        """Watch until the end of the block."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let go of what is held on disk."""
        self.live.close()

    def add(self, name: str, data: bytes, modified: datetime | None = None) -> None:
        """Take the bytes that come next in the file *name*."""
        self._waiting.append((name, data, modified))
        self._bytes += len(data)
        if self._bytes > TOGETHER:
            self._read()

    def due(self) -> bool:
        """Return whether something came and the pause is over."""
        return (self._bytes > 0 or self._interest is None) and time.monotonic() >= self._next

    def look(self, *, last: bool = False) -> tuple[News, ...]:
        """Read what came, diagnose all lines so far where need be, return what changed.

        Args:
            last: Nothing more will come: diagnose in any case.
        """
        began = time.monotonic()
        self._read()
        told: tuple[News, ...] = ()
        if last or began >= self._latest or self.live.interest != self._interest:
            self._interest = self.live.interest
            self.report = self._diagnosed()
            told = tuple(news(self._known, self.report, self._over))
            self._over |= {one.id for one in told if one.event == "recovered"}
            self._known = worth_telling(self.report)
            self._latest = began + SILENCE_S
        ended = time.monotonic()
        self._next = ended + PAUSE_S + max(0.0, SHARE * (ended - began - CHEAP_S))
        return told

    def _read(self) -> None:
        together: dict[str, tuple[list[bytes], datetime | None]] = {}
        for name, data, modified in self._waiting:
            together.setdefault(name, ([], modified))[0].append(data)
        self._waiting, self._bytes = [], 0
        for name, (some, modified) in together.items():
            self.live.add(name, b"".join(some), modified)
        if sum(file.kept for file in self.live.files.values()) > self.kept_most:
            self._thin()

    def _diagnosed(self) -> Report:
        reading = self.live.reading()
        matches = Matches.of(self._match(reading.records))
        signs = matching.signs(matches, reading.runs, reading.histogram, self.catalog)
        signs = counted(signs, self._dropped, reading.records)
        facts = documents.read(reading.documents)
        report = diagnosis.diagnose(reading, matches, signs, facts, self.catalog)
        return report.model_copy(update={"verdict": verdict(report)})

    def _match(self, records: pl.DataFrame) -> pl.DataFrame:
        """Return the matches of *records*; only those are tried that were not there before."""
        done = None
        if self._matched is not None:
            before, matches = self._matched
            if before.equals(records.head(before.height).select(SAME)):
                done = matches
                new = matching.match(records.slice(before.height), self.catalog)
                matches = pl.concat([matches, new]).sort("pattern", "signal", "record")
        if done is None:
            matches = matching.match(records, self.catalog)
        settled = records.head(self.live.settled).select(SAME)
        self._matched = settled, matches.filter(pl.col("record").is_in(settled["record"].implode()))
        return matches

    def _thin(self) -> None:
        """Let go of records that say what others say, file by file."""
        most = int(self.kept_most * KEPT_AFTER / max(1, len(self.live.files)))
        for file in self.live.files.values():
            reading = self.live.reading_of(file)
            if reading is None or reading.records.height <= most:
                continue
            matches = matching.match(reading.records, self.catalog)
            thinned = thin(reading.records, matches, most)
            file.keep_only(thinned.records)
            self._dropped = added(self._dropped, thinned.dropped)
