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
COLUMNS: Final = ("env_ts", "ts", "ts_repaired")  # that change
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
    if not any(_has_none(frame[name]) for name in ("env_ts", "ts")):
        return frame
    without = {name: pl.col(name).dt.year() == NO_YEAR for name in ("env_ts", "ts")}
    rows = frame.select(pl.any_horizontal(*without.values()).fill_null(value=False)).to_series()
    stated = pl.coalesce(pl.when(~without[name]).then(pl.col(name)) for name in without)
    beside = [stated.forward_fill(), stated.backward_fill()]
    if of is not None:
        beside = [one.over(of) for one in beside]
    last = hint if isinstance(hint, pl.Expr) else pl.lit(hint, dtype=TIME)
    near = (
        frame.lazy()
        .select(*COLUMNS, near=pl.coalesce(stated, *beside, last), row=pl.lit(rows))
        .filter("row")
    )
    some = near.with_columns(
        ts_repaired=pl.col("ts_repaired") | without["ts"].fill_null(value=False)
    )
    for name in (name for name in without if _has_none(frame[name])):
        best = pl.when(without[name]).then("best").otherwise(name)
        some = _nearest(some, name).with_columns(best.alias(name))
    mended, at = some.select(COLUMNS).collect(), rows.arg_true()
    return frame.with_columns(frame[name].scatter(at, mended[name]) for name in COLUMNS)


def _has_none(times: pl.Series) -> bool:
    first = times.min()
    return isinstance(first, datetime) and first.year <= NO_YEAR


def _nearest(frame: pl.LazyFrame, name: str) -> pl.LazyFrame:
    """Return *frame* with ``best``: the time in the year that is nearest to the known ``near``.

    Step by step: one expression for it would hold each of its parts many times.
    """
    year, other, best = pl.col("near").dt.year(), pl.col("other"), pl.col("best")
    frame = frame.with_columns(best=_in_year(name, year))
    for step in (-1, 1):
        nearer = pl.when(_distance(other) < _distance(best)).then(other).otherwise(best)
        frame = frame.with_columns(other=_in_year(name, year + step)).with_columns(best=nearer)
    return frame


def _in_year(name: str, year: pl.Expr) -> pl.Expr:
    """Return the time, which is in `NO_YEAR`, in *year*; null on a 29th of February of none."""
    since = pl.col(name) - _begin(NO_YEAR)
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    since = (
        pl.when(leap | (since < TO_LEAP_DAY))
        .then(since)
        .when(since >= TO_LEAP_DAY + timedelta(days=1))
        .then(since - timedelta(days=1))
    )
    return _begin(year) + since


def _begin(year: pl.Expr | int) -> pl.Expr:
    return pl.datetime(year, 1, 1, time_unit="us", time_zone="UTC")


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
