"""Watch logs while they grow, and tell what changes.

Lines are spooled to a folder and the whole spool is analyzed anew, at most once a second and with
pauses of some times the last analysis, so that a core stays mostly idle. Hence the answer after
the last line is that of `analyze` on the same lines; the price is that the news come later as the
spool grows. A spool beyond `SPOOL_MOST` loses its older half, and from then on the answer is that
of the lines that are left.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Final, Literal

from cnilog.analysis import analyze
from cnilog.errors import SourceError
from cnilog.finding import Frozen

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cnilog.catalog import Catalog
    from cnilog.finding import Cause, Report

SPOOL_MOST: Final = 128 * 1024 * 1024  # bytes of one file; bounds memory and the time of a look
LEAST_PAUSE_S: Final = 1.0
SHARE: Final = 4.0  # pause this many times the last look: below 20 % of a core
BLOCK: Final = 1024 * 1024
RISING: Final = ("possible", "likely", "confirmed")


class News(Frozen):
    """One change of what is known."""

    event: Literal["found", "surer", "recovered", "returned", "withdrawn"]
    id: str
    title: str
    confidence: str
    nodes: tuple[str, ...] = ()
    first_seen: datetime | None = None
    last_seen: datetime | None = None
    evidence: str | None = None  # the first line that shows it


@dataclass
class Spool:
    """The lines so far, of one or several growing files, as files of a folder."""

    folder: Path
    bytes_new: int = 0
    _rest: dict[Path, bytes] = field(default_factory=dict)

    def add(self, name: str, data: bytes) -> None:
        """Append whole lines of *data* to the file *name*; a cut line waits for its end."""
        path = self.folder / name.lstrip("/")
        whole, newline, rest = (self._rest.pop(path, b"") + data).rpartition(b"\n")
        if len(rest) > BLOCK:  # binary: no line is that long
            whole, newline, rest = whole + newline + rest, b"", b""
        if rest:
            self._rest[path] = rest
        self._write(path, whole + newline)

    def end(self) -> None:
        """Take the cut lines as they are: no more will come."""
        for path, rest in self._rest.items():
            self._write(path, rest)
        self._rest.clear()

    def _write(self, path: Path, data: bytes) -> None:
        if not data:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab") as file:
            file.write(data)
        self.bytes_new += len(data)
        if path.stat().st_size > SPOOL_MOST:
            _halve(path)


def _halve(path: Path) -> None:
    with path.open("rb") as file:
        file.seek(SPOOL_MOST // 2)
        file.readline()
        kept = file.read()
    path.write_bytes(kept)


@dataclass
class Tails:
    """Files as they grow: a renamed file is followed by its inode, a cut one read anew."""

    sources: tuple[Path, ...]
    _at: dict[tuple[int, int], tuple[str, int]] = field(default_factory=dict)

    def read(self, spool: Spool) -> None:
        """Put what is new into *spool*."""
        for path in self._files():
            try:
                self._follow(path, spool)
            except FileNotFoundError:  # rotated away just now: its inode has another name
                continue

    def _files(self) -> Iterator[Path]:
        for source in self.sources:
            found = sorted(source.rglob("*")) if source.is_dir() else [source]
            yield from (one for one in found if one.is_file() and one.suffix != ".gz")

    def _follow(self, path: Path, spool: Spool) -> None:
        with path.open("rb") as file:
            state = os.fstat(file.fileno())
            key = (state.st_dev, state.st_ino)
            name, offset = self._at.get(key, (str(path), 0))
            file.seek(offset if offset <= state.st_size else 0)
            while block := file.read(BLOCK):
                spool.add(name, block)
            self._at[key] = (name, file.tell())


@dataclass
class Watcher:
    """Looks at a spool now and then, and says what changed since the last look."""

    spool: Spool
    catalog: Catalog
    report: Report | None = None
    _known: dict[str, Cause] = field(default_factory=dict)
    _next: float = 0.0

    def due(self) -> bool:
        """Return whether there is something new and the pause is over."""
        return self.spool.bytes_new > 0 and time.monotonic() >= self._next

    def look(self) -> tuple[News, ...]:
        """Analyze all lines so far; return what changed."""
        began = time.monotonic()
        self.spool.bytes_new = 0
        try:
            self.report = analyze(self.spool.folder, catalog=self.catalog)
        except SourceError:  # no log line yet: what is not there has no news
            return ()
        finally:
            ended = time.monotonic()
            self._next = ended + max(LEAST_PAUSE_S, SHARE * (ended - began))
        now = {one.id: one for one in self.report.causes if one.confidence != "possible"}
        news = tuple(_news(self._known, now))
        self._known = now
        return news


def _news(before: dict[str, Cause], now: dict[str, Cause]) -> Iterator[News]:
    for name, cause in now.items():
        old = before.get(name)
        if old is None:
            yield _told("found", cause)
        elif RISING.index(cause.confidence) > RISING.index(old.confidence):
            yield _told("surer", cause)
        if cause.recovered and not (old and old.recovered):
            yield _told("recovered", cause)
        if old and old.recovered and not cause.recovered:
            yield _told("returned", cause)
    for name, cause in before.items():
        if name not in now:
            yield _told("withdrawn", cause)


def _told(
    event: Literal["found", "surer", "recovered", "returned", "withdrawn"], cause: Cause
) -> News:
    return News(
        event=event,
        id=cause.id,
        title=cause.title,
        confidence=cause.confidence,
        nodes=cause.nodes,
        first_seen=cause.first_seen,
        last_seen=cause.last_seen,
        evidence=cause.evidence[0].text if cause.evidence else None,
    )
