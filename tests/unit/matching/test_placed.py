"""Matches are parted by pattern and place; places in the order in which they first come."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from cnilog.matches import Matches
from cnilog.matching.placed import tables
from cnilog.schema import MATCHES

if TYPE_CHECKING:
    from cnilog.matching.events import Event

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
MS = NINE.timestamp() * 1000


def _match(record: int, pattern: str, stream: int, ts: datetime | None = NINE) -> dict[str, Any]:
    names = {"signal": "one", "node": "node-a", "file": "a.log", "message": "m", "values": []}
    numbers = {"record": record, "stream": stream, "run": 0, "line": record + 1}
    return {**names, **numbers, "pattern": pattern, "component": "ipamd", "level": None, "ts": ts}


def parted(frame: pl.DataFrame, catalog: Any) -> list[tuple[str, int | None, list[Event]]]:
    nothing = Matches.of(frame.clear())
    return [
        (part.pattern.id, part.stream, [*table.events(part)["one"]])
        for table in tables(Matches.of(frame), nothing, catalog)
        for part in table.parts
    ]


@pytest.fixture
def catalog() -> Any:
    """Return one pattern that looks at streams and one that looks at nodes."""
    patterns = [
        SimpleNamespace(id=name, per=name, steady=(), signals=["one"])
        for name in ("stream", "node")
    ]
    return SimpleNamespace(patterns=patterns, by_id={one.id: one for one in patterns})


def test_a_pattern_of_nodes_sees_all_streams_of_a_node(catalog: Any) -> None:
    rows = [_match(3, "stream", 1), _match(1, "stream", 0), _match(2, "node", 1)]
    matches = pl.DataFrame([*rows, _match(0, "node", 0)], schema=MATCHES)

    parts = [
        (pattern, stream, [event.record for event in events])
        for pattern, stream, events in parted(matches, catalog)
    ]

    assert parts == [("node", None, [0, 2]), ("stream", 1, [3]), ("stream", 0, [1])]


def test_a_match_without_a_time_stands_where_its_stream_was(catalog: Any) -> None:
    rows = [_match(0, "node", 1, None), _match(1, "node", 0), _match(2, "node", 0, None)]

    [(_, _, events)] = parted(pl.DataFrame(rows, schema=MATCHES), catalog)

    assert [event.ms for event in events] == [float("-inf"), MS, MS]
