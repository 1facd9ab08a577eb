"""Go through tar and zip archives as streams: nothing is unpacked, no name in them is a path.

Links and devices hold no lines and are left. What breaks a limit, overlaps or is encrypted is
listed with the reason, and the rest is read.
"""

from __future__ import annotations

import io
import tarfile
import zipfile
from datetime import UTC, datetime
from typing import IO, TYPE_CHECKING, Final, NamedTuple

from cnilog.ingest.stream import BLOCK, DAMAGE, Stream, blocks_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnilog.ingest.limits import Budget

ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06")
SHEET: Final = "[Content_Types].xml"  # a zip with it is an office document, not an archive
RUBBISH: Final = ("__MACOSX/", "/._", ".DS_Store")
HEADER: Final = 1 << 20  # bytes of one long name or set of extended fields
LOCAL: Final = 30  # bytes of a zip member's header without its name and fields
MOST: Final = 200_000  # members of a zip, whose directory must be held as a whole
END: Final = 65_557  # bytes that the end of the directory may take, with its comment
ENCRYPTED: Final = 0x1
ZIP_DAMAGE: Final = (KeyError, IndexError, *DAMAGE)  # what the library raises for a broken zip
OVERLAPS: Final = "lies over another member: the archive was made to deceive"


class Entry(NamedTuple):
    """One file of an archive, or the reason why there is nothing to read."""

    name: str
    content: Stream | None = None
    skipped: str | None = None
    modified: datetime | None = None


def is_tar(head: bytes) -> bool:
    """Return whether a file that begins with *head* is a tar archive."""
    return head[257:262] == b"ustar"


class Header(tarfile.TarInfo):
    """A header whose long names and extended fields are not longer than any real one's."""

    def _proc_member(self, archive: tarfile.TarFile) -> tarfile.TarInfo:
        if self.type in _EXTENDED and self.size > HEADER:
            raise tarfile.ReadError(f"a header of {self.size} bytes")
        return super()._proc_member(archive)  # type: ignore[misc, no-any-return]


_EXTENDED: Final = (
    *(tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE),
    *(tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK),
)


class Forward:
    """A stream as the library reads it that goes forward only.

    The library's own such reader takes ten kilobytes at a time, and copies each twice.
    """

    def __init__(self, stream: Stream) -> None:
        self._stream, self._at = stream, 0

    def tell(self) -> int:
        """Return how many bytes were read."""
        return self._at

    def read(self, size: int) -> bytes:
        """Return *size* bytes, fewer only at the end."""
        data = self._stream.read(size)
        self._at += len(data)
        return data

    def seek(self, place: int) -> None:
        """Read up to *place*, or to the end.

        Raises:
            tarfile.StreamError: That was read already.
        """
        if place < self._at:
            raise tarfile.StreamError("seeking backwards is not allowed")
        while self._at < place and self.read(min(place - self._at, BLOCK)):
            pass


def open_tar(stream: Stream) -> tarfile.TarFile:
    """Return the archive in *stream*; its members are read in the order they come."""
    return tarfile.TarFile(fileobj=Forward(stream), tarinfo=Header)  # type: ignore[arg-type]


def next_member(archive: tarfile.TarFile) -> tarfile.TarInfo | None:
    """Return the next member of *archive*, which would remember them all; null at its end."""
    member = archive.next()
    archive.members.clear()  # type: ignore[attr-defined]
    return member


def tar_entries(stream: Stream, budget: Budget) -> Iterator[Entry]:
    """Yield the files of a tar archive as they are stored.

    Where the rest cannot be read, an entry without a name says why, as the last one.
    """
    count = 0
    try:
        with open_tar(stream) as archive:
            while (member := next_member(archive)) is not None:
                if not budget.enter():
                    break
                count += 1
                if member.isfile() and not _rubbish(member.name):
                    content = Stream(_content(archive, member))
                    yield Entry(member.name.removeprefix("./"), content, None, moment(member.mtime))
    except DAMAGE as error:
        if not budget.spent:
            members = "1 member" if count == 1 else f"{count} members"
            yield Entry("", skipped=f"is damaged after {members}: {_words(error)}")
            return
    if budget.spent:
        yield Entry("", skipped=f"{budget.spent}; the rest is not read")
    elif stream.damage:
        yield Entry("", skipped=stream.damage)


def _content(archive: tarfile.TarFile, member: tarfile.TarInfo) -> Iterator[bytes]:
    """Yield what there is of *member*; the library's reader gives nothing of a cut one's end."""
    if member.issparse():
        yield from blocks_of(archive.extractfile(member))  # type: ignore[arg-type]
        return
    source, left = archive.fileobj, member.size
    assert source is not None
    source.seek(member.offset_data)
    while left:
        block = source.read(min(left, BLOCK))
        if not block:
            raise EOFError
        left -= len(block)
        yield block


def zip_entries(source: Packed, budget: Budget) -> Iterator[Entry] | None:
    """Yield the files of a zip archive as `tar_entries` does; null where it is a spreadsheet."""
    try:
        archive = open_zip(source)
    except ZIP_DAMAGE as error:
        return iter((Entry("", skipped=f"is a damaged zip file: {_words(error)}"),))
    return None if SHEET in archive.NameToInfo else _zip(archive, budget)


def open_zip(source: Packed) -> zipfile.ZipFile:
    """Return the archive in *source*; raises one of `ZIP_DAMAGE` where there is none."""
    _check_directory(source)
    return zipfile.ZipFile(source)


class Packed:
    """A zip file, held or on disk, that knows how much of it was read."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source = source
        self.taken = 0  # bytes read so far
        self.seek, self.tell, self.close = source.seek, source.tell, source.close

    def read(self, size: int = -1, /) -> bytes:
        """Return at most *size* bytes."""
        data = self._source.read(size)
        self.taken += len(data)
        return data

    def seekable(self) -> bool:
        """Return that any place of it can be read."""
        return True


def _check_directory(source: Packed) -> None:
    """Raise where the directory holds so many members that knowing them costs too much."""
    size = source.seek(0, io.SEEK_END)
    source.seek(max(0, size - END))
    tail = source.read(END)
    at = tail.rfind(b"PK\x05\x06")
    length = int.from_bytes(tail[at + 12 : at + 16], "little") if at >= 0 else 0
    source.seek(max(0, size - length - END))
    if source.read(length + END).count(b"PK\x01\x02") > MOST:
        raise ValueError(f"more than {MOST} members")
    source.seek(0)


def _zip(archive: zipfile.ZipFile, budget: Budget) -> Iterator[Entry]:
    with archive:
        deceiving = overlapping(archive)
        for member in archive.infolist():
            if not budget.enter():
                break
            name = member.filename.replace("\\", "/")
            if not name.endswith("/") and not _rubbish(name):
                yield _zip_entry(archive, member, name, id(member) in deceiving)
    if budget.spent:
        yield Entry("", skipped=f"{budget.spent}; the rest is not read")


def _zip_entry(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str, overlaps: bool
) -> Entry:
    if member.flag_bits & ENCRYPTED:
        return Entry(name, skipped="is encrypted. Pack it without a password")
    if overlaps:
        return Entry(name, skipped=OVERLAPS)
    try:
        content = archive.open(member)
    except ZIP_DAMAGE as error:
        return Entry(name, skipped=f"cannot be read: {_words(error)}")
    return Entry(name, Stream(blocks_of(content)))


def overlapping(archive: zipfile.ZipFile) -> set[int]:
    """Return the members (their `id`) that begin in the bytes of an earlier one."""
    members = sorted(archive.infolist(), key=lambda one: one.header_offset)
    found: set[int] = set()
    end = 0
    for one in members:
        if one.header_offset < end:
            found.add(id(one))
        end = max(end, one.header_offset + LOCAL + len(one.filename) + one.compress_size)
    return found


def moment(seconds: float) -> datetime | None:
    """Return the moment that a header or a file system states; null where there is none such."""
    try:
        return datetime.fromtimestamp(seconds, tz=UTC)
    except (OverflowError, OSError, ValueError):
        return None


def _rubbish(name: str) -> bool:
    return any(part in f"/{name}" for part in RUBBISH)


def _words(error: BaseException) -> str:
    return str(error) or type(error).__name__
