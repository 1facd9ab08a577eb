"""Lints on each signal by itself: what it looks for, and whether anything asks for it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from cnilog.catalog.sense import signals_of
from cnilog.catalog.when import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from cnilog.catalog.model import Catalog, Pattern

SHORTEST: Final = 4  # characters of a literal: shorter ones are everywhere
COMMON: Final = {"level", "info", "debug", "caller", "ipamd", "aws-node", "message", "time", "http"}


def _short_literal(pattern: Pattern, _: Catalog) -> Iterator[str]:
    for name, signal in pattern.signals.items():
        for text in signal.contains:
            if len(text.strip()) < SHORTEST:
                yield f"signals.{name}: '{text}' is shorter than {SHORTEST} characters"


def _common_literal(pattern: Pattern, _: Catalog) -> Iterator[str]:
    for name, signal in pattern.signals.items():
        for text in signal.contains:
            if text.strip() in COMMON:
                yield f"signals.{name}: '{text}' is in nearly every line"


def _escaped_literal(pattern: Pattern, _: Catalog) -> Iterator[str]:
    for name, signal in pattern.signals.items():
        for text in signal.contains:
            if re.search(r"[\n\t\x00-\x1f]", text):
                yield f"signals.{name}: {text!r} has a control character"


def _open_regex(pattern: Pattern, _: Catalog) -> Iterator[str]:
    for name, signal in pattern.signals.items():
        expression = signal.regex or ""
        if expression.startswith((".*", "^.*")) or expression.endswith((".*", ".*$")):
            yield f"signals.{name}: the regex begins or ends with .*"


def _unused_signal(pattern: Pattern, _: Catalog) -> Iterator[str]:
    if pattern.when is None:
        return
    used = {*signals_of(pattern.when), pattern.recovers}
    for name, signal in pattern.signals.items():
        if name not in used and not (signal.regex and "(?P<" in signal.regex):  # or it gives values
            yield f"signals.{name} is in no condition"


def _counted_steady(pattern: Pattern, _: Catalog) -> Iterator[str]:
    if pattern.when is None:
        yield from (f"signals.{name} is steady, and seeing it is enough" for name in pattern.steady)
        return
    for name in sorted(pattern.steady & counted(pattern.when)):
        yield f"signals.{name} is steady, and its records are counted or timed"


def _unproved_signal(pattern: Pattern, _: Catalog) -> Iterator[str]:
    texts = [example.log for example in pattern.examples.match]
    for name, signal in pattern.signals.items():
        if signal.strength == "conclusive" and not any(
            _in_example(signal.contains, t) for t in texts
        ):
            yield f"signals.{name} is conclusive, and no example reaches it"


def _in_example(literals: tuple[str, ...], text: str) -> bool:
    return any(literal in text.replace('\\"', '"') for literal in literals)


SIGNALS: Final[Mapping[str, tuple[str, Callable[[Pattern, Catalog], Iterator[str]]]]] = {
    "short-literal": ("Take a longer part of the template.", _short_literal),
    "common-literal": ("Take words that only this message has.", _common_literal),
    "escaped-literal": (
        "Raw lines escape it: put it into the regex, and a plain part here.",
        _escaped_literal,
    ),
    "open-regex": ("Leave the ends out: a search needs none.", _open_regex),
    "unused-signal": ("Use it in when, or remove it.", _unused_signal),
    "counted-steady": (
        "Let it begin a sequence, or be seen beside another; or take steady away.",
        _counted_steady,
    ),
    "unproved-signal": ("Add an example, or do not call it conclusive.", _unproved_signal),
}
