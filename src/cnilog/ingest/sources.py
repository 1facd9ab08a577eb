"""Find the files of a source: a file, a folder, an archive, standard input, a bucket.

Archives are read as streams and never unpacked, so a path inside one can do no harm; links and
devices are not followed. Members come in the order they are stored, files of a folder sorted.
Each member must be read, or left, before the next one is asked for.
"""

from __future__ import annotations

import io
import os
import sys
import tarfile
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cnilog.buckets import find_items, is_address, open_items
from cnilog.errors import SourceError
from cnilog.ingest.limits import LIMITS
from cnilog.ingest.stream import DAMAGE, Stream, blocks_of, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

STDIN: Final = "-"
ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06")
SHEET: Final = "[Content_Types].xml"  # a zip with it is an office document, not an archive
RUBBISH: Final = ("__MACOSX/", "/._", ".DS_Store")


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


def members(source: str | Path) -> Iterator[Member]:
    """Yield every file of *source*, opened.

    Raises:
        SourceError: There is no such file or folder, or the folder is empty; a bucket cannot be
            listed or reached.
    """
    if str(source) == STDIN:
        yield from _opened(STDIN, Stream(blocks_of(sys.stdin.buffer)), None, 0)
        return
    if is_address(source):
        yield from _bucket(str(source))
        return
    path = Path(source)
    if path.is_dir():
        yield from _folder(path)
    elif not path.exists():
        raise SourceError(f"{source}: no such file or folder. Check the path")
    else:
        yield from _file(path)


def members_of(file: str, data: bytes, modified: datetime | None = None) -> Iterator[Member]:
    """Yield the members of a file that holds *data*: itself, or those of the archive that it is."""
    yield from _opened(file, Stream(iter((data,))), None, 0, modified)


def is_packed(start: bytes) -> bool:
    """Return whether a file that begins with *start* is compressed or an archive."""
    inner, compressions = plain(Stream(iter((start,))))
    head = inner.peek(1024)
    return bool(compressions) or _is_tar(head) or head.startswith(ZIP)


def _folder(folder: Path) -> Iterator[Member]:
    empty = True
    for count, path in enumerate(_walk(folder)):
        empty = False
        if count >= LIMITS.members:
            yield _skip(str(folder), f"holds more than {LIMITS.members} files; the rest is left")
            return
        yield from _file(path)
    if empty:
        raise SourceError(f"{folder}: the folder is empty. Give a folder that holds logs")


def _bucket(address: str) -> Iterator[Member]:
    empty = True
    for count, found in enumerate(open_items(find_items(address))):
        empty = False
        if count >= LIMITS.members:
            yield _skip(address, f"holds more than {LIMITS.members} objects; the rest is left")
            return
        if found.refused:
            yield _skip(found.item.address, found.refused)
            continue
        stream = Stream(found.blocks)
        yield from _opened(found.item.address, stream, None, 0, found.item.modified)
    if empty:
        raise SourceError(f"{address}: no object there. Check the address")


def _walk(folder: Path) -> Iterator[Path]:
    for root, folders, files in os.walk(folder):
        folders.sort()
        yield from (Path(root) / name for name in sorted(files))


def _file(path: Path) -> Iterator[Member]:
    if path.suffix == ".tmp":
        yield _skip(str(path), "is what an interrupted rotation left")
        return
    if path.is_dir() or path.is_block_device() or path.is_socket() or path.is_char_device():
        yield _skip(str(path), "is no regular file")
        return
    try:
        opened = path.open("rb")
    except OSError as error:
        yield _skip(str(path), f"cannot be opened: {error.strerror or error}")
        return
    with opened:
        yield from _opened(str(path), Stream(blocks_of(opened)), path, 0, _modified(path))


def _modified(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, tz=UTC)


def _opened(
    file: str, stream: Stream, path: Path | None, depth: int, modified: datetime | None = None
) -> Iterator[Member]:
    """Yield *stream* as one member, or the members of the archive that it is."""
    inner, compressions = plain(stream)
    head = inner.peek(1024)
    if depth >= LIMITS.depth and (_is_tar(head) or head.startswith(ZIP)):
        yield _skip(file, f"archives lie more than {LIMITS.depth} deep in one another")
    elif _is_tar(head):
        yield from _tar(file, inner, depth)
    elif head.startswith(ZIP):
        yield from _zip(file, inner, depth)
    else:
        regular = path is not None and not compressions and path.is_file()
        yield Member(file, inner, path if regular else None, modified=modified)


def _tar(file: str, stream: Stream, depth: int) -> Iterator[Member]:
    count = 0
    try:
        with tarfile.open(fileobj=stream, mode="r|") as archive:  # type: ignore[call-overload]
            for count, member in enumerate(archive, 1):
                if count > LIMITS.members:
                    break
                content = archive.extractfile(member) if member.isfile() else None
                if content is not None and not _rubbish(member.name):
                    name = f"{file}!{member.name.removeprefix('./')}"
                    written = datetime.fromtimestamp(member.mtime, tz=UTC)
                    inner = Stream(blocks_of(content))
                    yield from _opened(name, inner, None, depth + 1, written)
    except (tarfile.TarError, *DAMAGE) as error:
        yield _skip(file, f"is damaged after {count} members: {error}")
        return
    if count > LIMITS.members:
        yield _skip(file, f"holds more than {LIMITS.members} members; the rest is not read")
    elif stream.damage:
        yield _skip(file, stream.damage)


def _zip(file: str, stream: Stream, depth: int) -> Iterator[Member]:
    data = stream.read(LIMITS.held)
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, *DAMAGE) as error:
        yield _skip(file, f"is a damaged zip file: {error}")
        return
    with archive:
        if SHEET in archive.namelist():
            yield Member(file, Stream(iter((data,))))
            return
        for member in archive.infolist()[: LIMITS.members]:
            if not member.is_dir() and not _rubbish(member.filename):
                yield from _zip_member(file, archive, member, depth)


def _zip_member(
    file: str, archive: zipfile.ZipFile, member: zipfile.ZipInfo, depth: int
) -> Iterator[Member]:
    name = f"{file}!{member.filename.replace(chr(92), '/')}"
    try:
        with archive.open(member) as content:
            yield from _opened(name, Stream(blocks_of(content)), None, depth + 1)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, *DAMAGE) as error:
        yield _skip(name, f"cannot be read: {error}")


def _is_tar(head: bytes) -> bool:
    return head[257:262] == b"ustar"


def _rubbish(name: str) -> bool:
    return any(part in f"/{name}" for part in RUBBISH)


def _skip(file: str, reason: str) -> Member:
    return Member(file, Stream(iter(())), skipped=reason)
