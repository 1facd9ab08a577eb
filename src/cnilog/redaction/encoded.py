"""Open texts that are carried in other texts: percent-encoded documents, base64, lists of bytes.

Each is put back the way it was wrapped, so that who reads the outer text can open it again.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import gzip
import re
import zlib
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, unquote

if TYPE_CHECKING:
    from collections.abc import Callable

LARGEST: Final = 256 << 20  # bytes that one payload may inflate to
LEFT_OUT: Final = "[left out]"
_PACKED: Final = "H4sI"  # gzip in base64
_GZIP: Final = b"\x1f\x8b"
_ESCAPE: Final = re.compile(r"%([0-9A-Fa-f]{2})")
_SEQUENCES: Final = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_UNRESERVED: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
_NUMBER: Final = re.compile(r"[0-9]{1,9}")  # longer ones are no bytes, nor are their pieces
_BETWEEN: Final = re.compile(r",\s*")
_ENDS: Final = re.compile(r"\[\s*|\s*\]")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


def in_percents(text: str, change: Callable[[str], str]) -> str:
    """Return percent-encoded *text* with *change* made to what it encodes."""
    bare, hidden = _ESCAPE.sub("", text), unquote("".join(_SEQUENCES.findall(text)))
    both = "".join(sorted(sign for sign in set(bare) & set(hidden) if not sign.isalnum()))
    if both:  # a sign that stands as it is and encoded: each part is one text of its own
        parts = re.split(f"([{re.escape(both)}])", text)
        return "".join(in_percents(part, change) if "%" in part else part for part in parts)
    plain = unquoted(text)
    changed = change(plain) if plain and plain != text else plain
    if changed is None or changed == plain:
        return text
    out = quote(changed, safe="".join(set(bare)) + _UNRESERVED)  # bare: what the encoder left
    lower = any(found[1] != found[1].upper() for found in _ESCAPE.finditer(text))
    return _ESCAPE.sub(lambda found: found.group().lower(), out) if lower else out


def unquoted(text: str) -> str | None:
    """Return what percent-encoded *text* encodes; null where it is no text."""
    try:
        return unquote(text, errors="strict")
    except UnicodeDecodeError:
        return None


def in_base64(text: str, change: Callable[[str], str]) -> str:
    """Return base64 *text* with *change* made to the text it encodes; as it is if that is none.

    A compressed payload that was cut is opened as far as it goes; of one that cannot be opened at
    all nothing is left, since nobody can say what is in it.
    """
    data = _decoded(text)
    if data is None:
        return text
    packed = data.startswith(_GZIP)
    inner = _text(_inflated(data) if packed else data)
    if inner is None:
        return LEFT_OUT if packed else text
    changed = change(inner)
    if changed == inner:
        return text
    out = changed.encode()
    return base64.b64encode(gzip.compress(out, mtime=0) if packed else out).decode()


def in_numbers(text: str, change: Callable[[str], str]) -> str:
    """Return a JSON list of bytes with *change* made to the text that they are."""
    data = _bytes(text)
    inner = numbered(text)
    if not data or not inner or (changed := change(inner)) == inner:
        return text
    between = _BETWEEN.search(text)
    begin, end = _ENDS.findall(text)
    out = changed.encode("utf-8" if _text(data) else "latin-1", "replace")
    return f"{begin}{(between[0] if between else ',').join(map(str, out))}{end}"


def numbered(text: str) -> str | None:
    """Return the text that a JSON list of bytes is; null where it is none."""
    data = _bytes(text)
    return (_text(data) or _text(data.decode("latin-1").encode())) if data else None


def _bytes(text: str) -> bytes | None:
    numbers = [int(one) for one in _NUMBER.findall(text)]
    return bytes(numbers) if max(numbers) < 256 else None


def carried(text: str) -> str | None:
    """Return the text that *text*, one of `shapes.CARRIED`, holds; null where it holds none."""
    if text.startswith("["):
        return numbered(text)
    return unquoted(text) if "%" in text else _opened(text)


def _opened(text: str) -> str | None:
    data = _decoded(text)
    if data is None:
        return None
    return _text(_inflated(data) if data.startswith(_GZIP) else data)


def _decoded(text: str) -> bytes | None:
    if len(text) % 4 and not text.startswith(_PACKED):
        return None
    try:
        return base64.b64decode(text[: len(text) // 4 * 4], validate=True)
    except (binascii.Error, ValueError):
        return None


def _inflated(data: bytes) -> bytes:
    """Return what *data* inflates to, up to where it was cut, with inner compressions off."""
    parts: list[bytes] = []
    while data.startswith(_GZIP) and sum(map(len, parts)) < LARGEST:
        engine = zlib.decompressobj(wbits=31)
        try:
            parts.append(engine.decompress(data, LARGEST))
        except zlib.error:
            break
        data = engine.unused_data
    plain = b"".join(parts)
    return _inflated(plain) if plain.startswith(_GZIP) else plain


def _text(data: bytes) -> str | None:
    """Return *data* as text; null where it is none. A character that was cut at its end goes."""
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(data)
    except UnicodeDecodeError:
        return None
    return None if not text or _CONTROL.search(text) else text
