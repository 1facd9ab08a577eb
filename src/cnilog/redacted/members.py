"""Rewrite one file, and the members of what it packs, down to the texts.

A member is written to a spool first: its size has to be known before it goes into an archive, and
one that cannot be redacted must leave nothing behind. Links and devices are left out.
"""

from __future__ import annotations

import copy
import io
import tarfile
import tempfile
import zipfile
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Final

from cnilog.ingest.archives import (
    ENCRYPTED,
    OVERLAPS,
    RUBBISH,
    ZIP,
    ZIP_DAMAGE,
    Packed,
    next_member,
    open_tar,
    open_zip,
    overlapping,
)
from cnilog.ingest.limits import LIMITS, Budget, in_proportion
from cnilog.ingest.stream import BLOCK, DAMAGE, Stream, blocks_of, plain
from cnilog.ingest.text import encoding
from cnilog.redacted.packing import packed
from cnilog.redacted.summary import LeftOut
from cnilog.redacted.texts import changed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from cnilog.ingest.limits import Limits
    from cnilog.redacted.packing import Sink

_HEAD: Final = 65_536
_SPOOL: Final = 16 << 20  # bytes of a member held in memory; more goes to an unnamed file


class _Unreadable(Exception):  # not an error: a member that is left out
    """A file or member whose text cannot be had."""


@dataclass(frozen=True, slots=True)
class Zipped:
    """A member of a zip archive."""

    archive: zipfile.ZipFile
    source: Packed
    member: zipfile.ZipInfo

    def in_proportion(self, content: IO[bytes], limits: Limits) -> Iterator[bytes]:
        """Yield *content* in blocks as long as it is no bomb."""
        return in_proportion(blocks_of(content), lambda: self.source.taken, limits)


class Rewriter:
    """Rewrites files through one change of their texts."""

    def __init__(self, change: Callable[[str], str], limits: Limits = LIMITS) -> None:
        self._change, self._limits = change, limits
        self.files = 0
        self.size_bytes = 0
        self.left_out: list[LeftOut] = []
        self.damaged: list[LeftOut] = []
        self._budget = Budget(limits, lambda: 0)  # of the file that is being rewritten

    def file(self, path: Path, name: str, sink: Sink) -> bool:
        """Write the file at *path* to *sink*; return false where it has to be left out."""
        try:
            with path.open("rb") as opened:
                stream = Stream(blocks_of(opened))
                self._budget = Budget(self._limits, lambda: stream.taken)
                return self._tried(stream, name, sink, 0)
        except OSError as error:
            return self.leave(name, f"cannot be read: {error.strerror or error}")

    def leave(self, name: str, reason: str) -> bool:
        """Note that *name* is left out; return false."""
        self.left_out.append(LeftOut(name, reason))
        return False

    def name(self, text: str) -> str:
        """Return the name of a file as the copy calls it."""
        return self._change(text)

    def _tried(self, stream: Stream, name: str, sink: Sink, depth: int) -> bool:
        try:
            self._stream(stream, name, sink, depth)
        except _Unreadable as reason:
            return self.leave(name, str(reason))
        return True

    def _stream(self, stream: Stream, name: str, sink: Sink, depth: int) -> None:
        inner, compressions = plain(stream, self._limits)
        head = inner.peek(_HEAD)
        archive = head[257:262] == b"ustar" or head.startswith(ZIP)
        if archive and depth >= self._limits.depth:
            raise _Unreadable(f"archives lie more than {self._limits.depth} deep in one another")
        if not archive and encoding(head) is None:
            raise _Unreadable("is not text")
        if not head and inner.damage:
            raise _Unreadable(f"is damaged: {inner.damage}")
        with packed(sink, compressions) as out:
            if head.startswith(ZIP):
                self._zip(inner, name, out, depth)
            elif archive:
                self._tar(inner, name, out, depth)
            else:
                self._text(inner, head, out)
        if inner.damage:
            self.damaged.append(LeftOut(name, inner.damage))

    def _text(self, stream: Stream, head: bytes, sink: Sink) -> None:
        self.files += 1
        code = encoding(head) or "utf-8"
        for piece in changed(self._measured(stream), code, self._change, head):
            sink.write(piece)

    def _measured(self, stream: Stream) -> Iterator[bytes]:
        for block in stream.blocks():
            self.size_bytes += len(block)
            yield block

    def _tar(self, stream: Stream, name: str, sink: Sink, depth: int) -> None:
        out = tarfile.open(fileobj=sink, mode="w|")  # type: ignore[call-overload]  # noqa: SIM115
        with out:
            try:
                with open_tar(stream) as archive:
                    while (member := next_member(archive)) is not None:
                        if not self._enters(name):
                            break
                        self._tar_member(archive, member, name, out, depth)
            except (tarfile.TarError, *DAMAGE) as error:
                self.damaged.append(LeftOut(name, str(error)))

    def _tar_member(
        self,
        archive: tarfile.TarFile,
        member: tarfile.TarInfo,
        name: str,
        out: tarfile.TarFile,
        depth: int,
    ) -> None:
        entry = tarfile.TarInfo(self.name(member.name))
        entry.mtime, entry.mode, entry.type = int(member.mtime), member.mode & 0o755, member.type
        if member.isdir():
            out.addfile(entry)
            return
        content = archive.extractfile(member) if member.isfile() else None
        if content is None:
            self.leave(f"{name}!{entry.name}", "is a link or device")
            return
        if any(part in f"/{member.name}" for part in RUBBISH):
            return
        with tempfile.SpooledTemporaryFile(_SPOOL) as spool:
            blocks = self._budget.metered(blocks_of(content))
            if self._tried(Stream(blocks), f"{name}!{entry.name}", spool, depth + 1):
                entry.type, entry.size = tarfile.REGTYPE, spool.tell()
                spool.seek(0)
                out.addfile(entry, spool)

    def _zip(self, stream: Stream, name: str, sink: Sink, depth: int) -> None:
        with tempfile.SpooledTemporaryFile(_SPOOL) as whole:
            for block in stream.blocks():
                whole.write(block)
            source = Packed(whole)
            try:
                archive = open_zip(source)
            except ZIP_DAMAGE as error:
                raise _Unreadable(f"is a damaged zip file: {error}") from error
            with archive, zipfile.ZipFile(_WriteOnly(sink), "w", zipfile.ZIP_DEFLATED) as out:
                deceiving = overlapping(archive)
                for member in archive.infolist():
                    if not self._enters(name):
                        break
                    if id(member) in deceiving:
                        self.leave(f"{name}!{self.name(member.filename)}", OVERLAPS)
                        continue
                    self._zip_member(Zipped(archive, source, member), name, out, depth)

    def _enters(self, name: str) -> bool:
        """Count a member of the archive *name*; say once where no more are read."""
        if self._budget.enter():
            return True
        self.leave(name, f"{self._budget.spent}; the rest is not read")
        return False

    def _zip_member(self, zipped: Zipped, name: str, out: zipfile.ZipFile, depth: int) -> None:
        member = zipped.member
        entry = zipfile.ZipInfo(self.name(member.filename), member.date_time)
        entry.compress_type = zipfile.ZIP_DEFLATED
        file = f"{name}!{entry.filename}"
        if member.is_dir() or any(part in f"/{member.filename}" for part in RUBBISH):
            return
        if member.flag_bits & ENCRYPTED:
            self.leave(file, "is encrypted")
            return
        with tempfile.SpooledTemporaryFile(_SPOOL) as spool:
            try:
                with zipped.archive.open(member) as content:
                    blocks = self._budget.metered(zipped.in_proportion(content, self._limits))
                    written = self._tried(Stream(blocks), file, spool, depth + 1)
            except ZIP_DAMAGE as error:
                self.leave(file, f"cannot be read: {error}")
                return
            if written:
                spool.seek(0)
                _into(out, entry, spool)


def _into(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, spool: IO[bytes]) -> None:
    with archive.open(copy.copy(entry), "w") as member:
        while block := spool.read(BLOCK):
            member.write(block)


class _WriteOnly(io.RawIOBase):
    """A sink as a file that cannot seek: a zip is then written in one go."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self._sink.write(bytes(data))
        return len(data)
