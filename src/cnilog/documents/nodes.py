"""Nodes as ``kubectl get nodes`` and ``kubectl describe node`` show them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from cnilog.documents.cluster import NODE_LABELS
from cnilog.documents.reader import Reader
from cnilog.finding import Fact
from cnilog.lazily import regex

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cnilog.finding import Document

_ROW: Final = regex(
    r"(?m)^(?:node/)?(?P<name>[a-z0-9][a-z0-9.-]+)\s+(?P<status>(?:Not)?Ready(?:,\w+)*)\s+\S+\s+"
    r"(?:\d{1,9}[smhdy])+\s+v\d+\.\d+\.\d+"
)
_NAME: Final = regex(r"(?m)^Name:\s+(\S+)$")
_LABELS: Final = {
    fact: regex(rf"(?m)(?<![\w.])(?:{'|'.join(map(re.escape, labels))})=(\S+)$")
    for fact, labels in NODE_LABELS.items()
}
_CORDONED: Final = regex(r"(?m)^Unschedulable:\s+true$")


def _table(document: Document) -> Iterable[Fact] | None:
    found = list(_ROW.finditer(document.text))
    return list(_cordoned(document, found)) if found else None


def _cordoned(document: Document, rows: list[re.Match[str]]) -> Iterator[Fact]:
    for row in rows:
        if "SchedulingDisabled" in row["status"]:
            line = document.text.count("\n", 0, row.start()) + 1
            text = f"{row['name']} is {row['status']}"
            yield Fact("node.unschedulable", True, document.file, line, row["name"], text)


def _described(document: Document) -> Iterable[Fact] | None:
    if "Unschedulable:" not in document.text or "Allocatable:" not in document.text:
        return None
    parts = re.split(r"(?m)^(?=Name:\s)", document.text)
    return [fact for part in parts for fact in _of_part(document, part)]


def _of_part(document: Document, part: str) -> Iterator[Fact]:
    name = _NAME.search(part)
    if not name:
        return
    line = document.text.count("\n", 0, document.text.find(name[0])) + 1
    for fact, label in _LABELS.items():
        found = label.search(part)
        if found:
            yield Fact(fact, found[1], document.file, line, name[1], f"{name[1]}: {found[0]}")
    if _CORDONED.search(part):
        text = f"{name[1]} is cordoned"
        yield Fact("node.unschedulable", True, document.file, line, name[1], text)


NODE_TABLE: Final = Reader("node table", _table)
NODE_DESCRIPTION: Final = Reader("described nodes", _described)
