r"""Read the text of seelog: ipamd and plugin of v1.0.0 to v1.6.0.

    2018-09-26T14:03:11Z [INFO] Starting L-IPAMD 1.2.0  ...

A tab or a blank and a tab stand after the bracket from v1.5.0 on, milliseconds from v1.5.1. The
line ends inside a message are real ones, so whatever follows and is no record belongs to it.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from cnilog.ingest.format import Entry, Format, decoded, level_of
from cnilog.ingest.times import SECOND, iso_repaired, iso_time

TEXT: Final = pl.col("text")
LINE: Final = (
    rf"^({SECOND}(?:\.[0-9]+)?(?:Z|[+-][0-9]{{2}}:?[0-9]{{2}})) "
    r"\[(TRACE|DEBUG|INFO|WARN|ERROR|CRITICAL)\][ \t]*((?s:.*))$"
)


def _decode(frame: pl.DataFrame) -> pl.DataFrame:
    return decoded(
        frame,
        ts=iso_time(TEXT),
        ts_repaired=iso_repaired(TEXT),
        level=level_of(TEXT.str.extract(LINE, 2)),
        message=TEXT.str.extract(LINE, 3),
    )


def _write(entry: Entry) -> str:
    level = {"fatal": "CRITICAL"}.get(entry.level, entry.level.upper())
    ts = f"{entry.ts:%Y-%m-%dT%H:%M:%S}.{entry.ts.microsecond // 1000:03d}Z"
    return f"{ts} [{level}]\t{entry.message}"


SEELOG: Final = Format(
    "seelog",
    TEXT.str.contains(LINE),
    _decode,
    sample="2018-09-26T14:03:11Z [INFO] Starting L-IPAMD 1.2.0  ...",
    opens="anything",
    write=_write,
)
