"""Compare versions, such as ``v1.18.2-eksbuild.1``, with ranges, such as ``>=1.10.1 <=1.12.0``."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Final

from cnilog.lazily import regex

if TYPE_CHECKING:
    from collections.abc import Callable

Number = tuple[int, int, int]

_OPERATORS: Final[dict[str, Callable[[Number, Number], bool]]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "=": operator.eq,
    "!=": operator.ne,
}
_NUMBER: Final = regex(r"v?(\d{1,9})\.(\d{1,9})(?:\.(\d{1,9}))?(?!\d)")
_TEST: Final = regex(r"(>=|<=|!=|>|<|=)\s*(v?\d+\.\d+(?:\.\d+)?)")


def number(version: str) -> Number | None:
    """Return the three numbers at the start of *version*; null where it has none."""
    found = _NUMBER.match(version.strip())
    return (int(found[1]), int(found[2]), int(found[3] or 0)) if found else None


def within(version: str, span: str) -> bool | None:
    """Return whether *version* lies in *span*; null where the version cannot be read.

    Raises:
        ValueError: *span* is no range; the message says how to write one.
    """
    tests = parse(span)
    mine = number(version)
    if mine is None:
        return None
    return all(_OPERATORS[word](mine, other) for word, other in tests)


def parse(span: str) -> tuple[tuple[str, Number], ...]:
    """Return the tests of a range.

    Raises:
        ValueError: *span* is no range.
    """
    tests = _TEST.findall(span)
    rest = _TEST.sub("", span).replace(",", "").strip()
    if not tests or rest:
        raise ValueError(f"'{span}' is no version range. Write >=1.10.1 <=1.12.0")
    return tuple((word, number(text) or (0, 0, 0)) for word, text in tests)
