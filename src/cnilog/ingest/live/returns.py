"""Notice that the text of a growing file starts over, or comes newest first.

Only then does it matter to have the whole file at hand: to find lines that were delivered twice,
or to turn them round (see `duplicates.copies` and `peel.newest_last`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from cnilog.ingest.duplicates import BACK_MINUTES
from cnilog.ingest.peel import FALLING, FEWEST

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(slots=True)
class Returns:
    """What was seen of the times of a file's records, in order."""

    again: bool = False  # the first record came again, or time went back by minutes
    _first: tuple[str, datetime] | None = None
    _latest: datetime | None = None
    _stamp: datetime | None = None  # the last time that an envelope stated
    _back: int = 0
    _forth: int = 0

    @property
    def seen(self) -> bool:
        """Whether the file must be looked at as a whole."""
        steps = self._back + self._forth
        falling = steps >= FEWEST - 1 and self._back > FALLING * steps
        return self.again or falling

    def look(self, records: pl.DataFrame) -> None:
        """Take *records*, the next ones, decoded: ``text``, ``ts``, ``ts_repaired``, ``env_ts``."""
        self._step(records["env_ts"].drop_nulls())
        own = records.filter(pl.col("ts").is_not_null() & ~pl.col("ts_repaired"))
        if own.is_empty():
            return
        fresh = self._first is None
        self._first = self._first or (own["text"][0], own["ts"][0])
        same = (own["text"] == self._first[0]) & (own["ts"] == self._first[1])
        minute = own["ts"].dt.truncate("1m")
        top = minute.cum_max()
        if self._latest is not None:
            top = pl.Series([self._latest], dtype=top.dtype).append(top).cum_max().slice(1)
        back = (top - minute).dt.total_minutes() >= BACK_MINUTES
        self.again |= int(same.sum()) > int(fresh) or bool(back.any())
        self._latest = top[-1]

    def _step(self, stamps: pl.Series) -> None:
        if stamps.is_empty():
            return
        if self._stamp is not None:
            stamps = pl.Series([self._stamp], dtype=stamps.dtype).append(stamps)
        steps = stamps.dt.epoch("us").diff().drop_nulls()
        self._back += int((steps < 0).sum())
        self._forth += int((steps > 0).sum())
        self._stamp = stamps[-1]
