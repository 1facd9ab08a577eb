"""Gather what signals take of a frame, to be put together at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from cnilog.matches import ROWS
from cnilog.matching.predicate import captured
from cnilog.schema import MATCHES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnilog.catalog import Signal


@dataclass(slots=True)
class Found:
    """Rows of a frame that signals take, and what their regexes captured in them."""

    _keys: list[int] = field(default_factory=list)
    _rows: list[int] = field(default_factory=list)
    _at: list[int] = field(default_factory=list)  # number in `_rows` of each captured value
    _names: list[str] = field(default_factory=list)
    _values: list[str] = field(default_factory=list)

    def add(self, key: int, numbers: Sequence[int], messages: pl.Series, signal: Signal) -> None:
        """Add those of *numbers*, which the other keys of *signal* agree to, that its regex takes.

        Args:
            key: Number of the signal.
            numbers: Of rows of the frame.
            messages: Of all rows of the frame.
            signal: The signal.
        """
        if signal.regex is None:
            self._rows.extend(numbers)
        elif numbers:
            self._search(numbers, messages[numbers], signal)
        self._keys += [key] * (len(self._rows) - len(self._keys))

    def _search(self, numbers: Sequence[int], messages: pl.Series, signal: Signal) -> None:
        for number, values in zip(numbers, captured(messages, signal), strict=True):
            if values is None:
                continue
            for name, value in values:
                self._at.append(len(self._rows))
                self._names.append(name)
                self._values.append(value)
            self._rows.append(number)

    def rows(self, begin: int = 0) -> pl.DataFrame:
        """Return what was added, in order: `ROWS`, ``taken`` counted from *begin*."""
        taken = range(begin, begin + len(self._rows))
        return pl.DataFrame({"row": self._rows, "key": self._keys, "taken": taken}, schema=ROWS)

    def values(self) -> pl.Series:
        """Return what was captured in each of `rows`, as ``values`` in `MATCHES`."""
        flat = pl.LazyFrame(
            {"at": self._at, "name": self._names, "value": self._values},
            schema={"at": pl.get_index_type(), "name": pl.String, "value": pl.String},
        )
        lists = flat.group_by("at").agg(values=pl.struct("name", "value"))
        none = pl.lit([], dtype=MATCHES["values"])
        rows = pl.LazyFrame({"row": self._rows}, schema={"row": pl.UInt32}).with_row_index("at")
        every = rows.join(lists, on="at", how="left", maintain_order="left")
        return every.select(pl.col("values").fill_null(none)).collect().to_series()
