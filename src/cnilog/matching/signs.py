"""Turn matches into signs: where and when the shape that a pattern describes was there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from cnilog.matches import Matches
from cnilog.matching.described import Shown, described
from cnilog.matching.ends import end_matches
from cnilog.matching.placed import tables
from cnilog.matching.positive import positive_signals
from cnilog.matching.scope import End, Scope
from cnilog.matching.timing import holds
from cnilog.schema import HISTOGRAM, MATCHES, RUNS, check

if TYPE_CHECKING:
    from datetime import datetime

    from cnilog.catalog import Catalog
    from cnilog.finding import Sign
    from cnilog.matching.placed import Placed, Table

EXCERPT: Final = 60  # records of a place that are pasted lines: too few to show a shape in time


def signs(
    matches: Matches | pl.DataFrame,
    runs: pl.DataFrame,
    histogram: pl.DataFrame,
    catalog: Catalog,
) -> tuple[Sign, ...]:
    """Return the signs of *catalog*'s patterns, by pattern and place.

    Args:
        matches: What `find` found, or a frame of schema `MATCHES`.
        runs: Schema `RUNS`.
        histogram: Schema `HISTOGRAM`.
        catalog: The patterns.
    """
    if isinstance(matches, pl.DataFrame):
        check(matches, MATCHES)
        matches = Matches.of(matches)
    check(runs, RUNS)
    check(histogram, HISTOGRAM)
    at_ends = end_matches(runs, catalog)
    streams = pl.concat([one.told("stream")["stream"] for one in (matches, at_ends)])
    ends = _ends(runs, streams.unique())
    excerpt = int(runs["records"].sum()) <= EXCERPT
    found: list[Sign] = []
    for table in tables(matches, at_ends, catalog):
        shown = _shown(table, ends, histogram, excerpt=excerpt)
        found += described(table, shown, ends)
    return tuple(found)


def _shown(
    table: Table, ends: dict[tuple[int, int], End], histogram: pl.DataFrame, *, excerpt: bool
) -> list[Shown]:
    """Return the parts of *table* that show their pattern, and by which signals."""
    shown = []
    for one in table.parts:
        rate = _rate(histogram, table.streams(one)) if one.pattern.asks_for_rate else {}
        scope = Scope(table.events(one), ends, rate, table.nodes[one.pattern.id])
        if found := _sign(one, scope) or (_hint(one, scope) if excerpt else None):
            shown.append(found)
    return shown


def _sign(placed: Placed, scope: Scope) -> Shown | None:
    """Return by what the pattern's shape is shown; null where it is not there."""
    when = placed.pattern.condition
    if not holds(when, scope):
        return None
    names = [name for name in positive_signals(when, scope) if scope.of(name)]
    return Shown(placed, scope, tuple(names), short=False)


def _hint(placed: Placed, scope: Scope) -> Shown | None:
    """Return what an excerpt hints at: a line of the pattern.

    People paste the line that struck them. How often it came, and what followed, is not in it.
    """
    signals = placed.pattern.signals.items()
    names = [name for name, signal in signals if signal.hint and scope.of(name)]
    return Shown(placed, scope, tuple(names), short=True) if names else None


def _ends(runs: pl.DataFrame, streams: pl.Series) -> dict[tuple[int, int], End]:
    """Return how the runs of *streams* ended, and when something else happened on their nodes.

    A folder may have a hundred thousand runs, and few of them a match.
    """
    starts = runs.lazy().select("stream", following="run", start="first_ts")
    rows = (
        runs.lazy()
        .with_columns(latest=pl.col("last_ts").max().over("node"), following=pl.col("run") + 1)
        .filter(pl.col("stream").is_in(streams.implode()))
        .join(starts, on=["stream", "following"], how="left", maintain_order="left")
        .with_columns(until=pl.coalesce("start", "latest"))
        .select("stream", "run", "file", "line", "restarted", "last_ts", "latest", "until")
        .collect()
    )
    return {
        (stream, run): End(
            place=(file, line),
            until_ms=_ms(until) if until != last else None,
            known_ms=_ms(latest),
            last=not restarted,
        )
        for stream, run, file, line, restarted, last, latest, until in rows.iter_rows()
    }


def _ms(time: datetime | None) -> float | None:
    return time.timestamp() * 1000 if time else None


def _rate(histogram: pl.DataFrame, streams: list[int]) -> dict[int, int]:
    counted = (
        histogram.filter(pl.col("stream").is_in(streams) & pl.col("minute").is_not_null())
        .group_by("minute")
        .agg(pl.col("count").sum())
    )
    return {int(minute.timestamp() // 60): count for minute, count in counted.iter_rows()}
