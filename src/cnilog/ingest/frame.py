"""Read a source into one Polars frame, for notebooks: what `cnilog.read` and `cnilog.scan` are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnilog.ingest.read import read as read_all

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import polars as pl


def read(source: str | Path | Sequence[str | Path]) -> pl.DataFrame:
    """Return every record of *source*, in reading order. Schema `RECORDS`.

    Args:
        source: A file, a folder, an archive, ``-`` for standard input, or several of them.

    Raises:
        SourceError: Nothing in it can be read.
    """
    return read_all(source).records


def scan(source: str | Path | Sequence[str | Path]) -> pl.LazyFrame:
    """Return the records of *source* as a lazy frame: it is read at once, queries are lazy."""
    return read(source).lazy()
