"""The frames between stages: column, type, unit, meaning of null.

Times are UTC with microseconds. Line numbers are 1-based, `record` is 0-based.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from cnilog.errors import SchemaError

COMPONENTS: Final = (
    "ipamd",
    "plugin",
    "egress-plugin",
    "entrypoint",
    "init",
    "network-policy-agent",
    "kubelet",
    "containerd",
    "kube-proxy",
    "events",
    "metrics-helper",
    "other",
)
LEVELS: Final = ("trace", "debug", "info", "warn", "error", "fatal")

COMPONENT: Final = pl.Enum(COMPONENTS)
LEVEL: Final = pl.Enum(LEVELS)
TIME: Final = pl.Datetime("us", "UTC")

RECORDS: Final = pl.Schema(
    {
        "record": pl.UInt32(),  # row number in reading order; the key of the frame
        "file": pl.String(),  # path as given, archive.tgz!inner/path inside archives
        "line": pl.UInt32(),  # first line of the record in that file
        "stream": pl.UInt32(),  # one writer in one place, in order
        "run": pl.UInt32(),  # part of the stream between two starts of its process, from 0
        "node": pl.String(),  # null where unknown, as are pod and container
        "pod": pl.String(),
        "container": pl.String(),
        "component": COMPONENT,  # program that wrote it; null where nothing tells
        "ts": TIME,  # the line's own time, else its envelope's; null where unknown
        "ts_repaired": pl.Boolean(),  # seconds past 59 rolled over, or the year filled in
        "level": LEVEL,  # null where the line carries none
        "caller": pl.String(),  # as printed; in zap lines one frame too high
        "message": pl.String(),  # the text that signals are matched against
        "raw": pl.String(),  # the whole line with its envelope, unchanged
        "decoded": pl.Boolean(),  # false: no format knew the line; message is its bare text
    }
)

RUNS: Final = pl.Schema(
    {
        "stream": pl.UInt32(),
        "run": pl.UInt32(),
        "node": pl.String(),
        "pod": pl.String(),
        "container": pl.String(),
        "component": COMPONENT,  # of the run's last record
        "file": pl.String(),  # of the run's last record
        "line": pl.UInt32(),  # of the run's last record
        "first_ts": TIME,  # null where no record of the run has a time
        "last_ts": TIME,
        "records": pl.UInt32(),
        "last_level": LEVEL,
        "last_message": pl.String(),
        "restarted": pl.Boolean(),  # a later run follows in the same stream
    }
)

HISTOGRAM: Final = pl.Schema(
    {
        "stream": pl.UInt32(),
        "minute": TIME,  # start of the minute; null for records without a time
        "level": LEVEL,
        "count": pl.UInt32(),
    }
)

MATCHES: Final = pl.Schema(
    {
        "record": pl.UInt32(),
        "pattern": pl.String(),  # id of the pattern
        "signal": pl.String(),  # name of its signal
        "stream": pl.UInt32(),
        "run": pl.UInt32(),
        "node": pl.String(),
        "component": COMPONENT,
        "file": pl.String(),
        "line": pl.UInt32(),
        "ts": TIME,
        "level": LEVEL,
        "message": pl.String(),
        "values": pl.List(pl.Struct({"name": pl.String(), "value": pl.String()})),
    }
)


def check(frame: pl.DataFrame | pl.LazyFrame, schema: pl.Schema) -> None:
    """Raise `SchemaError` where *frame* lacks a column of *schema* or has another type."""
    found = frame.collect_schema()
    for name, dtype in schema.items():
        if name not in found:
            raise SchemaError(f"{name}: no such column. Expected {dtype}")
        if found[name] != dtype:
            raise SchemaError(f"{name}: expected {dtype}, got {found[name]}")


def empty(schema: pl.Schema) -> pl.DataFrame:
    """Return a frame of *schema* without rows."""
    return pl.DataFrame(schema=schema)
