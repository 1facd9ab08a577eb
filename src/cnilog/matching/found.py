"""Gather what signals take of a frame, to be put together at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from cnilog.matching.predicate import captured
from cnilog.schema import MATCHES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnilog.catalog import Signal
    from cnilog.matching.predicate import Asked


Key = tuple[str, str]  # id of a pattern, and the name of one of its signals


@dataclass(slots=True)
class Found:
    """Rows of a frame that signals take, and what their regexes captured in them."""

    sizes: dict[Key, int] = field(default_factory=dict)  # rows by signal, in the order they came
    _rows: list[int] = field(default_factory=list)
    _at: list[int] = field(default_factory=list)  # number in `_rows` of each captured value
    _names: list[str] = field(default_factory=list)
    _values: list[str] = field(default_factory=list)

    def add(
        self, key: Key, numbers: Sequence[int], records: Sequence[Asked], signal: Signal
    ) -> None:
        """Add those of *numbers*, which the other keys of *signal* agree to, that its regex takes.

        Args:
            key: Names the signal.
            numbers: Of rows of the frame.
            records: All rows of the frame.
            signal: The signal.
        """
        before = len(self._rows)
        if signal.regex is None:
            self._rows.extend(numbers)
        else:
            self._search(numbers, [records[number].message for number in numbers], signal)
        if len(self._rows) > before:
            self.sizes[key] = len(self._rows) - before

    def _search(self, numbers: Sequence[int], messages: Sequence[str], signal: Signal) -> None:
        for number, values in zip(numbers, captured(messages, signal), strict=True):
            if values is None:
                continue
            for name, value in values:
                self._at.append(len(self._rows))
                self._names.append(name)
                self._values.append(value)
            self._rows.append(number)

    def rows(self) -> pl.DataFrame:
        """Return what was added, signal by signal.

        Columns: ``row`` of the frame, ``key`` (number of the signal in `sizes`), ``pattern``,
        ``signal`` and ``values`` as in `MATCHES`.
        """
        flat = pl.LazyFrame(
            {"at": self._at, "name": self._names, "value": self._values},
            schema={"at": pl.get_index_type(), "name": pl.String, "value": pl.String},
        )
        lists = flat.group_by("at", maintain_order=True).agg(values=pl.struct("name", "value"))
        of = pl.Series(
            [number for number, size in enumerate(self.sizes.values()) for _ in range(size)],
            dtype=pl.UInt32,
        )
        keys = pl.DataFrame(list(self.sizes), schema=["pattern", "signal"], orient="row")
        none = pl.lit([], dtype=MATCHES["values"])
        return (
            pl.LazyFrame({"row": pl.Series(self._rows, dtype=pl.UInt32), "key": of})
            .with_row_index("at")
            .join(lists, on="at", how="left", maintain_order="left")
            .select("row", "key", *keys[of], pl.col("values").fill_null(none))
            .collect()
        )


def matched(of: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Return `MATCHES`: *rows* (see `Found.rows`) with what the frame *of* says of each."""
    frame = pl.concat(
        [of[rows["row"]], rows.select("pattern", "signal", "values")], how="horizontal"
    )
    return frame.select(pl.col(name).cast(dtype) for name, dtype in MATCHES.items())
