"""Let each line be read by the first format that accepts it.

A line that no format accepts keeps its text as the message and has no ``format``; whether it
belongs to the record before it is for `cnilog.ingest.multiline` to say.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from cnilog.ingest.format import decoded
from cnilog.ingest.formats import FORMATS

NAMES: Final = tuple(form.name for form in FORMATS)
EVENT: Final = "event"  # of Kubernetes: its message is no line of any program
FORMAT: Final = pl.Enum((*NAMES, EVENT))


def decode(frame: pl.DataFrame) -> pl.DataFrame:
    """Return *frame* (`PEELED`, no blank text) with the columns of `DECODED` and ``format``.

    Same rows in the same order; ``format`` is null for a line that none accepts.
    """
    rest = frame.select("text", "component").with_row_index("row")  # narrow: it is cut up a lot
    is_event = (rest["component"] == "events").fill_null(value=False)
    parts = [_bare(rest.filter(is_event), EVENT)] if is_event.any() else []
    rest = (rest.filter(~is_event) if parts else rest).drop("component")
    for forms in (FORMATS[:1], FORMATS[1:]):  # nearly every line is of the first
        if rest.is_empty():
            break
        fits = rest.select(form.test.fill_null(value=False).alias(form.name) for form in forms)
        for form in forms:
            looks = rest.filter(fits[form.name]) if fits[form.name].any() else rest.clear()
            if looks.is_empty():
                continue
            read = form.decode(looks).with_columns(row=looks["row"], format=_named(form.name))
            accepted = read["message"].is_not_null()
            left = ~fits[form.name]
            if not accepted.all():
                read = read.filter(accepted)
                left = ~rest["row"].is_in(read["row"].implode())
            parts.append(read)
            rest, fits = rest.filter(left), fits.filter(left)
    if rest.height or not parts:
        parts.append(_bare(rest, None))
    return _settled(frame, parts[0] if len(parts) == 1 else pl.concat(parts).sort("row"))


def _named(name: str | None) -> pl.Expr:
    return pl.lit(name, dtype=FORMAT)


def _bare(lines: pl.DataFrame, name: str | None) -> pl.DataFrame:
    """Return lines whose text is the message, and which state nothing else."""
    rows = decoded(lines, message=pl.col("text"))
    return rows.with_columns(row=lines["row"], format=_named(name))


def _settled(frame: pl.DataFrame, read: pl.DataFrame) -> pl.DataFrame:
    """Return *frame* with what was *read*; what a line states goes before its envelope."""
    read = read.drop("row").rename({"level": "stated", "component": "told"})
    both = pl.concat([frame, read], how="horizontal")
    return both.with_columns(
        level=pl.coalesce("stated", "level"), component=pl.coalesce("told", "component")
    ).drop("stated", "told")
