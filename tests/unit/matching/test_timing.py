"""Each time operator agrees with a short oracle that is written without any of its machinery.

An oracle works on plain tuples of (milliseconds, record, stream, run); ties, events out of order,
several streams and several runs are what hypothesis makes of them.
"""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise, product
from statistics import median

from hypothesis import given
from hypothesis import strategies as st

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
from cnilog.matching.scope import End, Scope
from cnilog.matching.timing import holds

ZERO = datetime(2026, 3, 2, 10, tzinfo=UTC)
Plain = tuple[int, int, int, int]  # milliseconds, record, stream, run
NAMES = ("a", "b", "c")

# few distinct times, so that ties and boundaries are common
plain = st.tuples(st.integers(0, 12).map(lambda n: n * 500), st.integers(0, 1), st.integers(0, 2))
some = st.lists(st.tuples(st.sampled_from(NAMES), plain), max_size=14)
spans = st.integers(1, 14).map(lambda n: n * 500)


def numbered(found: list[tuple[str, tuple[int, int, int]]]) -> dict[str, list[Plain]]:
    events: dict[str, list[Plain]] = {name: [] for name in NAMES}
    for record, (name, (ms, stream, run)) in enumerate(found):
        events[name].append((ms, record, stream, run))
    return events


def scope(events: dict[str, list[Plain]], ends: dict[tuple[int, int], End] | None = None) -> Scope:
    made = {
        name: sorted(
            Event(ms, record, run, stream, True, "x.log", record)
            for ms, record, stream, run in rows
        )
        for name, rows in events.items()
    }
    return Scope(made, ends or {})


@given(some, st.integers(1, 5), st.none() | spans)
def test_seen(found: list, at_least: int, within: int | None) -> None:
    events = numbered(found)
    times = sorted(ms for ms, *_ in events["a"])
    if within is None:
        expected = len(times) >= at_least
    else:
        windows = (sum(t <= other <= t + within for other in times) for t in times)
        expected = any(inside >= at_least for inside in windows)

    when = When(seen=Seen(signal="a", at_least=at_least, within=within))
    assert holds(when, scope(events)) == expected


@given(some, spans, spans, st.integers(3, 5))
def test_repeats(found: list, every: int, tolerance: int, at_least: int) -> None:
    events = numbered(found)
    expected = False
    for key in product((0, 1), (0, 1, 2)):
        times = sorted(ms for ms, _, stream, run in events["a"] if (stream, run) == key)
        if len(times) >= at_least:
            gaps = [after - before for before, after in pairwise(times)]
            expected |= abs(median(gaps) - every) <= tolerance

    when = When(repeats=Repeats(signal="a", every=every, tolerance=tolerance, at_least=at_least))
    assert holds(when, scope(events)) == expected


@given(some, st.lists(st.sampled_from(NAMES), min_size=2, max_size=3), st.none() | spans)
def test_sequence(found: list, names: list[str], within: int | None) -> None:
    events = numbered(found)
    expected = any(
        all(before[:2] < after[:2] for before, after in pairwise(chain))
        and (within is None or chain[-1][0] - chain[0][0] <= within)
        for chain in product(*(events[name] for name in names))
    )

    when = When(sequence=Sequence(signals=tuple(names), within=within))
    assert holds(when, scope(events)) == expected


@given(some, st.none() | spans, st.integers(0, 30).map(lambda n: n * 500))
def test_absent(found: list, within: int | None, known: int) -> None:
    events = numbered(found)
    ends = {
        key: End(("x.log", 10_000), None, float(known), True) for key in product((0, 1), range(3))
    }
    expected = False
    for after in events["a"]:
        later = [one for one in events["b"] if one[:2] > after[:2]]
        if within is None:
            expected |= not any(one[2:] == after[2:] for one in later)
        elif known - after[0] >= within:
            expected |= not any(one[0] - after[0] <= within for one in later)

    when = When(absent=Absent(signal="b", after="a", within=within))
    assert holds(when, scope(events, ends)) == expected


@given(some, st.integers(0, 13), st.none() | spans, st.none() | st.integers(0, 30))
def test_stalls(found: list, last: int, long: int | None, until: int | None) -> None:
    events = numbered(found)
    until_ms = None if until is None else until * 500.0
    ends = {key: End(("x.log", last), until_ms, None, True) for key in product((0, 1), range(3))}
    expected = False
    for ms, record, *_ in events["a"]:
        silent = 0 if until_ms is None else until_ms - ms
        expected |= record == last and (long is None or silent >= long)

    when = When(stalls=Stalls.model_validate({"signal": "a", "for": long}))
    assert holds(when, scope(events, ends)) == expected


@given(some, st.integers(0, 13), spans, st.none() | st.integers(0, 30), st.booleans())
def test_restarts(found: list, last: int, within: int, until: int | None, final: bool) -> None:
    events = numbered(found)
    until_ms = None if until is None else until * 500.0
    ends = {key: End(("x.log", last), until_ms, None, final) for key in product((0, 1), range(3))}
    expected = False
    for ms, record, *_ in events["a"]:
        soon = until_ms is not None and until_ms - ms <= within
        expected |= record == last and soon and not final

    when = When(restarts=Restarts(signal="a", within=within))
    assert holds(when, scope(events, ends)) == expected


@given(st.sets(st.sampled_from(["n1", "n2", "n3", "n4"])), st.integers(2, 4))
def test_spread(nodes: set[str], least: int) -> None:
    when = When(spread=Spread(signal="a", nodes=least))

    assert holds(when, Scope({}, nodes={"a": nodes})) == (len(nodes) >= least)


@given(some, spans, st.integers(2, 4), st.integers(2, 4), st.integers(0, 2))
def test_surge(found: list, window: int, factor: int, at_least: int, minutes: int) -> None:
    events = numbered(found)
    rate = dict.fromkeys(range(minutes), 1)
    times = sorted(ms for ms, *_ in events["a"])
    span = [*times, *(minute * 60_000 for minute in rate)]
    windows = (max(span) - min(span)) // window + 1 if span else 0
    expected = False
    for start in times:
        inside = sum(start <= one <= start + window for one in times)
        mean = (len(times) - inside) / max(1, windows - 1)
        expected |= windows > 1 and inside >= at_least and inside >= factor * max(mean, 1e-9)
    expected &= len(times) >= at_least

    found_scope = scope(events)
    made = Scope(found_scope.events, rate=rate)
    when = When(surge=Surge(signal="a", window=window, factor=factor, at_least=at_least))
    assert holds(when, made) == expected


@given(some, st.lists(st.integers(1, 4), min_size=1, max_size=3))
def test_all_any_and_not_are_those_of_logic(found: list, least: list[int]) -> None:
    place = scope(numbered(found))
    parts = tuple(When(seen=Seen(signal="a", at_least=number)) for number in least)
    each = [holds(part, place) for part in parts]

    assert holds(When(all=parts), place) == all(each)
    assert holds(When(any=parts), place) == any(each)
    assert [holds(When.model_validate({"not": part}), place) for part in parts] == [
        not one for one in each
    ]
