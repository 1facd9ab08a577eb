"""Part the matches by pattern and place: one stream, or one node.

A long log with many faults, or a folder of many nodes, has thousands of such parts of a few rows
each, so nothing here costs a query for a part: what each needs is worked out for all matches at
once, and handed on as Python's own lists.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import islice, pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

import polars as pl

from cnilog.matching.scope import Event

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import datetime

    from cnilog.catalog import Catalog, Pattern

GROUP: Final = 20_000  # matches parted at a time
MOST_VALUES: Final = 50  # of one name
PLACE: Final = ("pattern", "node", "home")
ADDED: Final = {  # columns beside those of `MATCHES`
    # milliseconds; a match without a time stands where it was read
    "ms": (pl.col("ts").dt.epoch("us") / 1000)
    .forward_fill()
    .over("pattern", "node", "stream")
    .fill_null(float("-inf")),
    "timed": pl.col("ts").is_not_null(),
}


class Row(NamedTuple):
    """One match."""

    signal: str
    event: Event
    ts: datetime | None
    message: str


@dataclass(frozen=True, slots=True)
class Placed:
    """All matches of one pattern in one place, in reading order."""

    pattern: Pattern
    node: str | None
    stream: int | None  # null where the pattern looks at nodes
    rows: list[Row]
    captured: list[tuple[str, str, str]] = field(default_factory=list)  # signal, name, value

    def events(self) -> dict[str, list[Event]]:
        """Return the events by signal, in order of time."""
        found: dict[str, list[Event]] = defaultdict(list)
        for row in self.rows:
            found[row.signal].append(row.event)
        return {signal: sorted(some) for signal, some in found.items()}

    def values(self, signals: Collection[str]) -> dict[str, tuple[str, ...]]:
        """Return what named groups of *signals* captured, each once, in the order of records."""
        found: dict[str, dict[str, None]] = defaultdict(dict)
        for signal, name, value in self.captured:
            if signal in signals and len(found[name]) < MOST_VALUES:
                found[name][value] = None
        return {name: tuple(values) for name, values in found.items()}


def placed(matches: pl.DataFrame, catalog: Catalog) -> Iterator[Placed]:
    """Yield the parts of *matches*, in the order in which their patterns and places first come."""
    for group in _groups(matches):
        yield from _parts(group, catalog)


def _groups(matches: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Yield *matches* some patterns at a time: parting them holds each twice."""
    if matches.height <= GROUP:
        yield matches
        return
    names: list[str] = []
    rows = 0
    for name, count in matches.group_by("pattern", maintain_order=True).len().iter_rows():
        if names and rows + count > GROUP:
            yield matches.filter(pl.col("pattern").is_in(names))
            names, rows = [], 0
        names.append(name)
        rows += count
    yield matches.filter(pl.col("pattern").is_in(names))


def _parts(matches: pl.DataFrame, catalog: Catalog) -> Iterator[Placed]:
    of_nodes = [pattern.id for pattern in catalog.patterns if pattern.per == "node"]
    frame = (
        matches.lazy()
        .with_row_index("index")
        .with_columns(home=pl.when(~pl.col("pattern").is_in(of_nodes)).then("stream"))
        .with_columns(
            place=pl.col("index").min().over("pattern"), part=pl.col("index").min().over(PLACE)
        )
        .sort("place", "part", "record", "index")
        .with_columns(**ADDED)
        .collect()
    )
    captured = _captured(frame)
    rows = _rows(frame)
    sizes = frame.group_by("part", *PLACE, maintain_order=True).len()
    for part, name, node, home, count in sizes.iter_rows():
        pattern = catalog.by_id[name]
        mine = _thinned(list(islice(rows, count)), pattern)
        yield Placed(pattern, node, home, mine, captured.get(part, []))


def _rows(frame: pl.DataFrame) -> Iterator[Row]:
    events = zip(*(frame[name].to_list() for name in Event._fields), strict=True)
    others = (frame[name].to_list() for name in ("signal", "ts", "message"))
    for event, signal, ts, message in zip(events, *others, strict=True):
        yield Row(signal, Event._make(event), ts, message)


def _captured(frame: pl.DataFrame) -> dict[int, list[tuple[str, str, str]]]:
    """Return by part what was captured: signal, name and value, each once and not too many."""
    valued = frame.filter(pl.col("values").list.len() > 0)
    if valued.is_empty():
        return {}
    triples = (
        valued.select("part", "signal", "values")
        .explode("values", empty_as_null=False, keep_nulls=False)
        .unnest("values")
        .unique(maintain_order=True)
        .filter(pl.int_range(pl.len()).over("part", "signal", "name") < MOST_VALUES)
    )
    found: dict[int, list[tuple[str, str, str]]] = defaultdict(list)
    for part, *triple in triples.iter_rows():
        found[part].append(tuple(triple))
    return found


def _thinned(rows: list[Row], pattern: Pattern) -> list[Row]:
    """Return *rows* without the steady ones that nothing follows but their like."""
    if not pattern.steady:
        return rows
    timely = sorted(rows, key=lambda row: (row.event.ms, row.event.record))
    last = [one.signal != after.signal for one, after in pairwise(timely)] + [True]
    kept = [
        row
        for row, end in zip(timely, last, strict=True)
        if end or row.signal not in pattern.steady
    ]
    return sorted(kept, key=lambda row: row.event.record)
