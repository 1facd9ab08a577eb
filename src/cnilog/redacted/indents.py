r"""Keep the lines of a message under each other, where a journal indents them by its prefix.

    2026-11-20T09:15:20+0000 ip-10-0-37-112 kubelet[2101]: W1120 … output=<
                                                           the next line of the message

A stand-in may be longer or shorter than the host's name; what follows has to move along.
"""

from __future__ import annotations

import re
from typing import Final

INDENT: Final = "\n" + " " * 16  # no less is one
_INDENT: Final = re.compile(r" {16,}(?=\S)")
_PREFIX: Final = re.compile(r"\S[^\n]{10,200}?: ")


def aligned(before: str, after: str) -> str:
    """Return *after* with the indents of *before* moved as the prefixes above them did."""
    old, new = before.split("\n"), after.split("\n")
    if len(old) != len(new):
        return after
    moved = width = 0
    for number, line in enumerate(old):
        indent = _INDENT.match(line)
        if indent and width and len(indent[0]) >= width:
            new[number] = " " * (len(indent[0]) + moved) + new[number].lstrip(" ")
        elif not indent and (found := _PREFIX.match(line)):
            # The prefix ends with the same colon in both: stand-ins hold none of their own.
            changed = _PREFIX.match(new[number])
            width = found.end()
            moved = changed.end() - width if changed else 0
    return "\n".join(new)
