"""Read a file while it grows: each line is decoded once, and only what matters is kept.

The first lines tell what a file is, so they are read anew until there are enough of them; from
then on every chunk goes through the one `Reader` of the file. What may go on (a trace, a line
without its end) is read for every look and taken back after it. So the part of a growing file is,
at any moment, that of a file which ends there.

A file that is one document, and one whose lines come twice or newest first, must be looked at as
a whole: it is read anew, as long as it is not longer than `WHOLE`.
"""

from __future__ import annotations

import copy
import tempfile
from typing import TYPE_CHECKING, Final

import polars as pl

from cnilog.ingest.keep import detached
from cnilog.ingest.lines import lines_of
from cnilog.ingest.live.deciding import Head
from cnilog.ingest.live.inflow import Inflow
from cnilog.ingest.live.returns import Returns
from cnilog.ingest.part import ENTRIES, Part
from cnilog.ingest.place import Place
from cnilog.ingest.place.bundles import places
from cnilog.ingest.reader import File, Reader, Sparse
from cnilog.ingest.rows import Rows
from cnilog.ingest.text import CHUNK

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

WHOLE: Final = CHUNK  # bytes up to which a file is looked at as a whole when it is read at once
IN_MEMORY: Final = 1 << 20  # bytes of a file's beginning that are held; more go to a file
NONE: Final = pl.Series(dtype=pl.UInt32)


class Growing:
    """One file that grows.

    Args:
        name: As its records shall state it.
        keep: Literals of the records to keep, as for `ingest.read`.
        modified: When it was last written.
    """

    def __init__(self, name: str, keep: Sequence[str], modified: datetime | None = None) -> None:
        self.name, self.modified = name, modified
        self.size = 0  # bytes so far
        self.lost = 0  # of them, bytes that had to be let go
        self._keep = keep
        self._start = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - lives as this does
        self._head: Head | None = Head(name, modified)
        self._flow: Flow | None = None

    @property
    def has_all(self) -> bool:
        """Whether all its bytes are at hand."""
        return self.size <= WHOLE

    @property
    def interest(self) -> int:
        """A number that grows when something came that is kept, or that may go on."""
        return self.size if self._flow is None else self._flow.interest

    @property
    def kept(self) -> int:
        """How many entries are held."""
        return 0 if self._flow is None else self._flow.entries.height

    def add(self, data: bytes) -> None:
        """Take the bytes that come next."""
        self.size += len(data)
        if self._flow is None or self.size <= WHOLE:
            self._start.seek(0, 2)
            self._start.write(data)
        if self._flow is not None:
            self._flow.add(data)
            if self.size > WHOLE:
                self._start.close()
        elif self._head is not None and self._head.is_enough(data):
            self._decide(self._head)
        elif self.size - self.lost > WHOLE:
            self._forget()

    def _decide(self, head: Head) -> None:
        code = head.lines_code(self.start())
        self._head = None
        if code is not None:
            place = places((self.name,), ()).get(self.name, Place())
            self._flow = Flow(head.file(place), code, self._keep)
            self._flow.add(self.start())

    def close(self) -> None:
        """Let its beginning go."""
        self._start.close()

    def start(self) -> bytes:
        """Return its bytes from the first one that is still at hand."""
        self._start.seek(0)
        return self._start.read()

    def _forget(self) -> None:
        """Let the older half go."""
        kept = self.start()[WHOLE // 2 :]
        kept = kept[kept.find(b"\n") + 1 :]
        self.lost = self.size - len(kept)
        self._start.seek(0)
        self._start.truncate()
        self._start.write(kept)

    def part(self) -> Part | None:
        """Return what the lines so far hold; null where `start` must be read as a whole."""
        if self._flow is None:
            return None
        part, starts_over = self._flow.part()
        return None if starts_over and self.has_all else part

    def settled(self) -> Part | None:
        """Return `part` without the entries of what may go on."""
        if self._flow is None:
            return None
        part, _ = self._flow.part()
        part.entries = Rows.of(self._flow.entries)
        return part

    def keep_only(self, numbers: pl.Series) -> None:
        """Let go of the entries but those with these *numbers*."""
        if self._flow is not None:
            wanted = pl.col("record").is_in(numbers.implode())
            self._flow.entries = detached(self._flow.entries.filter(wanted))


class Flow:
    """The lines of a file as they come, and the entries kept of them."""

    def __init__(self, file: File, code: str, keep: Sequence[str]) -> None:
        self.entries = pl.DataFrame(schema=ENTRIES)
        self.interest = 0
        self.returns = Returns()
        self._reader = Reader(file, keep)
        self._inflow = Inflow(code)
        self._open: pl.DataFrame | None = None  # lines of records that may go on
        self._number = 1  # of the line that comes next

    def add(self, data: bytes) -> None:
        """Read the lines that *data* completes."""
        whole = self._inflow.take(data)
        if not whole:
            return
        frame = self._frame(whole)
        end = self._number = int(frame["line"][-1])
        self._number += 1
        self._open = self._reader.read(frame, sparse=Sparse(end, NONE))
        self._note(self._reader, self.returns)
        drained = self._reader.drain()
        self.entries = pl.concat([self.entries, drained])
        self.interest += drained.height + self._open.height

    def _frame(self, text: bytes) -> pl.DataFrame:
        frame = lines_of(text, self._number)
        held = self._open is not None and self._open.height
        return pl.concat([self._open, frame]) if held and self._open is not None else frame

    @staticmethod
    def _note(reader: Reader, returns: Returns) -> None:
        records = reader.records
        returns.look(records)
        sure = records.filter(pl.col("ts").is_not_null() & ~pl.col("ts_repaired"))
        if sure.height:
            reader.hint = sure["ts"][-1]

    def part(self) -> tuple[Part, bool]:
        """Return the part of a file that ends here, and whether its text starts over."""
        reader, returns = copy.deepcopy(self._reader), copy.copy(self.returns)
        rest = self._inflow.rest
        frame = self._frame(rest) if rest else self._open
        entries = self.entries
        if frame is not None and frame.height:
            reader.read(frame, sparse=Sparse(None, NONE))
            self._note(reader, returns)
            entries = pl.concat([entries, reader.drain()])
        part = reader.finish()
        part.entries = Rows.of(entries)
        return part, returns.seen
