"""Lints on what signals look for, and on what proves it."""

from __future__ import annotations

import itertools
import re
from functools import cache
from typing import TYPE_CHECKING, Final

from cnilog.catalog.filling import fill
from cnilog.catalog.messages import dictionary, message_of
from cnilog.catalog.trial import takes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from cnilog.catalog.model import Catalog, Pattern, Signal

_RUNAWAY: Final = re.compile(r"\((?:[^()\\]|\\.)*[+*](?:[^()\\]|\\.)*\)[+*]")
_GROUP: Final = re.compile(r"\(\?P<(\w+)>")
_PLACE: Final = re.compile(r"\{(\w+)\}")


def texts_of(log: str) -> tuple[str, ...]:
    """Return what a signal may see of an example: each line's message, each line, and all."""
    lines = [line for line in log.splitlines() if line.strip()]
    return (*map(message_of, lines), *lines, log)


def taken(signal: Signal, log: str) -> bool:
    """Return whether a line of *log* has the texts that *signal* asks for, whoever wrote it."""
    return any(takes(signal, text) is not None for text in texts_of(log))


def _logs(pattern: Pattern) -> list[str]:
    return [match.log for match in pattern.examples.match]


def _twice(pattern: Pattern, _: Catalog) -> Iterator[str]:
    for name, signal in pattern.signals.items():
        for index, text in enumerate(signal.contains):
            others = (*signal.contains[:index], *signal.contains[index + 1 :])
            wider = next((one for one in others if one in text), None)
            if wider is not None:
                yield f"signals.{name}: '{wider}' finds all that '{text}' finds"


def _runaway(pattern: Pattern, _: Catalog) -> Iterator[str]:
    for name, signal in pattern.signals.items():
        if signal.regex and _RUNAWAY.search(signal.regex):
            yield f"signals.{name}: the regex repeats what repeats"


def _literal(pattern: Pattern, _: Catalog) -> Iterator[str]:
    for name, signal in pattern.signals.items():
        if name != pattern.recovers:
            for text in signal.contains:
                if not any(text in log for log in _logs(pattern)) and not _printed(text):
                    yield f"signals.{name}: neither an example nor a release shows '{text}'"


@cache
def _printed(text: str) -> bool:
    return any(text in one.text for one in dictionary().templates) or any(
        text in filled for filled in _filled()
    )


@cache
def _filled() -> tuple[str, ...]:
    """Return every template with its values filled in."""
    return tuple(fill(template) for template in dictionary().templates)


def _branch(pattern: Pattern, _: Catalog) -> Iterator[str]:
    for name, signal in pattern.signals.items():
        for branch in branches(signal.regex or ""):
            one = signal.model_copy(update={"regex": branch})
            by_example = any(taken(one, log) for log in _logs(pattern))
            if not by_example and not any(takes(one, text) is not None for text in _filled()):
                yield f"signals.{name}: nothing reaches the branch '{branch}'"


def branches(pattern: str) -> tuple[str, ...]:
    """Return the branches of the alternation outside all brackets; none where there is none."""
    bare = re.sub(r"\\.|\[(?:\\.|[^\]\\])*\]", lambda found: "_" * len(found[0]), pattern)
    depth, cuts = 0, []
    for at, character in enumerate(bare):
        depth += (character == "(") - (character == ")")
        if character == "|" and depth == 0:
            cuts.append(at)
    edges = [-1, *cuts, len(pattern)]
    return tuple(pattern[a + 1 : b] for a, b in itertools.pairwise(edges)) if cuts else ()


def _value(pattern: Pattern, _: Catalog) -> Iterator[str]:
    expected = {name for match in pattern.examples.match for name in match.expect}
    for name, signal in pattern.signals.items():
        for group in _GROUP.findall(signal.regex or ""):
            if group not in expected:
                yield f"signals.{name}: no example expects a value of '{group}'"


def _title_value(pattern: Pattern, _: Catalog) -> Iterator[str]:
    groups = {g for one in pattern.signals.values() for g in _GROUP.findall(one.regex or "")}
    titles = [pattern.title, *(one.title or "" for one in pattern.signals.values())]
    for name in sorted({name for title in titles for name in _PLACE.findall(title)} - groups):
        yield f"the title says {{{name}}}, and no regex has a group of that name"


def _unfinished(pattern: Pattern, _: Catalog) -> Iterator[str]:
    if any("TODO" in text for text in (pattern.title, pattern.why, *pattern.remediation)):
        yield "it says TODO"


TEXTS: Final[Mapping[str, tuple[str, Callable[[Pattern, Catalog], Iterator[str]]]]] = {
    "twice-literal": ("Leave the longer of the two out.", _twice),
    "runaway-regex": ("Repeat once, not within a repetition.", _runaway),
    "unproved-literal": ("Add an example, or leave it out.", _literal),
    "unproved-branch": ("Add an example that reaches it, or cut it.", _branch),
    "unproved-value": ("Add expect to an example.", _value),
    "title-value": ("Name a group of a regex, or leave the braces out.", _title_value),
    "unfinished": ("Write what only you know.", _unfinished),
}
