"""``cnilog read``: every record of a source as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnilog.cli.memory import settle
from cnilog.cli.options import Limit, Output, Sources

if TYPE_CHECKING:
    import polars as pl


def read(source: Sources, output: Output = None, limit: Limit = None) -> None:
    """Write every record as .parquet, .jsonl or .csv; as JSON lines where no file is named."""
    settle()
    from cnilog.cli.table import write_table
    from cnilog.ingest import read as read_source
    from cnilog.ingest.limits import limits_of

    reading = read_source(source, limits=limits_of(limit or ()))
    tell(reading.notes)
    write_table(listed(reading.records), output)


def listed(records: pl.DataFrame) -> pl.DataFrame:
    """Return *records* as other programs want them: plain text instead of closed words."""
    import polars as pl

    return records.with_columns(pl.col("component", "level").cast(pl.String))


def tell(notes: tuple[str, ...]) -> None:
    """Say what the user must know first, on standard error."""
    from cnilog.cli.ending import complain

    for note in notes:
        complain(note)
