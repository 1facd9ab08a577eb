"""What is worked out for all signs at once is what a look at one event after the other says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from operator import attrgetter
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from cnilog.catalog import when
from cnilog.matching import signs
from cnilog.matching.events import Event
from cnilog.matching.scope import rhythm
from cnilog.schema import HISTOGRAM, MATCHES, RUNS

if TYPE_CHECKING:
    from cnilog.finding import Sign

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
SHOWN = ("a", "b")  # either shows the pattern; "c" shows that it is over
by_record = attrgetter("record")
Seen = tuple[str, int | None, int, int]  # signal, milliseconds after nine, stream, run

# few distinct times, so that ties and falls are common; microseconds make awkward fractions
moment = st.none() | st.integers(0, 9).map(lambda n: n * 777.001)
one = st.tuples(st.sampled_from("abc"), moment, st.integers(0, 1), st.integers(0, 1))
some = st.lists(st.lists(one, min_size=1, max_size=2, unique_by=lambda seen: seen[0]), max_size=20)


def catalog(per: str) -> Any:
    """Return one pattern of three signals."""
    pattern = SimpleNamespace(
        id="p",
        per=per,
        steady=(),
        signals={name: SimpleNamespace(hint=False) for name in "abc"},
        recovers="c",
        asks_for_rate=False,
        condition=when.When(any=tuple(when.When(seen=when.Seen(signal=name)) for name in "ab")),
        end_signals=(),
    )
    return SimpleNamespace(patterns=[pattern], by_id={"p": pattern})


def frame(records: list[list[Seen]]) -> pl.DataFrame:
    """Return the matches of *records*, each with what its signals see: one time, stream and run."""
    rows = [
        {
            "pattern": "p",
            "signal": signal,
            "node": "n",
            "record": record,
            "file": "x.log",
            "line": record + 1,
            "message": f"m{record}",
            "stream": seen[0][2],
            "run": seen[0][3],
            "ts": None if seen[0][1] is None else NINE + timedelta(milliseconds=seen[0][1]),
            "values": [{"name": "v", "value": f"v{record % 3}"}],
        }
        for record, seen in enumerate(records)
        for signal, *_ in seen
    ]
    return pl.DataFrame(rows, schema=MATCHES)


def expected(records: list[list[Seen]], *, per_stream: bool) -> list[dict[str, Any]]:
    """Return what the signs are, one event after the other."""
    before: dict[int, float] = {}
    events: list[tuple[int, Event, set[str]]] = []
    for record, seen in enumerate(records):
        _, ms, stream, run = seen[0]
        ts = None if ms is None else NINE + timedelta(milliseconds=ms)
        if ts is not None:
            before[stream] = (ts - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(microseconds=1)
        at = before.get(stream, float("-inf"))
        event = Event(at / 1000, record, run, stream, ts is not None, "x.log", record + 1)
        events.append((stream if per_stream else 0, event, {signal for signal, *_ in seen}))
    parts: dict[int, list[tuple[Event, set[str]]]] = {}
    for home, event, names in events:
        parts.setdefault(home, []).append((event, names))
    return [made for part in parts.values() if (made := sign(part))]


def sign(part: list[tuple[Event, set[str]]]) -> dict[str, Any] | None:
    """Return what the sign of one part is; null where neither signal is there."""
    mine = sorted(event for event, names in part if names & {*SHOWN})
    if not mine:
        return None
    beat = rhythm(mine)
    timed = [event for event in mine if event.timed]
    over = [event for event, names in sorted(part) if "c" in names and event > mine[-1]]
    firsts = [min(e.record for e, names in part if name in names) for name in SHOWN
              if any(name in names for _, names in part)]  # fmt: skip
    told = dict.fromkeys((*sorted(firsts), *sorted((e.record for e in mine), reverse=True)))
    return {
        "count": len(mine),
        "records": [event.record for event in mine],
        "period": beat and round(beat[0], 3),
        "jitter": beat and round(beat[1], 3),
        "first": timed[0].ms if timed else None,
        "last": timed[-1].ms if timed else None,
        "recovered": (over[0].ms if over[0].timed else 0.0) if over else None,
        "lines": sorted(record + 1 for record in list(told)[:5]),
        "values": list(dict.fromkeys(f"v{e.record % 3}" for e in sorted(mine, key=by_record))),
    }  # fmt: skip


def milliseconds(time: datetime | None) -> float | None:
    return time and (time - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(microseconds=1) / 1000


def told(found: Sign) -> dict[str, Any]:
    return {
        "count": found.count,
        "records": list(found.records),
        "period": found.period_s,
        "jitter": found.jitter_s,
        "first": milliseconds(found.first_seen),
        "last": milliseconds(found.last_seen),
        "recovered": milliseconds(found.recovered),
        "lines": [line.line for line in found.evidence],
        "values": list(found.values["v"]),
    }


@given(some, st.sampled_from(["stream", "node"]))
def test_signs_are_what_their_events_say_one_by_one(records: list[list[Seen]], per: str) -> None:
    nothing = pl.DataFrame(schema=RUNS), pl.DataFrame(schema=HISTOGRAM)

    found = signs(frame(records), *nothing, catalog(per))

    assert sorted(map(told, found), key=lambda one: one["records"]) == sorted(
        expected(records, per_stream=per == "stream"), key=lambda one: one["records"]
    )
