"""Find the records that a catalog's signals describe.

All required literals are looked for in one pass; only records that hold one are tried against the
signals that want it. So the cost grows with the matches, not with the catalog. No step here knows
what a pattern means; that is for the diagnosis.
"""

from __future__ import annotations

from collections import defaultdict
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

    Records that hold nothing but the literals of steady signals are passed over where another of
    them follows before one of their troubles.

    Args:
        records: Schema `RECORDS`.
        catalog: The patterns to look for.

    Returns:
        Schema `MATCHES`, by pattern, signal and record. A record may match several signals.
    """
    check(records, RECORDS)
    if not catalog.literals:
        return empty(MATCHES)
    wanted = _wanted(catalog)
    kept: dict[tuple[str, str], list[pl.DataFrame]] = defaultdict(list)
    seen = []
    for part in records.iter_slices(PART):
        held = _held(part, catalog)
        seen.append(held.select(_place(catalog)).filter(pl.col("calm") | pl.col("trouble")))
        for (pattern, signal), candidates in _candidates(held, wanted).items():
            frame = _tried(candidates, catalog, pattern, signal)
            if frame.height:
                kept[pattern, signal].append(frame)
    if not kept:
        return empty(MATCHES)
    passed = pl.col("record").is_in(_passed(pl.concat(seen)).implode())
    return pl.concat(  # in order already: sorting would hold all of it twice
        frame.filter(~passed) if signal in catalog.by_id[pattern].steady else frame
        for pattern, signal in sorted(kept)
        for frame in kept.pop((pattern, signal))
    )


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


def _held(records: pl.DataFrame, catalog: Catalog) -> pl.DataFrame:
    """Return the records that hold a literal, with all they hold in ``literal``."""
    held = pl.col("message").str.extract_many(catalog.literals, overlapping=True)
    return (
        records.lazy()
        .select(*NEEDED)
        .with_columns(literal=held)
        .filter(pl.col("literal").list.len() > 0)
        .collect()
    )


def _place(catalog: Catalog) -> list[pl.Expr]:
    """Return where a held record stands, and whether it is calm or trouble."""
    held = pl.col("literal").list
    steady, troubles = (
        pl.lit(pl.Series([sorted(texts)], dtype=pl.List(pl.String)))
        for texts in (catalog.steady, catalog.troubles)
    )
    return [
        pl.col("record"),
        pl.col("file"),
        (held.set_difference(steady).list.len() == 0).alias("calm"),
        (held.set_intersection(troubles).list.len() > 0).alias("trouble"),
    ]


def _passed(held: pl.DataFrame) -> pl.Series:
    """Return the records of *held* that are steady, and followed by their like before trouble."""
    followed = pl.col("calm").shift(-1) & (pl.col("file") == pl.col("file").shift(-1))
    return held.filter(pl.col("calm") & followed)["record"]


def _candidates(held: pl.DataFrame, wanted: pl.DataFrame) -> dict[tuple[str, str], pl.DataFrame]:
    """Return the records that hold a literal of each signal, in reading order."""
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
