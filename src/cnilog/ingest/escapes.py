r"""Undo the backslashes of JSON and Go strings, of many at once.

``\"`` and its kin are replaced by one automaton; what stands for another character
(``\u00e9``) is rare and decoded one by one.
"""

from __future__ import annotations

import json
from typing import Final

import polars as pl

PLAIN: Final = {
    "\\\\": "\\",
    '\\"': '"',
    "\\n": "\n",
    "\\t": "\t",
    "\\r": "\r",
    "\\/": "/",
    "\\u003c": "<",
    "\\u003e": ">",
    "\\u0026": "&",
}
RARE: Final = r"\\(?:[bfx]|u[0-9a-fA-F]{4})"


def unescape(text: pl.Series) -> pl.Series:
    """Return *text*, the inside of a quoted string, without its escapes; null stays null."""
    escaped = text.str.contains("\\", literal=True).fill_null(value=False)
    if not escaped.any():
        return text
    some = text.filter(escaped)
    simple = some.str.replace_many(list(PLAIN), list(PLAIN.values()))
    rare = simple.str.contains(RARE)
    if rare.any():
        decoded = pl.Series([_decode(value) for value in some.filter(rare)], dtype=pl.String)
        simple = _put(simple, rare, decoded)
    return _put(text, escaped, simple)


def _put(column: pl.Series, where: pl.Series, values: pl.Series) -> pl.Series:
    """Return *column* with *values* in the rows that *where* marks."""
    return column.scatter(where.arg_true(), values)


def _decode(text: str) -> str:
    try:
        value = json.loads(f'"{text}"', strict=False)
    except ValueError:
        return text
    return whole(str(value))


def whole(text: str) -> str:
    """Return *text* with ``?`` for each half of a pair of surrogates: no frame can hold one."""
    return text.encode("utf-8", "replace").decode()


def escape(text: str) -> str:
    """Return *text* as Go's encoders put it between quotes."""
    quoted = json.dumps(text, ensure_ascii=False)[1:-1]
    for sign in "<>&":
        quoted = quoted.replace(sign, f"\\u{ord(sign):04x}")
    return quoted
