"""The message dictionary: every template that the CNI's sources hold, and where.

A template is the text of a log call with its verbs (``%s``, ``%v``, ``%+v``). A message fits a
template when the texts between the verbs stand in it, in order, from its beginning to its end.
"""

from __future__ import annotations

import gzip
import re
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Final, NamedTuple

from cnilog.catalog.versions import number
from cnilog.lazily import regex

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cnilog.catalog.versions import Number

VERB: Final = regex(r"%(?:[-+# 0]*\d*(?:\.\d+)?[a-zA-Z]|%)")
PIECE: Final = 6  # characters: a shorter piece is in too many messages to look up by
NEWEST: Final = (9_999, 0, 0)  # newer than any release
ERRORS: Final = ("warn", "error", "fatal")


class Template(NamedTuple):
    """One message template of one component."""

    component: str
    level: str
    first: str  # release tags, both included
    last: str
    kind: str  # benign, cause, symptom … where it was judged; else empty
    text: str

    @property
    def pieces(self) -> tuple[str, ...]:
        """The texts between the verbs."""
        return _pieces(self.text)

    @property
    def span(self) -> tuple[Number, Number]:
        """The first and last release as numbers; the source that was read last has no release."""
        return number(self.first) or (0, 0, 0), number(self.last) or NEWEST

    def fits(self, message: str) -> bool:
        """Return whether *message* is one of this template."""
        message = message.strip()
        return _in_order(_parts(self.text), message) and bool(_shape(self.text).match(message))

    def printed_by(self, version: str) -> bool:
        """Return whether that release holds it."""
        low, high, mine = number(self.first), number(self.last), number(version)
        return bool(low and high and mine and low <= mine <= high)


@cache
def _pieces(text: str) -> tuple[str, ...]:
    return tuple([piece for piece in VERB.split(_spoken(text)) if piece.strip()])


@cache
def _parts(text: str) -> list[str]:
    """Return what stands around the verbs, from the begin to the end of the template *text*."""
    return VERB.split(_spoken(text).strip())


def _in_order(parts: list[str], message: str) -> bool:
    """Return whether *message* holds *parts* one after another: asked before a regex is made."""
    at = 0
    for part in parts:
        at = message.find(part, at)
        if at < 0:
            return False
        at += len(part)
    return message.startswith(parts[0])


@cache
def _shape(text: str) -> re.Pattern[str]:
    """Return the regular expression of the messages of the template *text*."""
    parts = map(re.escape, _parts(text))
    return re.compile(".*?".join(parts) + r"(?:%!.*)?\s*$", re.DOTALL)


def _spoken(text: str) -> str:
    return text.replace("\\n", "\n").replace("\\t", "\t") if "\\" in text else text


class Dictionary:
    """All templates, found by a rare piece of their text."""

    def __init__(self, templates: Iterable[Template]) -> None:
        self.templates = tuple(templates)
        self._by_piece: dict[str, list[Template]] = {}
        self._others: list[Template] = []
        for template in self.templates:
            piece = max(template.pieces, key=len, default="")
            if len(piece.strip()) < PIECE:
                self._others.append(template)
            else:
                self._by_piece.setdefault(piece.strip()[:PIECE], []).append(template)

    def look_up(self, message: str, component: str | None = None) -> tuple[Template, ...]:
        """Return the templates that *message* fits, the most telling first."""
        starts = {message[at : at + PIECE] for at in range(max(1, len(message) - PIECE + 1))}
        near = [one for start in starts for one in self._by_piece.get(start, ())]
        found = [
            one
            for one in near
            if (component is None or one.component == component) and one.fits(message)
        ]
        return tuple(sorted(found, key=lambda one: (-sum(map(len, one.pieces)), one.first)))

    def knows(self, message: str) -> bool:
        """Return whether any component's template fits *message*."""
        return bool(self.look_up(message))

    def holding(self, text: str) -> tuple[Template, ...]:
        """Return the templates whose own words hold *text*."""
        return tuple(one for one in self.templates if text in one.text)


@cache
def dictionary() -> Dictionary:
    """Return the dictionary that is shipped."""
    packed = resources.files(__package__).joinpath("data/messages.tsv.gz").read_bytes()
    lines = gzip.decompress(packed).decode().split("\n")
    rows = (line.split("\t", 5) for line in lines[2:])
    return Dictionary(Template._make(row) for row in rows if len(row) == 6)


def message_of(log: str) -> str:
    """Return the message in a line as a component writes it; the line itself where it is bare."""
    for shape in (r'"msg":"((?:[^"\\]|\\.)*)"', r'msg="((?:[^"\\]|\\.)*)"'):
        found = re.search(shape, log)
        if found:
            return found[1].replace('\\"', '"').replace("\\n", "\n").replace("\\t", "\t")
    return re.sub(r"^\S+ \[\w+\]\s+|^[IWEF]\d{4} .*?\] ", "", log.strip())
