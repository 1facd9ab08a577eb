"""Choose what skims the lines of a file: what those are like, and who looks at them.

The native pass looks first, where this copy of cnilog has one; Polars at what that leaves.
"""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from cnilog.ingest.hitting import alternation
from cnilog.ingest.keep import steady_of
from cnilog.ingest.lines import lines_of
from cnilog.ingest.native import native, parts_of
from cnilog.ingest.peel import SAMPLE_ROWS, Peeler, newest_last
from cnilog.ingest.skim import Opening, PolarsSkimmer, Skimmed, fingerprints, texts_of
from cnilog.ingest.text import chunks, mended

if TYPE_CHECKING:
    from collections.abc import Sequence

SAMPLE: Final = 150_000  # characters in which texts of the hitting set are counted
HEAD: Final = 1 << 19  # bytes that hold the first lines
OPENINGS: Final = 8  # whose skimmers are held: of quoted lines each container has its own
RARE: Final = 0.1  # of a sample's lines that may hold a text in vain
_LAST: Final[dict[tuple[Any, ...], tuple[str, ...]]] = {}  # texts last chosen; choosing takes long


def head_of(block: bytes) -> bytes:
    """Return the first lines of *block*, as clean text."""
    end = block.rfind(b"\n", 0, HEAD) + 1 or len(block)
    return b"".join(chunks((block[:end],), "utf-8"))


@lru_cache(maxsize=8)  # asked once whether a file is read beside others, and once to read it
def opening_of(head: bytes) -> Opening | None:
    """Return what the lines of a file that begins with *head* are like; null for none to skim."""
    lines = lines_of(head, 1).head(SAMPLE_ROWS)
    peeler = Peeler()
    inner = peeler.peel(lines)
    envelopes = peeler.found or []
    if len(envelopes) > 1 or newest_last(inner) is not inner:
        return None
    envelope = envelopes[0] if envelopes else None
    if envelope is None or envelope.prefix is not None:
        return Opening(envelope)
    found = map(envelope.alike, lines["text"]) if envelope.alike else iter(())
    alike = next((one for one in found if one is not None), None)
    return Opening(envelope, alike) if alike else None


class Skimmer:
    """Skims the chunks of files whose lines are alike.

    Args:
        keep: Literals of the records that are wanted; each has a part that can be looked for.
        opening: What the lines are like.
        head: The first of them.
    """

    def __init__(self, keep: Sequence[str], opening: Opening, head: bytes) -> None:
        self.opening = opening
        self._keep, self._head = keep, head
        self._native = native(keep, opening, head)

    @property
    def is_native(self) -> bool:
        """Whether a block is skimmed sooner than the lines that are left of it are decoded."""
        return self._native is not None

    @cached_property
    def _polars(self) -> PolarsSkimmer:
        return PolarsSkimmer(self._keep, self.opening, _texts(self._keep, self.opening, self._head))

    def skim(self, block: bytes, forced: int = 0) -> Skimmed:
        """Return what is left of *block*, whole lines; of its first *forced* ones all."""
        found = self._native.skim(block, forced) if self._native else None
        if found is not None:
            return found
        return self._polars.skim(mended(block), forced)

    def fingerprints(self, whole: bytes, looked_at: pl.Series) -> pl.DataFrame:
        """Return the `skim.fingerprints` of the lines of *whole* that are passed over."""
        return fingerprints(mended(whole), self.opening, looked_at)


class Skimmers:
    """The skimmers of one source; what they look for is chosen once for each kind of lines.

    Args:
        keep: Literals of the records to keep.
    """

    def __init__(self, keep: Sequence[str]) -> None:
        self.keep = keep
        self._possible = parts_of(keep) is not None
        self._known: dict[Opening, Skimmer] = {}

    def skimmer(self, opening: Opening, head: bytes) -> Skimmer | None:
        """Return the one for lines such as those in *head*; null where none must be left out."""
        if not self._possible:
            return None
        known = self._known.get(opening)
        if known is None:
            if len(self._known) >= OPENINGS:
                self._known.pop(next(iter(self._known)), None)
            known = self._known[opening] = Skimmer(self.keep, opening, head)
        return known


def _texts(keep: Sequence[str], opening: Opening, head: bytes) -> tuple[str, ...]:
    """Return texts that are rare in *head*: those of the source before, if they are."""
    steady = steady_of(keep)
    lines = lines_of(head, 1)
    envelope = opening.envelope
    texts = (envelope.peel(lines) if envelope and opening.alike else lines)["text"]
    sample = _sample(texts, [text for text in keep if text not in steady[0]])
    key = (tuple(keep), steady)
    chosen = _LAST.get(key)
    if chosen is None or not _are_rare(chosen, sample):
        chosen = texts_of(keep, sample)
        _LAST.clear()
        _LAST[key] = chosen
    return chosen


def _are_rare(texts: Sequence[str], sample: str) -> bool:
    lines = pl.Series(sample.split("\n"), dtype=pl.String)
    return int(lines.str.contains(alternation(texts)).sum()) <= RARE * len(lines)


def _sample(texts: pl.Series, keep: Sequence[str]) -> str:
    """Return those of *texts* that hold no literal, for counting in."""
    texts = texts.filter(~texts.str.contains_any(list(keep))) if keep else texts
    return "\n".join(texts)[:SAMPLE]
