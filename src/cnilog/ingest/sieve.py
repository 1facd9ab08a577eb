"""Let go of the records of small files that nobody asked for, those of many files at a time.

Looking for a thousand literals has a price before the first record: for a file of thirty lines it
would be most of what reading it costs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from cnilog.ingest.keep import chosen
from cnilog.ingest.part import NO_ENTRIES
from cnilog.ingest.rows import each, shared

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnilog.ingest.part import Part

MOST: Final = 100_000  # records that wait


class Sieve:
    """Takes parts with all their records, and leaves in them those that are asked for.

    Args:
        keep: Literals of the records to keep; null for all.
    """

    def __init__(self, keep: Sequence[str] | None) -> None:
        self._keep = keep
        self._parts: list[Part] = []
        self._rows = 0

    def add(self, part: Part) -> None:
        """Take *part*; only one that is ``loose`` has records to let go of."""
        if part.loose:
            self._parts.append(part)
            self._rows += part.entries.size
        if self._rows >= MOST:
            self.settle()

    def settle(self) -> None:
        """Let go of what nobody asked for in the parts so far."""
        if not self._parts:
            return
        of = each([part.entries.size for part in self._parts])
        together = pl.concat([part.entries.own() for part in self._parts]).with_columns(of=of)
        found = shared(chosen(together, self._keep, of), "of")
        for number, part in enumerate(self._parts):
            part.entries = found.get(number, NO_ENTRIES)
            part.loose = False
        self._parts, self._rows = [], 0
