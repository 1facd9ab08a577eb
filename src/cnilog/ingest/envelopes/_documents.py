"""Walk the JSON documents of a text: one, several after another, or with other text between.

Long arrays are walked element by element, so that a file may be larger than memory. A document
that is cut short is closed where its last whole value ends; what follows stays text.
"""

from __future__ import annotations

import codecs
import json
import re
from typing import TYPE_CHECKING, Final, NamedTuple

from cnilog.lazily import regex

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

LONG: Final = frozenset({"events"})  # arrays of the outer object that may hold millions
BLANK: Final = regex(r"[\s\x1e\x00\ufeff]*")
OPENS: Final = regex(r'\[\s*(?:["\[{\]]|-?\d+(?:[\s,\]]|\.\d)|$)')  # not [signal SIGSEGV: …
OBJECT: Final = regex(r'\{\s*(?:"|\}|$)')
SEPARATOR: Final = regex(r"[\s,]*")
TOKEN: Final = regex(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+', re.DOTALL)
DECODER: Final = json.JSONDecoder(strict=False)  # control characters in strings are let through


FAILURES: Final = 20  # attempts to close what does not end; a file full of those is no JSON
CLOSED: Final = 32 << 20  # characters of a document that is cut short


class Value(NamedTuple):
    """One value of a text, and where it stood."""

    place: str  # "" a whole document; "events[]" or "[]" an element of its array; "text" a line
    value: object
    document: int  # 0-based count of the documents begun so far


BULK: Final = 1 << 18  # characters below which elements are read one at a time
READ: Final = 8 << 20  # characters read at a time
TRIED: Final = 50  # braces that are tried for the begin of an element
BEGIN: Final = regex(r'\{\s*"(?:logStreamName|timestamp|message|ingestionTime|eventId)"\s*:')
BEFORE: Final = regex(r"\}\s*,\s*\Z")
LAST: Final = regex(r'\]\s*(?:,\s*"(?:searched|next)|\}\s*(?:\{|\Z))')


class _Text:
    """Text that grows as it is read; what was used up is forgotten."""

    def __init__(
        self, blocks: Iterable[bytes], many: Callable[[str], object | None] | None = None
    ) -> None:
        self.many = many
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._blocks = (decoder.decode(block) for block in blocks)
        self.text, self.at, self.failures = "", 0, 0

    def more(self) -> bool:
        """Read at least as much as is held; false where nothing is left."""
        parts = [self.text[self.at :]]
        have, want = 0, max(READ, len(self.text) - self.at)
        for block in self._blocks:
            parts.append(block)
            have += len(block)
            if have >= want:
                break
        self.text, self.at = "".join(parts), 0
        return have > 0

    def skip(self, blank: re.Pattern[str]) -> str:
        """Pass over *blank* and return the character after it; empty at the end."""
        while True:
            found = blank.match(self.text, self.at)
            self.at = found.end() if found else self.at
            if self.at < len(self.text):
                return self.text[self.at]
            if not self.more():
                return ""

    def value(self) -> object:
        """Return the JSON value at this place.

        Raises:
            ValueError: There is none, or it is cut short.
        """
        while True:
            try:
                found, end = DECODER.raw_decode(self.text, self.at)
            except (ValueError, RecursionError):
                if self.more():
                    continue
                raise
            if end == len(self.text) and self.more():
                continue  # a number may go on
            self.at = end
            return found

    def bulk(self) -> str:
        """Return whole elements of the array of events at this place, many at once, or nothing.

        In a string every quote is escaped, so a quoted key behind a brace begins an element.
        """
        if len(self.text) - self.at < BULK and not (self.more() and len(self.text) >= BULK):
            return ""
        end = LAST.search(self.text, self.at)
        begin = end.start() if end else len(self.text)
        for _ in range(TRIED):
            begin = self.text.rfind("{", self.at, begin)
            if begin <= self.at:
                return ""
            before = BEFORE.search(self.text[max(self.at, begin - 256) : begin])
            if before and BEGIN.match(self.text, begin):
                whole = self.text[self.at : begin].rstrip().removesuffix(",")
                self.at = begin
                return whole
        return ""

    def elements(self) -> Iterator[object]:
        """Yield the objects of an array that are whole in the text that is held."""
        decode, blank = DECODER.raw_decode, SEPARATOR.match
        while found := blank(self.text, self.at):
            at = found.end()
            if not self.text.startswith("{", at):
                return
            try:
                value, self.at = decode(self.text, at)
            except (ValueError, RecursionError):
                return
            yield value

    def closed(self) -> object:
        """Return the value at this place, closed where it is cut short; null where it is none."""
        self.failures += 1
        if self.failures > FAILURES or len(self.text) - self.at > CLOSED:
            return None
        found = closed_off(self.text[self.at :])
        if found is None:
            return None
        self.at += found[1]
        return found[0]

    def line(self) -> str:
        """Return the text up to the end of the line."""
        while (end := self.text.find("\n", self.at)) < 0 and self.more():
            pass
        end = len(self.text) if end < 0 else end
        line, self.at = self.text[self.at : end], min(end + 1, len(self.text))
        return line


def values(
    blocks: Iterable[bytes], many: Callable[[str], object | None] | None = None
) -> Iterator[Value]:
    """Yield the values of a text in order; never raises, what is no JSON comes as ``text``.

    Args:
        blocks: The text, cut anywhere.
        many: Reads an array of events as a whole, or returns null where it cannot; what it gives
            comes as a value with the place ``many``.
    """
    text = _Text(blocks, many)
    count = 0
    while first := text.skip(BLANK):
        if first == "[" and OPENS.match(text.text, text.at):
            yield from _array(text, "[]", count)
        elif first == "{" and OBJECT.match(text.text, text.at):
            yield from _object(text, count)
        else:
            yield Value("text", text.line(), count)
            continue
        count += 1


def _object(text: _Text, count: int) -> Iterator[Value]:
    """Yield the object at this place; the elements of its long arrays before itself."""
    start = text.text[text.at :]
    if not any(f'"{name}"' in start[:65_536] for name in LONG):
        yield from _whole(text, count)
        return
    text.at += 1
    found: dict[str, object] = {}
    try:
        while text.skip(SEPARATOR) not in {"}", ""}:
            name = str(text.value())
            text.skip(re.compile(r"[\s:]*"))
            if name in LONG and text.skip(BLANK) == "[":
                yield from _array(text, f"{name}[]", count)
                found[name] = []
            else:
                found[name] = text.value()
    except (ValueError, RecursionError):
        yield from _rest(text, count)
        return
    text.at += 1
    yield Value("", found, count)


def _array(text: _Text, place: str, count: int) -> Iterator[Value]:
    text.at += 1
    while text.skip(SEPARATOR) not in {"]", ""}:
        yield from _many(text, count)
        for value in text.elements():
            yield Value(place, value, count)
        if text.skip(SEPARATOR) in {"]", ""}:
            break
        try:
            value = text.value()
        except (ValueError, RecursionError):
            if (value := text.closed()) is not None:
                yield Value(place, value, count)
            yield from _rest(text, count)
            return
        yield Value(place, value, count)
    text.at += 1


def _many(text: _Text, count: int) -> Iterator[Value]:
    """Yield events of the array at this place, as many at once as can be."""
    while text.many is not None:
        at = text.at
        chunk = text.bulk()
        found = text.many(f"[{chunk}]") if chunk else None
        if found is None:
            text.at = at if chunk else text.at
            return
        yield Value("many", found, count)
        text.skip(SEPARATOR)


def _whole(text: _Text, count: int) -> Iterator[Value]:
    try:
        value = text.value()
    except (ValueError, RecursionError):
        yield from _cut(text, count)
        return
    yield Value("", value, count)


def _cut(text: _Text, count: int) -> Iterator[Value]:
    """Yield what can be saved of an object that does not end, or is none after all."""
    if value := text.closed():
        yield Value("", value, count)
        yield from _rest(text, count)
    else:
        yield Value("text", text.line(), count)


def _rest(text: _Text, count: int) -> Iterator[Value]:
    """Yield one line that is no JSON; the walk goes on behind it."""
    if line := text.line().strip(" ,\t"):
        yield Value("text", line, count)


def closed_off(text: str) -> tuple[object, int] | None:
    """Return the value that *text* begins, closed after its last whole value, and its length.

    A string that is cut short is closed where the text ends. Null where nothing of it is whole.
    """
    opened, best, end = _opened(text)
    if text[end:].lstrip(" \n\t").startswith('"'):
        cut = text.rstrip("\\") + '"'
        if (found := _closed(cut, (len(cut), tuple(opened)))) is not None:
            return found[0], len(text)
    return _closed(text, best)


def _opened(text: str) -> tuple[list[str], tuple[int, tuple[str, ...]] | None, int]:
    """Return what is open where the tokens of *text* end, the last whole place, and that end."""
    opened: list[str] = []
    best: tuple[int, tuple[str, ...]] | None = None
    end = 0
    for token in TOKEN.finditer(text):
        if text[end : token.start()].strip():
            break  # something that is no token, such as an unclosed quote
        mark, end = token[0], token.end()
        if mark in "{[":
            opened.append("}" if mark == "{" else "]")
        elif mark in "}]":
            if not opened or opened.pop() != mark:
                break
            best = (end, tuple(opened))
        elif mark == ",":
            best = (token.start(), tuple(opened))
    return opened, best, end


def _closed(text: str, best: tuple[int, tuple[str, ...]] | None) -> tuple[object, int] | None:
    if best is None:
        return None
    try:
        return DECODER.decode(text[: best[0]] + "".join(reversed(best[1]))), best[0]
    except (ValueError, RecursionError):
        return None
