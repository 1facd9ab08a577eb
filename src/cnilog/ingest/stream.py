"""Read bytes that may be compressed, and stop quietly where they are damaged.

A stream never raises for what is in it: what came before the damage is handed on, and
`Stream.damage` says what was wrong.
"""

from __future__ import annotations

import bz2
import lzma
import os
import struct
import tarfile
import zipfile
import zlib
from typing import IO, TYPE_CHECKING, Final, Protocol

from cnilog.ingest.limits import LIMITS, in_proportion

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from cnilog.ingest.limits import Limits

PEEK: Final = 65_536  # enough to tell what a file is, and to show an envelope a sample
BLOCK: Final = 1 << 20
READ: Final = 1 << 16  # bytes taken at a time: what a bomb made of them is seen that soon
GZIP: Final = b"\x1f\x8b"
ZSTD: Final = b"\x28\xb5\x2f\xfd"
BZIP2: Final = b"BZh"
XZ: Final = b"\xfd7zXZ\x00"
DAMAGE: Final = (  # all that the libraries raise for what is in a file
    *(EOFError, OSError, ValueError, NotImplementedError, RecursionError, RuntimeError),
    *(zlib.error, lzma.LZMAError, zipfile.BadZipFile, tarfile.TarError, struct.error),
)


class Readable(Protocol):
    """Anything bytes can be read from."""

    def read(self, size: int = -1, /) -> bytes:
        """Return at most *size* bytes; none at the end."""


class Stream:
    """Bytes that can be peeked at, of one file or member; never raises for damage."""

    def __init__(
        self,
        blocks: Iterator[bytes],
        *,
        outer: Stream | None = None,
        file: IO[bytes] | None = None,
    ) -> None:
        self._blocks, self._outer, self._file = blocks, outer, file
        self._buffer, self._at = b"", 0  # bytes that came in, and how many of them were read
        self._damage: str | None = None
        self.taken = 0  # bytes that came in so far

    @property
    def damage(self) -> str | None:
        """What ended the stream before its end; null where nothing did."""
        return self._damage or (self._outer.damage if self._outer else None)

    def peek(self, size: int = PEEK) -> bytes:
        """Return the first *size* bytes, or all where there are fewer; they are not consumed."""
        if self._at:
            self._buffer, self._at = self._buffer[self._at :], 0
        parts, have = [self._buffer], len(self._buffer)
        while have < size and (block := self._next()):
            parts.append(block)
            have += len(block)
        self._buffer = b"".join(parts)
        return self._buffer[:size]

    def read(self, size: int = -1, /) -> bytes:
        """Return *size* bytes, fewer only at the end; everything where *size* is negative."""
        if size < 0:
            return b"".join(self.blocks())
        if self._at + size > len(self._buffer):
            self.peek(size)
        begin = self._at
        self._at = min(begin + size, len(self._buffer))
        return self._buffer[begin : self._at]

    def blocks(self) -> Iterator[bytes]:
        """Yield what is left in blocks as they come."""
        if self._at < len(self._buffer):
            rest = self._buffer[self._at :]
            self._buffer, self._at = b"", 0
            yield rest
        while block := self._next():
            yield block

    def exceeds(self, size: int) -> bool:
        """Return whether more than *size* bytes are left; a file on disk is asked and not read."""
        if self._file is not None and os.fstat(self._file.fileno()).st_size > size:
            return True
        return len(self.peek(size + 1)) > size

    def reopened(self) -> Stream:
        """Return the file on disk anew, for `again`; it must be closed, and this one may be."""
        assert self._file is not None
        return Stream(iter(()), file=os.fdopen(os.dup(self._file.fileno()), "rb"))

    def __enter__(self) -> Stream:
        """Return the stream, whose file is closed at the end."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file on disk."""
        if self._file is not None:
            self._file.close()

    def again(self, size: int) -> Iterator[bytes]:
        """Yield the file on disk from its begin, in pieces of about *size* that end with a line.

        The same open file is read: that its name went to another one, or its end was cut off
        meanwhile, does no harm.
        """
        assert self._file is not None
        begin = 0
        try:
            while block := self._piece(begin, size):
                begin += len(block)
                self.taken = max(self.taken, begin)
                yield block
        except OSError as error:
            self._damage = _in_words(error)

    def _piece(self, begin: int, size: int) -> bytes:
        """Return the bytes from *begin* to the first line's end after *size*; none at the end."""
        assert self._file is not None
        self._file.seek(begin + size)
        more = len(self._file.readline())  # looked for first: to add it later copies all of it
        self._file.seek(begin)
        block = self._file.read(size + more)
        whole = block.endswith(b"\n") or len(block) < size  # else the file grew meanwhile
        return block if whole else block + self._file.readline()

    def _next(self) -> bytes:
        try:
            block = next(self._blocks, b"")
            self.taken += len(block)
            return block
        except DAMAGE as error:
            self._damage = _in_words(error)
            self._blocks = iter(())
            return b""


def blocks_of(source: Readable) -> Iterator[bytes]:
    """Yield *source* in blocks."""
    while block := source.read(READ):
        yield block


def plain(stream: Stream, limits: Limits = LIMITS) -> tuple[Stream, tuple[str, ...]]:
    """Return *stream* with every compression taken off, and the names of those."""
    names: list[str] = []
    while len(names) < limits.depth:
        head = stream.peek(PEEK)
        found = next((c for c in COMPRESSIONS if head.startswith(c[1])), None)
        if found is None or not _opens(found[2], head):
            break
        names.append(found[0])
        stream = _unpacked(found[2], stream, limits)
    return stream, tuple(names)


def _opens(inflate: Callable[[Stream], Iterator[bytes]], head: bytes) -> bool:
    """Return whether *head* really is compressed, and does not only begin as if it were."""
    trial = Stream(inflate(Stream(iter((head,)))))
    return bool(trial.peek(1)) or trial.damage is None or "ends" in trial.damage


def _unpacked(
    inflate: Callable[[Stream], Iterator[bytes]], outer: Stream, limits: Limits
) -> Stream:
    return Stream(in_proportion(inflate(outer), lambda: outer.taken, limits), outer=outer)


def _gzip(stream: Stream) -> Iterator[bytes]:
    """Yield the content of every gzip member; what follows the last one is damage."""
    data = b""
    while data := data or stream.read(READ):
        if not data.startswith(GZIP):
            if data.strip(b"\0"):
                raise ValueError("has other data after its compressed part")
            data = b""
            continue
        data = yield from _member(stream, data)


def _member(stream: Stream, data: bytes) -> Generator[bytes, None, bytes]:
    engine = zlib.decompressobj(wbits=31)
    while not engine.eof:
        if out := engine.decompress(data, BLOCK):
            yield out
        data = engine.unconsumed_tail or (b"" if engine.eof else stream.read(READ))
        if not data and not engine.eof:
            raise EOFError
    return engine.unused_data


def _bzip2(stream: Stream) -> Iterator[bytes]:
    with bz2.BZ2File(_File(stream)) as opened:  # type: ignore[call-overload]
        yield from blocks_of(opened)


def _xz(stream: Stream) -> Iterator[bytes]:
    with lzma.LZMAFile(_File(stream)) as opened:  # type: ignore[arg-type]
        yield from blocks_of(opened)


def _zstd(stream: Stream) -> Iterator[bytes]:
    import pyarrow as pa  # late: a tenth of a second, and few logs are compressed so

    with pa.CompressedInputStream(pa.PythonFile(_File(stream), mode="r"), "zstd") as opened:
        yield from blocks_of(opened)


class _File:
    """A `Stream` as the file object that other libraries want."""

    closed = False

    def __init__(self, stream: Stream) -> None:
        self._stream = stream

    def read(self, size: int = -1) -> bytes:
        return self._stream.read(size)

    def close(self) -> None:
        self.closed = True

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return False

    def seekable(self) -> bool:
        return False


COMPRESSIONS: Final = (
    ("gzip", GZIP, _gzip),
    ("zstd", ZSTD, _zstd),
    ("bzip2", BZIP2, _bzip2),
    ("xz", XZ, _xz),
)


def _in_words(error: Exception) -> str:
    if isinstance(error, EOFError) or "end-of-stream" in str(error):
        return "ends in the middle of its compressed data; what came before was read"
    words = str(error).rstrip(".") or type(error).__name__
    return f"{words}; what came before was read"
