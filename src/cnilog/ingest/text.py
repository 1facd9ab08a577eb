r"""Turn bytes into UTF-8 text with one kind of line end.

Byte order marks, UTF-16 without one (every other byte is NUL), invalid UTF-8 (each bad byte
becomes U+FFFD), NUL runs, ``\r\n``, ``\r\r\n`` and lone ``\r`` are all seen in real exports.
"""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING, Final

from cnilog.lazily import regex

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

CHUNK: Final = 32 << 20  # bytes decoded at a time
BINARY: Final = (  # what files of these kinds begin with
    *(b"\x7fELF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"%PDF", b"\xca\xfe\xba\xbe"),
    *(b"SQLite format", b"7z\xbc\xaf", b"Rar!", b"MZ\x90", b"LPKSHHRH"),
    *(b"\xd4\xc3\xb2\xa1", b"\x0a\x0d\x0d\x0a", b"ElfFile\0"),  # pcap, pcapng, evtx
)
RETURNS: Final = regex(rb"\r+\n?")


def encoding(head: bytes) -> str | None:
    """Return how the file that begins with *head* is encoded; null where it is not text."""
    for mark, name in MARKS:
        if head.startswith(mark):
            return name
    if head.startswith(BINARY):
        return None
    return _unmarked(head)


def _unmarked(head: bytes) -> str | None:
    half = len(head) // 2
    if half >= 2 and b"\0" in head:
        pairs = head[: half * 2]
        even, odd = pairs[0::2].count(0), pairs[1::2].count(0)
        if odd > half * 0.4 and even < half * 0.05:
            return "utf-16-le"
        if even > half * 0.4 and odd < half * 0.05:
            return "utf-16-be"
    strange = len(head) - len(head.translate(None, CONTROLS))
    text = head.strip(b"\0")
    return None if strange > max(8, len(text) * 0.02) else "utf-8"


MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
CONTROLS: Final = bytes((*range(1, 9), *range(14, 27), 28, 29, 127))


def chunks(blocks: Iterable[bytes], name: str, size: int = CHUNK) -> Iterator[bytes]:
    """Yield UTF-8 text of about *size* bytes that ends where a line does.

    Args:
        blocks: The bytes of the file in order.
        name: Their `encoding`.
        size: Bytes to hold at a time; a longer line is held whole.
    """
    held: list[bytes] = []
    have = 0
    for block in _utf8(blocks, name):
        held.append(block)
        have += len(block)
        if have >= size and b"\n" in block:
            text = b"".join(held)
            cut = text.rfind(b"\n") + 1
            yield text[:cut] if cut < len(text) else text
            held, have = [text[cut:]], len(text) - cut
    if have:
        yield b"".join(held)


def text_of(data: bytes, name: str) -> bytes:
    """Return all of *data*, whose `encoding` is *name*, as UTF-8 with one kind of line end."""
    plain = name == "utf-8" and b"\r" not in data and clean(data)
    return data if plain else b"".join(chunks((data,), name))


def clean(block: bytes) -> bool:
    """Return whether *block* is UTF-8 without NULs, with the ends of lines as they should be."""
    if b"\0" in block:
        return False
    if b"\r" in block and block.count(b"\r") != block.count(b"\r\n"):
        return False
    try:
        return block.isascii() or bool(block.decode())
    except UnicodeDecodeError:
        return False


def mended(block: bytes) -> bytes:
    """Return what `chunks` gives for a *block* of whole lines; a clean one is not copied about."""
    return block if clean(block) else b"".join(chunks((block,), "utf-8", len(block) + 1))


def pieces(blocks: Iterable[bytes], name: str) -> Iterator[bytes]:
    """Yield *blocks* as UTF-8 text with one kind of line end, cut anywhere."""
    return _utf8(blocks, name)


def _utf8(blocks: Iterable[bytes], name: str) -> Iterator[bytes]:
    decoded = _recoded(blocks, name) if name != "utf-8" else _checked(blocks)
    tail = b""
    for block in decoded:
        text = tail + block
        tail = b"\r" * (len(text) - len(text.rstrip(b"\r")))
        text = text[: len(text) - len(tail)]
        if b"\r" in text:
            text = RETURNS.sub(b"\n", text)
        if b"\0" in text:
            text = text.replace(b"\0", b"")
        yield text
    if tail:
        yield b"\n"


def _checked(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield *blocks* as valid UTF-8; a character cut by a block's end is put together again."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    for block in blocks:
        if block.isascii() and not decoder.getstate()[0]:
            yield block
        else:
            yield decoder.decode(block).encode()
    yield decoder.decode(b"", final=True).encode()


def _recoded(blocks: Iterable[bytes], name: str) -> Iterator[bytes]:
    """Yield *blocks* in UTF-8; UTF-16 that goes on in 8-bit text is read as such from there."""
    decoder = codecs.getincrementaldecoder(name)("replace")
    first = True
    for block in blocks:
        head, rest = _wide_part(block, name) if name.startswith("utf-16") else (block, b"")
        text = decoder.decode(head)
        yield (text.removeprefix("\ufeff") if first else text).encode("utf-8", "replace")
        first = False
        if rest:
            yield rest.decode("utf-8", "replace").encode()
            decoder = codecs.getincrementaldecoder("utf-8")("replace")
            name = "utf-8"
    yield decoder.decode(b"", final=True).encode("utf-8", "replace")


def _wide_part(block: bytes, name: str) -> tuple[bytes, bytes]:
    """Return the part of *block* that is UTF-16 and the 8-bit text that was appended to it."""
    end = len(block) // 2 * 2
    zero = 1 if name == "utf-16-le" else 0
    for start in range(0, end, 4096):
        piece = block[start : min(start + 4096, end)]
        if piece[zero::2].count(0) < len(piece) // 2 * 0.9 and piece.count(0) < len(piece):
            wide = piece.rfind(b"\n\0" if zero else b"\0\n", 0)
            last = start + (wide + 2 if wide >= 0 else 0)
            if _is_narrow(block[last : last + 512]):
                return block[:last], block[last:]
    return block, b""


def _is_narrow(text: bytes) -> bool:
    return bool(text) and text.count(0) == 0
