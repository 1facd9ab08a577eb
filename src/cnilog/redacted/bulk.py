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
from cnilog.redaction import Redactor, names_in, shapes
from cnilog.redaction.contexts import LINEAR as CONTEXT
from cnilog.redaction.encoded import carried
from cnilog.secrets import LIKELY as SECRETS
from cnilog.secrets import MASK, mask

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

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
        out = self._plainly(text)
        if any(head in text for head in HEADS):
            counted = self.counts.copy()
            out = laid_out(text, out, self._plainly)
            self.counts = counted  # cells that are laid out anew count once
        return aligned(text, out) if INDENT in text else out

    def _plainly(self, text: str) -> str:
        out = _replaced(text, _SECRETS, self._masked)
        for shape in self._passes:
            out = _replaced(out, shape, self._filled)
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


def _replaced(text: str, shape: str, change: Callable[[Mapping[str, int]], list[str]]) -> str:
    """Return *text* with every find of *shape* replaced by what *change* makes of it.

    Args:
        text: Any text.
        shape: For the linear engine.
        change: Gets each different find with how often it is there; returns one text for each.
    """
    before, after = _unused(text, 2)
    # The sign in front stands for the begin of the text: what is found takes one along.
    whole = pl.Series(["\n" + text]).str.replace_all(shape, f"{before}${{0}}{after}")
    cut = whole.str.split(before).explode().to_frame("piece")
    if cut.height == 1:
        return text
    pieces = cut.select(pl.col("piece").str.splitn(after, 2).struct.rename_fields(["find", "rest"]))
    table = pieces.unnest("piece")
    counted = table["find"].slice(1).value_counts()
    finds = dict(zip(counted["find"].to_list(), counted["count"].to_list(), strict=True))
    made = pl.DataFrame({"find": counted["find"], "made": change(finds)})
    joined = table.slice(1).join(made, on="find", how="left", maintain_order="left")
    filled = _padded(joined).select(pl.concat_str("made", "rest").str.join("")).item()
    return f"{table['find'][0]}{filled}"[1:]


def _padded(table: pl.DataFrame) -> pl.DataFrame:
    """Return *table* with the spaces after a find fewer or more, so that columns stay in place.

    A find takes the sign before it along: where the next one follows, one space is its own.
    """
    grown = pl.col("made").str.len_chars().cast(pl.Int64) - pl.col("find").str.len_chars()
    wanted = pl.col("rest").str.starts_with("  ") & (grown != 0)
    if not table.select(wanted.any()).item():
        return table
    bare = pl.col("rest").str.strip_chars_start(" ")
    spaces = pl.col("rest").str.len_chars().cast(pl.Int64) - bare.str.len_chars()
    least = pl.when(bare == "").then(1).otherwise(2)
    left = pl.max_horizontal(spaces - grown, least).cast(pl.UInt32)
    rest = pl.lit(" ").repeat_by(left).list.join("") + bare
    return table.with_columns(rest=pl.when(wanted).then(rest).otherwise("rest"))


def learn(text: str, names: Names) -> None:
    """Add the names that *text* tells, and the texts that are carried in it."""
    series = pl.Series([text])
    for found in series.str.extract_all(CONTEXT).explode().unique().drop_nulls():
        if found not in names.read:  # they come again in every piece of a log
            names.read.add(found)
            names_in(found, names)
    if len(names.read) > _REMEMBERED:
        names.read.clear()
    for found in series.str.extract_all(_CARRIED).explode().unique().drop_nulls():
        inner = carried(found)
        if inner and inner != found:
            learn(inner, names)


def _unused(text: str, count: int) -> list[str]:
    """Return private characters that *text* does not hold."""
    found = (chr(code) for code in range(0xE000, 0xF8FF) if chr(code) not in text)
    return [next(found) for _ in range(count)]
