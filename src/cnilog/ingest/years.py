"""Give a year to times that were written without one.

klog and journald's short form state month, day and time only. The year is the one that puts the
line nearest to a time that is known: its envelope's, the next one in the same file, a date in the
file's name, else the file's own time. Around New Year two lines may so get different years.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

import polars as pl

from cnilog.schema import TIME

IN_NAME: Final = re.compile(r"(20\d{2})-?(\d{2})-?(\d{2})")
HEADER: Final = re.compile(r"^-- (?:Logs begin|Journal begins) .*?(20\d{2})-(\d{2})-(\d{2}) ")


def fill_years(frame: pl.DataFrame, hint: datetime | None) -> pl.DataFrame:
    """Return *frame* (decoded rows) with the year of every ``yearless`` time, marked as repaired.

    Args:
        frame: With ``ts``, ``env_ts`` and ``yearless``.
        hint: A time near the end of the file, used where no line tells; without any, the time
            of such a line is null.
    """
    yearless = pl.col("yearless")
    if not frame["yearless"].any():
        return frame
    known = pl.when(~yearless).then(pl.col("ts"))
    near = pl.coalesce(
        "env_ts", known.forward_fill(), known.backward_fill(), pl.lit(hint, dtype=TIME)
    )
    frame = frame.with_columns(near=near)
    candidates = [_in_year(pl.col("near").dt.year() + step) for step in (0, -1, 1)]
    best, distance = candidates[0], _distance(candidates[0])
    for other in candidates[1:]:
        nearer = _distance(other) < distance
        best = pl.when(nearer).then(other).otherwise(best)
        distance = pl.min_horizontal(distance, _distance(other))
    return frame.with_columns(
        ts=pl.when(yearless).then(best).otherwise("ts"),
        ts_repaired=pl.col("ts_repaired") | yearless,
    ).drop("near")


def _in_year(year: pl.Expr) -> pl.Expr:
    text = year.cast(pl.String) + pl.col("ts").dt.strftime("-%m-%dT%H:%M:%S%.6f")
    parsed = text.str.to_datetime("%Y-%m-%dT%H:%M:%S%.6f", time_unit="us", strict=False)
    return parsed.dt.replace_time_zone("UTC")


def _distance(time: pl.Expr) -> pl.Expr:
    return (time - pl.col("near")).abs()


def hint_of(file: str, head: str, modified: datetime | None) -> datetime | None:
    """Return a time near which the file was written, from its first line, its name or its own."""
    found = HEADER.search(head) or next(iter(reversed(list(IN_NAME.finditer(file)))), None)
    if found:
        try:
            year, month, day = map(int, found.groups())
            return datetime(year, month, day, tzinfo=UTC)
        except ValueError:
            return modified
    return modified
