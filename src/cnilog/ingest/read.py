"""Read a source into records: the stage.

Files become text, envelopes are peeled off, formats decode what is left, lines of one record are
joined; the parts of one writer become a stream with its runs. What is no log is handed on as a
document, what cannot be read is listed with the reason.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cnilog.errors import SourceError
from cnilog.finding import Accounting, Document, Source
from cnilog.ingest.bundles import places
from cnilog.ingest.envelope import SAMPLE_BYTES
from cnilog.ingest.envelopes import DOCUMENT_ENVELOPES
from cnilog.ingest.limits import LIMITS
from cnilog.ingest.lines import read_document, read_lines
from cnilog.ingest.part import Part
from cnilog.ingest.place import Place
from cnilog.ingest.reading import Reading
from cnilog.ingest.sniff import is_document, looks_like_log
from cnilog.ingest.sources import Member, members
from cnilog.ingest.streams import put_together
from cnilog.ingest.text import chunks, encoding
from cnilog.ingest.years import hint_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from cnilog.ingest.envelope import DocumentEnvelope

EMPTY: Final = "is empty"
Progress = Callable[[int, int | None, int], None]


def read(
    source: str | Path | Sequence[str | Path],
    *,
    keep: tuple[str, ...] | None = None,
    progress: Progress | None = None,
) -> Reading:
    """Return what *source* holds.

    Args:
        source: A file, a folder, an archive, ``-`` for standard input, or several of them.
        keep: Only records whose message holds one of these literals are kept, and those that
            are error-like (level error or fatal, or undecoded). Null: every record is. Record
            numbers, runs, histogram and accounting are the same either way.
        progress: Called after each file with the bytes read, the bytes in all where they are
            known, and the number of files.

    Raises:
        SourceError: There is nothing there, or nothing in it can be read.
    """
    given = [source] if isinstance(source, (str, Path)) else list(source)
    parts: list[Part] = []
    documents: list[Document] = []
    done, total = 0, sum(Path(one).stat().st_size for one in given if Path(one).is_file())
    for one in given:
        for member in members(one):
            _read_member(member, keep, parts, documents)
            done += member.stream.taken
            if progress:
                progress(done, total or None, len(parts))
    if not any(part.skipped is None for part in parts) and not documents:
        raise SourceError(_nothing(given, parts))
    return _reading(parts, documents)


def _nothing(given: Sequence[str | Path], parts: Sequence[Part]) -> str:
    where = ", ".join(str(one) for one in given)
    reasons = "; ".join(dict.fromkeys(part.skipped for part in parts if part.skipped))
    advice = "Give aws-node or ipamd logs, a folder or an archive that holds some"
    return f"{where}: nothing in it can be read ({reasons or EMPTY}). {advice}"


def _read_member(
    member: Member, keep: tuple[str, ...] | None, parts: list[Part], documents: list[Document]
) -> None:
    """Read one file into *parts* or *documents*, or note why not."""
    part = Part(member.file) if member.skipped else _carried(member, keep, documents)
    if part is None:
        part = _text(member, keep, documents)
    part.damaged = member.stream.damage
    part.skipped = member.skipped or part.skipped
    parts.append(part)


def _carried(
    member: Member, keep: tuple[str, ...] | None, documents: list[Document]
) -> Part | None:
    """Return what a document envelope in *member* carries; null where there is none."""
    head = member.stream.peek(SAMPLE_BYTES)
    name = encoding(head)
    text = _sample(head, name or "latin-1")
    for envelope in DOCUMENT_ENVELOPES:
        if (envelope.binary or name) and envelope.fits(text, member.file):
            if envelope.document and name:
                documents.append(_document(member, name))
            return _unwrapped(member, envelope, name or "latin-1", keep)
    return None


def _unwrapped(
    member: Member, envelope: DocumentEnvelope, name: str, keep: tuple[str, ...] | None
) -> Part | None:
    if envelope.chunks is not None:
        frames = envelope.chunks(chunks(member.stream.blocks(), name))
    else:
        data = member.stream.peek(LIMITS.held)
        frame = envelope.peel(data if envelope.binary else b"".join(chunks((data,), name)))
        if frame is None:
            return None
        frames = iter((frame,))
    part = read_document(member.file, frames, keep, _hint(member))
    part.formats.insert(0, envelope.name)
    return part


def _sample(head: bytes, name: str) -> str:
    return b"".join(chunks((head,), name)).decode("utf-8", "replace")


def _document(member: Member, name: str) -> Document:
    text = b"".join(chunks((member.stream.peek(LIMITS.document),), name)).decode()
    cut = len(member.stream.peek(LIMITS.document + 1)) > LIMITS.document
    return Document(member.file, text, truncated=cut)


def _text(member: Member, keep: tuple[str, ...] | None, documents: list[Document]) -> Part:
    head = member.stream.peek(SAMPLE_BYTES)
    name = encoding(head)
    if not head or name is None:
        return Part(member.file, skipped=EMPTY if not head else "is not text")
    sample = _sample(head, name)
    if is_document(sample, member.file):
        documents.append(_document(member, name))
        return Part(member.file, formats=["document"])
    return read_lines(
        member.file, chunks(member.stream.blocks(), name), keep, _hint(member, sample)
    )


def _hint(member: Member, head: str = "") -> datetime | None:
    return hint_of(member.file, head, member.modified)


def _reading(parts: Sequence[Part], documents: Sequence[Document]) -> Reading:
    where = places([part.file for part in parts], documents)
    streams = put_together(parts, where)
    placed = tuple(
        Document(doc.file, doc.text, where.get(doc.file, Place()).node, doc.truncated)
        for doc in documents
    )
    sources = tuple(_source(part, where.get(part.file, Place())) for part in parts)
    return Reading(
        streams.records,
        streams.runs,
        streams.histogram,
        sources,
        _accounting(parts),
        placed,
        tuple(_notes(parts)),
    )


def _source(part: Part, place: Place) -> Source:
    times = part.pieces.select("first_ts", "last_ts")
    return Source(
        file=part.file,
        formats=tuple(part.formats),
        component=place.component,
        node=place.node,
        pod=place.pod,
        container=place.container,
        lines=part.lines,
        records=part.records,
        continued=part.continued,
        blank=part.blank,
        duplicate=part.duplicate,
        undecoded=part.undecoded,
        first_ts=times["first_ts"].min(),
        last_ts=times["last_ts"].max(),
        skipped=part.skipped,
        damaged=part.damaged,
        document="document" if part.formats == ["document"] else None,
    )


def _accounting(parts: Sequence[Part]) -> Accounting:
    accounting = Accounting(
        files=len(parts),
        skipped_files=sum(part.skipped is not None for part in parts),
        lines=sum(part.lines for part in parts),
        records=sum(part.records for part in parts),
        continued=sum(part.continued for part in parts),
        blank=sum(part.blank for part in parts),
        duplicate=sum(part.duplicate for part in parts),
        undecoded=sum(part.undecoded for part in parts),
    )
    assert accounting.holds(), f"not every line is accounted for: {accounting}"
    return accounting


def _notes(parts: Sequence[Part]) -> Iterator[str]:
    for part in parts:
        if part.records == 0 and part.undecoded and looks_like_log(part.file):
            yield (
                f"{part.file}: looks like a log, but none of its {part.lines} lines could be "
                "decoded. See cnilog undecoded"
            )
        if part.damaged:
            yield f"{part.file}: {part.damaged}"
