"""Wrap what was unwrapped: the compressions of a stream, outermost first."""

from __future__ import annotations

import bz2
import contextlib
import gzip
import lzma
from typing import TYPE_CHECKING, Any, Final, Protocol, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence


_Context = contextlib.AbstractContextManager[object]


class Sink(Protocol):
    """Anything bytes can be written to."""

    def write(self, data: bytes, /) -> object:
        """Take *data*."""


@contextlib.contextmanager
def packed(sink: Sink, compressions: Sequence[str]) -> Iterator[Sink]:
    """Give a sink whose bytes reach *sink* through *compressions*, outermost first."""
    with contextlib.ExitStack() as stack:
        for name in compressions:
            sink = cast("Sink", stack.enter_context(_PACKERS[name](sink)))
        yield sink


def _gzip(sink: Any) -> _Context:
    return gzip.GzipFile(filename="", mode="wb", fileobj=sink, mtime=0, compresslevel=6)


def _bzip2(sink: Any) -> _Context:
    return bz2.BZ2File(sink, "wb")


def _xz(sink: Any) -> _Context:
    return lzma.LZMAFile(sink, "wb")


def _zstd(sink: Any) -> _Context:
    import pyarrow as pa  # late, as in `ingest.stream`

    return cast("_Context", pa.CompressedOutputStream(pa.PythonFile(_Open(sink), mode="w"), "zstd"))


class _Open:
    """A sink as the file object that pyarrow wants; it never closes the sink."""

    closed = False

    def __init__(self, sink: Sink) -> None:
        self._sink = sink

    def write(self, data: bytes) -> int:
        self._sink.write(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Hold nothing back."""

    def close(self) -> None:
        self.closed = True

    def readable(self) -> bool:
        return False

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return False


_PACKERS: Final[dict[str, Callable[[Any], _Context]]] = {
    "gzip": _gzip,
    "zstd": _zstd,
    "bzip2": _bzip2,
    "xz": _xz,
}
