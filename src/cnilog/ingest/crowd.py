"""Read many small files at once: the price of a query is the same for one line and for many.

Files wait until they are many, those in one envelope with each other, and all whose envelopes had
to be taken off one by one; `crowded` reads them. Those whose container may be known are compared
with the ones before them in order, since another file may have held their lines.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

from cnilog.ingest.crowded import How, read_crowd, read_peeled
from cnilog.ingest.duplicates import REMEMBERED
from cnilog.ingest.native import line_ends
from cnilog.ingest.part import Part
from cnilog.ingest.peel import SAMPLE_ROWS, envelope_of, sample_of
from cnilog.ingest.sharing import One
from cnilog.ingest.whole import whole_lines
from cnilog.ingest.wrapped import is_wrapped
from cnilog.lazily import regex

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Future

    from cnilog.ingest.beside import Beside
    from cnilog.ingest.envelope import LineEnvelope
    from cnilog.ingest.reader import File
    from cnilog.ingest.whole import Whole

ESCAPE, WRITTEN = b"\x1b", regex(rb"\\(?:u001[bB]|x1b)")  # what `COLOURED` finds; quicker
MOST: Final = 16 << 20  # bytes that wait
FILES: Final = 10_000  # that wait
HEAVY: Final = 4  # times the memory of other lines that objects take while they are peeled
ENDS: Final = 50  # last lines, one of which has a stamp
LARGEST: Final = 4 << 20  # bytes of a small file: skimming one costs as much as reading this


class Kind(NamedTuple):
    """Which files can be read together."""

    envelope: LineEnvelope | None  # round each line
    named: bool  # the path of a file, or what is round its lines, may name a container
    peeled: bool = False  # the envelopes are off


PEELED: Final = Kind(None, named=True, peeled=True)


class Crowd:
    """Takes small files, and reads those that wait when they are many.

    Args:
        keep: Literals of the records to keep; null for all.
        beside: Where they are read, while more come.
    """

    def __init__(self, keep: Sequence[str] | None, beside: Beside) -> None:
        self._keep, self._beside = keep, beside
        self._waiting: dict[Kind, list[One]] = {}
        self._bytes = self._files = 0
        self._named: Future[None] | None = None  # the last reading of files that are `Kind.named`

    def take(self, file: File, text: bytes) -> Part | None:
        """Return the part that *file* will be; null where it must be read alone.

        Args:
            file: What is known of it.
            text: All of it, as UTF-8 with one kind of line end.
        """
        if len(text) > LARGEST or (len(text) > REMEMBERED and line_ends(text) > REMEMBERED):
            return None
        wrapped = is_wrapped(text)
        kind = None if wrapped else _kind(file, text)
        if kind is None:
            return self.take_whole(file, whole_lines(text, wrapped=wrapped))
        text = text if text.endswith(b"\n") else text + b"\n"
        heavy = HEAVY if kind.envelope and kind.envelope.objects else 1
        return self._put(One(file, Part(file.name), len(text) * heavy, text), kind)

    def take_whole(self, file: File, whole: Whole) -> Part:
        """Return the part that *file* will be; the envelopes are off its lines."""
        size = int(whole.lines.estimated_size())
        return self._put(One(file, Part(file.name), size, whole=whole), PEELED)

    def _put(self, one: One, kind: Kind) -> Part:
        if kind.named and any(other.named and other != kind for other in self._waiting):
            self._settle_named()  # they are compared in order
        self._waiting.setdefault(kind, []).append(one)
        self._bytes += one.size
        self._files += 1
        if self._bytes >= MOST or self._files >= FILES:
            self.settle()
        return one.part

    def settle(self) -> None:
        """Let the parts of the files that wait be filled in; all are when *beside* is settled."""
        for kind in [*self._waiting]:
            self._settle(kind)

    def settle_named(self) -> None:
        """Wait for all files so far that a later one of the same container is compared with."""
        self._settle_named()
        if self._named is not None:
            self._named.result()
            self._named = None

    def _settle_named(self) -> None:
        for kind in [kind for kind in self._waiting if kind.named]:
            self._settle(kind)

    def _settle(self, kind: Kind) -> None:
        ones = self._waiting.pop(kind)
        self._bytes -= sum(one.size for one in ones)
        self._files -= len(ones)
        how = How(self._keep, kind.envelope, kind.named, self._named if kind.named else None)
        work = read_peeled if kind.peeled else read_crowd
        going = self._beside.run(partial(work, ones, how))
        if kind.named:
            self._named = going


def _kind(file: File, text: bytes) -> Kind | None:
    """Return with which others *text* can be read as it is; null where with none."""
    if ESCAPE in text or WRITTEN.search(text):
        return None
    named = bool(file.place.pod and file.place.container)
    first = [line.decode() for line in text.split(b"\n", SAMPLE_ROWS)[:SAMPLE_ROWS]]
    envelope = envelope_of(sample_of(first))
    if envelope is None:
        return Kind(None, named)
    if envelope.objects:
        return Kind(envelope, named=True)
    ends = [line.decode() for line in text.rsplit(b"\n", ENDS)[-ENDS:]]
    return Kind(envelope, named) if envelope.unsigned and _is_alone(envelope, first, ends) else None


def _is_alone(envelope: LineEnvelope, lines: Sequence[str], ends: Sequence[str]) -> bool:
    """Return whether a file carries *envelope* from its first line on, and no other one inside.

    And its newest line does not come first, as far as its first and last stamps tell.

    Args:
        envelope: One that is a prefix.
        lines: The first ones of the file.
        ends: The last ones.
    """
    begin = re.compile(f"^(?:{envelope.prefix})")  # `re` remembers it
    head = begin.match(next((line for line in lines if line and not line.isspace()), ""))
    last = next((found for line in reversed(ends) if (found := begin.match(line))), None)
    if head is None or last is None or head[0] > last[0]:
        return False
    return envelope_of(sample_of([begin.sub("", line, count=1) for line in lines])) is None
