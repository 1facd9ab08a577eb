"""Turn matches into signs: where and when the shape that a pattern describes was there."""

from __future__ import annotations

from array import array
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import polars as pl

from cnilog.finding import Sign
from cnilog.matches import Matches
from cnilog.matching.ends import end_matches
from cnilog.matching.placed import placed
from cnilog.matching.positive import positive_signals
from cnilog.matching.scope import End, Event, Scope, rhythm
from cnilog.matching.timing import holds
from cnilog.schema import HISTOGRAM, MATCHES, RUNS, check

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from cnilog.catalog import Catalog, Pattern
    from cnilog.matching.placed import Placed

GROUP: Final = 20_000  # matches parted at a time
EVIDENCE_LINES: Final = 5  # enough to check a finding by eye, few enough to read
BEGIN: Final = datetime(1970, 1, 1, tzinfo=UTC)
EXCERPT: Final = 60  # records of a place that are pasted lines: too few to show a shape in time
MOST_RECORDS: Final = 10_000  # keys a sign carries; the count is exact


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
    at_ends = end_matches(runs, catalog)
    values = pl.concat([matches.values, at_ends.values])
    for group in _groups(matches, at_ends, _names(catalog)):
        found += _of_group(group, values, ends, histogram, catalog, excerpt=excerpt)
    return tuple(found)


def _names(catalog: Catalog) -> pl.Enum:
    """Return a type of the ids of all patterns and the names of all signals, in order."""
    signals = {name for pattern in catalog.patterns for name in pattern.signals}
    return pl.Enum(sorted({*catalog.by_id, *signals}))


def _groups(matches: Matches, at_ends: Matches, names: pl.Enum) -> Iterator[pl.DataFrame]:
    """Yield all matches, some patterns at a time: parting them holds each several times."""
    more = pl.col("taken") + len(matches.values)
    rest = at_ends.part(name=names).with_columns(more.cast(pl.UInt32))
    for begin, size in matches.groups(GROUP):
        group = matches.part(begin, size, names)
        mine = pl.col("pattern").is_in(group["pattern"].unique().implode())
        yield pl.concat([group, rest.filter(mine)])
        rest = rest.filter(~mine)
    if rest.height:
        yield rest


def _of_group(
    matches: pl.DataFrame,
    values: pl.Series,
    ends: dict[tuple[int, int], End],
    histogram: pl.DataFrame,
    catalog: Catalog,
    *,
    excerpt: bool,
) -> list[Sign]:
    """Return the signs that all *matches* of some patterns show."""
    nodes = _nodes(matches)
    found = []
    for one in placed(matches, values, catalog):
        rate = _rate(histogram, one.moments) if one.pattern.asks_for_rate else {}
        scope = Scope(one.events(), ends, rate, nodes[one.pattern.id])
        sign = _sign(one, scope) or (_hint(one, scope) if excerpt else None)
        if sign is not None:
            found.append(sign)
    return found


def _sign(placed: Placed, scope: Scope) -> Sign | None:
    """Return the pattern's sign; null where its shape is not there."""
    when = placed.pattern.condition
    if not holds(when, scope):
        return None
    names = [name for name in positive_signals(when, scope) if scope.of(name)]
    return _described(placed, scope, names)


def _hint(placed: Placed, scope: Scope) -> Sign | None:
    """Return what an excerpt hints at: a line of the pattern, and nothing after it that heals.

    People paste the line that struck them. How often it came, and what followed, is not in it.
    """
    signals = placed.pattern.signals.items()
    names = [name for name, signal in signals if signal.hint and scope.of(name)]
    if not names:
        return None
    sign = _described(placed, scope, names)
    return replace(sign, short=True) if sign.recovered is None else None


def _described(placed: Placed, scope: Scope, names: list[str]) -> Sign:
    pattern = placed.pattern
    events = _together([scope.of(name) for name in names])
    mine = placed.numbers(names)
    beat = rhythm(events)
    return Sign(
        pattern=pattern.id,
        node=placed.node,
        stream=placed.stream,
        signals=tuple(names),
        count=len(events),
        first_seen=_stated(events),
        last_seen=_stated(reversed(events)),
        period_s=round(beat[0], 3) if beat else None,
        jitter_s=round(beat[1], 3) if beat else None,
        recovered=_recovery(pattern, scope, events),
        at_end=any(_in_last_run(event, scope) for event in reversed(events)),
        values=placed.values(names),
        evidence=placed.evidence(_telling(mine, placed)),
        records=array("I", [event.record for event in events[:MOST_RECORDS]]),
    )


def _stated(events: Iterable[Event]) -> datetime | None:
    """Return the time of the first of *events* that states one."""
    ms = next((event.ms for event in events if event.timed), None)
    return None if ms is None else BEGIN + timedelta(microseconds=round(ms * 1000))


def _recovery(pattern: Pattern, scope: Scope, events: list[Event]) -> datetime | None:
    """Return when the pattern's trouble was over: a recovery that no further event follows."""
    if pattern.recovers is None or not events:
        return None
    after = [event for event in scope.of(pattern.recovers) if event > events[-1]]
    if not after:
        return None
    seconds = after[0].ms / 1000 if after[0].timed else 0.0
    return datetime.fromtimestamp(seconds, UTC)


def _in_last_run(event: Event, scope: Scope) -> bool:
    end = scope.ends.get((event.stream, event.run))
    return end is None or end.last


def _together(some: Sequence[list[Event]]) -> list[Event]:
    """Return the events of several signals in order, each once."""
    return some[0] if len(some) == 1 else sorted({event for events in some for event in events})


def _telling(numbers: Sequence[int], placed: Placed) -> list[int]:
    """Return those of the matches worth showing: the first of each signal, then the newest."""
    chosen: dict[int, int] = {}  # by record
    signals = set[str]()
    for number in numbers:
        if placed.signals[number] not in signals:
            signals.add(placed.signals[number])
            chosen.setdefault(placed.moments[number].record, number)
    for number in reversed(numbers):
        if len(chosen) >= EVIDENCE_LINES:
            break
        chosen.setdefault(placed.moments[number].record, number)
    shown = sorted(list(chosen)[:EVIDENCE_LINES])
    return [chosen[record] for record in shown]


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


def _nodes(matches: pl.DataFrame) -> dict[str, dict[str, set[str]]]:
    """Return the nodes that each signal of each pattern is seen on."""
    known = matches.lazy().select("pattern", "signal", "node").drop_nulls().unique().collect()
    nodes: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for pattern, signal, node in known.iter_rows():
        nodes[pattern][signal].add(node)
    return nodes


def _rate(histogram: pl.DataFrame, events: Sequence[Event]) -> dict[int, int]:
    streams = sorted({event.stream for event in events})
    counted = (
        histogram.filter(pl.col("stream").is_in(streams) & pl.col("minute").is_not_null())
        .group_by("minute")
        .agg(pl.col("count").sum())
    )
    return {int(minute.timestamp() // 60): count for minute, count in counted.iter_rows()}
