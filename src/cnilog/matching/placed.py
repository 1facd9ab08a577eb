"""Part the matches by pattern and place: one stream, or one node.

A long log with many faults, or a folder of many nodes, has thousands of such parts of a few rows
each, so nothing here costs a query for a part. The matches of one signal in one part, a *cell*,
lie side by side in a table of numbers; only what somebody asks for becomes Python's own objects.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final, NamedTuple

import polars as pl

from cnilog.matching.coded import BY_SIGNAL, Coded
from cnilog.matching.events import Event, Events

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from cnilog.catalog import Catalog, Pattern
    from cnilog.matches import Matches

    Captured = dict[int, list[tuple[str, str, str]]]  # by part: signal, name, value
    Nodes = dict[str, dict[str, set[str]]]  # pattern -> signal -> nodes

GROUP: Final = 100_000  # matches parted at a time
MOST_VALUES: Final = 50  # of one name


class Cell(NamedTuple):
    """Where the matches of one signal in one part are."""

    number: int  # of the cell in its table, from 0
    begin: int  # its first row in `Table.read` and in `Table.timely`
    size: int


class Placed(NamedTuple):
    """All matches of one pattern in one place."""

    pattern: Pattern
    node: str | None
    stream: int | None  # null where the pattern looks at nodes
    cells: dict[str, Cell]  # by signal
    captured: Sequence[tuple[str, str, str]] = ()  # signal, name, value

    def values(self, signals: Collection[str]) -> dict[str, tuple[str, ...]]:
        """Return what named groups of *signals* captured, each once, in the order of records."""
        found: dict[str, dict[str, None]] = defaultdict(dict)
        for signal, name, value in self.captured:
            if signal in signals and len(found[name]) < MOST_VALUES:
                found[name][value] = None
        return {name: tuple(values) for name, values in found.items()}


class Table(NamedTuple):
    """The matches of some patterns, cell by cell.

    Attributes:
        read: ``record`` and ``row`` (in *told*) of each, in reading order.
        timely: The columns of `Event`, in order of time.
        cells: The number of the cell of each, which is the same in both.
        size: How many cells there are.
        told: `coded.TOLD` of all records.
        parts: By pattern, in the order in which their places first come.
        nodes: The nodes that each signal of each pattern is seen on.
    """

    read: pl.DataFrame
    timely: pl.DataFrame
    cells: pl.Series
    size: int
    told: pl.DataFrame
    parts: tuple[Placed, ...]
    nodes: Nodes

    def events(self, placed: Placed) -> dict[str, Events]:
        """Return the events of one of `parts`, by signal."""
        cells = placed.cells.items()
        return {name: Events(self.timely, one.begin, one.size) for name, one in cells}

    def streams(self, placed: Placed) -> list[int]:
        """Return the streams of one of `parts`, sorted."""
        streams = self.timely["stream"]
        each = (streams.slice(one.begin, one.size) for one in placed.cells.values())
        return sorted({stream for some in each for stream in some.unique()})


def tables(matches: Matches, at_ends: Matches, catalog: Catalog) -> Iterator[Table]:
    """Yield all matches, some patterns at a time: sorting them holds each several times.

    Args:
        matches: What signals describe among the records.
        at_ends: What they describe among the last records of runs.
        catalog: The patterns.
    """
    coded = Coded.of(matches, at_ends, catalog)
    rest = coded.rows(at_ends, at_ends.rows, len(matches.records), len(matches.values))
    every = len(matches)
    for begin, size in matches.groups(GROUP) if every else [(0, 0)]:
        rows = coded.rows(matches, matches.rows.slice(begin, size))
        mine = pl.col("pattern").is_in(rows["pattern"].unique().implode())
        now = rest.filter(mine) if begin + size < every else rest
        rest = rest.filter(~mine)
        if rows.height or now.height:
            yield _table(pl.concat([rows, now]), coded)


def _table(rows: pl.DataFrame, coded: Coded) -> Table:
    """Return the table of all *rows* of some patterns."""
    parted = coded.parted(rows)
    every = _in_order(parted.sort("cell", maintain_order=True), "record", "index")
    read = coded.thinned(every).select("cell", "row", *Event._fields)
    parts = tuple(_parts(read["cell"], parted, _captured(every, coded), coded))
    return Table(
        read=read.select("record", "row"),
        timely=_in_order(read, "ms", "record").select(Event._fields),
        cells=read["cell"].rle_id(),
        size=sum(len(one.cells) for one in parts),
        told=coded.told,
        parts=parts,
        nodes=_nodes(parts),
    )


def _in_order(table: pl.DataFrame, *by: str) -> pl.DataFrame:
    """Return *table*, which is by cell, with each cell in order *by* columns.

    To look costs a fiftieth of sorting, and nearly all logs are in order.
    """
    cell, first = pl.col("cell"), pl.col(by[0])
    falls = (first < first.shift()) & (cell == cell.shift())
    return table.sort("cell", *by) if table.select(falls.any()).item() else table


def _parts(
    cells: pl.Series, parted: pl.DataFrame, captured: Captured, coded: Coded
) -> Iterator[Placed]:
    """Yield the parts whose *cells* these are.

    Args:
        cells: The cell of each row.
        parted: All rows; the first one of a part says where it is.
        captured: By part.
        coded: What the numbers stand for.
    """
    found = _cells(cells, coded)
    firsts = parted[list(found)].select("pattern", "part", "home", "row")
    nodes = coded.told["node"].gather(firsts["row"])
    places = firsts.select("pattern", "part", "home").with_columns(node=nodes).rows()
    begins: dict[int, int] = {}
    for pattern, part, *_ in places:
        begins[pattern] = min(part, begins.get(pattern, part))
    for pattern, part, home, node in sorted(places, key=lambda one: (begins[one[0]], one[1])):
        known = coded.catalog.by_id[coded.patterns[pattern]]
        yield Placed(known, node, home, found[part], captured.get(part, []))


def _cells(cells: pl.Series, coded: Coded) -> dict[int, dict[str, Cell]]:
    """Return where the cells are, by part and signal."""
    found: dict[int, dict[str, Cell]] = defaultdict(dict)
    begin = 0
    for number, (size, cell) in enumerate(cells.rle().struct.unnest().iter_rows()):
        part, signal = divmod(cell, BY_SIGNAL)
        found[part][coded.signals[signal]] = Cell(number, begin, size)
        begin += size
    return found


def _captured(every: pl.DataFrame, coded: Coded) -> Captured:
    """Return by part what was captured, each once and not too many."""
    told = coded.values.list.len() > 0
    valued = every.select("cell", "part", "record", "index", "taken").filter(
        told.gather(every["taken"])
    )
    if valued.is_empty():
        return {}
    valued = valued.unique(["cell", "taken"], keep="first", maintain_order=True)
    triples = (
        valued.with_columns(values=coded.values.gather(valued["taken"]))
        .explode("values", empty_as_null=False, keep_nulls=False)
        .unnest("values")
        .unique(["cell", "name", "value"], keep="first", maintain_order=True)
        .filter(pl.int_range(pl.len()).over("cell", "name") < MOST_VALUES)
        .sort("part", "record", "index", maintain_order=True)
    )
    found: Captured = defaultdict(list)
    for part, cell, name, value in triples.select("part", "cell", "name", "value").iter_rows():
        found[part].append((coded.signals[cell % BY_SIGNAL], name, value))
    return found


def _nodes(parts: Iterable[Placed]) -> Nodes:
    nodes: Nodes = defaultdict(lambda: defaultdict(set))
    for one in parts:
        seen = {one.node} if one.node is not None else set()
        for name in one.cells:
            nodes[one.pattern.id][name] |= seen
    return nodes
