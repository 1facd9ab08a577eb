r"""Peel the events out of what ``kubectl get events``, ``kubectl events`` and ``describe`` print.

    NAMESPACE  LAST SEEN            TYPE     REASON     OBJECT     MESSAGE
    default    2m13s (x7 over 4m)   Warning  Unhealthy  Pod/web-0  Liveness probe failed: …

    Events:
      Type     Reason     Age                From     Message
      ----     ------     ----               ----     -------
      Warning  Unhealthy  93s (x13 over 4m)  kubelet  Liveness probe failed: …

Cells are cut where the header's words begin, because they may be empty; where columns were
squeezed by pasting, at two blanks. Ages are counted from a moment nobody knows: there is no time.
Of a description only its events are lines; the rest is a document for its facts.
Source: kubectl `events/event_printer.go`, `describe/describe.go`, kubernetes `printers.go`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import polars as pl

from cnilog.ingest.envelope import DocumentEnvelope
from cnilog.ingest.envelopes._carried import Carried, frame_of
from cnilog.ingest.envelopes.event_rows import event, event_of
from cnilog.ingest.peeled import PEELED
from cnilog.lazily import regex

if TYPE_CHECKING:
    from collections.abc import Iterator

COLUMNS: Final = (
    r"NAMESPACE|LAST SEEN|LASTSEEN|FIRST SEEN|FIRSTSEEN|FirstSeen|LastSeen|COUNT|Count|NAME|KIND|"
    r"TYPE|Type|REASON|Reason|OBJECT|SUBOBJECT|SubobjectPath|SubObjectPath|SOURCE|MESSAGE|Message|"
    r"Age|From"
)
WORD: Final = regex(rf"(?:(?<=\s)|^)(?:{COLUMNS})(?=\s|$)")
HEADER: Final = regex(rf"^\s*(?:(?:{COLUMNS})\s+)*(?:REASON|Reason)\s+(?:(?:{COLUMNS})(?:\s+|$))*$")
NAMES: Final = {
    "LASTSEEN": "LAST SEEN", "FIRSTSEEN": "FIRST SEEN", "SUBOBJECTPATH": "SUBOBJECT",
    "AGE": "LAST SEEN", "FROM": "SOURCE",
}  # fmt: skip
RULE: Final = regex(r"^\s*-+(?:\s+-+)+\s*$")
EVENTS: Final = regex(r"^Events:(?:\s+<none>)?\s*$")
DESCRIBED: Final = regex(r"^(Name|Namespace|Node|Roles|Taints|Priority):\s*(.*)$")
SECTION: Final = regex(r"^[A-Z][A-Za-z0-9 -]*:(?:\s|$)")
KIND: Final = regex(r"^(warning|normal)$", re.IGNORECASE)


def _is_header(line: str) -> bool:
    return bool(HEADER.match(line)) and ("MESSAGE" in line or "Message" in line)


def _fits(head: str, _: str) -> bool:
    if head.lstrip().startswith(("{", "[")):
        return False
    lines = head.splitlines()
    return _is_description(lines) or any(_is_header(line) for line in lines[:400])


def _is_description(lines: list[str]) -> bool:
    names = {found[1] for line in lines[:60] if (found := DESCRIBED.match(line))}
    return "Name" in names and len(names) > 1 and any(line.startswith("Events:") for line in lines)


def peel(data: bytes) -> pl.DataFrame:
    """Return the events in *data*, and the lines that are part of neither table nor description."""
    rows = list(_rows(data.decode("utf-8", "replace").split("\n")))
    return frame_of(rows) if rows else pl.DataFrame(schema=PEELED)


def _rows(lines: list[str]) -> Iterator[Carried]:
    about: dict[str, str] = {}
    columns: list[tuple[str, int]] = []
    for line in lines:
        if _is_header(line):
            columns = _columns(line)
        elif columns and (row := _row(line, columns, about)):
            yield row
        elif RULE.match(line) or EVENTS.match(line):
            continue
        else:
            columns = columns if line.startswith(" ") and not about else []
            yield from _outside(line, about)


def _outside(line: str, about: dict[str, str]) -> Iterator[Carried]:
    """Yield *line* where it belongs to no description; learn what it describes where it does."""
    if found := DESCRIBED.match(line):
        if found[1] == "Name":
            about.clear()
        about[found[1]] = found[2].strip()
    elif line.strip() and not (about and (line[:1].isspace() or SECTION.match(line))):
        about.clear()
        yield Carried(line)


def _columns(header: str) -> list[tuple[str, int]]:
    found = [(word[0].upper(), word.start()) for word in WORD.finditer(header)]
    return [(NAMES.get(name, name), start) for name, start in found]


def _row(line: str, columns: list[tuple[str, int]], about: dict[str, str]) -> Carried | None:
    cells = _cut(line, columns)
    if cells is None or not KIND.match(cells.get("TYPE", "")):
        cells = _split(line, columns)
    if cells is None or not KIND.match(cells.get("TYPE", "")) or not cells.get("MESSAGE"):
        return event_of(line)
    return _event(cells, about)


def _cut(line: str, columns: list[tuple[str, int]]) -> dict[str, str] | None:
    """Return the cells of *line* where the header's words begin; null where words run across."""
    starts = [start for _, start in columns]
    if any(start and line[start - 1 : start].strip() for start in starts):
        return None
    ends = [*starts[1:], len(line)]
    return {name: line[start:end].strip() for (name, start), end in zip(columns, ends, strict=True)}


def _split(line: str, columns: list[tuple[str, int]]) -> dict[str, str] | None:
    parts = re.split(r"\s{2,}|\t", line.strip(), maxsplit=len(columns) - 1)
    if len(parts) != len(columns):
        return None
    return {name: part.strip() for (name, _), part in zip(columns, parts, strict=True)}


def _event(cells: dict[str, str], about: dict[str, str]) -> Carried:
    kind, _, name = cells.get("OBJECT", "").partition("/")
    kind, name = (kind, name) if name else (cells.get("KIND", ""), cells.get("NAME", kind))
    if about and not name:
        kind = "pod" if "Node" in about else "node" if "Namespace" not in about else ""
        name = about.get("Name", "")
    found = event(
        {
            "type": cells["TYPE"],
            "kind": kind,
            "name": name,
            "source": cells.get("SOURCE"),
            "namespace": cells.get("NAMESPACE") or about.get("Namespace"),
            "reason": cells.get("REASON"),
            "message": cells["MESSAGE"],
        }
    )
    node = about.get("Node", "").partition("/")[0]
    return found._replace(node=found.node or node or None)


EVENT_TABLE: Final = DocumentEnvelope("kubernetes-events-text", _fits, peel, document=True)
