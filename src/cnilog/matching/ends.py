"""Match the signals that are asked only of the last record of a run.

Lines of a healthy start are the last ones of a stalled start. They are looked for in the runs, of
which there are few, and not in all records, of which they would be many.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from cnilog.matching.predicate import predicate, values
from cnilog.schema import MATCHES, empty

if TYPE_CHECKING:
    from cnilog.catalog import Catalog

FIRST_RECORD: Final = 3_000_000_000  # beyond the keys of real records: the runs do not keep theirs


def end_matches(runs: pl.DataFrame, catalog: Catalog) -> pl.DataFrame:
    """Return the matches (schema `MATCHES`) among the last records of *runs* (schema `RUNS`)."""
    lasts = runs.filter(pl.col("last_message").is_not_null()).with_columns(
        record=pl.int_range(pl.len(), dtype=pl.UInt32) + FIRST_RECORD,
        ts=pl.col("last_ts"),
        level=pl.col("last_level"),
        message=pl.col("last_message"),
    )
    found = []
    for pattern in catalog.patterns:
        for name in pattern.end_signals:
            signal = pattern.signals[name]
            taken = values(lasts.filter(predicate(signal)), signal)
            if taken.height:
                named = {"pattern": pl.lit(pattern.id), "signal": pl.lit(name)}
                found.append(taken.with_columns(**named).select(*MATCHES.names()))
    return pl.concat(found).cast(MATCHES) if found else empty(MATCHES)
