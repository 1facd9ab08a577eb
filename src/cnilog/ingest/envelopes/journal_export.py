"""Peel ``journalctl -o export``: fields of an entry one a line, entries parted by empty lines.

    __CURSOR=s=…
    __REALTIME_TIMESTAMP=1767604510120311
    MESSAGE=LINE

A value with a line end stands after its name on a line of its own, behind eight bytes with its
length. Those bytes are binary: as text some have become other characters and the NULs among them
are gone, so they are told by the length they would have to state.
Source: systemd `JOURNAL_EXPORT_FORMATS.md`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from cnilog.ingest.envelope import DocumentEnvelope
from cnilog.ingest.envelopes import journal_json
from cnilog.ingest.envelopes._carried import Carried, frame_of
from cnilog.ingest.peeled import PEELED
from cnilog.lazily import regex

if TYPE_CHECKING:
    from collections.abc import Iterator

FIELD: Final = regex(r"^([A-Z_][A-Z0-9_]*)(?:=(.*))?$")
STARTS: Final = regex(r"\s*[A-Z_][A-Z0-9_]*=.*\n")
LENGTH_BYTES: Final = 4  # of the eight, those that are not NUL; a value has less than 4 GiB


def _fits(head: str, _: str) -> bool:
    found = all(f"\n{name}" in f"\n{head}" for name in ("MESSAGE", "__REALTIME_TIMESTAMP="))
    return found and bool(STARTS.match(head))


def peel(data: bytes) -> pl.DataFrame:
    """Return the entries of a journal in the export format."""
    text = data.decode("utf-8", "replace")
    rows = [row for entry in _entries(text) if (row := _row(entry)) is not None]
    return frame_of(rows) if rows else pl.DataFrame(schema=PEELED)


def _row(entry: dict[str, object]) -> Carried | None:
    return journal_json.read(entry)


def _entries(text: str) -> Iterator[dict[str, object]]:
    entry: dict[str, object] = {}
    lines = iter(text.split("\n"))
    for line in lines:
        found = FIELD.match(line)
        if not line and entry:
            yield entry
            entry = {}
        elif found and found[2] is not None:
            entry.setdefault(found[1], found[2])
        elif found:
            entry, following = _binary(entry, found[1], lines)
            if following is not None and (field := FIELD.match(following)):
                entry.setdefault(field[1], field[2])
    if entry:
        yield entry


def _binary(
    entry: dict[str, object], name: str, lines: Iterator[str]
) -> tuple[dict[str, object], str | None]:
    """Return *entry* with the value that follows, and the line behind it."""
    held: list[str] = []
    following: str | None = None
    for line in lines:
        field = FIELD.match(line)
        if held and field and field[2] is not None and name != field[1]:
            following = line
            break
        held.append(line)
        if not line and _is_whole("\n".join(held[:-1])):
            held.pop()
            break
    return {**entry, name: _without_length("\n".join(held))}, following


def _is_whole(value: str) -> bool:
    return _without_length(value) != value


def _without_length(value: str) -> str:
    for count in range(LENGTH_BYTES + 1):
        rest = value[count:].removesuffix("\n")
        size = len(rest.encode("utf-8", "replace"))
        stated = size.to_bytes(8, "little").replace(b"\0", b"").decode("utf-8", "replace")
        if count and stated == value[:count]:
            return rest
    return value


JOURNAL_EXPORT: Final = DocumentEnvelope("journal-export", _fits, peel)
