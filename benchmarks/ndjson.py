"""The reference of a Polars user: scan JSON lines (there may be no others) and keep the errors.

python benchmarks/ndjson.py FOLDER            count the errors
python benchmarks/ndjson.py FOLDER --collect  hold every line as a frame
"""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl

SCHEMA = {"level": pl.String, "ts": pl.String, "caller": pl.String, "msg": pl.String}


def main() -> None:
    """Scan every log below argv[1]."""
    scanned = pl.scan_ndjson(sorted(Path(sys.argv[1]).glob("*/*.log")), schema=SCHEMA)
    if "--collect" in sys.argv:
        print(scanned.collect().height)
        return
    errors = scanned.filter(pl.col("level") == "error")
    print(errors.select(pl.len()).collect(engine="streaming").item())


if __name__ == "__main__":
    main()
