"""The matches of one pattern in one place: one stream, or one node."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, NamedTuple

from cnilog.matching.events import Event, Events

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Run = tuple[int, int]  # stream, and number of the run in it


class End(NamedTuple):
    """How a run ended."""

    place: tuple[str, int]  # file and line of its last record
    until_ms: float | None  # when the next thing happened on the node; null when nothing did
    known_ms: float | None  # up to when the source tells of the node; null without any time
    last: bool  # no later run follows in its stream


class Scope(NamedTuple):
    """What the operators look at."""

    events: Mapping[str, Sequence[Event]]  # by signal, sorted
    ends: Mapping[Run, End] = {}  # by stream and run
    rate: Mapping[int, int] = {}  # minute -> records of the streams
    nodes: Mapping[str, set[str]] = {}  # signal -> nodes of the whole input

    def of(self, signal: str) -> Sequence[Event]:
        """Return the events of *signal*, in order."""
        return self.events.get(signal, ())

    def lasts(self, signal: str) -> dict[Run, Event]:
        """Return the last event of *signal* in each run."""
        events = self.of(signal)
        few = events.few() if isinstance(events, Events) else events
        return {(event.stream, event.run): event for event in few}


def rhythm(events: Sequence[Event]) -> tuple[float, float] | None:
    """Return the median gap in seconds and its jitter (median deviation from it).

    Null for fewer than three events with a time. Gaps across the start of a run do not count:
    they tell of the restart, not of the loop.
    """
    timed = [event for event in events if event.timed]
    gaps = [
        (after.ms - before.ms) / 1000
        for before, after in itertools.pairwise(timed)
        if (after.run, after.stream) == (before.run, before.stream)
    ]
    if len(gaps) < 2:
        return None
    middle = _median(gaps)
    return middle, _median(abs(gap - middle) for gap in gaps)


def _median(numbers: Iterable[float]) -> float:
    """Return the median, as `statistics` has it, whose import would be felt at each start."""
    ordered = sorted(numbers)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2
