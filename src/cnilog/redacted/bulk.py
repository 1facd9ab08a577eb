"""Redact large texts: a linear engine finds what may be an identifier, each distinct find is read once.

A log repeats its identifiers line after line. So one pass cuts the text at everything that looks
like one (`shapes.LIKELY`, `secrets.LIKELY`), the distinct finds go through the exact rules, and
the text is put together again. Its result is that of the exact rules on the whole text.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

import polars as pl

from cnilog.redacted.indents import INDENTED, aligned
from cnilog.redaction import Redactor, names_in, shapes
from cnilog.redaction.contexts import LINEAR as CONTEXT
from cnilog.redaction.encoded import opened, unquoted
from cnilog.secrets import LIKELY as SECRETS
from cnilog.secrets import MASK, mask

if TYPE_CHECKING:
    from cnilog.redaction import Names

_REMEMBERED: Final = 400_000  # finds whose stand-in is held
_TOGETHER: Final = 400  # odd names that one pattern looks for
_CARRIED: Final = shapes.linear(shapes.CARRIED)


class Bulk:
    """Redacts texts of any size with one redactor."""

    def __init__(self, key: bytes | None, names: Names) -> None:
        self.redactor = Redactor(key, names, inner=self.redact)
        self.counts: Counter[str] = Counter()  # identifiers replaced, by kind
        self._known: dict[str, tuple[str, tuple[tuple[str, int], ...]]] = {}
        self._passes = [shapes.linear(rf"{SECRETS}|{shapes.LIKELY}")]
        odd = sorted(names.odd)
        self._passes += [
            shapes.linear(shapes.likely(odd[at : at + _TOGETHER]))
            for at in range(0, len(odd), _TOGETHER)
        ]

    def redact(self, text: str) -> str:
        """Return *text* with secrets masked and every identifier replaced."""
        out = text
        for shape in self._passes:
            out = self._replaced(out, shape)
        return aligned(text, out) if INDENTED.search(text) else out

    def _replaced(self, text: str, shape: str) -> str:
        before, after = _unused(text, 2)
        # The sign in front stands for the begin of the text: what is found takes one along.
        whole = pl.Series(["\n" + text]).str.replace_all(shape, f"{before}${{0}}{after}")
        cut = whole.str.split(before).explode().to_frame("piece")
        if cut.height < 2:
            return text
        pieces = cut.select(pl.col("piece").str.splitn(after, 2).struct.rename_fields(["a", "b"]))
        table = pieces.unnest("piece")
        first = str(table["a"][0])
        out = self._filled(table.slice(1))
        return (first + out)[1:]

    def _filled(self, table: pl.DataFrame) -> str:
        """Return the finds in column *a* replaced, with the text in *b* that follows each."""
        counted = table["a"].value_counts()
        finds = counted["a"].to_list()
        for find, times in zip(finds, counted["count"].to_list(), strict=True):
            for kind, number in self._read(find)[1]:
                self.counts[kind] += number * times
        made = pl.DataFrame({"a": finds, "made": [self._read(find)[0] for find in finds]})
        joined = table.join(made, on="a", how="left", maintain_order="left")
        return str(joined.select(pl.concat_str("made", "b").str.join("")).item())

    def _read(self, find: str) -> tuple[str, tuple[tuple[str, int], ...]]:
        known = self._known.get(find)
        if known is None:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            known = self._known[find] = self._anew(find)
        return known

    def _anew(self, find: str) -> tuple[str, tuple[tuple[str, int], ...]]:
        counts, self.redactor.counts = self.redactor.counts, Counter()
        masked = mask(find)
        secret = masked.count(MASK) - find.count(MASK)
        made = self.redactor.redact(masked)
        mine, self.redactor.counts = self.redactor.counts, counts
        if secret > 0:
            mine["secret"] += secret
        return made, tuple(mine.items())


def learn(text: str, names: Names) -> None:
    """Add the names that *text* tells, and the texts that are carried in it."""
    series = pl.Series([text])
    for found in series.str.extract_all(CONTEXT).explode().unique().drop_nulls():
        names_in(found, names)
    for found in series.str.extract_all(_CARRIED).explode().unique().drop_nulls():
        inner = unquoted(found) if "%" in found else opened(found)
        if inner and inner != found:
            learn(inner, names)


def _unused(text: str, count: int) -> list[str]:
    """Return private characters that *text* does not hold."""
    found = (chr(code) for code in range(0xE000, 0xF8FF) if chr(code) not in text)
    return [next(found) for _ in range(count)]
