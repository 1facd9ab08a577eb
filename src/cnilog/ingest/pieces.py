"""The pieces of each writer's records: what lies between two start-up messages.

A run is made of pieces when all files of a stream are known (`cnilog.ingest.runs`); until then a
piece keeps what its first and its last record say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from cnilog.ingest.decode import FORMAT
from cnilog.schema import COMPONENT, LEVEL, TIME

if TYPE_CHECKING:
    from collections.abc import Sequence

PIECES: Final = pl.Schema(
    {
        "writer": pl.UInt32(),
        "piece": pl.UInt32(),
        "marker": pl.UInt8(),  # start-up message that the piece begins with; null for none
        "told": COMPONENT,  # component of that message, as in ENTRIES
        "begin": pl.UInt32(),  # number of its first record
        "records": pl.UInt32(),
        "plain": pl.UInt32(),  # records in an agent's own format
        "first_ts": TIME,
        "last_ts": TIME,
        "line": pl.UInt32(),  # of the last record, as is what follows
        "level": LEVEL,
        "caller": pl.String(),
        "message": pl.String(),
        "format": FORMAT,
        "component": COMPONENT,
    }
)
AGENT_FORMATS: Final = ("zap", "json", "seelog")


def spanned(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the `PIECES` of *frame*, records with their numbers, writers, markers and pieces."""
    agent = pl.col("format").is_in(AGENT_FORMATS).fill_null(value=False)
    agent &= pl.col("component").is_null()
    ts = pl.col("ts").drop_nulls()
    pieces = frame.group_by("writer", "piece", maintain_order=True).agg(
        pl.col("marker").first(),
        told=pl.col("component").first(),
        begin=pl.col("record").first(),
        records=pl.len(),
        plain=agent.sum(),
        first_ts=ts.first(),
        last_ts=ts.last(),
        line=pl.col("line").last(),
        level=pl.col("level").last(),
        caller=pl.col("caller").last(),
        message=pl.col("message").last(),
        format=pl.col("format").last(),
        component=pl.col("component").last(),
    )
    return pieces.select(pl.col(name).cast(dtype) for name, dtype in PIECES.items())


def merged_pieces(pieces: pl.DataFrame) -> pl.DataFrame:
    """Return *pieces* with those that a chunk's end had cut in two put together."""
    firsts = [pl.col(name).first() for name in ("marker", "told", "begin")]
    lasts = [
        pl.col(name).last()
        for name in ("line", "level", "caller", "message", "format", "component")
    ]
    return (
        pieces.group_by("writer", "piece", maintain_order=True)
        .agg(
            *firsts,
            *lasts,
            pl.col("records", "plain").sum(),
            pl.col("first_ts").drop_nulls().first(),
            pl.col("last_ts").drop_nulls().last(),
        )
        .select(PIECES.names())
    )


def filled(pieces: pl.DataFrame, totals: Sequence[int]) -> pl.DataFrame:
    """Return *pieces* with the records passed over, which are plain; *totals* by writer has all."""
    odd = pl.col("records") - pl.col("plain")
    last = pl.lit(pl.Series(totals, dtype=pl.UInt32)).gather(pl.col("writer"))
    end = pl.col("begin").shift(-1).over("writer").fill_null(last)
    pieces = pieces.sort("writer", "piece").with_columns(odd=odd, records=end - pl.col("begin"))
    return pieces.with_columns(plain=pl.col("records") - pl.col("odd")).drop("odd")
