"""Take the bytes of a file that grows to whole lines of UTF-8, whatever they were cut into.

A line that a terminal may have wrapped waits for the lines that complete it, so it is handed on
with them, as it would be if the file were read at once.
"""

from __future__ import annotations

import re
from collections import deque
from typing import TYPE_CHECKING, Final

from cnilog.ingest.limits import LIMITS
from cnilog.ingest.multiline import BEGINS, QUOTED, WRAPPED
from cnilog.ingest.text import pieces

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST: Final = 4 * LIMITS.line  # bytes: more than the characters of a line that are kept
START: Final = re.compile(r'\{"|time="')


class Inflow:
    """Decodes what comes; keeps back what may go on.

    Args:
        code: The encoding of the file (see `text.encoding`).
    """

    def __init__(self, code: str) -> None:
        self._queue: deque[bytes] = deque()
        self._texts = pieces(self._blocks(), code)
        self._ended = False
        self.rest = b""  # text that may go on

    def _blocks(self) -> Iterator[bytes]:
        while self._queue or not self._ended:
            yield self._queue.popleft() if self._queue else b""

    def take(self, data: bytes) -> bytes:
        """Return the lines that *data* completes."""
        self._queue.append(data)
        parts = [self.rest]
        while self._queue:
            parts.append(next(self._texts))
        text = b"".join(parts)
        end = _settled(text)
        self.rest = _shortened(text[end:])
        return text[:end]


def _settled(text: bytes) -> int:
    """Return where the lines of *text* end that nothing which follows can change."""
    end = text.rfind(b"\n") + 1
    at = end
    for _ in range(WRAPPED):
        if at == 0:
            break
        begin = text.rfind(b"\n", 0, at - 1) + 1
        line = text[begin : at - 1].decode("utf-8", "replace")
        found = START.search(line)
        if found:
            return begin if _is_torn(line[found.start() :]) else end
        if BEGINS.match(line):
            break
        at = begin
    return end


def _is_torn(record: str) -> bool:
    if record.startswith("{"):
        return not record.rstrip().endswith("}")
    return QUOTED.fullmatch(record) is None


def _shortened(rest: bytes) -> bytes:
    """Return *rest*, a line without end cut to what is kept of a line."""
    if len(rest) <= LONGEST or b"\n" in rest:
        return rest
    return rest[:LONGEST].decode("utf-8", "ignore").encode()
