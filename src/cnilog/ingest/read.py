"""Read a source into records: the stage.

Files become text, envelopes are peeled off, formats decode what is left, lines of one record are
joined; the parts of one writer become a stream with its runs. What is no log is handed on as a
document, what cannot be read is listed with the reason.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from cnilog.errors import SourceError
from cnilog.finding import Accounting, Source
from cnilog.ingest.beside import Beside
from cnilog.ingest.crowd import Crowd
from cnilog.ingest.duplicates import Deliveries
from cnilog.ingest.keep import LOUD, Keep
from cnilog.ingest.limits import LIMITS
from cnilog.ingest.lines import read_lines
from cnilog.ingest.member import DOCUMENT, EMPTY, MemberReader
from cnilog.ingest.part import Part
from cnilog.ingest.place import Place
from cnilog.ingest.place.bundles import places
from cnilog.ingest.reader import File, idle
from cnilog.ingest.sniff import is_prose, looks_like_log
from cnilog.ingest.sources import members
from cnilog.ingest.streams import Writer, put_together
from cnilog.reading import Reading

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from cnilog.finding import Document
    from cnilog.ingest.limits import Limits
    from cnilog.ingest.sources import Member

Progress = Callable[[int, int | None, int], None]


def read(
    source: str | Path | Sequence[str | Path],
    *,
    keep: tuple[str, ...] | None = None,
    levels: Sequence[str] = LOUD,
    steady: Collection[str] = (),
    troubles: Collection[str] = (),
    progress: Progress | None = None,
    limits: Limits = LIMITS,
) -> Reading:
    """Return what *source* holds.

    Args:
        source: A file, a folder, an archive, ``-`` for standard input, or several of them.
        keep: Only records whose message holds one of these literals are kept, and those that
            are error-like (level error or fatal, or undecoded). Null: every record is. Record
            numbers, runs, histogram and accounting are the same either way.
        levels: Levels whose records are kept whatever their message holds.
        steady: Those of *keep* that healthy nodes print, too: records that hold nothing else need
            not be kept where another of them follows before one of the *troubles*.
        troubles: Those of *keep* that make the steady record before them tell something.
        progress: Called after each file, and now and then inside a large one, with the bytes
            read, the bytes in all where they are known, and the number of files.
        limits: How much of an archive, a compressed file or a folder is read.

    Raises:
        SourceError: There is nothing there, or nothing in it can be read.
    """
    given = [source] if isinstance(source, (str, Path)) else list(source)
    reader = MemberReader(keep if keep is None else Keep.of(keep, levels, steady, troubles))
    total = sum(Path(one).stat().st_size for one in given if Path(one).is_file()) or None
    tell = partial(_tell, progress, total, reader)
    try:
        for one in given:
            for member in members(one, limits):
                reader.read(member, partial(tell, member))
                tell()
        parts = reader.parts(tell)
    except BaseException:
        reader.stop()
        raise
    if all(part.skipped for part in parts):
        raise SourceError(_nothing(given, parts))
    return together(parts, reader.documents, spend=True)


def _tell(
    progress: Progress | None, total: int | None, reader: MemberReader, member: Member | None = None
) -> None:
    """Report what was read, of *member* so far and of those before."""
    if progress:
        progress(reader.taken + (member.stream.taken if member else 0), total, reader.count)


def read_prose(reading: Reading, keep: tuple[str, ...]) -> Reading:
    """Return *reading*, of sources without a log, with the lines of their plain texts.

    What people paste may be one sentence, without a time or a level: by its looks it is no log,
    and yet all there is.

    Args:
        reading: What `read` gave, without a single line.
        keep: As for `read`.
    """
    plain = {one.file: one for one in reading.documents if is_prose(one)}
    kept, beside = Keep.of(keep, LOUD), Beside()
    crowd = Crowd(kept, beside)
    parts = [
        _prose(plain[one.file], kept, crowd)
        if one.file in plain
        else Part(one.file, list(one.formats), skipped=one.skipped, damaged=one.damaged)
        for one in reading.sources
    ]
    crowd.settle()
    beside.settle(idle)
    return together(parts, [one for one in reading.documents if one.file not in plain])


def _prose(document: Document, keep: Keep, crowd: Crowd) -> Part:
    file = File(document.file, None, Place(), Deliveries())
    whole = document.text if document.text.endswith("\n") else document.text + "\n"
    text = whole.encode("utf-8", "replace")
    return crowd.take(file, text) or read_lines(file, (text,), keep)


def _nothing(given: Sequence[str | Path], parts: Sequence[Part]) -> str:
    where = ", ".join(str(one) for one in given)
    reasons = "; ".join(dict.fromkeys(part.skipped for part in parts if part.skipped))
    advice = "Give aws-node or ipamd logs, a folder or an archive that holds some"
    return f"{where}: nothing in it can be read ({reasons or EMPTY}). {advice}"


def together(
    parts: Sequence[Part], documents: Sequence[Document], *, spend: bool = False
) -> Reading:
    """Return what the *parts* of a source and its *documents* are together.

    Args:
        parts: Its files.
        documents: Those that are no logs.
        spend: The parts are of no use after that (see `put_together`).
    """
    hosts = {part.file: [who[0] for who in part.writers if who[0]] for part in parts}
    where = places([part.file for part in parts], documents, hosts)
    streams = put_together(parts, where, spend=spend)
    who = streams.writers
    return Reading(
        streams.records,
        streams.runs,
        streams.histogram,
        tuple(_source(part, who.get(part.file), where.get(part.file)) for part in parts),
        _accounting(parts),
        tuple(replace(doc, node=where.get(doc.file, Place()).node) for doc in documents),
        tuple(_notes(parts)),
    )


def _source(part: Part, writer: Writer | None, place: Place | None) -> Source:
    who = writer or place or Writer()
    return Source(
        file=part.file,
        formats=tuple(part.formats),
        component=who.component,
        node=who.node,
        pod=who.pod,
        container=who.container,
        lines=part.lines,
        records=part.records,
        continued=part.continued,
        blank=part.blank,
        duplicate=part.duplicate,
        undecoded=part.undecoded,
        first_ts=part.pieces.column("first_ts").min(),  # type: ignore[arg-type]  # of times
        last_ts=part.pieces.column("last_ts").max(),  # type: ignore[arg-type]
        skipped=part.skipped,
        damaged=part.damaged,
        document=DOCUMENT if part.formats == [DOCUMENT] else None,
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
