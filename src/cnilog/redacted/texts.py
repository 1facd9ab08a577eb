"""Take texts through a change in pieces, in the encoding that they came in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnilog.ingest.text import pieces

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

PIECE: Final = 4 << 20  # bytes changed at a time
LONGEST: Final = 16 << 20  # bytes of one line that are held; a longer one is cut after an object
_OBJECT_END: Final = b"},"
_KEY_BEGIN: Final = b"-----BEGIN"
_KEY_END: Final = b"-----END"
_KEY_SIZE: Final = 64 << 10
_MARKS: Final = {"utf-8-sig": b"\xef\xbb\xbf", "utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}


def changed(
    blocks: Iterable[bytes], code: str, change: Callable[[str], str], head: bytes
) -> Iterator[bytes]:
    """Yield *blocks* with *change* made to their text.

    Args:
        blocks: The bytes of a file in order.
        code: Their `ingest.text.encoding`.
        change: What is done to each piece; a piece ends where a line does.
        head: The first bytes, which tell whether the file has a byte order mark.
    """
    if code.startswith("utf-16"):
        mark = _MARKS[code]
        if head.startswith(mark):
            yield mark
        for piece in _pieces(pieces(blocks, code)):
            yield change(piece.decode("utf-8", "replace")).encode(code, "replace")
        return
    if code not in {"utf-8", "utf-8-sig"}:
        blocks = pieces(blocks, code)
    for piece in _pieces(blocks):
        yield _changed(piece, change)


def _changed(piece: bytes, change: Callable[[str], str]) -> bytes:
    piece = piece.replace(b"\0", b"")  # as reading does: an identifier may be torn by them
    try:
        return change(piece.decode()).encode()
    except UnicodeDecodeError:  # each byte as a character of its own, and back
        return change(piece.decode("latin-1")).encode("latin-1", "replace")


def _pieces(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield *blocks* in pieces that end where a line does, and in the middle of no key."""
    held: list[bytes] = []  # put together only where they may be cut: a line can be very long
    size = 0
    for block in blocks:
        held.append(block)
        size += len(block)
        if size >= PIECE and (b"\n" in block or size >= LONGEST):
            whole = b"".join(held)
            cut = _cut(whole)
            if cut:
                yield whole[:cut]
            held, size = [whole[cut:]], len(whole) - cut
    if size:
        yield b"".join(held)


def _cut(held: bytes) -> int:
    """Return where to cut *held*; zero where it has to grow first."""
    cut = held.rfind(b"\n") + 1
    if not cut:
        if len(held) < LONGEST:
            return 0
        cut = held.rfind(_OBJECT_END) + len(_OBJECT_END)
        if cut < len(_OBJECT_END):
            return max(held.rfind(sign) for sign in (b" ", b",", b'"')) + 1 or len(held)
    begin = held.rfind(_KEY_BEGIN, max(0, cut - _KEY_SIZE), cut)
    if begin > 0 and held.find(_KEY_END, begin, cut) < 0:
        return max(held.rfind(b"\n", 0, begin), held.rfind(b'"', 0, begin)) + 1
    return cut
