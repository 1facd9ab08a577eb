"""Whether a pattern makes sense: what its shape alone cannot tell.

Signals that `when` names exist, regexes compile, ranges and expressions can be read, and what
`explains` names is there and leads to no circle.
"""

from __future__ import annotations

import difflib
import itertools
from typing import TYPE_CHECKING

from cnilog.catalog.expressions import compile_expression
from cnilog.catalog.versions import parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from cnilog.catalog.model import Pattern
    from cnilog.catalog.when import When


class SenseError(ValueError):
    """A pattern names something that is not there, or that cannot be read."""

    def __init__(self, problem: str, *where: str | int) -> None:
        super().__init__(problem)
        self.where = where


class MisfitError(SenseError):
    """A pattern does not fit the others."""

    def __init__(self, pattern: str, problem: str, *where: str | int) -> None:
        super().__init__(problem, *where)
        self.pattern = pattern


def check_pattern(pattern: Pattern) -> None:
    """Raise `SenseError` where *pattern* alone makes no sense."""
    if not pattern.signals and not pattern.evidence:
        raise SenseError("a pattern needs signals or evidence", "signals")
    _range(pattern.versions, "versions")
    _signals(pattern)
    _expressions(pattern)


def _signals(pattern: Pattern) -> None:
    import regex

    for name, signal in pattern.signals.items():
        if signal.regex is not None:
            try:
                regex.compile(signal.regex)
            except regex.error as error:
                problem = f"no regular expression: {error}"
                raise SenseError(problem, "signals", name, "regex") from error
        _range(signal.versions, "signals", name, "versions")
    for place, name in _named(pattern):
        if name not in pattern.signals:
            raise SenseError(_unknown("signal", name, pattern.signals), *place)


def _expressions(pattern: Pattern) -> None:
    for index, weighing in enumerate(pattern.evidence):
        for key in ("confirms", "supports", "refutes"):
            expression = getattr(weighing, key)
            if expression is None:
                continue
            try:
                compile_expression(expression)
            except ValueError as error:
                raise SenseError(str(error), "evidence", index, key) from error


def _range(span: str | None, *where: str) -> None:
    if span is not None:
        try:
            parse(span)
        except ValueError as error:
            raise SenseError(str(error), *where) from error


def _named(pattern: Pattern) -> Iterator[tuple[tuple[str, ...], str]]:
    if pattern.recovers is not None:
        yield ("recovers",), pattern.recovers
    if pattern.when is not None:
        for name in signals_of(pattern.when):
            yield ("when",), name


def signals_of(when: When) -> Iterator[str]:
    """Yield the names of all signals that *when* looks at."""
    for one in when.walk():
        for given in (one.seen, one.repeats, one.stalls, one.restarts, one.spread, one.surge):
            if given is not None:
                yield given.signal
        if one.absent is not None:
            yield from (one.absent.signal, one.absent.after)
        if one.sequence is not None:
            yield from one.sequence.signals


def _unknown(noun: str, name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, list(known), 1)
    return f"no {noun} '{name}'" + (f". Did you mean '{close[0]}'?" if close else "")


def check_catalog(patterns: Mapping[str, Pattern], facts: Mapping[str, object]) -> None:
    """Raise `MisfitError` where the patterns do not fit together."""
    findings = {one.finding_id for one in patterns.values()} | set(patterns)
    groups = {name.removesuffix("*") for name in facts if name.endswith(".*")}
    for pattern in patterns.values():
        for index, name in enumerate(pattern.explains):
            if name not in findings:
                problem = _unknown("pattern", name, findings)
                raise MisfitError(pattern.id, problem, "explains", index)
        for index, weighing in enumerate(pattern.evidence):
            known = weighing.fact in facts or any(map(weighing.fact.startswith, groups))
            if not known:
                problem = _unknown("fact", weighing.fact, facts)
                raise MisfitError(pattern.id, problem, "evidence", index, "fact")
        _usual_explains(pattern, patterns)
        _against_causes(pattern, patterns)
    _no_circle(patterns)


def _usual_explains(symptom: Pattern, patterns: Mapping[str, Pattern]) -> None:
    if symptom.usual is None:
        return
    causes = {one.finding_id for one in patterns.values() if symptom.id in one.explains}
    if symptom.usual not in causes:
        problem = _unknown("cause that explains it", symptom.usual, causes)
        raise MisfitError(symptom.id, problem, "usual")


def _against_causes(symptom: Pattern, patterns: Mapping[str, Pattern]) -> None:
    causes = {one.finding_id for one in patterns.values() if one.kind == "cause"}
    for index, name in enumerate(symptom.against):
        if name not in causes:
            raise MisfitError(symptom.id, _unknown("cause", name, causes), "against", index)


def _no_circle(patterns: Mapping[str, Pattern]) -> None:
    below: dict[str, set[str]] = {}
    for pattern in patterns.values():
        below.setdefault(pattern.finding_id, set()).update(pattern.explains)
    done: set[str] = set()

    def visit(name: str, way: tuple[str, ...]) -> None:
        if name in way:
            circle = (*way[way.index(name) :], name)
            raise _circle(patterns, circle)
        if name not in done:
            for other in sorted(below.get(name, ())):
                visit(other, (*way, name))
            done.add(name)

    for name in sorted(below):
        visit(name, ())


def _circle(patterns: Mapping[str, Pattern], circle: tuple[str, ...]) -> MisfitError:
    """Return the error, at the last pattern of the file order that closes the circle."""
    steps = set(itertools.pairwise(circle))
    pattern, index = [
        (one.id, index)
        for one in patterns.values()
        for index, name in enumerate(one.explains)
        if (one.finding_id, name) in steps
    ][-1]
    return MisfitError(pattern, f"explains itself: {' -> '.join(circle)}", "explains", index)
