r"""Widen the columns of a table where a stand-in outgrew its own.

    NAMESPACE   LAST SEEN   TYPE      REASON      OBJECT      SOURCE
    default     2m13s       Warning   Unhealthy   pod/web-0   kubelet, ip-10-0-37-112.ec2.internal

Tables are read by where the words of their header begin. Spaces behind a stand-in make up for its
length; where they do not suffice, every row of the table is laid out anew.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

HEADS: Final = ("NAME ", "LAST SEEN ", "NAMESPACE ")  # one of them is in every header
_TITLE: Final = r"[A-Z][A-Z0-9()/_-]*(?: [A-Z0-9()/_-]+)*"
_HEADER: Final = re.compile(rf"{_TITLE}(?: {{2,}}{_TITLE})+ *")
_BEGIN: Final = re.compile(rf"(?:(?<=  )|^){_TITLE}")


def laid_out(before: str, after: str, change: Callable[[str], str]) -> str:
    """Return *after* with the tables laid out anew that *change* made out of shape.

    Args:
        before: The text.
        after: What *change* made of it.
        change: Redacts a text.
    """
    old, new = before.split("\n"), after.split("\n")
    if len(old) != len(new):
        return after
    for begin, end, starts in _tables(old):
        if any(_is_shifted(new[row], starts) for row in range(begin, end)):
            rows = [_cells(old[row], starts) for row in range(begin, end)]
            new[begin:end] = _written([[change(cell) for cell in row] for row in rows], starts)
    return "\n".join(new)


def _tables(lines: Sequence[str]) -> Iterator[tuple[int, int, list[int]]]:
    """Yield for each table its first line, the one after its last, and where columns begin."""
    number = 0
    while number < len(lines):
        if not _HEADER.fullmatch(lines[number]):
            number += 1
            continue
        starts = [found.start() for found in _BEGIN.finditer(lines[number])]
        end = number + 1
        while end < len(lines) and lines[end].strip() and not _is_shifted(lines[end], starts):
            end += 1
        yield number, end, starts
        number = end


def _is_shifted(line: str, starts: Sequence[int]) -> bool:
    """Return whether a word of *line* runs across the begin of a column."""
    return any(start and line[start - 1 : start].strip() for start in starts)


def _cells(line: str, starts: Sequence[int]) -> list[str]:
    ends = [*starts[1:], len(line)]
    return [line[start:end].rstrip(" ") for start, end in zip(starts, ends, strict=True)]


def _written(rows: Sequence[Sequence[str]], starts: Sequence[int]) -> Iterator[str]:
    """Yield *rows* with columns as wide as before, or as their widest cell asks for."""
    widths = [after - before for before, after in pairwise(starts)]
    widest = [max(len(row[at]) + 2 for row in rows) for at in range(len(widths))]
    lengths = [max(pair) for pair in zip(widths, widest, strict=True)]
    for row in rows:
        cells = [cell.ljust(length) for cell, length in zip(row, lengths, strict=False)]
        yield " " * starts[0] + "".join((*cells, row[-1]))
