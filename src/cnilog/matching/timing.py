"""What the operators of ``when`` mean: shapes in time, over the events of one scope.

Each operator is a function of a scope and its own keys. Times are milliseconds; ends of a span
count as inside it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, Any, Final

from cnilog.matching.scope import rhythm

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from cnilog.catalog.when import (
        Absent,
        Repeats,
        Restarts,
        Seen,
        Sequence,
        Spread,
        Stalls,
        Surge,
        When,
    )
    from cnilog.matching.events import Event
    from cnilog.matching.scope import Scope


def holds(when: When, scope: Scope) -> bool:
    """Return whether *when* holds in *scope*."""
    name, given = when.key
    return _OPERATORS[name](given, scope)


def every(given: Iterable[When], scope: Scope) -> bool:
    """All of them hold."""
    return all(holds(one, scope) for one in given)


def some(given: Iterable[When], scope: Scope) -> bool:
    """One of them holds."""
    return any(holds(one, scope) for one in given)


def denied(given: When, scope: Scope) -> bool:
    """It does not hold."""
    return not holds(given, scope)


def seen(given: Seen, scope: Scope) -> bool:
    """At least so many events, in some window of that length where one is given."""
    events = scope.of(given.signal)
    if given.within is None:
        return len(events) >= given.at_least
    times = [event.ms for event in events if event.timed]
    return any(
        times[index + given.at_least - 1] - times[index] <= given.within
        for index in range(len(times) - given.at_least + 1)
    )


def repeats(given: Repeats, scope: Scope) -> bool:
    """Enough events of one run, whose median gap is the period, give or take the tolerance."""
    runs: dict[tuple[int, int], list[Event]] = {}
    for event in scope.of(given.signal):
        if event.timed:
            runs.setdefault((event.stream, event.run), []).append(event)
    for events in runs.values():
        found = rhythm(events)
        if len(events) < given.at_least or found is None:
            continue
        if abs(found[0] * 1000 - given.every) <= given.tolerance:
            return True
    return False


def sequence(given: Sequence, scope: Scope) -> bool:
    """One event of each signal in order, first to last within the time where one is given."""
    for first in scope.of(given.signals[0]):
        last: Event | None = first
        for signal in given.signals[1:]:
            events = scope.of(signal)
            index = bisect_right(events, last) if last is not None else len(events)
            last = events[index] if index < len(events) else None
        if last is not None and (given.within is None or last.ms - first.ms <= given.within):
            return True
    return False


def absent(given: Absent, scope: Scope) -> bool:
    """Some *after* that no *signal* follows: within the time, or until its run ends.

    Where the source ends before the time is up, nothing can be told, and it does not hold.
    """
    if given.within is None:
        answered = scope.lasts(given.signal)
        asked = scope.lasts(given.after)
        return any(run not in answered or answered[run] <= asked[run] for run in asked)
    answers = scope.of(given.signal)
    for event in scope.of(given.after):
        end = scope.ends.get((event.stream, event.run))
        if end is None or end.known_ms is None or end.known_ms - event.ms < given.within:
            continue
        first = bisect_right(answers, event)
        if first == len(answers) or not answers[first].ms - event.ms <= given.within:
            return True
    return False


def stalls(given: Stalls, scope: Scope) -> bool:
    """Some event is the last record of its run, and nothing followed for that long."""
    for event in scope.of(given.signal):
        end = scope.ends.get((event.stream, event.run))
        if end is None or end.place != (event.file, event.line):
            continue
        if given.for_ is None:
            return True
        silent_ms = end.until_ms - event.ms if end.until_ms is not None and event.timed else 0
        if silent_ms >= given.for_:
            return True
    return False


def restarts(given: Restarts, scope: Scope) -> bool:
    """Some event is the last record of its run, and the next one begins within the time."""
    for event in scope.of(given.signal):
        end = scope.ends.get((event.stream, event.run))
        if end is None or end.last or end.place != (event.file, event.line) or not event.timed:
            continue
        if end.until_ms is not None and end.until_ms - event.ms <= given.within:
            return True
    return False


def spread(given: Spread, scope: Scope) -> bool:
    """Events on at least so many nodes of the whole input."""
    return len(scope.nodes.get(given.signal, ())) >= given.nodes


def surge(given: Surge, scope: Scope) -> bool:
    """A window with many more events than the mean of the scope's other windows."""
    times = [event.ms for event in scope.of(given.signal) if event.timed]
    if len(times) < given.at_least:
        return False
    first = min([*times, *(minute * 60_000 for minute in scope.rate)])
    last = max([*times, *(minute * 60_000 for minute in scope.rate)])
    windows = int((last - first) // given.window) + 1
    for start in times:
        inside = bisect_right(times, start + given.window) - bisect_left(times, start)
        others = (len(times) - inside) / max(1, windows - 1)
        if inside >= given.at_least and inside >= given.factor * max(others, 1e-9):
            return windows > 1
    return False


_OPERATORS: Final[dict[str, Callable[[Any, Scope], bool]]] = {
    "all": every,
    "any": some,
    "not_": denied,
    "seen": seen,
    "repeats": repeats,
    "sequence": sequence,
    "absent": absent,
    "stalls": stalls,
    "restarts": restarts,
    "spread": spread,
    "surge": surge,
}
