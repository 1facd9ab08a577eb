"""Find the records that a catalog's signals describe.

All required literals are looked for in one pass; only records that hold one are tried against the
signals that want it. So the cost grows with the matches, not with the catalog. No step here knows
what a pattern means; that is for the diagnosis.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from cnilog.matching.predicate import refined, values
from cnilog.schema import MATCHES, RECORDS, check, empty

if TYPE_CHECKING:
    from cnilog.catalog import Catalog

PART: Final = 100_000  # records looked at at a time: what is found of each is held several times
NEEDED: Final = (
    "record",
    "stream",
    "run",
    "node",
    "pod",
    "container",
    "component",
    "file",
    "line",
    "ts",
    "level",
    "message",
)


def match(records: pl.DataFrame, catalog: Catalog) -> pl.DataFrame:
    """Return one row for each record and signal that agree.

    Args:
        records: Schema `RECORDS`.
        catalog: The patterns to look for.

    Returns:
        Schema `MATCHES`, by pattern, signal and record. A record may match several signals.
    """
    check(records, RECORDS)
    wanted = _wanted(catalog)
    kept = [
        frame
        for part in records.iter_slices(PART)
        for (pattern, signal), candidates in _candidates(part, catalog, wanted).items()
        if (frame := _tried(candidates, catalog, pattern, signal)).height
    ]
    if not kept:
        return empty(MATCHES)
    return pl.concat(kept).sort("pattern", "signal", "record")


def _wanted(catalog: Catalog) -> pl.DataFrame:
    """Return which signal wants which literal: columns literal, pattern, signal."""
    rows = [
        (literal, pattern.id, name)
        for pattern in catalog.patterns
        for name, signal in pattern.signals.items()
        if name not in pattern.end_signals
        for literal in signal.contains
    ]
    return pl.DataFrame(rows, schema=["literal", "pattern", "signal"], orient="row")


def _candidates(
    records: pl.DataFrame, catalog: Catalog, wanted: pl.DataFrame
) -> dict[tuple[str, str], pl.DataFrame]:
    """Return the records that hold a literal of each signal, in reading order."""
    if not catalog.literals:
        return {}
    held = (
        records.lazy()
        .select(*NEEDED)
        .with_columns(
            literal=pl.col("message").str.extract_many(catalog.literals, overlapping=True)
        )
        .filter(pl.col("literal").list.len() > 0)
        .collect()
    )
    pairs = (
        held.select("record", "literal")
        .explode("literal", empty_as_null=False, keep_nulls=False)
        .join(wanted, on="literal")
        .select("record", "pattern", "signal")
        .unique(maintain_order=False)
    )
    rows = pairs.join(held.drop("literal"), on="record").sort("record")
    return {
        (str(key[0]), str(key[1])): frame
        for key, frame in rows.partition_by("pattern", "signal", as_dict=True).items()
    }


def _tried(candidates: pl.DataFrame, catalog: Catalog, pattern: str, name: str) -> pl.DataFrame:
    signal = catalog.by_id[pattern].signals[name]
    passed = candidates.filter(refined(signal))
    return values(passed, signal).select(*MATCHES.names())
