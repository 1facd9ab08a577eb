"""Show a pattern on a terminal: what is wrong, why, how it shows, what to do, the proof.

subnet-exhausted · cause · addresses · critical · common
The subnet has no free address

WHY …   HOW IT SHOWS …   WHAT TO DO …   EXAMPLES …
"""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Final

import yaml

from cnilog.catalog.messages import dictionary

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cnilog.catalog.model import Pattern, Signal

WIDTH: Final = 96
MOST_TEMPLATES: Final = 12  # of the dictionary, enough to see which releases print it


def sheet(pattern: Pattern) -> str:
    """Return all that *pattern* says, as plain text."""
    return "\n".join(_lines(pattern)).rstrip() + "\n"


def _lines(pattern: Pattern) -> Iterator[str]:
    words = (pattern.id, pattern.kind, pattern.family, pattern.severity, pattern.frequency)
    yield " · ".join(word for word in words if word)
    yield pattern.title
    if pattern.finding_id != pattern.id:
        yield f"Reported as {pattern.finding_id}"
    if pattern.versions:
        fixed = f", fixed in {pattern.fixed_in}" if pattern.fixed_in else ""
        yield f"CNI versions: {pattern.versions}{fixed}"
    yield from _section("why", [_wrapped(pattern.why)])
    shows = [_signal(name, signal) for name, signal in pattern.signals.items()]
    if pattern.when:
        when = pattern.when.model_dump(exclude_none=True, mode="json")
        shows.append(_indented("when:\n" + _indented(_yaml(when))))
    yield from _section("how it shows", shows)
    yield from _section("printed by", _printed(pattern))
    yield from _section("facts that weigh", [_wrapped(one) for one in _facts(pattern)])
    yield from _section("what it brings about", [_wrapped(one) for one in pattern.explains])
    steps = [_wrapped(f"{n}. {step}") for n, step in enumerate(pattern.remediation, 1)]
    yield from _section("what to do", steps)
    sure = [_wrapped(f"{one.collect}: {one.look_for}") for one in pattern.confirm_with]
    yield from _section("to be sure", sure)
    yield from _section("it takes", [_indented(one.log.rstrip()) for one in pattern.examples.match])
    near = [
        _wrapped(f"({one.because})") + "\n" + _indented(one.log.rstrip())
        for one in pattern.examples.reject
    ]
    yield from _section("it leaves alone", near)
    yield from _section("references", [_indented(one) for one in pattern.references])


def _section(title: str, entries: Iterable[str]) -> Iterator[str]:
    rows = list(entries)
    if rows:
        yield from ("", title.upper(), *rows)


def _signal(name: str, signal: Signal) -> str:
    keys = signal.model_dump(exclude_defaults=True, mode="json")
    return _indented(f"{name}:\n" + _indented(_yaml(keys)))


def _printed(pattern: Pattern) -> Iterator[str]:
    """Yield the templates that the pattern's texts occur in, with their releases."""
    found = [
        template
        for template in dictionary().templates
        if any(
            (not signal.component or template.component in signal.component)
            and any(literal in template.text for literal in signal.contains)
            for name, signal in pattern.signals.items()
            if name != pattern.recovers
        )
    ]
    for one in found[:MOST_TEMPLATES]:
        yield _indented(f"{one.component} {one.first} .. {one.last}: {one.text.strip()}")
    if len(found) > MOST_TEMPLATES:
        yield _indented(f"and {len(found) - MOST_TEMPLATES} more")


def _facts(pattern: Pattern) -> Iterator[str]:
    for one in pattern.evidence:
        for effect in ("confirms", "supports", "refutes"):
            expression = getattr(one, effect)
            if expression:
                yield f"{one.fact}: {effect} where {expression}"


def _yaml(value: object) -> str:
    return yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=WIDTH).rstrip()


def _wrapped(text: str) -> str:
    return textwrap.fill(" ".join(text.split()), WIDTH, initial_indent="  ", subsequent_indent="  ")


def _indented(text: str) -> str:
    return textwrap.indent(text, "  ")
