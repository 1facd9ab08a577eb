"""Give a year to times that were written without one.

klog and journald's short form state month, day and time only. The year is the one that puts the
line nearest to a time that is known: its envelope's, the next one in the same file, a date in the
file's name, else the file's own time. Around New Year two lines may so get different years.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

import polars as pl

from cnilog.ingest.times import NO_YEAR
from cnilog.lazily import regex
from cnilog.schema import TIME

OLDEST: Final = 2017  # the CNI's first release; archives without times say 1970 or 1980
TO_LEAP_DAY: Final = timedelta(days=59)  # from the begin of a year
HALF_A_YEAR: Final = timedelta(days=180)  # a bit less: clocks and zones differ by a day
IN_NAME: Final = regex(r"(20[0-9]{2})-?([0-9]{2})-?([0-9]{2})")
HEADER: Final = regex(r"^-- (?:Logs begin|Journal begins) .*?(20[0-9]{2})-([0-9]{2})-([0-9]{2}) ")


def fill_years(
    frame: pl.DataFrame, hint: datetime | pl.Expr | None, of: str | None = None
) -> pl.DataFrame:
    """Return *frame* (decoded rows) with a year for every ``ts`` and ``env_ts`` without one.

    Such a ``ts`` is marked as repaired.

    Args:
        frame: Times without a year are in `times.NO_YEAR`.
        hint: A time near the end of the file, used where no line tells; without any, the time
            of such a line is null. An expression where there is one for each of several files.
        of: The column that tells several files apart.
    """
    firsts = [frame[name].min() for name in ("env_ts", "ts")]
    if all(not isinstance(first, datetime) or first.year > NO_YEAR for first in firsts):
        return frame
    without = {name: pl.col(name).dt.year() == NO_YEAR for name in ("env_ts", "ts")}
    stated = pl.coalesce(pl.when(~without[name]).then(pl.col(name)) for name in without)
    beside = [stated.forward_fill(), stated.backward_fill()]
    if of is not None:
        beside = [one.over(of) for one in beside]
    last = hint if isinstance(hint, pl.Expr) else pl.lit(hint, dtype=TIME)
    frame = frame.with_columns(near=pl.coalesce(stated, *beside, last))
    rows = frame.select(pl.any_horizontal(*without.values()).fill_null(value=False)).to_series()
    some = frame.filter(rows).with_columns(
        *(
            pl.when(yearless).then(_nearest(name)).otherwise(name).alias(name)
            for name, yearless in without.items()
        ),
        ts_repaired=pl.col("ts_repaired") | without["ts"].fill_null(value=False),
    )
    at = rows.arg_true()
    columns = [frame[name].scatter(at, some[name]) for name in ("env_ts", "ts", "ts_repaired")]
    return frame.with_columns(columns).drop("near")


def _nearest(name: str) -> pl.Expr:
    """Return the time in the year that brings it nearest to a time that is known."""
    best = _in_year(name, pl.col("near").dt.year())
    for step in (-1, 1):
        other = _in_year(name, pl.col("near").dt.year() + step)
        best = pl.when(_distance(other) < _distance(best)).then(other).otherwise(best)
    return best


def _in_year(name: str, year: pl.Expr) -> pl.Expr:
    """Return the time, which is in `NO_YEAR`, in *year*; null on a 29th of February of none."""
    since = pl.col(name) - pl.lit(datetime(NO_YEAR, 1, 1, tzinfo=UTC))
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    since = (
        pl.when(leap | (since < TO_LEAP_DAY))
        .then(since)
        .when(since >= TO_LEAP_DAY + timedelta(days=1))
        .then(since - timedelta(days=1))
    )
    return pl.datetime(year, 1, 1, time_unit="us", time_zone="UTC") + since


def _distance(time: pl.Expr) -> pl.Expr:
    return (time - pl.col("near")).abs()


def hint_of(file: str, head: str, modified: datetime | None) -> datetime | None:
    """Return a time near which the file was written, from its first line, its name or its own.

    No line is later than the file's own time: the middle of the year before it is near them all.
    """
    if modified and modified.year < OLDEST:
        modified = None
    modified = modified - HALF_A_YEAR if modified else None
    found = HEADER.search(head) or next(iter(reversed(list(IN_NAME.finditer(file)))), None)
    if found:
        try:
            year, month, day = map(int, found.groups())
            return datetime(year, month, day, tzinfo=UTC)
        except ValueError:
            return modified
    return modified
