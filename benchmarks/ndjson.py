"""The reference of a Polars user: scan the JSON lines and keep the errors.

Lines that are no JSON make the reader fail, so they are blanked out by the schema-less reader of
lines first; what is measured is the decoding and the filter.
"""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl

SCHEMA = {"level": pl.String, "ts": pl.String, "caller": pl.String, "msg": pl.String}


def main() -> None:
    """Count the error lines of every log below argv[1]."""
    paths = sorted(Path(sys.argv[1]).glob("*/*.log"))
    lines = pl.scan_lines(paths, name="line").filter(pl.col("line").str.starts_with("{"))
    decoded = lines.select(pl.col("line").str.json_decode(pl.Struct(SCHEMA)).alias("record"))
    errors = decoded.filter(pl.col("record").struct.field("level") == "error")
    print(errors.select(pl.len()).collect(engine="streaming").item())


if __name__ == "__main__":
    main()
