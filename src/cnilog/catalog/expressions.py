"""The small closed language of ``evidence:``, about one fact's ``value``.

    value is empty | value is not empty | value is true | value is false
    value == 'x' | value != 'x' | value < 5 | value <= 5 | value > 5 | value >= 5
    'x' in value | NAME in value          (NAME: a value that a signal captured)
    value contains 'x'                     (part of a text, or of one entry of a list)
    EXPRESSION and EXPRESSION | EXPRESSION or EXPRESSION

An expression that the value cannot answer (a number asked of a text, a name nothing captured) is
neither true nor false.
"""

from __future__ import annotations

import operator
from functools import cache
from typing import TYPE_CHECKING, Final

from cnilog.lazily import regex

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Mapping

    from cnilog.finding import Value

    Captured = Mapping[str, tuple[str, ...]]
    Test = Callable[[Value, Captured], bool | None]

_COMPARE: Final = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_STATE: Final = regex(r"value is (not )?(empty|true|false)")
_COMPARISON: Final = regex(r"value (==|!=|<=|>=|<|>) (?:'([^']*)'|(-?\d+(?:\.\d+)?))")
_MEMBER: Final = regex(r"(?:'([^']*)'|([a-z_][a-z0-9_]*)) in value")
_PART: Final = regex(r"value contains '([^']*)'")


def holds(expression: str, value: Value, captured: Captured) -> bool | None:
    """Return whether *expression* holds of *value*; null where it cannot be told.

    Raises:
        ValueError: It is no expression; the message says what one looks like.
    """
    return compile_expression(expression)(value, captured)


@cache
def compile_expression(expression: str) -> Test:
    """Return the test that *expression* stands for.

    Raises:
        ValueError: It is no expression.
    """
    text = " ".join(expression.split())
    for word, join in ((" or ", _any), (" and ", _all)):
        if word in text:
            return join([compile_expression(part) for part in text.split(word)])
    for shape, make in _SHAPES:
        found = shape.fullmatch(text)
        if found:
            return make(found)
    advice = "Write such as: value is not empty, 'x' in value, value < 5"
    raise ValueError(f"'{expression}' is no expression about a value. {advice}")


def _any(tests: list[Test]) -> Test:
    def test(value: Value, captured: Captured) -> bool | None:
        answers = [one(value, captured) for one in tests]
        return True if True in answers else None if None in answers else False

    return test


def _all(tests: list[Test]) -> Test:
    def test(value: Value, captured: Captured) -> bool | None:
        answers = [one(value, captured) for one in tests]
        return False if False in answers else None if None in answers else True

    return test


def _state(found: re.Match[str]) -> Test:
    wanted, state = not found[1], found[2]

    def test(value: Value, _: Captured) -> bool | None:
        if value is None:
            return None
        if state == "empty":
            answer = value in ("", ())
        elif isinstance(value, bool):
            answer = value is (state == "true")
        elif isinstance(value, str) and value.lower() in {"true", "false"}:
            answer = value.lower() == state
        else:
            return None
        return answer is wanted

    return test


def _comparison(found: re.Match[str]) -> Test:
    compare, text, digits = _COMPARE[found[1]], found[2], found[3]

    def test(value: Value, _: Captured) -> bool | None:
        if digits is None:
            return bool(compare(value, text)) if isinstance(value, str) else None
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None
        return bool(compare(value, float(digits)))

    return test


def _member(found: re.Match[str]) -> Test:
    text, name = found[1], found[2]

    def test(value: Value, captured: Captured) -> bool | None:
        if not isinstance(value, tuple | str):
            return None
        entries = (value,) if isinstance(value, str) else value
        if text is not None:
            return text in entries
        names = captured.get(name, ())
        return any(_same(one, entry) for one in names for entry in entries) if names else None

    return test


def _same(captured: str, entry: str) -> bool:
    """Return whether two names of one action are alike: the service's prefix may be missing."""
    return captured.rpartition(":")[2].lower() == entry.rpartition(":")[2].lower()


def _part(found: re.Match[str]) -> Test:
    text = found[1]

    def test(value: Value, _: Captured) -> bool | None:
        if isinstance(value, str):
            return text in value
        return any(text in entry for entry in value) if isinstance(value, tuple) else None

    return test


_SHAPES: Final[tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Test]], ...]] = (
    (_STATE, _state),
    (_COMPARISON, _comparison),
    (_MEMBER, _member),
    (_PART, _part),
)
