"""The records that say something of the set-up or of a pool, looked for once.

Half a dozen questions are asked of what programs say of themselves, and few records answer any.
"""

from __future__ import annotations

import re
from typing import Final

import polars as pl

from cnilog.diagnosis import pool, setup

COLUMNS: Final = ("node", "component", "ts", "file", "line", "message")
# Every regex that is asked of these records needs one of these texts: a test has a line for each.
TEXTS: Final = (*setup.CONTEXT_LITERALS, *setup.FAMILY_LITERALS, *pool.LITERALS)


def telling(records: pl.DataFrame) -> pl.DataFrame:
    """Return `COLUMNS` of those of *records* (schema `RECORDS`) that hold one of `TEXTS`."""
    held = pl.col("message").str.contains("|".join(map(re.escape, TEXTS)))
    return records.lazy().select(COLUMNS).filter(held).collect()
