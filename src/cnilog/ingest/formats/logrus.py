r"""Read the text of logrus: the Go entrypoint and init (v1.12.1 on), and containerd.

    time="2026-01-05T09:15:02Z" level=error msg="Failed to install CNI binaries" error="…"

What follows the message stays behind it, unescaped. On a terminal logrus writes
``INFO[0000] Starting IPAM daemon...``, without a time.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from cnilog.ingest.escapes import escape, unescape
from cnilog.ingest.format import Entry, Format, decoded, level_of
from cnilog.ingest.times import iso_repaired, iso_time

TEXT: Final = pl.col("text")
LINE: Final = (
    r'^time="?([^" ]+(?: [^" ]+)?)"? level=(\w+)(?: (?:logger|func|file)=\S+)* '
    r'msg=(?:"((?:[^"\\]|\\.)*)"?|(\S*))( .*)?$'
)
TERMINAL: Final = r"^(INFO|WARN|ERRO|DEBU|FATA|PANI|TRAC)\[[0-9]{4,}\] ?(.*?)\s*$"
TEST: Final = TEXT.str.starts_with("time=") | TEXT.str.contains(TERMINAL)


def _decode(frame: pl.DataFrame) -> pl.DataFrame:
    parts = frame.select(part=TEXT.str.extract_groups(LINE)).unnest("part")  # once: it is long
    parts = parts.select(
        ts="1", level="2", quoted="3", bare="4", rest=pl.col("5").str.strip_chars_end()
    )
    if parts["level"].has_nulls():
        parts = parts.with_columns(
            level=pl.coalesce("level", frame["text"].str.extract(TERMINAL, 1)),
            bare=pl.coalesce("bare", frame["text"].str.extract(TERMINAL, 2)),
        )
    parts = parts.with_columns(quoted=unescape(parts["quoted"]), rest=unescape(parts["rest"]))
    return decoded(
        parts,
        ts=iso_time(pl.col("ts")),
        ts_repaired=iso_repaired(pl.col("ts")),
        level=level_of(pl.col("level")),
        message=pl.coalesce("quoted", "bare") + pl.col("rest").fill_null(""),
    )


def _write(entry: Entry) -> str:
    level = {"warn": "warning"}.get(entry.level, entry.level)
    return f'time="{entry.ts:%Y-%m-%dT%H:%M:%SZ}" level={level} msg="{escape(entry.message)}"'


LOGRUS: Final = Format(
    "logrus",
    TEST,
    _decode,
    sample='time="2026-01-05T09:15:02Z" level=info msg="Starting IPAM daemon... "',
    write=_write,
)
