"""Try a pattern's examples as a user's log would be tried: read, matched, timed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from cnilog import ingest, matching
from cnilog.schema import COMPONENT

if TYPE_CHECKING:
    from pathlib import Path

    from cnilog.catalog import Catalog, Pattern
    from cnilog.catalog.model import Match, Reject


def matches(
    pattern: Pattern, example: Match | Reject, folder: Path, catalog: Catalog
) -> pl.DataFrame:
    """Return the matches of *pattern* in the example's log."""
    records, _, _ = _read(example, folder)
    return matching.match(records, catalog).filter(pl.col("pattern") == pattern.id)


def has_sign(pattern: Pattern, example: Match | Reject, folder: Path, catalog: Catalog) -> bool:
    """Return whether the whole condition of *pattern* holds in the example's log."""
    records, runs, histogram = _read(example, folder)
    found = matching.match(records, catalog)
    return any(
        sign.pattern == pattern.id for sign in matching.signs(found, runs, histogram, catalog)
    )


def _read(example: Match | Reject, folder: Path) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    log = folder / "example.log"
    log.write_text(example.log.rstrip("\n") + "\n", "utf-8")
    reading = ingest.read(log)
    records, runs = reading.records, reading.runs
    if example.component:
        said = pl.lit(example.component, dtype=pl.String).cast(COMPONENT)
        records = records.with_columns(component=said)
        runs = runs.with_columns(component=said)
    return records, runs, reading.histogram
