"""``cnilog undecoded``: the lines that no format knew, with their place."""

from __future__ import annotations

from cnilog.cli.options import Limit, Output, Sources
from cnilog.cli.read import tell


def undecoded(source: Sources, output: Output = None, limit: Limit = None) -> None:
    """List the lines that could not be decoded: file, line and text."""
    import polars as pl

    from cnilog.cli.ending import put
    from cnilog.cli.table import write_table
    from cnilog.ingest import read
    from cnilog.ingest.limits import limits_of
    from cnilog.report.safety import shown, visible

    reading = read(source, limits=limits_of(limit or ()))
    tell(reading.notes)
    lines = reading.records.filter(~pl.col("decoded")).select("file", "line", "raw")
    if output is not None:
        write_table(lines, output)
        return
    for file, line, raw in lines.iter_rows():
        put(f"{visible(file)}:{line}: {shown(raw)}\n")
