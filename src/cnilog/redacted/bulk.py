"""Redact large texts: a linear engine finds identifiers, and each distinct find is read once.

A log repeats its identifiers line after line. So one pass cuts the text at everything that looks
like one (`shapes.likely`, `secrets.LIKELY`), the distinct finds go through the exact rules, and
the text is put together again. Its result is that of the exact rules on the whole text.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

import polars as pl

from cnilog.redacted.columns import HEADS, laid_out
from cnilog.redacted.indents import INDENT, aligned
from cnilog.redacted.repeats import IN_TIME, Once, once
from cnilog.redaction import Redactor, names_in, shapes
from cnilog.redaction.contexts import LINEAR, LINEAR_STREAM, STREAMS
from cnilog.redaction.encoded import carried
from cnilog.secrets import LIKELY as SECRETS
from cnilog.secrets import MASK, mask

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from cnilog.redaction import Names

_SECRETS: Final = shapes.linear(SECRETS)
_REMEMBERED: Final = 400_000  # finds whose stand-in is held
_TOGETHER: Final = 400  # odd names that one pattern looks for
_CARRIED: Final = shapes.linear(shapes.CARRIED)


class Bulk:
    """Redacts texts of any size with one redactor."""

    def __init__(self, key: bytes | None, names: Names) -> None:
        self.redactor = Redactor(key, names, inner=self.redact)
        self.counts: Counter[str] = Counter()  # identifiers replaced, by kind
        self._known: dict[str, tuple[str, tuple[str, ...]]] = {}
        odd = sorted(names.odd)
        self._in_times = any(map(IN_TIME.fullmatch, odd))
        # The first looks for all; the others see what it made, so they look for their names only.
        self._passes = [
            shapes.linear(shapes.likely(odd[:_TOGETHER])),
            *(
                shapes.linear(shapes.only(odd[at : at + _TOGETHER]))
                for at in range(_TOGETHER, len(odd), _TOGETHER)
            ),
        ]

    def redact(self, text: str) -> str:
        """Return *text* with secrets masked and every identifier replaced."""
        few = None if self._in_times else once(text, _unused(text, 2)[-1])
        if few and not any(sign in few.text for sign in (*HEADS, INDENT)):
            counted = self.counts.copy()
            whole = few.whole(self._plainly(few.text, few))
            if whole is not None:
                return whole
            self.counts = counted
        return self._whole(text)

    def _whole(self, text: str) -> str:
        out = self._plainly(text)
        if any(head in text for head in HEADS):
            counted = self.counts.copy()
            out = laid_out(text, out, self._plainly)
            self.counts = counted  # cells that are laid out anew count once
        return aligned(text, out) if INDENT in text else out

    def _plainly(self, text: str, few: Once | None = None) -> str:
        """Return *text* changed; of that of *few* each find counts as often as in the whole."""
        out = _replaced(text, _SECRETS, self._masked, few)
        for shape in self._passes:
            out = _replaced(out, shape, self._filled, few)
        return out

    def _masked(self, finds: Mapping[str, int]) -> list[str]:
        masked = [mask(find) for find in finds]
        self.counts["secret"] += sum(
            times * (out.count(MASK) - find.count(MASK))
            for (find, times), out in zip(finds.items(), masked, strict=True)
        )
        return masked

    def _filled(self, finds: Mapping[str, int]) -> list[str]:
        made = []
        for find, times in finds.items():
            out, kinds = self._known.get(find) or self._read(find)
            made.append(out)
            for kind in kinds:
                self.counts[kind] += times
        return made

    def _read(self, find: str) -> tuple[str, tuple[str, ...]]:
        if len(self._known) >= _REMEMBERED:
            self._known.clear()
        before, self.redactor.hits = self.redactor.hits, []
        made = self.redactor.one(find)
        known = self._known[find] = (made, tuple(self.redactor.hits))
        self.redactor.hits = before
        return known


def _replaced(
    text: str,
    shape: str,
    change: Callable[[Mapping[str, int]], list[str]],
    few: Once | None,
) -> str:
    """Return *text* with every find of *shape* replaced by what *change* makes of it.

    Args:
        text: Any text.
        shape: For the linear engine.
        change: Gets each different find with how often it is there; returns one text for each.
        few: What *text* stands for, where it stands for more than itself.
    """
    (edge,) = _unused(text, 1)
    # The sign in front stands for the begin of the text: what is found takes one along.
    whole = pl.Series(["\n" + text]).str.replace_all(shape, f"{edge}${{0}}{edge}").item()
    pieces = str(whole).split(edge)
    finds, rests = pieces[1::2], pieces[2::2]
    if not finds:
        return text
    counted = _counted(pieces, few) if few else Counter(finds)
    made = dict(zip(counted, change(counted), strict=True))
    if f"{edge}  " in whole:
        pieces[2::2] = map(_padded, finds, map(made.__getitem__, finds), rests)
        pieces[1::2] = [""] * len(finds)
    else:
        pieces[1::2] = map(made.__getitem__, finds)
    return "".join(pieces)[1:]


def _counted(pieces: Sequence[str], few: Once) -> Counter[str]:
    """Return each find, every second of *pieces*, and how often it is in what *few* stands for."""
    counted: Counter[str] = Counter()
    times = list(few.times.values())
    part = pieces[0].count(few.mark)
    for find, rest in zip(pieces[1::2], pieces[2::2], strict=True):
        counted[find] += times[part]
        part += rest.count(few.mark)
    return counted


def _padded(find: str, made: str, rest: str) -> str:
    """Return *made* and *rest* with fewer or more spaces between, so that columns stay in place.

    A find takes the sign before it along: where the next one follows, one space is its own.
    """
    if len(made) == len(find) or not rest.startswith("  "):
        return made + rest
    bare = rest.lstrip(" ")
    spaces = len(find) + len(rest) - len(bare) - len(made)
    return f"{made}{' ' * max(spaces, 2 if bare else 1)}{bare}"


def learn(text: str, names: Names) -> None:
    """Add the names that *text* tells, and the texts that are carried in it."""
    few = once(text, *_unused(text, 1))
    text = few.text if few else text
    for found in _different(text, LINEAR):
        _learn_from(found, names)
    if any(sign in text for sign in STREAMS):
        for found in _different(text, LINEAR_STREAM):
            _learn_from(found, names)
    for found in _different(text, _CARRIED):
        inner = carried(found)
        if inner and inner != found:
            learn(inner, names)


def _learn_from(found: str, names: Names) -> None:
    if found in names.read:  # it comes again in every piece of a log
        return
    if len(names.read) >= _REMEMBERED:
        names.read.clear()
    names.read.add(found)
    names_in(found, names)


def _different(text: str, shape: str) -> Iterable[str]:
    """Return each different find of *shape*, which is for the linear engine, in order."""
    return (
        pl.Series([text]).str.extract_all(shape).explode().unique(maintain_order=True).drop_nulls()
    )


def _unused(text: str, count: int) -> list[str]:
    """Return private characters that *text* does not hold."""
    found = (chr(code) for code in range(0xE000, 0xF8FF) if chr(code) not in text)
    return [next(found) for _ in range(count)]
