"""Part the matches by pattern and place: one stream, or one node.

A long log with many faults, or a folder of many nodes, has thousands of such parts of a few rows
each, so nothing here costs a query for a part: what each needs is worked out for all matches at
once, and handed on as Python's own lists.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import polars as pl

from cnilog.finding import Evidence
from cnilog.matching.scope import Event

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from cnilog.catalog import Catalog, Pattern

MOST_VALUES: Final = 50  # of one name
PLACE: Final = ("pattern", "node", "home")
TOLD: Final = ("file", "line", "ts", "message")
MS: Final = pl.col("ts").dt.epoch("us") / 1000
# A match without a time stands where it was read.
BEFORE: Final = MS.forward_fill().over("pattern", "node", "stream").fill_null(float("-inf"))


@dataclass(frozen=True, slots=True)
class Placed:
    """All matches of one pattern in one place, in reading order."""

    pattern: Pattern
    node: str | None
    stream: int | None  # null where the pattern looks at nodes
    signals: list[str]  # of each match
    moments: list[Event]  # when and where each match is
    rows: Sequence[int]  # of each match, in `told`
    told: pl.DataFrame  # ``file``, ``line``, ``ts`` and ``message`` of this and of other places
    captured: list[tuple[str, str, str]] = field(default_factory=list)  # signal, name, value

    def events(self) -> dict[str, list[Event]]:
        """Return the events by signal, in order of time."""
        found: dict[str, list[Event]] = defaultdict(list)
        for signal, event in zip(self.signals, self.moments, strict=True):
            found[signal].append(event)
        for some in found.values():
            some.sort()
        return found

    def numbers(self, signals: Collection[str]) -> Sequence[int]:
        """Return which of the matches are of *signals*: numbers from 0, in reading order."""
        if set(self.signals) <= {*signals}:
            return range(len(self.signals))
        return [number for number, signal in enumerate(self.signals) if signal in signals]

    def evidence(self, numbers: Iterable[int]) -> tuple[Evidence, ...]:
        """Return what the matches of those *numbers* say, and where."""
        rows = (self.told.row(self.rows[number]) for number in numbers)  # one by one: they are few
        return tuple(Evidence(file=file, line=at, ts=ts, text=text) for file, at, ts, text in rows)

    def values(self, signals: Collection[str]) -> dict[str, tuple[str, ...]]:
        """Return what named groups of *signals* captured, each once, in the order of records."""
        found: dict[str, dict[str, None]] = defaultdict(dict)
        for signal, name, value in self.captured:
            if signal in signals and len(found[name]) < MOST_VALUES:
                found[name][value] = None
        return {name: tuple(values) for name, values in found.items()}


def placed(matches: pl.DataFrame, values: pl.Series, catalog: Catalog) -> Iterator[Placed]:
    """Yield the parts of *matches*, by pattern, in the order in which their places first come.

    Args:
        matches: What `Matches.part` gives.
        values: `Matches.values`.
        catalog: The patterns.
    """
    of_nodes = [pattern.id for pattern in catalog.patterns if pattern.per == "node"]
    frame = (
        matches.lazy()
        .with_row_index("index")
        .with_columns(home=pl.when(~pl.col("pattern").is_in(of_nodes)).then("stream"))
        .with_columns(part=pl.col("index").min().over(PLACE))
        .sort("pattern", "part", "record", "index")
        .with_columns(
            ms=BEFORE if matches["ts"].has_nulls() else MS, timed=pl.col("ts").is_not_null()
        )
        .collect()
    )
    captured, told = _captured(frame, values), frame.select(TOLD)
    signals = _texts(frame["signal"])
    columns = (
        _texts(frame[name]) if name == "file" else frame[name].to_list() for name in Event._fields
    )
    moments = list(map(partial(tuple.__new__, Event), zip(*columns, strict=True)))
    sizes = frame.group_by("part", *PLACE, maintain_order=True).len()
    end = 0
    for part, name, node, home, count in sizes.iter_rows():
        begin, end = end, end + count
        pattern = catalog.by_id[name]
        rows: Sequence[int] = range(begin, end)
        some, when = signals[begin:end], moments[begin:end]
        if pattern.steady:
            rows = _thinned(rows, signals, moments, pattern)
            some, when = [signals[row] for row in rows], [moments[row] for row in rows]
        yield Placed(pattern, node, home, some, when, rows, told, captured.get(part, []))


def _texts(column: pl.Series) -> list[str]:
    """Return *column* as a list in which equal texts are one object: there may be a million."""
    each = column.unique()
    number = pl.int_range(len(each), dtype=pl.UInt32, eager=True)
    return list(map(each.to_list().__getitem__, column.replace_strict(each, number).to_list()))


def _captured(frame: pl.DataFrame, values: pl.Series) -> dict[int, list[tuple[str, str, str]]]:
    """Return by part what was captured: signal, name and value, each once and not too many."""
    valued = frame.select("part", "signal", "taken").unique(maintain_order=True)
    valued = valued.with_columns(values=values.gather(valued["taken"]))
    valued = valued.filter(pl.col("values").list.len() > 0)
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


def _thinned(
    rows: Sequence[int], signals: list[str], moments: list[Event], pattern: Pattern
) -> list[int]:
    """Return *rows* without the steady ones that nothing follows but their like."""
    timely = sorted(rows, key=lambda row: (moments[row].ms, moments[row].record))
    last = [signals[one] != signals[after] for one, after in pairwise(timely)] + [True]
    kept = [
        row
        for row, end in zip(timely, last, strict=True)
        if end or signals[row] not in pattern.steady
    ]
    return sorted(kept)
