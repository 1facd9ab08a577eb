r"""Make a report safe to show: the one place where text from a log is disarmed.

Every reporter is given a report that went through `disarm`: secrets are masked, and characters
that act instead of being read (C0 and C1 controls, bidi overrides, zero width, line separators)
are written out as ``\x1b`` or ``\u202e``. A log can then neither move a cursor, nor set a title,
nor hide or reorder words. What markup means is each reporter's own affair.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, TypeVar

from cnilog.frozen import Frozen
from cnilog.lazily import regex
from cnilog.secrets import mask

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Iterator

    from cnilog.redaction import Redactor
    from cnilog.redaction.stand_ins import Kind

M = TypeVar("M", bound=Frozen)  # a report, of one analysis or of a fleet, or a piece of news

LONGEST: Final = 20_000  # characters of one text in any report; a record may be 200 MB
_RAGGED: Final = 4_096

_NAMES: Final[dict[str, Kind]] = {"node": "host", "nodes": "host", "pod": "pod"}  # by key

# Keys whose text is a word of ours, and none of somebody's: a pod may be called "likely".
_OURS: Final = frozenset(
    {"id", "confidence", "severity", "effect", "kind", "explains", "explained_by", "level"}
)

# Keys whose text may hold several lines: a panic, a policy, a command.
_LINES: Final = frozenset({"text", "context", "why", "remediation", "confirm_with", "look_for"})

INVISIBLE: Final = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 without tab and newline, delete, C1
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"  # soft hyphen, joiners, fillers
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\uffff"  # width, bidi, breaks
    "\ud800-\udfff"  # bytes that were no UTF-8
    "\U000e0000-\U000e0fff"  # tags, variation selectors
)
_INVISIBLE: Final = regex(f"[{INVISIBLE}]")
_INVISIBLE_OR_BREAK: Final = regex(f"[{INVISIBLE}\n\t]")
_SHORT: Final = {"\n": r"\n", "\t": r"\t", "\r": r"\r"}


def visible(text: str, *, lines: bool = False) -> str:
    """Return *text* with acting characters written out; newline and tab stay where *lines*."""
    return (_INVISIBLE if lines else _INVISIBLE_OR_BREAK).sub(_written, text)


def shown(text: str, *, lines: bool = False) -> str:
    """Return *text* as a terminal may have it: secrets masked, acting characters written out."""
    return visible(mask(text), lines=lines)


def cut(text: str, longest: int) -> str:
    """Return at most about *longest* characters of *text*, with a mark that says how many more."""
    if len(text) <= longest:
        return text
    return f"{text[:longest]}… (+{len(text) - longest:,} characters)"


def mend(report: M, change: Callable[[str, str], str]) -> M:
    """Return *report* with ``change(key, text)`` applied to every text in it."""
    # The same names come back in every finding of a fleet.
    changed: M = _walked("", report, lru_cache(100_000)(change))
    return changed


def disarm(report: M, *, redact: bool = False) -> M:
    """Return *report* masked, visible and bounded: what every reporter is fed with."""
    bounded = _bounding(_redactor(report) if redact else None)
    return mend(report, lambda key, text: visible(bounded(key, text), lines=key in _LINES))


def masked(report: M, *, redact: bool = False) -> M:
    """Return *report* masked and bounded only: for a format that escapes by itself."""
    return mend(report, _bounding(_redactor(report) if redact else None))


def _redactor(report: Frozen) -> Redactor:
    """Return a redactor whose stand-ins are the same each time this report is written.

    Its key is drawn from the whole unredacted report, which a reader of the result has not.
    """
    from cnilog.redaction import Names, Redactor, names_in  # late: its regexes take long to build

    names = Names()
    files: dict[str, None] = {}
    for key, text in _texts("", report):
        if key in _NAMES:
            names.add(_NAMES[key], text)
        elif key == "file":
            files[text] = None
    names_in("\n".join(files), names)
    return Redactor(hashlib.sha256(report.model_dump_json().encode()).digest(), names)


def _bounding(redactor: Redactor | None) -> Callable[[str, str], str]:
    conceal = redactor.redact if redactor else str

    def bounded(key: str, text: str) -> str:
        if key in _OURS:
            return cut(text, LONGEST)
        # Masked before it is cut: half a token is still half a secret. What lies far beyond the
        # cut is not looked at, and the ragged end of what was looked at is not shown.
        if len(text) <= LONGEST + _RAGGED:
            return cut(conceal(mask(text)), LONGEST)
        start = conceal(mask(text[: LONGEST + _RAGGED]))[: -_RAGGED // 2][:LONGEST]
        return f"{start}… (+{len(text) - len(start):,} characters)"

    return bounded


def _written(found: re.Match[str]) -> str:
    char = found.group()
    code = ord(char)
    if char in _SHORT:
        return _SHORT[char]
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def _texts(key: str, value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield key, value
    elif isinstance(value, Frozen):
        for name in value.model_fields:
            yield from _texts(name, getattr(value, name))
    elif isinstance(value, dict):
        for name, one in value.items():
            yield from _texts(str(name), one)
    elif isinstance(value, tuple):
        for one in value:
            yield from _texts(key, one)


def _walked(key: str, value: Any, change: Callable[[str, str], str]) -> Any:
    if isinstance(value, Frozen):  # the names of its fields are ours: a pod may be called "text"
        return type(value)(
            **{name: _walked(name, getattr(value, name), change) for name in value.model_fields}
        )
    if isinstance(value, str):
        return change(key, value)
    if isinstance(value, dict):
        return {change("", str(k)): _walked(str(k), v, change) for k, v in value.items()}
    if isinstance(value, tuple):
        return tuple(_walked(key, item, change) for item in value)
    return value
