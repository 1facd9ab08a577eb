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
    ends = _ends(runs)
    excerpt = int(runs["records"].sum()) <= EXCERPT
    found: list[Sign] = []
    for table in tables(matches, end_matches(runs, catalog), catalog):
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


def _ends(runs: pl.DataFrame) -> dict[tuple[int, int], End]:
    """Return how each run ended, and when something else happened on its node afterwards."""
    rows = runs.select(
        "stream", "run", "node", "file", "line", "first_ts", "last_ts", "restarted"
    ).to_dicts()
    latest: dict[str | None, datetime] = {}
    for row in rows:
        if row["last_ts"] is not None:
            node = row["node"]
            latest[node] = max(latest.get(node, row["last_ts"]), row["last_ts"])
    starts = {(row["stream"], row["run"]): row["first_ts"] for row in rows}
    ends = {}
    for row in rows:
        following = starts.get((row["stream"], row["run"] + 1)) or latest.get(row["node"])
        until = following if following != row["last_ts"] else None
        known = latest.get(row["node"])
        ends[row["stream"], row["run"]] = End(
            place=(row["file"], row["line"]),
            until_ms=until.timestamp() * 1000 if until else None,
            known_ms=known.timestamp() * 1000 if known else None,
            last=not row["restarted"],
        )
    return ends


def _rate(histogram: pl.DataFrame, streams: list[int]) -> dict[int, int]:
    counted = (
        histogram.filter(pl.col("stream").is_in(streams) & pl.col("minute").is_not_null())
        .group_by("minute")
        .agg(pl.col("count").sum())
    )
    return {int(minute.timestamp() // 60): count for minute, count in counted.iter_rows()}
