"""Find the files of a source: a file, a folder, an archive, standard input, a bucket.

Archives are read as streams and never unpacked, so a path inside one can do no harm; links and
devices are not followed. Members come in the order they are stored, files of a folder sorted.
Each member must be read, or left, before the next one is asked for.
"""

from __future__ import annotations

import io
import os
import stat
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cnilog.buckets import find_items, is_address, open_items
from cnilog.errors import SourceError
from cnilog.ingest.archives import ZIP, Packed, is_tar, moment, tar_entries, zip_entries
from cnilog.ingest.limits import LIMITS, Budget
from cnilog.ingest.stream import Stream, blocks_of, plain

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from cnilog.ingest.archives import Entry
    from cnilog.ingest.limits import Limits

STDIN: Final = "-"
NO_FILE: Final = "is no regular file"


@dataclass(frozen=True, slots=True)
class Member:
    """One file of a source, open for reading."""

    file: str  # path as given, archive.tgz!inner/path inside archives
    stream: Stream
    path: Path | None = None  # where it lies on disk, uncompressed; null for everything else
    skipped: str | None = None  # why there is nothing to read
    modified: datetime | None = None  # when it was last written, as its file system or archive says

    def __post_init__(self) -> None:
        """Write out bytes of a name that are no UTF-8: no frame and no report could hold them."""
        name = self.file.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
        object.__setattr__(self, "file", name)


def members(source: str | Path, limits: Limits = LIMITS) -> Iterator[Member]:
    """Yield every file of *source*, opened.

    Raises:
        SourceError: There is no such file or folder, or the folder is empty; a bucket cannot be
            listed or reached.
    """
    if str(source) == STDIN:
        yield from _streamed(STDIN, Stream(blocks_of(sys.stdin.buffer)), limits)
        return
    if is_address(source):
        yield from _bucket(str(source), limits)
        return
    path = Path(source)
    if path.is_dir():
        yield from _folder(path, limits)
    elif not path.exists():
        raise SourceError(f"{source}: no such file or folder. Check the path")
    else:
        yield from _file(path, limits)


def members_of(file: str, data: bytes, modified: datetime | None = None) -> Iterator[Member]:
    """Yield the members of a file that holds *data*: itself, or those of the archive that it is."""
    yield from _streamed(file, Stream(iter((data,))), LIMITS, modified)


def _streamed(
    file: str, stream: Stream, limits: Limits, modified: datetime | None = None
) -> Iterator[Member]:
    budget = Budget(limits, lambda: stream.taken)
    yield from _opened(file, stream, None, budget, modified=modified)


def is_packed(start: bytes) -> bool:
    """Return whether a file that begins with *start* is compressed or an archive."""
    inner, compressions = plain(Stream(iter((start,))))
    head = inner.peek(1024)
    return bool(compressions) or is_tar(head) or head.startswith(ZIP)


def _folder(folder: Path, limits: Limits) -> Iterator[Member]:
    empty = True
    for count, found in enumerate(_walk(folder)):
        empty = False
        if count >= limits.members:
            more = "the rest is left (more with --limit members=N)"
            yield _skip(str(folder), f"holds more than {limits.members} files; {more}")
            return
        if isinstance(found, OSError):
            yield _skip(str(found.filename), f"cannot be listed: {found.strerror}")
        else:
            yield from _file(found, limits, pipes=False)
    if empty:
        raise SourceError(f"{folder}: the folder is empty. Give a folder that holds logs")


def _bucket(address: str, limits: Limits) -> Iterator[Member]:
    empty = True
    for count, found in enumerate(open_items(find_items(address))):
        empty = False
        if count >= limits.members:
            yield _skip(address, f"holds more than {limits.members} objects; the rest is left")
            return
        if found.refused:
            yield _skip(found.item.address, found.refused)
            continue
        stream = Stream(found.blocks)
        yield from _streamed(found.item.address, stream, limits, found.item.modified)
    if empty:
        raise SourceError(f"{address}: no object there. Check the address")


def _walk(folder: Path) -> Iterator[Path | OSError]:
    """Yield every file below *folder*, sorted, and what kept a folder from being listed."""
    refused: list[OSError] = []
    for root, folders, files in os.walk(folder, onerror=refused.append):
        yield from refused
        refused.clear()
        folders.sort()
        yield from (Path(root) / name for name in sorted(files))
    yield from refused


def _file(path: Path, limits: Limits, *, pipes: bool = True) -> Iterator[Member]:
    """Yield what *path* holds; a pipe only where it was named: it waits for a writer."""
    if path.suffix == ".tmp":
        yield _skip(str(path), "is what an interrupted rotation left")
        return
    try:
        known = path.stat()
        if not (stat.S_ISREG(known.st_mode) or (pipes and stat.S_ISFIFO(known.st_mode))):
            yield _skip(str(path), NO_FILE)
            return
        opened = path.open("rb")
    except OSError as error:
        yield _skip(str(path), f"cannot be opened: {error.strerror or error}")
        return
    with opened:
        stream = Stream(blocks_of(opened), file=opened)
        regular = path if stat.S_ISREG(known.st_mode) else None
        budget = Budget(limits, lambda: stream.taken)
        yield from _opened(str(path), stream, regular, budget, modified=moment(known.st_mtime))


def _opened(
    file: str,
    stream: Stream,
    path: Path | None,
    budget: Budget,
    *,
    depth: int = 0,
    modified: datetime | None = None,
) -> Iterator[Member]:
    """Yield *stream* as one member, or the members of the archive that it is."""
    inner, compressions = plain(stream, budget.limits)
    head = inner.peek(1024)
    if depth >= budget.limits.depth and (is_tar(head) or head.startswith(ZIP)):
        deep = f"archives lie more than {budget.limits.depth} deep in one another"
        yield _skip(file, f"{deep} (more with --limit depth=N)")
    elif is_tar(head):
        yield from _entries(file, tar_entries(inner, budget), budget, depth)
    elif head.startswith(ZIP):
        yield from _zip(file, inner, None if compressions else path, budget, depth)
    elif depth or compressions:
        metered = Stream(budget.metered(inner.blocks()), outer=inner)
        yield Member(file, metered, modified=modified)
    else:
        yield Member(file, inner, path, modified=modified)


def _zip(
    file: str, stream: Stream, path: Path | None, budget: Budget, depth: int
) -> Iterator[Member]:
    held = b"" if path else stream.read(budget.limits.held)
    try:
        opened = path.open("rb") if path else io.BytesIO(held)
    except OSError as error:
        yield _skip(file, f"cannot be opened: {error.strerror or error}")
        return
    with opened:
        source = Packed(opened)
        if path:
            budget = Budget(budget.limits, lambda: source.taken)
        found = zip_entries(source, budget)
        if found is None:
            yield Member(file, stream if path else Stream(iter((held,))))
        else:
            yield from _entries(file, found, budget, depth)


def _entries(file: str, entries: Iterator[Entry], budget: Budget, depth: int) -> Iterator[Member]:
    for entry in entries:
        name = f"{file}!{entry.name}" if entry.name else file
        if entry.content is None:
            yield _skip(name, entry.skipped or "")
        else:
            yield from _opened(
                name, entry.content, None, budget, depth=depth + 1, modified=entry.modified
            )


def _skip(file: str, reason: str) -> Member:
    return Member(file, Stream(iter(())), skipped=reason)
