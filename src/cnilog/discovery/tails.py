"""Follow files as they grow: through rotation, truncation and replacement.

A file is known by its inode and held open, so the inode cannot become another file's. Renamed by
a rotation, it is read on under the name it had first; what is new under that name goes on there.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from cnilog.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import FileIO
    from pathlib import Path

BLOCK: Final = 1 << 20
FINGERPRINT: Final = 64  # bytes before the place that was read up to
PACKED: Final = frozenset({".gz", ".zst", ".bz2", ".xz", ".zip", ".tgz"})

Key = tuple[int, int]
Piece = tuple[str, bytes, datetime]  # name of the file, what is new, when it was written


@dataclass(slots=True)
class Tail:
    """One file that is followed."""

    name: str
    file: FileIO
    offset: int = 0
    before: bytes = b""  # the last bytes that were read

    def read(self) -> Iterator[Piece]:
        """Yield what is new, in blocks."""
        state = os.fstat(self.file.fileno())
        if not self._goes_on(state.st_size):
            self.offset, self.before = 0, b""
        written = datetime.fromtimestamp(state.st_mtime, tz=UTC)
        while block := self._at(self.offset, BLOCK):
            self.offset += len(block)
            self.before = (self.before + block)[-FINGERPRINT:]
            yield self.name, block, written

    def _goes_on(self, size: int) -> bool:
        """Return whether the file still holds what was read of it: it was not cut and refilled."""
        if size < self.offset:
            return False
        start = self.offset - len(self.before)
        return self._at(start, len(self.before)) == self.before

    def _at(self, offset: int, size: int) -> bytes:
        self.file.seek(offset)
        return self.file.read(size)

    @property
    def is_gone(self) -> bool:
        """Whether no name is left for it."""
        return os.fstat(self.file.fileno()).st_nlink == 0


@dataclass(slots=True)
class Tails:
    """Files and the files of folders, as they grow.

    Packed files are read where they are there from the begin; one that comes later holds what was
    read before it was packed.
    """

    sources: tuple[Path, ...]
    _tails: dict[Key, Tail] = field(default_factory=dict)
    _begun: bool = False

    def read(self) -> Iterator[Piece]:
        """Yield what is new in every file.

        Raises:
            SourceError: A file may not be read, or too many are open.
        """
        self._find()
        for key, tail in list(self._tails.items()):
            yield from tail.read()
            if tail.is_gone:
                tail.file.close()
                del self._tails[key]

    def _find(self) -> None:
        for path in self._paths():
            try:
                state = path.stat()
                if (state.st_dev, state.st_ino) not in self._tails:
                    opened = path.open("rb", buffering=0)
                    state = os.fstat(opened.fileno())
                    self._tails[state.st_dev, state.st_ino] = Tail(str(path), opened)
            except FileNotFoundError:  # rotated away just now: its inode has another name
                continue
            except OSError as error:
                advice = "Watch fewer files, or files that you may read"
                raise SourceError(f"{path}: cannot be read ({error.strerror}). {advice}") from error
        self._begun = True

    def _paths(self) -> Iterator[Path]:
        for source in self.sources:
            found = sorted(source.rglob("*")) if source.is_dir() else [source]
            for one in found:
                late = self._begun and one.suffix in PACKED
                if one.is_file() and not late and one.suffix != ".tmp":
                    yield one
