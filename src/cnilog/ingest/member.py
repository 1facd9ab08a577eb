"""Read one file after another into parts and documents: what is it, and who reads it?

A document envelope, a log, a document for its facts, or nothing that can be read. Every file
leaves a part, if only to say why it was skipped.
"""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

from cnilog.finding import Document
from cnilog.ingest.beside import Beside, ahead
from cnilog.ingest.components import base_name
from cnilog.ingest.crowd import LARGEST, Crowd
from cnilog.ingest.duplicates import Deliveries
from cnilog.ingest.envelope import SAMPLE_BYTES
from cnilog.ingest.envelopes import DOCUMENT_ENVELOPES
from cnilog.ingest.limits import LIMITS
from cnilog.ingest.lines import MOST, read_copy, read_document, read_lines, read_wrapped
from cnilog.ingest.native import line_ends
from cnilog.ingest.part import Part
from cnilog.ingest.peel import begins_bare
from cnilog.ingest.place.bundles import scope_of
from cnilog.ingest.place.paths import place_of
from cnilog.ingest.reader import File, idle
from cnilog.ingest.sieve import Sieve
from cnilog.ingest.skimmed import BLOCK, SMALLEST, read_skimmed
from cnilog.ingest.skimmers import Skimmers, head_of, opening_of
from cnilog.ingest.sniff import is_document
from cnilog.ingest.text import CHUNK, chunks, encoding, mended, pieces, text_of
from cnilog.ingest.whole import whole_document
from cnilog.ingest.years import hint_of
from cnilog.lazily import regex

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cnilog.ingest.envelope import DocumentEnvelope
    from cnilog.ingest.sources import Member
    from cnilog.ingest.stream import Stream

EMPTY: Final = "is empty"
SAMPLE: Final = 1 << 20  # bytes by which a large file is judged
DOCUMENT: Final = "document"  # the format of a file that is one
FINE_TIME: Final = regex(rb"[0-9]{2}:[0-9]{2}:[0-9]{2}[.,][0-9]{3}")  # two logs do not share these


class MemberReader:
    """Takes the files of a source in the order they come."""

    def __init__(self, keep: Sequence[str] | None) -> None:
        self._parts: list[Part | Future[Part]] = []
        self._beside = Beside()
        self._taken = 0
        self.documents: list[Document] = []
        self._keep = keep
        self._skimmers = Skimmers(keep or ())
        self._deliveries = Deliveries()
        self._names: dict[str, int] = {}
        self._sieve = Sieve(keep)
        self._crowd = Crowd(keep, self._beside)

    def read(self, member: Member, pulse: Callable[[], None] = idle) -> None:
        """Add what *member* holds to the parts and documents.

        Args:
            member: A file.
            pulse: Called now and then while a large one is read.
        """
        name = self._unique(member.file)
        skipped = Part(name, skipped=member.skipped)
        part = skipped if member.skipped else self._part(name, member, pulse)
        self._parts.append(part)
        if isinstance(part, Future):
            return
        self._taken += member.stream.taken
        part.damaged = part.damaged or member.stream.damage
        self._sieve.add(part)

    @property
    def count(self) -> int:
        """How many files there were so far."""
        return len(self._parts)

    @property
    def taken(self) -> int:
        """How many bytes were read so far, but for the file that is just being read."""
        return self._taken + self._beside.taken

    def parts(self, pulse: Callable[[], None] = idle) -> list[Part]:
        """Return the files so far.

        Args:
            pulse: Called now and then while the last ones are read.
        """
        self._crowd.settle()
        self._beside.settle(pulse)
        for number, part in enumerate(self._parts):
            if isinstance(part, Future):
                self._parts[number] = part.result()
                self._sieve.add(part.result())
        self._sieve.settle()
        return [part for part in self._parts if isinstance(part, Part)]

    def stop(self) -> None:
        """Read no further."""
        self._beside.stop()

    def _unique(self, name: str) -> str:
        """Return *name*, marked where an archive holds several members of that name."""
        count = self._names[name] = self._names.get(name, 0) + 1
        return name if count == 1 else f"{name}#{count}"

    def _part(self, name: str, member: Member, pulse: Callable[[], None]) -> Part | Future[Part]:
        head = member.stream.peek(SAMPLE_BYTES)
        code = encoding(head)
        if not head:
            return Part(name, skipped=EMPTY)
        sample = text_of(head, code or "latin-1").decode("utf-8", "replace")
        place = place_of(name)
        if place.ignore:
            return Part(name, skipped=place.ignore)
        single = not member.stream.exceeds(CHUNK)
        file = File(
            name,
            hint_of(name, sample, member.modified),
            place,
            self._deliveries,
            loose=single,
            single=single,
            pulse=pulse if single or member.path is None else idle,  # `Beside` tells of the others
        )
        if code and begins_bare(sample):  # a log, and in no envelope
            return self._text(file, member, code, pulse)
        part = self._carried(file, member, code, sample)
        if part is not None or code is None:
            return part or Part(name, skipped="is not text")
        if is_document(sample, name):
            self.documents.append(_document(name, member, code))
            return Part(name, formats=[DOCUMENT])
        return self._text(file, member, code, pulse)

    def _carried(self, file: File, member: Member, code: str | None, sample: str) -> Part | None:
        """Return what a document envelope carries; null where there is none."""
        for envelope in DOCUMENT_ENVELOPES:
            if (envelope.binary or code) and envelope.fits(sample, file.name):
                document = (
                    _document(file.name, member, code) if envelope.document and code else None
                )
                part = self._unwrapped(file, member, code or "latin-1", envelope)
                self.documents.extend([document] if part and document else [])
                return part
        return None

    def _unwrapped(
        self, file: File, member: Member, code: str, envelope: DocumentEnvelope
    ) -> Part | None:
        small = not member.stream.exceeds(LARGEST)
        if envelope.chunks is not None:
            large = member.stream.exceeds(SMALLEST)
            frames = envelope.chunks(pieces(member.stream.blocks(), code))
            frames = ahead(frames) if large else frames
        else:
            data = member.stream.peek(LIMITS.held)
            frame = envelope.peel(data if envelope.binary else b"".join(chunks((data,), code)))
            if frame is None:
                return None
            frames = iter((frame,))
        if small:
            return self._crowd.take_whole(file, whole_document(envelope.name, frames))
        self._crowd.settle_named()
        part = read_document(file, frames, self._keep)
        part.formats.insert(0, envelope.name)
        return part

    def _text(
        self, file: File, member: Member, code: str, pulse: Callable[[], None]
    ) -> Part | Future[Part]:
        if self._is_copy(file.name, member):
            return read_copy(file, b"".join(chunks(member.stream.blocks(), code)))
        flood = self._keep is None or code != "utf-8" or self._is_flood(file, member)
        if member.path is not None and code == "utf-8" and not file.single:
            return self._beside.read(
                member.stream.reopened(), partial(self._large, file, flood), pulse
            )
        if file.single and code == "utf-8" and self._is_of_nobody(file, member):
            whole, taken = member.stream.peek(CHUNK + 1), member.stream.taken
            work = partial(self._middle, replace(file, pulse=idle), flood, whole)
            return self._beside.start(work, member.stream.damage, taken, pulse)
        if member.stream.exceeds(LARGEST):
            return self._alone(file, member, code, flood)
        whole = text_of(member.stream.peek(LARGEST), code)
        return self._crowd.take(file, whole) or self._alone(file, member, code, flood)

    def _alone(self, file: File, member: Member, code: str, flood: bool) -> Part:
        """Return the part of a file, read after all those before it whose writer is known."""
        self._crowd.settle_named()
        skimmed = None if flood else self._skimmed(file, member)
        if skimmed is not None:
            return skimmed
        if not file.single:
            return read_lines(file, chunks(member.stream.blocks(), code), self._keep)
        whole = text_of(member.stream.peek(CHUNK + 1), code)
        return read_wrapped(file, whole, self._keep) or read_lines(file, (whole,), self._keep)

    def _is_of_nobody(self, file: File, member: Member) -> bool:
        """Return whether a file is long, and nothing in or round its lines tells whose they are.

        No other file can then be known to hold the same lines, so their order does not matter.
        """
        whole = member.stream.peek(CHUNK + 1)
        if len(whole) < SMALLEST or (file.place.pod and file.place.container):
            return False
        opening = opening_of(head_of(whole))
        return opening is not None and (opening.envelope is None or opening.envelope.unsigned)

    def _middle(self, file: File, flood: bool, whole: bytes) -> Part:
        """Return the part of a file of UTF-8 that is held in memory, in a thread beside others."""
        part = None if flood else read_skimmed(file, (whole,), self._skimmers, whole)
        if part is not None:
            return part
        text = text_of(whole, "utf-8")
        return read_wrapped(file, text, self._keep) or read_lines(file, (text,), self._keep)

    def _is_flood(self, file: File, member: Member) -> bool:
        """Return whether a file is of very short lines, which are read for good."""
        size = CHUNK if file.single else SAMPLE
        start, most = member.stream.peek(size + 1), MOST * size // CHUNK
        return len(start) > most and line_ends(start) > most

    def _large(self, file: File, flood: bool, stream: Stream) -> Part:
        """Return the part of a large file on disk, in a thread beside others."""
        blocks = self._beside.blocks
        part = None
        if not flood:
            part = read_skimmed(file, blocks(stream.again(BLOCK)), self._skimmers, None)
        return part or read_lines(file, map(mended, blocks(stream.again(CHUNK))), self._keep)

    def _skimmed(self, file: File, member: Member) -> Part | None:
        """Return the part of a file that is long and plain enough to be skimmed."""
        whole = member.stream.peek((CHUNK if file.single else SMALLEST) + 1)
        if len(whole) < SMALLEST:
            return None
        if file.single:
            return read_skimmed(file, (whole,), self._skimmers, whole)
        opening = opening_of(head_of(whole))
        if opening is None or opening.alike:  # where several turn out to write, all is read anew
            return None
        blocks = chunks(member.stream.blocks(), "utf-8", BLOCK)
        return read_skimmed(file, blocks, self._skimmers, None)

    def _is_copy(self, name: str, member: Member) -> bool:
        """Return whether a file of that name and content was read before."""
        if not FINE_TIME.search(member.stream.peek(SAMPLE_BYTES)) or member.stream.exceeds(CHUNK):
            return False
        whole = member.stream.peek(CHUNK + 1)
        name = name.partition("#")[0]
        return self._deliveries.whole(f"{scope_of(name)} {base_name(name)}", whole)


def _document(name: str, member: Member, code: str) -> Document:
    text = b"".join(chunks((member.stream.peek(LIMITS.document),), code)).decode()
    cut = len(member.stream.peek(LIMITS.document + 1)) > LIMITS.document
    return Document(name, text, truncated=cut)
