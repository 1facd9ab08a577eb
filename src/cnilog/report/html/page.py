"""What the page shows of a report, bounded: a report of ten thousand findings must still open."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from cnilog.finding import Cause, Report

CAUSES: Final = 40  # told in full
NAMED: Final = 500  # rows of a table
EVIDENCE: Final = 20  # places a cause
NODES: Final = 400  # rows of the matrix
COLORS: Final = 8
LONG: Final = 700  # characters shown before "all of it"
TOTAL: Final = 4_000  # characters of one text in the page


@dataclass(frozen=True, slots=True)
class Shown:
    """A cause with what the page adds to it."""

    cause: Cause
    anchor: str
    color: int  # index into the palette, the same in charts, matrix and list


@dataclass(frozen=True, slots=True)
class Row:
    """A node of the matrix: how often each cause was seen there; null where it was not."""

    node: str
    version: str
    counts: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """The bounded parts."""

    causes: tuple[Shown, ...]
    more: tuple[Cause, ...]  # named only
    left_out: int
    matrix: tuple[Row, ...]
    nodes_left_out: int
    evidence: int = EVIDENCE
    named: int = NAMED
    long: int = LONG
    total: int = TOTAL


def page(report: Report) -> Page:
    """Return what is shown of *report*."""
    rest = report.causes[CAUSES:]
    return Page(
        causes=tuple(
            Shown(cause, anchor(cause.id, number), number % COLORS)
            for number, cause in enumerate(report.causes[:CAUSES])
        ),
        more=rest[:NAMED],
        left_out=max(0, len(rest) - NAMED),
        matrix=_matrix(report),
        nodes_left_out=max(0, len(report.nodes) - NODES),
    )


def anchor(name: str, number: int) -> str:
    """Return the id of a cause's place in the page; the first of its name has the plain one."""
    plain = re.sub(r"[^A-Za-z0-9_-]+", "-", name)[:60]
    return f"cause-{plain}" if number == 0 else f"cause-{plain}-{number + 1}"


def _matrix(report: Report) -> tuple[Row, ...]:
    counts: dict[tuple[str | None, str], int] = {}
    for point in report.timeline:
        if point.kind == "cause":
            counts[point.node, point.id] = counts.get((point.node, point.id), 0) + point.count
    causes = report.causes[:COLORS]
    return tuple(
        Row(
            node,
            report.versions.by_node.get(node, ""),
            tuple(
                counts.get((node, cause.id), 0) if node in cause.nodes else None for cause in causes
            ),
        )
        for node in _affected_first(report)[:NODES]
    )


def _affected_first(report: Report) -> list[str]:
    hurt = {node for cause in report.causes for node in cause.nodes}
    known = dict.fromkeys((*report.nodes, *hurt))
    return sorted(known, key=lambda node: (node not in hurt, node))
