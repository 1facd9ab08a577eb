"""Skim lines by a compiled pass, where this copy of cnilog has one.

The pass is a shared library of Rust (``native/`` in the repository), which is built with the wheel
where a compiler is at hand. It does what `cnilog.ingest.skim` does, at a tenth of the time: it
finds the lines that must be decoded, and counts the others by level and minute. Should it fail,
Polars does all as it would without it.
"""

from __future__ import annotations

import os
import struct
import weakref
from array import array
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import polars as pl

from cnilog.ingest.hitting import SAFE, SHORTEST
from cnilog.ingest.keep import passable, steady_of
from cnilog.ingest.runs import AGENT_STARTS, MARKERS
from cnilog.ingest.skim import COLOUR, ESCAPED, SHELL, Opening, Skimmed
from cnilog.schema import LEVEL

if TYPE_CHECKING:
    from collections.abc import Sequence

BORDER: Final = 1  # what the library must answer; see `BORDER` in native/src/lib.rs
NAME: Final = "native.library"  # beside this file; Python would take .so for a module
OFF: Final = "CNILOG_NATIVE"  # environment variable; with 0 the library is not used


class NativeSkimmer:
    """Skims the chunks of one file.

    Args:
        keep: Literals of the records that are wanted; one that has no part to look for is none
            that lines can be skimmed by.
        opening: What the lines of the file are like.
        sample: Lines of it, to choose parts of texts by that are rare.
    """

    def __init__(self, library: Any, keep: Sequence[str], opening: Opening, sample: bytes) -> None:
        self._library = library
        spec = _spec(keep, opening, sample)
        self._skimmer = library.cnilog_skimmer(spec, len(spec))
        if self._skimmer:
            weakref.finalize(self, library.cnilog_free_skimmer, self._skimmer)

    def skim(self, chunk: bytes, forced: int = 0) -> Skimmed | None:
        """Return what is left of *chunk*; null where that is for Polars to say.

        Args:
            chunk: Whole lines, of any bytes.
            forced: That many lines at its begin are left in any case.
        """
        if not self._skimmer:  # what is looked for is not for it
            return None
        found = self._library.cnilog_skim(self._skimmer, chunk, len(chunk), forced)
        if not found:
            return None
        try:
            return self._skimmed(found.contents)
        finally:
            self._library.cnilog_free_answer(found)

    def skim_all(self, chunks: Sequence[bytes]) -> list[Told] | None:
        """Return what is left of each of *chunks*, as bytes; null where one is for Polars."""
        told = []
        for chunk in chunks:
            found = self._library.cnilog_skim(self._skimmer, chunk, len(chunk), 0)
            if not found:
                return None
            try:
                answer = found.contents
                parts = (answer.rows, answer.text, answer.forced, answer.groups, answer.minutes)
                told.append(Told(answer.lines, *map(_bytes, parts)))
            finally:
                self._library.cnilog_free_answer(found)
        return told

    def groups(self, told: Sequence[Told]) -> pl.DataFrame:
        """Return the groups of *told* one after another, as in `Skimmed`."""
        numbers = pl.Series(array("I", b"".join(one.groups for one in told)), dtype=pl.UInt32)
        return _groups(numbers, b"".join(one.minutes for one in told))

    def _skimmed(self, answer: Any) -> Skimmed:
        groups = _groups(_numbers(answer.groups), _bytes(answer.minutes))
        rows = _numbers(answer.rows)
        texts = pl.read_lines(_bytes(answer.text))["line"] if len(rows) else NO_TEXTS
        left = pl.DataFrame({"row": rows, "raw": texts})
        return Skimmed(left, _numbers(answer.forced), groups, answer.lines)


class Told(NamedTuple):
    """What is left of one chunk, as numbers of the machine; see native/src/lib.rs."""

    lines: int
    rows: bytes
    text: bytes
    forced: bytes
    groups: bytes
    minutes: bytes


def _groups(told: pl.Series, minutes: bytes) -> pl.DataFrame:
    levels, *numbers = (told.gather_every(4, at) for at in range(4))
    since = pl.Series(array("q", minutes), dtype=pl.Int64) * MINUTE
    return pl.DataFrame(
        {
            "level": LEVELS.gather(levels),
            "minute": since.cast(pl.Datetime("us", "UTC")),
            **dict(zip(("count", "begin", "end"), numbers, strict=True)),
        }
    )


LARGE: Final = 1 << 20  # bytes for which it is worth to load the library
MINUTE: Final = 60_000_000  # microseconds
NAMES_OF_LEVELS: Final = ("debug", "info", "warn")  # in the order of native/src/lines.rs
LEVELS: Final = pl.Series(NAMES_OF_LEVELS, dtype=LEVEL)
NO_TEXTS: Final = pl.Series(dtype=pl.String)


def native(keep: Sequence[str], opening: Opening, sample: bytes) -> NativeSkimmer | None:
    """Return a native skimmer; null where this copy of cnilog has none, or is told to use none."""
    library = _library() if os.environ.get(OFF) != "0" else None
    return NativeSkimmer(library, keep, opening, sample) if library else None


def is_here() -> bool:
    """Return whether this copy of cnilog has the native pass."""
    return _library() is not None


def line_ends(chunk: bytes) -> int:
    """Return how many line ends *chunk* has; Python counts them one by one."""
    library = _library() if len(chunk) >= LARGE else None
    return int(library.cnilog_line_ends(chunk, len(chunk))) if library else chunk.count(b"\n")


@cache
def _library() -> Any:
    """Return the library beside this file; null where there is none that fits."""
    path = Path(__file__).with_name(NAME)
    if not path.exists():
        return None
    import ctypes  # late: only large files need it

    try:
        library = ctypes.CDLL(str(path))
    except OSError:  # built for another machine
        return None
    if library.cnilog_border() != BORDER:
        return None
    return _declared(library)


def _declared(library: Any) -> Any:
    """Return *library* with the types of what crosses the border (native/src/lib.rs)."""
    import ctypes

    class Bytes(ctypes.Structure):
        _fields_ = (("begin", ctypes.c_void_p), ("length", ctypes.c_size_t))

    class Answer(ctypes.Structure):
        _fields_ = (
            ("lines", ctypes.c_uint32),
            *((name, Bytes) for name in ("rows", "text", "forced", "groups", "minutes")),
        )

    handle, size = ctypes.c_void_p, ctypes.c_size_t
    library.cnilog_skimmer.argtypes = (ctypes.c_char_p, size)
    library.cnilog_skimmer.restype = handle
    library.cnilog_line_ends.argtypes = (ctypes.c_char_p, size)
    library.cnilog_line_ends.restype = size
    library.cnilog_skim.argtypes = (handle, ctypes.c_char_p, size, size)
    library.cnilog_skim.restype = ctypes.POINTER(Answer)
    for name in ("cnilog_free_skimmer", "cnilog_free_answer"):
        function = getattr(library, name)
        function.argtypes, function.restype = (handle,), None
    return library


def parts_of(keep: Sequence[str]) -> list[str] | None:
    """Return a part of each text in *keep*, as every encoder prints it; null where one has none."""
    parts = [max(SAFE.findall(text), key=len, default="") for text in keep]
    return parts if all(len(part) >= SHORTEST for part in parts) else None


def _spec(keep: Sequence[str], opening: Opening, sample: bytes) -> bytes:
    """Return what is looked for, as native/src/spec.rs reads it."""
    steady, troubles = steady_of(keep)
    parts = parts_of(troubles)
    # Where one of the troubles cannot be told, each steady line may be before trouble.
    steady = tuple(text for text in steady if SAFE.fullmatch(text)) if parts is not None else ()
    shell = SHELL.strip('"') if opening.alike else SHELL[1:]
    wanted = parts_of(sorted({*keep, *AGENT_STARTS} - {*steady})) or ()
    lists = (
        _opening(opening),
        passable(keep),
        [f"^{opening.envelope.prefix}"] if opening.envelope and opening.envelope.heads else [],
        [*ESCAPED, COLOUR, shell, *wanted],
        steady,
        [*(parts or ()), *ESCAPED, COLOUR],
        AGENT_STARTS,
        [marker.text for marker in MARKERS],
        ["entrypoint.sh"],
    )
    return b"".join(_packed([text.encode() for text in texts]) for texts in lists) + _packed(
        [sample]
    )


def _opening(opening: Opening) -> list[str]:
    if opening.alike:
        alike = opening.alike
        return ["quoted", alike.before, alike.behind, alike.after, "last" if alike.last else ""]
    if opening.envelope and opening.envelope.prefix is not None:
        return ["prefix", f"^(?:{opening.envelope.prefix})$"]
    return ["bare"]


def _packed(texts: Sequence[bytes]) -> bytes:
    parts = (struct.pack("=I", len(text)) + text for text in texts)
    return struct.pack("=I", len(texts)) + b"".join(parts)


def _bytes(part: Any) -> bytes:
    import ctypes

    return ctypes.string_at(part.begin, part.length)


def _numbers(part: Any) -> pl.Series:
    return pl.Series(array("I", _bytes(part)), dtype=pl.UInt32)
