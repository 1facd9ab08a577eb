"""Matches as numbers: of patterns and signals, of nodes, of parts and of cells in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, Self

import polars as pl

if TYPE_CHECKING:
    from cnilog.catalog import Catalog
    from cnilog.matches import Matches

BY_SIGNAL: Final = 2**32  # a cell is its part times this, and the number of its signal
TOLD: Final = ("node", "component", "file", "line", "ts", "message")
WHERE: Final = ("record", "stream", "run", "node", "ts", "file", "line")
CODES: Final = {"pattern": pl.UInt32, "signal": pl.UInt32}
LINE: Final = ("pattern", "node", "stream")  # what a match without a time stands in
EARLIEST: Final = float("-inf")


class Coded(NamedTuple):
    """What numbers stand for.

    Attributes:
        catalog: The patterns.
        patterns: Their ids, sorted.
        signals: The names of all their signals, sorted.
        told: `TOLD` of the records, then of the last records of runs.
        values: What matches captured, in the same order.
    """

    catalog: Catalog
    patterns: tuple[str, ...]
    signals: tuple[str, ...]
    told: pl.DataFrame
    values: pl.Series

    @classmethod
    def of(cls, matches: Matches, at_ends: Matches, catalog: Catalog) -> Self:
        """Return the numbers for what was found among the records, and among the last of runs."""
        told = pl.concat([one.records.select(TOLD) for one in (matches, at_ends)])
        return cls(
            catalog,
            tuple(sorted(catalog.by_id)),
            tuple(sorted({name for one in catalog.patterns for name in one.signals})),
            told,
            pl.concat([matches.values, at_ends.values]),
        )

    def rows(
        self, matches: Matches, rows: pl.DataFrame, first: int = 0, first_value: int = 0
    ) -> pl.DataFrame:
        """Return *rows* of *matches* with ``pattern``, ``signal``, ``row``, ``taken`` and `WHERE`.

        Args:
            matches: Whose records begin in `told` at *first*, and its values at *first_value*.
            rows: Schema `ROWS`.
            first: See *matches*.
            first_value: See *matches*.
        """
        patterns = {name: number for number, name in enumerate(self.patterns)}
        signals = {name: number for number, name in enumerate(self.signals)}
        keys = [(patterns[pattern], signals[signal]) for pattern, signal in matches.keys]
        codes = pl.DataFrame(keys, schema=CODES, orient="row")[rows["key"]]
        # of one frame at a time: of two that were joined, texts are gathered thirty times as slowly
        where = matches.records.select(WHERE)[rows["row"]]
        return codes.hstack(where).with_columns(
            row=rows["row"] + pl.lit(first, pl.UInt32),
            taken=rows["taken"] + pl.lit(first_value, pl.UInt32),
        )

    def parted(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return *rows* with the part and the cell of each, and its time.

        A part is named by the ``index`` of its first row.
        """
        of_nodes = [n for n, name in enumerate(self.patterns) if self._is_of_nodes(name)]
        parted = (
            rows.lazy()
            .with_columns(thousand(rows.height))
            .with_row_index("index")
            .with_columns(
                node=pl.col("node").cast(pl.Categorical).to_physical(),
                ms=pl.col("ts").dt.epoch("us") / pl.col("thousand"),
                timed=pl.col("ts").is_not_null(),
                home=pl.when(~pl.col("pattern").is_in(of_nodes)).then("stream"),
            )
            .with_columns(part=pl.col("index").min().over("pattern", "node", "home"))
            .with_columns(cell=pl.col("part").cast(pl.UInt64) * BY_SIGNAL + pl.col("signal"))
            .drop("ts", "thousand")
            .collect()
        )
        return _timed(parted) if parted["ms"].has_nulls() else parted

    def _is_of_nodes(self, pattern: str) -> bool:
        return self.catalog.by_id[pattern].per == "node"

    def thinned(self, parted: pl.DataFrame) -> pl.DataFrame:
        """Return *parted* without the steady matches that nothing follows but their like."""
        steady = [
            (self.patterns.index(one.id), self.signals.index(name))
            for one in self.catalog.patterns
            for name in one.steady
        ]
        mine = pl.col("pattern").is_in({pattern for pattern, _ in steady})
        timely = parted.filter(mine).sort("part", "ms", "record", "index")
        if timely.is_empty():
            return parted
        like = pl.all_horizontal(
            pl.col(name) == pl.col(name).shift(-1) for name in ("part", "signal")
        )
        is_steady = pl.any_horizontal(
            (pl.col("pattern") == pattern) & (pl.col("signal") == signal)
            for pattern, signal in steady
        )
        gone = timely.filter(like & is_steady)["index"]
        return parted.filter(~pl.col("index").is_in(gone.implode()))


def _timed(parted: pl.DataFrame) -> pl.DataFrame:
    """Return *parted* with a time for each match: where it has none, that of the one before it."""
    lacks = pl.col("ms").is_null().any().over(LINE)
    some = parted.filter(lacks).sort("record", "index")
    filled = pl.col("ms").forward_fill().over(LINE).fill_null(EARLIEST)
    index, ms = some.select("index", filled)
    return parted.with_columns(parted["ms"].scatter(index, ms))


def thousand(size: int) -> pl.Series:
    """Return a column to divide by, of that many rows.

    By a single number Polars divides most rows as if it multiplied them by 0.001, but not the last
    ones: equal times would differ.
    """
    return pl.repeat(1000.0, size, eager=True).alias("thousand")
