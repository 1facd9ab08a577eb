"""Change an input the way its reader sees it: values of JSON, numbers, times, columns, lines.

Bytes changed at random rarely get past the first check of a reader; a list where a name belongs,
or the year 0 in a time, gets to its end.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

NUMBER: Final = re.compile(rb"[0-9]+")
VALUE: Final = re.compile(
    rb'(?<=:)\s*(?:"(?:[^"\\\n]|\\.){0,200}"|-?[0-9.]+|true|false|null|\[\]|\{\})'
)
TIME: Final = re.compile(rb"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:.]{8,}(?:Z|[+-][0-9:]{4,6})?")
WORD: Final = re.compile(rb"[A-Za-z_][A-Za-z0-9_.-]{2,40}")
STRANGE: Final = (  # numbers that no program prints, and that no int() or cast may meet unprepared
    *(b"9" * 5_000, b"9" * 25, b"-1", b"1e999", b"0x1f", b"1.5", b""),
    *("\u0661\u0662".encode(), "\uff11\uff12".encode(), "\u00b2".encode()),  # of other scripts
)
VALUES: Final = (
    *(b"null", b"true", b"[]", b"{}", b"-1", b"1e999", b"1.5", b'""', b"[null]", b'{"a":{}}'),
    *(b'"\\ud800"', b'"\\u0000"', b'"\\u001b]8;;x\\u0007"', b"9" * 25, b'[["a"]]', b'" "'),
)
TIMES: Final = (
    *(b"0000-01-01T00:00:00.000Z", b"9999-12-31T23:59:59.999-2359", b"0001-01-01T00:00:00+14:00"),
    *(b"2026-02-30T10:00:00Z", b"2026-01-05T24:60:60.000Z", b"2026-01-05 09:15:03,010", b"1e99"),
)
PIECES: Final = (
    *(b"\n", b"\0", b"\xff", b'"', b"\\", b"{", b"9" * 20, b"\r\n", b"\xef\xbb\xbf", b"\t", b"| "),
    *("\u202e".encode(), "\u2028".encode(), b"\x1b[31m", b"\xed\xa0\x80", b",", b" " * 300),
)


def mutated(data: bytes, dice: random.Random) -> bytes:
    """Return *data* after one change that knows its structure, or none, and a few of its bytes."""
    if dice.random() < 0.6:
        data = dice.choice(CHANGES)(data, dice)
    return _flipped(data, dice) if dice.random() < 0.6 else data


def _flipped(data: bytes, dice: random.Random) -> bytes:
    """Flip bytes, cut pieces out, put pieces in."""
    text = bytearray(data or b"\0")
    for _ in range(dice.randrange(1, 6)):
        at, size = dice.randrange(len(text) + 1), dice.choice((1, 2, 8, 64))
        match dice.randrange(4):
            case 0:
                text[at : at + 1] = bytes((dice.randrange(256),))
            case 1:
                del text[at : at + size]
            case 2:
                text[at:at] = text[at : at + size] * dice.randrange(1, 4)
            case _:
                text[at:at] = dice.choice(PIECES)
    return bytes(text)


def _some(
    data: bytes, what: re.Pattern[bytes], others: tuple[bytes, ...], dice: random.Random
) -> bytes:
    """Put the same strange thing in the place of one, some or all that *what* finds."""
    share, strange = dice.choice((0.05, 0.5, 1.0)), dice.choice(others)
    return what.sub(lambda one: strange if dice.random() < share else one[0], data)


def _numbers(data: bytes, dice: random.Random) -> bytes:
    return _some(data, NUMBER, STRANGE, dice)


def _values(data: bytes, dice: random.Random) -> bytes:
    return _some(data, VALUE, VALUES, dice)


def _times(data: bytes, dice: random.Random) -> bytes:
    return _some(data, TIME, TIMES, dice)


def _words(data: bytes, dice: random.Random) -> bytes:
    """Put one word of *data* in the place of another."""
    words = WORD.findall(data[:4096]) or [b"x"]
    return _some(data, WORD, (dice.choice(words), b"", b"/../", b"a" * 2_000), dice)


def _lines(data: bytes, dice: random.Random) -> bytes:
    """Move, repeat, split or join lines."""
    lines = data.split(b"\n")
    first, second = dice.randrange(len(lines)), dice.randrange(len(lines))
    match dice.randrange(4):
        case 0:
            lines[first], lines[second] = lines[second], lines[first]
        case 1:
            lines[first:first] = lines[second : second + 3] * dice.randrange(1, 4)
        case 2:
            lines[first] = lines[first][: len(lines[first]) // 2]
        case _:
            lines[first] += b" " + lines[second]
    return b"\n".join(lines)


def _columns(data: bytes, dice: random.Random) -> bytes:
    """Drop, repeat or empty a column of every line."""
    by = dice.choice((b"\t", b",", b"  ", b" ", b"|"))
    column = dice.randrange(8)
    rows = [line.split(by) for line in data.split(b"\n")]
    for row in rows:
        if column < len(row):
            row[column : column + 1] = dice.choice(([], [b""], row[column : column + 1] * 2))
    return b"\n".join(by.join(row) for row in rows)


def _shape(data: bytes, dice: random.Random) -> bytes:
    """Change one value of a JSON document, at any depth; leave what is none."""
    try:
        whole = json.loads(data)
    except (ValueError, RecursionError):
        return _values(data, dice)
    places: list[tuple[dict[str, object] | list[object], str | int]] = []
    waiting = [whole]
    while waiting:
        one = waiting.pop()
        if isinstance(one, (dict, list)):
            for key in list(one) if isinstance(one, dict) else range(len(one)):
                places.append((one, key))
                waiting.append(one[key])  # type: ignore[call-overload, index]
    if places:
        inside, key = dice.choice(places)
        inside[key] = dice.choice((None, [], {}, -1, 1e300, "", [inside[key]], {"a": inside[key]}))  # type: ignore[call-overload, index]
    return json.dumps(whole, ensure_ascii=dice.random() < 0.5).encode("utf-8", "surrogatepass")


CHANGES: Final[tuple[Callable[[bytes, random.Random], bytes], ...]] = (
    _numbers,
    _values,
    _times,
    _words,
    _lines,
    _columns,
    _shape,
)
