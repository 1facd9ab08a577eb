"""What matching finds, without a copy of what the records say.

Loops match a thousand times: a row for each match with the words of its record would be most of
what an analysis holds. So a match is three numbers, and is told in full some patterns at a time.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Final, Self

import polars as pl

from cnilog.schema import MATCHES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

Key = tuple[str, str]  # id of a pattern, and the name of one of its signals

ROWS: Final = pl.Schema(
    {
        "row": pl.UInt32(),  # of the record in `Matches.records`
        "key": pl.UInt32(),  # number of the signal in `Matches.keys`
        "taken": pl.UInt32(),  # row of `Matches.values`
    }
)
OWN: Final = ("pattern", "signal", "values")  # columns of `MATCHES` that no record has


@dataclass(frozen=True, slots=True)
class Matches:
    """The records that signals describe.

    Attributes:
        records: All records; has the columns of `MATCHES` but for `OWN`.
        keys: Signals, sorted.
        rows: Schema `ROWS`, by key and row: one for each record and signal that agree.
        values: What the regexes of signals captured, as ``values`` in `MATCHES`.
    """

    records: pl.DataFrame
    keys: tuple[Key, ...]
    rows: pl.DataFrame
    values: pl.Series

    @classmethod
    def of(cls, frame: pl.DataFrame) -> Self:
        """Return the matches that *frame* (schema `MATCHES`) tells in full."""
        own = frame.select("pattern", "signal", row=pl.int_range(pl.len(), dtype=pl.UInt32))
        keys = own.select("pattern", "signal").unique().sort("pattern", "signal")
        numbered = keys.with_row_index("key")
        rows = own.join(numbered, on=["pattern", "signal"], how="left", maintain_order="left")
        rows = rows.select("row", "key", taken="row").sort("key", maintain_order=True)
        return cls(frame, tuple(keys.iter_rows()), rows, frame["values"])

    def __len__(self) -> int:
        """How many pairs of a record and a signal there are."""
        return self.rows.height

    def frame(self, begin: int = 0, size: int | None = None) -> pl.DataFrame:
        """Return all matches, or *size* of them from *begin* on, in full (schema `MATCHES`)."""
        rows = self.rows.slice(begin, size)
        keys = pl.DataFrame(
            self.keys, schema={"pattern": pl.String, "signal": pl.String}, orient="row"
        )
        told = [name for name in MATCHES.names() if name not in OWN]
        values = self.values.gather(rows["taken"]).alias("values").to_frame()
        parts = [self.records.select(told)[rows["row"]], keys[rows["key"]], values]
        frame = pl.concat(parts, how="horizontal")
        return frame.select(pl.col(name).cast(dtype) for name, dtype in MATCHES.items())

    def groups(self, most: int) -> Iterator[tuple[int, int]]:
        """Yield begin and size of parts of whole patterns after others, about *most* each."""
        sizes = dict(self.rows.group_by("key").len().iter_rows())
        begin = size = 0
        for _, keys in groupby(range(len(self.keys)), key=lambda key: self.keys[key][0]):
            more = sum(sizes.get(key, 0) for key in keys)
            if size and size + more > most:
                yield begin, size
                begin, size = begin + size, 0
            size += more
        if size:
            yield begin, size

    def told(self, *columns: str, but: Collection[str] = ()) -> pl.DataFrame:
        """Return *columns* of the records that match, each once and in order.

        Args:
            columns: Columns of a record.
            but: Ids of patterns whose matches do not count.
        """
        gone = [number for number, key in enumerate(self.keys) if key[0] in but]
        rows = self.rows.lazy().filter(~pl.col("key").is_in(gone)) if gone else self.rows.lazy()
        matched = pl.repeat(False, self.records.height, eager=True)
        matched = matched.scatter(rows.select("row").collect()["row"], True)
        return self.records.select(columns).filter(matched)
