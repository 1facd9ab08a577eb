"""Let each line be read by the first format that accepts it.

A line that no format accepts keeps its text as the message and has no ``format``; whether it
belongs to the record before it is for `cnilog.ingest.multiline` to say.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from cnilog.ingest.format import DECODED
from cnilog.ingest.formats import FORMATS

NAMES: Final = tuple(form.name for form in FORMATS)
EVENT: Final = "event"  # of Kubernetes: its message is no line of any program
FORMAT: Final = pl.Enum((*NAMES, EVENT))


def decode(frame: pl.DataFrame) -> pl.DataFrame:
    """Return *frame* (`PEELED`, no blank text) with the columns of `DECODED` and ``format``.

    Same rows in the same order; ``format`` is null for a line that none accepts.
    """
    rest = frame.with_row_index("row")
    is_event = (pl.col("component") == "events").fill_null(value=False)
    parts = [_undecoded(rest.filter(is_event)).with_columns(format=pl.lit(EVENT, dtype=FORMAT))]
    rest = rest.filter(~is_event)
    for form in FORMATS:
        if rest.is_empty():
            break
        fits = rest.select(form.test.fill_null(value=False)).to_series()
        if not fits.any():
            continue
        looks = rest.filter(fits)
        columns = form.decode(looks)
        accepted = columns["message"].is_not_null()
        read = pl.concat(
            [looks, columns.rename({"component": "told", "level": "stated"})], how="horizontal"
        )
        parts.append(read.filter(accepted).with_columns(format=pl.lit(form.name, dtype=FORMAT)))
        rest = pl.concat([rest.filter(~fits), looks.filter(~accepted)])
    parts.append(_undecoded(rest))
    return _settled(pl.concat(parts).sort("row"))


def _undecoded(rest: pl.DataFrame) -> pl.DataFrame:
    return rest.with_columns(
        ts=pl.lit(None, dtype=DECODED["ts"]),
        ts_repaired=pl.lit(value=False),
        stated=pl.lit(None, dtype=DECODED["level"]),
        caller=pl.lit(None, dtype=pl.String),
        message=pl.col("text"),
        told=pl.lit(None, dtype=DECODED["component"]),
        format=pl.lit(None, dtype=FORMAT),
    )


def _settled(frame: pl.DataFrame) -> pl.DataFrame:
    """Return *frame* where what the line states goes before what its envelope does."""
    return frame.with_columns(
        level=pl.coalesce("stated", "level"), component=pl.coalesce("told", "component")
    ).drop("stated", "told", "row")
