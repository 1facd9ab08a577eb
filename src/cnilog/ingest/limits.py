"""How much of a hostile or huge source is read before it is let go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on what one source may hold."""

    members: int = 200_000  # files of one archive or folder
    depth: int = 6  # archives in archives, compressions on compressions
    inflated: int = 64 << 30  # bytes one compressed file may give
    ratio: int = 400  # bytes that one compressed byte may give, past `ratio_from`
    ratio_from: int = 256 << 20
    held: int = 1 << 30  # bytes of one zip or document that are held at a time
    line: int = 1 << 20  # characters of one line; the rest of a longer line is cut
    document: int = 8 << 20  # characters of one document that are handed on


LIMITS: Final = Limits()
