"""Match the signals that are asked only of the last record of a run.

Lines of a healthy start are the last ones of a stalled start. They are looked for in the runs, of
which there are few, and not in all records, of which they would be many.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import polars as pl

from cnilog.matches import Matches
from cnilog.matching.found import Found
from cnilog.matching.predicate import agrees, asked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnilog.catalog import Catalog, Signal

NEVER: Final = r"\b\B"  # a regex that finds nothing
FIRST_RECORD: Final = 3_000_000_000  # beyond the keys of real records: the runs do not keep theirs


def end_matches(runs: pl.DataFrame, catalog: Catalog) -> Matches:
    """Return the matches among the last records of *runs* (schema `RUNS`)."""
    keys = sorted((one.id, name) for one in catalog.patterns for name in one.end_signals)
    lasts = _lasts(runs, [catalog.by_id[of].signals[name] for of, name in keys])
    records = asked(lasts)
    found = Found()
    for key, (pattern, name) in enumerate(keys):
        signal = catalog.by_id[pattern].signals[name]
        numbers = [n for n, record in enumerate(records) if agrees(signal, record)]
        found.add(key, numbers, lasts["message"], signal)
    return Matches(lasts, tuple(keys), found.rows(), found.values())


def _lasts(runs: pl.DataFrame, signals: Sequence[Signal]) -> pl.DataFrame:
    """Return the last records of *runs* that hold a text of *signals*: of many runs, few do."""
    texts = {re.escape(text) for one in signals for text in one.contains}
    held = pl.col("last_message").str.contains("|".join(sorted(texts)) or NEVER)
    return (
        runs.lazy()
        .with_columns(
            record=pl.int_range(pl.len(), dtype=pl.UInt32) + FIRST_RECORD,
            ts=pl.col("last_ts"),
            level=pl.col("last_level"),
            message=pl.col("last_message"),
        )
        .filter(held)
        .collect()
    )
