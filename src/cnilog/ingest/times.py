r"""Read the times that log lines carry; seconds past 59 roll over, a bad date is null.

Never `pl.datetime`, which raises on the 30th of February. The minute is parsed (one value is
parsed once, so this is cheap) and the seconds are added as a duration.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

import polars as pl

from cnilog.schema import TIME

ISO: Final = (  # also with a blank for T, no seconds, a comma, a zone with or without colon
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]{1,9})?)?"
    r"(?:Z| ?[+-][0-9]{2}:?[0-9]{2}| ?UTC)?"
)
MICROSECONDS: Final = 1_000_000
# Digits are those of ASCII everywhere: a regex's own class of digits holds those of all scripts,
# and what is made of them is no number.
SECOND: Final = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}"
CLOCKS: Final = (datetime(1900, 1, 1), datetime(2200, 1, 1))  # noqa: DTZ001
NO_YEAR: Final = 1904  # stands for a year that is not stated (a leap year): the reader finds it


def iso_time(text: pl.Expr) -> pl.Expr:
    """Return the instant of an ISO 8601 *text*, UTC where it states no zone, else null.

    Anything after the time is ignored, so *text* may be a line that begins with one.
    """
    minute = pl.concat_str(text.str.slice(0, 10), text.str.slice(11, 5))
    minute = minute.str.to_datetime("%Y-%m-%d%H:%M", time_unit="us", strict=False)
    rest = text.str.slice(16, 24)
    time = minute + _seconds(rest) - _offset(rest)
    return plausible(time).dt.replace_time_zone("UTC").cast(TIME)


def plausible(time: pl.Expr) -> pl.Expr:
    """Return *time* (without a zone), null where no clock shows it; Python has no year 0."""
    return pl.when(time.is_between(*CLOCKS, closed="left")).then(time)


def iso_repaired(text: pl.Expr) -> pl.Expr:
    """Return whether the seconds of an ISO 8601 *text* run past 59."""
    return text.str.slice(16, 2).is_in([":6", ":7", ":8", ":9"]).fill_null(value=False)


def epoch_time(number: pl.Expr) -> pl.Expr:
    """Return the instant of an epoch in s, ms, µs or ns (told apart by size); float or text too."""
    value = number.cast(pl.Float64, strict=False)
    scale = (
        pl.when(value < 1e11)
        .then(pl.lit(1e6))
        .when(value < 1e14)
        .then(pl.lit(1e3))
        .when(value < 1e17)
        .then(pl.lit(1.0))
        .otherwise(pl.lit(1e-3))
    )
    usable = value.is_finite() & value.is_between(0, 4e18)
    ticks = pl.when(usable).then((value * scale).round(0)).cast(pl.Int64, strict=False)
    time = plausible(pl.from_epoch(ticks, time_unit="us"))
    return time.dt.replace_time_zone("UTC").cast(TIME)


def _seconds(rest: pl.Expr) -> pl.Expr:
    """Return the duration of ``:SS.fraction``; none where it is absent."""
    whole = rest.str.extract(r"^:([0-9]{2})", 1).cast(pl.Int64).fill_null(0)
    fraction = rest.str.extract(r"^:[0-9]{2}[.,]([0-9]{1,9})", 1).fill_null("0")
    micros = fraction.str.pad_end(6, "0").str.slice(0, 6).cast(pl.Int64)
    return pl.duration(seconds=whole, microseconds=micros, time_unit="us")


def _offset(rest: pl.Expr) -> pl.Expr:
    """Return the distance to UTC that the zone states; none where it is absent."""
    zone = r"^(?::[0-9]{2}(?:[.,][0-9]{1,9})?)? ?([+-])([0-9]{2}):?([0-9]{2})"
    sign = pl.when(rest.str.extract(zone, 1) == "-").then(-1).otherwise(1)
    hours = rest.str.extract(zone, 2).cast(pl.Int64).fill_null(0)
    minutes = rest.str.extract(zone, 3).cast(pl.Int64).fill_null(0)
    return pl.duration(minutes=sign * (hours * 60 + minutes), time_unit="us")
