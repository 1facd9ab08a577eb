"""Decide, on the first lines of a growing file, whether it can be read line by line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnilog.ingest.duplicates import Deliveries
from cnilog.ingest.envelope import SAMPLE_BYTES
from cnilog.ingest.envelopes import DOCUMENT_ENVELOPES
from cnilog.ingest.peel import SAMPLE_ROWS
from cnilog.ingest.reader import File
from cnilog.ingest.sniff import is_document
from cnilog.ingest.sources import is_packed
from cnilog.ingest.text import chunks, encoding
from cnilog.ingest.years import hint_of

if TYPE_CHECKING:
    from datetime import datetime

    from cnilog.ingest.place import Place

LINES: Final = 2 * SAMPLE_ROWS  # of which the last ones may belong to a record that goes on
LEAST: Final = 2 * SAMPLE_BYTES
MOST: Final = 8 << 20  # bytes of which a beginning of very long lines is enough


class Head:
    """The beginning of a file, until it is long enough to tell what the file is."""

    def __init__(self, name: str, modified: datetime | None) -> None:
        self._name, self._modified = name, modified
        self._sample = ""
        self._bytes, self._lines = 0, 0

    def is_enough(self, data: bytes) -> bool:
        """Count *data* in; return whether the file can be told by now."""
        self._bytes += len(data)
        self._lines += data.count(b"\n")
        return self._bytes >= LEAST and (self._lines >= LINES or self._bytes >= MOST)

    def lines_code(self, start: bytes) -> str | None:
        """Return the encoding of a file of lines that begins with *start*; null for another."""
        head = start[:SAMPLE_BYTES]
        code = encoding(head)
        if code not in ("utf-8", "utf-8-sig") or is_packed(start):
            return None
        self._sample = b"".join(chunks((head,), code)).decode("utf-8", "replace")
        carried = any(envelope.fits(self._sample, self._name) for envelope in DOCUMENT_ENVELOPES)
        return None if carried or is_document(self._sample, self._name) else code

    def file(self, place: Place) -> File:
        """Return what is known of the file."""
        hint = hint_of(self._name, self._sample, self._modified)
        return File(self._name, hint, place, Deliveries(), single=False)
