"""The shapes in time that a pattern may ask for; what they mean is said in `cnilog.matching`."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any

from cnilog.frozen import Asked, Frozen

if TYPE_CHECKING:
    from collections.abc import Iterator

_UNITS = {"ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}


def milliseconds(text: object) -> object:
    """Return the milliseconds in a duration such as ``2s``, ``100ms``, ``5m``; numbers pass."""
    if not isinstance(text, str):
        return text
    parts = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)", text.strip())
    if not parts:
        raise ValueError(f"'{text}' is no duration. Write it as 500ms, 2s, 5m, 1h or 1d")
    return round(float(parts[1]) * _UNITS[parts[2]])


def _named(text: object) -> object:
    return {"signal": text} if isinstance(text, str) else text


Duration = Annotated[int, Asked(milliseconds, gt=0)]
Text = Annotated[str, Asked(min_length=1)]


class Seen(Frozen):
    """At least so many records, in any window of that length where one is given."""

    signal: Text
    at_least: Annotated[int, Asked(ge=1)] = 1
    within: Duration | None = None


class Repeats(Frozen):
    """Records that come back at a period: the median gap is *every* ± *tolerance*."""

    signal: Text
    every: Duration
    tolerance: Duration
    at_least: Annotated[int, Asked(ge=3)] = 3


class Sequence(Frozen):
    """One record of each signal, in this order, first to last *within* that time."""

    signals: Annotated[tuple[Text, ...], Asked(min_length=2)]
    within: Duration | None = None


class Absent(Frozen):
    """*signal* does not follow *after* within that time, or until the end of the run."""

    signal: Text
    after: Text
    within: Duration | None = None


class Stalls(Frozen):
    """*signal* is the last record of its run, for at least that long where *for* is given."""

    signal: Text
    for_: Duration | None = None


class Restarts(Frozen):
    """*signal* is the last record of its run, and the next run begins within that time."""

    signal: Text
    within: Duration


class Spread(Frozen):
    """Records on at least so many distinct nodes."""

    signal: Text
    nodes: Annotated[int, Asked(ge=2)]


class Surge(Frozen):
    """A window with at least *factor* times the stream's other windows' mean, and *at_least*."""

    signal: Text
    window: Duration
    factor: Annotated[float, Asked(gt=1)]
    at_least: Annotated[int, Asked(ge=2)] = 5


class When(Frozen):
    """One node of the condition; exactly one key is given."""

    seen: Annotated[Seen | None, Asked(_named)] = None
    repeats: Repeats | None = None
    sequence: Sequence | None = None
    absent: Absent | None = None
    stalls: Annotated[Stalls | None, Asked(_named)] = None
    restarts: Restarts | None = None
    spread: Spread | None = None
    surge: Surge | None = None
    all: tuple[When, ...] | None = None
    any: tuple[When, ...] | None = None
    not_: When | None = None

    def __post_init__(self) -> None:
        """Raise ValueError unless exactly one key is given."""
        if len(self.given) != 1:
            raise ValueError("exactly one operator goes here; join several with any or all")

    @property
    def given(self) -> dict[str, object]:
        """What is given, by key."""
        pairs = ((name, getattr(self, name)) for name in self.model_fields)
        return {name: value for name, value in pairs if value is not None}

    @cached_property
    def key(self) -> tuple[str, Any]:
        """The one key that is given, and what stands behind it."""
        [pair] = self.given.items()
        return pair

    def walk(self) -> Iterator[When]:
        """Yield this condition, and then all that it joins or denies, however deep."""
        yield self
        for inner in (*(self.all or ()), *(self.any or ()), *((self.not_,) if self.not_ else ())):
            yield from inner.walk()


def counted(when: When) -> set[str]:
    """Return the signals of which more than the record right before another matters."""
    others = set[str]()
    for one in when.walk():
        if one.sequence:
            others.update(one.sequence.signals[1:])
        if one.absent:
            others |= {one.absent.signal, one.absent.after}
        if one.seen and (one.seen.at_least > 1 or one.seen.within):
            others.add(one.seen.signal)
        single = (one.repeats, one.spread, one.surge, one.stalls, one.restarts)
        others |= {given.signal for given in single if given is not None}
    return others


def asked(when: When) -> tuple[set[str], set[str]]:
    """Return the signals that are asked of last records, and those asked of all."""
    lasts, others = set[str](), set[str]()
    for one in when.walk():
        lasts |= {given.signal for given in (one.stalls, one.restarts) if given is not None}
        single = (one.seen, one.repeats, one.spread, one.surge)
        others |= {given.signal for given in single if given is not None}
        others.update(one.sequence.signals if one.sequence else ())
        if one.absent:
            others |= {one.absent.signal, one.absent.after}
    return lasts, others
