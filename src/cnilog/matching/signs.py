"""Turn matches into signs: where and when the shape that a pattern describes was there."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from cnilog.catalog.when import Seen, When
from cnilog.finding import Evidence, Sign
from cnilog.matching.ends import end_matches
from cnilog.matching.positive import positive_signals
from cnilog.matching.scope import End, Event, Scope, rhythm
from cnilog.matching.timing import holds
from cnilog.schema import HISTOGRAM, MATCHES, RUNS, check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnilog.catalog import Catalog, Pattern

EVIDENCE_LINES: Final = 5  # enough to check a finding by eye, few enough to read
LOOKED_AT: Final = 200  # rows in which the first of each signal is looked for
MOST_RECORDS: Final = 10_000  # keys a sign carries; the count is exact
MOST_VALUES: Final = 50  # of one name

_PLACED: Final = (  # milliseconds of a match; one without a time stands where it was read
    (pl.col("ts").dt.epoch("us") / 1000).forward_fill().over("stream").fill_null(float("-inf"))
)

Place = tuple[str | None, int | None]  # node and, for patterns that look at streams, stream


@dataclass(frozen=True, slots=True)
class _Frame:
    """All matches of one pattern in one place."""

    place: Place
    rows: pl.DataFrame


def signs(
    matches: pl.DataFrame, runs: pl.DataFrame, histogram: pl.DataFrame, catalog: Catalog
) -> tuple[Sign, ...]:
    """Return the signs of *catalog*'s patterns, by pattern and place.

    Args:
        matches: Schema `MATCHES`.
        runs: Schema `RUNS`.
        histogram: Schema `HISTOGRAM`.
        catalog: The patterns.
    """
    check(matches, MATCHES)
    check(runs, RUNS)
    check(histogram, HISTOGRAM)
    ends = _ends(runs)
    found = []
    matches = pl.concat([matches, end_matches(runs, catalog)])
    for key, frame in matches.partition_by("pattern", as_dict=True).items():
        pattern = catalog.by_id[str(key[0])]
        nodes = _nodes(frame)
        for one in _places(frame, pattern):
            rate = _rate(histogram, one.rows) if _asks_for_rate(pattern) else {}
            sign = _sign(pattern, one, ends, rate, nodes)
            if sign is not None:
                found.append(sign)
    return tuple(found)


def _places(frame: pl.DataFrame, pattern: Pattern) -> Iterator[_Frame]:
    by = ["node"] if pattern.per == "node" else ["node", "stream"]
    for key, rows in frame.partition_by(by, as_dict=True, maintain_order=True).items():
        node = None if key[0] is None else str(key[0])
        stream = None if pattern.per == "node" else int(str(key[1]))
        rows = rows.sort("record", maintain_order=True).with_columns(ms=_PLACED)
        yield _Frame((node, stream), _thinned(rows, pattern) if pattern.leaders else rows)


def _thinned(rows: pl.DataFrame, pattern: Pattern) -> pl.DataFrame:
    """Return *rows* without the steady lines that nothing follows but their like.

    Of signals that a sequence begins with only the last before another signal tells anything;
    every healthy node says them at each new pod.
    """
    timely = rows.sort("ms", "record", maintain_order=True)
    last = (timely["signal"] != timely["signal"].shift(-1)).fill_null(value=True)
    return timely.filter(last | ~timely["signal"].is_in(pattern.leaders)).sort(
        "record", maintain_order=True
    )


def _sign(
    pattern: Pattern,
    frame: _Frame,
    ends: dict[tuple[int, int], End],
    rate: dict[int, int],
    nodes: dict[str, set[str]],
) -> Sign | None:
    scope = Scope(_events(frame.rows), ends, rate, nodes)
    when = pattern.when or _any_signal(pattern)
    if not holds(when, scope):
        return None
    names = [name for name in positive_signals(when, scope) if scope.of(name)]
    return _described(pattern, frame, scope, names)


def _any_signal(pattern: Pattern) -> When:
    """Return the condition of a pattern that states none: any signal but that of recovery."""
    names = [name for name in pattern.signals if name != pattern.recovers]
    return When(any=tuple(When(seen=Seen(signal=name)) for name in names))


def _events(rows: pl.DataFrame) -> dict[str, list[Event]]:
    """Return the events by signal."""
    placed = rows.select(
        "signal",
        "ms",
        "record",
        "run",
        "stream",
        pl.col("ts").is_not_null().alias("timed"),
        "file",
        "line",
    )
    return {
        str(key[0]): sorted(map(Event._make, part.drop("signal").iter_rows()))
        for key, part in placed.partition_by("signal", as_dict=True).items()
    }


def _described(pattern: Pattern, frame: _Frame, scope: Scope, names: list[str]) -> Sign:
    events = sorted({event for name in names for event in scope.of(name)})
    mine = frame.rows.filter(pl.col("signal").is_in(names))
    beat = rhythm(events)
    return Sign(
        pattern=pattern.id,
        node=frame.place[0],
        stream=frame.place[1],
        signals=tuple(names),
        count=len(events),
        first_seen=_moment(mine["ts"].min()),
        last_seen=_moment(mine["ts"].max()),
        period_s=round(beat[0], 3) if beat else None,
        jitter_s=round(beat[1], 3) if beat else None,
        recovered=_recovery(pattern, scope, events),
        at_end=any(_in_last_run(event, scope) for event in reversed(events)),
        values=_values(mine),
        evidence=tuple(_evidence(row) for row in _telling(mine)),
        records=tuple(event.record for event in events[:MOST_RECORDS]),
    )


def _moment(value: object) -> datetime | None:
    return value if isinstance(value, datetime) else None


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


def _values(rows: pl.DataFrame) -> dict[str, tuple[str, ...]]:
    """Return what the named groups captured, each once, in the order of the records."""
    if not rows["values"].list.len().max():
        return {}
    pairs = (
        rows.select(pl.col("values").explode(empty_as_null=False, keep_nulls=False))
        .unnest("values")
        .unique(maintain_order=True)
    )
    found: dict[str, list[str]] = defaultdict(list)
    for name, value in pairs.iter_rows():
        if len(found[name]) < MOST_VALUES:
            found[name].append(value)
    return {name: tuple(values) for name, values in found.items()}


def _telling(rows: pl.DataFrame) -> list[dict[str, Any]]:
    """Return the rows worth showing: the first of each signal, then the newest."""
    first = rows.head(LOOKED_AT).to_dicts()
    newest = rows.tail(EVIDENCE_LINES).to_dicts() if rows.height > LOOKED_AT else first
    chosen: dict[int, dict[str, Any]] = {}
    signals = set[str]()
    for row in first:
        if row["signal"] not in signals:
            signals.add(row["signal"])
            chosen.setdefault(row["record"], row)
    for row in reversed(newest):
        chosen.setdefault(row["record"], row)
    return sorted(list(chosen.values())[:EVIDENCE_LINES], key=lambda row: row["record"])


def _evidence(row: dict[str, Any]) -> Evidence:
    return Evidence(file=row["file"], line=row["line"], ts=row["ts"], text=row["message"])


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


def _nodes(frame: pl.DataFrame) -> dict[str, set[str]]:
    pairs = frame.select("signal", "node").drop_nulls().unique().iter_rows()
    nodes: dict[str, set[str]] = defaultdict(set)
    for signal, node in pairs:
        nodes[signal].add(node)
    return nodes


def _asks_for_rate(pattern: Pattern) -> bool:
    return pattern.when is not None and "surge" in pattern.when.model_dump_json(exclude_none=True)


def _rate(histogram: pl.DataFrame, rows: pl.DataFrame) -> dict[int, int]:
    streams = rows["stream"].unique().implode()
    counted = (
        histogram.filter(pl.col("stream").is_in(streams) & pl.col("minute").is_not_null())
        .group_by("minute")
        .agg(pl.col("count").sum())
    )
    return {int(minute.timestamp() // 60): count for minute, count in counted.iter_rows()}
