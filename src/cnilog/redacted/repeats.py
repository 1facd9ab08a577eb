r"""Read once what a log repeats with another time.

    {"level":"debug","ts":"2026-03-02T10:00:13.713Z","caller":"ipamd/ipamd.go:670","msg":"Start"}

A text is cut at such times. What lies between two of them, mostly the rest of a line and the begin
of the next, is there again and again. A time holds nothing that is replaced, and nothing that is
found goes on over one, quotes and keys around it included: so what becomes of a part in one place
becomes of it in all.
"""

from __future__ import annotations

import operator
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

IN_TIME: Final = re.compile(r"[0-9TZtz.:-]+")  # a name that a time may hold
_BEFORE: Final = '"ts":"'
_AFTER: Final = 'Z","caller":"'
_SHAPE: Final = f"{_BEFORE}0000-00-00T00:00:00.000".encode()
_SIZE: Final = len(_SHAPE)
_PART: Final = operator.itemgetter(slice(None, -_SIZE))
_CUT: Final = operator.itemgetter(slice(-_SIZE, None))
_ZEROS: Final = bytes.maketrans(b"123456789", b"000000000")
_OVER_TIMES: Final = "-----BEGIN"  # what is found from here on goes over everything
_TRIED: Final = 65_536  # characters that tell whether there are enough repeated parts
_MOST: Final = 0.8  # of the parts are different ones, at most


@dataclass(frozen=True, slots=True)
class Once:
    """A text cut at its times, without what is repeated."""

    text: str  # each different part once, with `mark` for the times between
    mark: str  # a sign that the text does not hold
    times: Mapping[str, int]  # each different part, in that order, and how often it is there
    _parts: list[str]  # of the whole, in order
    _cuts: list[str]  # what is between them

    def whole(self, changed: str) -> str | None:
        """Return the whole, each part as it became in *changed*; null where one is not there."""
        made = changed.split(_joint(self.mark))
        if len(made) != len(self.times):
            return None
        became = {part: _AFTER + new for part, new in zip(self.times, made, strict=True)}
        pieces = [""] * (2 * len(self._cuts) + 1)
        pieces[::2] = map(became.__getitem__, self._parts)
        pieces[1::2] = self._cuts
        return "".join(pieces)[len(_AFTER) :]


def once(text: str, mark: str) -> Once | None:
    """Return *text* with each different part of it once; null where few are repeated.

    Args:
        text: Any text.
        mark: A sign that it does not hold.
    """
    begin = len(text) > _TRIED and _cut(text[:_TRIED])
    if not begin or not _worth(Counter(begin[0]), begin[1]):
        return None
    cut = _cut(text)
    if cut is None or not _worth(counted := Counter(cut[0]), cut[1]):
        return None
    few = _joint(mark).join(counted)
    return None if _OVER_TIMES in few else Once(few, mark, counted, *cut)


def _worth(counted: Counter[str], cuts: list[str]) -> bool:
    return len(counted) < _MOST * len(cuts)


def _cut(text: str) -> tuple[list[str], list[str]] | None:
    """Return the parts of *text*, and what is between them; null where that is not all times."""
    pieces = text.split(_AFTER)
    end = pieces.pop()
    cuts = list(map(_CUT, pieces))
    if "".join(cuts).encode("ascii", "replace").translate(_ZEROS) != _SHAPE * len(cuts):
        return None
    return [*map(_PART, pieces), end], cuts


def _joint(mark: str) -> str:
    return f"{_BEFORE}{mark}{_AFTER}"
