"""What happens to files on their way: one function a kind of damage, all deterministic."""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

EVERY: Final = 50  # one line in so many is hit
LATE_SECONDS: Final = 3  # how far into the next minute the seconds go on


def none(data: bytes, seed: int) -> bytes:
    """Return *data* as it is."""
    del seed
    return data


def truncated(data: bytes, seed: int) -> bytes:
    """Cut the end off, in the middle of a line."""
    del seed
    return data[: max(1, len(data) - 17)]


def invalid_utf8(data: bytes, seed: int) -> bytes:
    """Put a byte that is no UTF-8 at the end of some lines."""
    dice = random.Random(seed)
    lines = data.split(b"\n")
    for index in range(len(lines) - 1):
        if dice.randrange(EVERY) == 0:
            lines[index] += b"\xff"
    return b"\n".join(lines)


def crlf(data: bytes, seed: int) -> bytes:
    """End lines as Windows does."""
    del seed
    return data.replace(b"\n", b"\r\n")


def utf16(data: bytes, seed: int) -> bytes:
    """Write what PowerShell's redirection writes: UTF-16LE with a mark, CRLF."""
    del seed
    return data.decode("utf-8").replace("\n", "\r\n").encode("utf-16")


def repeated(data: bytes, seed: int) -> bytes:
    """Deliver everything twice, one copy behind the other."""
    del seed
    return data + data


def shuffled(data: bytes, seed: int) -> bytes:
    """Swap some neighbouring lines."""
    dice = random.Random(seed)
    lines = data.splitlines(keepends=True)
    for index in range(len(lines) - 1):
        if dice.randrange(EVERY) == 0:
            lines[index], lines[index + 1] = lines[index + 1], lines[index]
    return b"".join(lines)


def late_minutes(data: bytes, seed: int) -> bytes:
    """Let seconds run past 60 before the minute turns, as some exports do."""
    del seed

    def late(found: re.Match[bytes]) -> bytes:
        minute, second = int(found[2]), int(found[3])
        if second >= LATE_SECONDS or minute == 0:
            return found[0]
        return b"%sT%s:%02d:%02d" % (found[1][:10], found[1][11:13], minute - 1, second + 60)

    return re.sub(rb"(\d{4}-\d\d-\d\dT\d\d):(\d\d):(\d\d)", late, data)


DAMAGES: Final[dict[str, Callable[[bytes, int], bytes]]] = {
    "none": none,
    "truncated": truncated,
    "invalid-utf8": invalid_utf8,
    "crlf": crlf,
    "utf16": utf16,
    "repeated": repeated,
    "shuffled": shuffled,
    "late-minutes": late_minutes,
}
