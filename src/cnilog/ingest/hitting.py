"""Choose few short texts of which every literal holds at least one.

A line that holds none of them holds no literal, at any depth of envelopes: the texts are made of
characters that no encoder escapes. One regex of such texts is several times faster than looking
for all literals (Teddy, in Rust's regex crate), and what it lets through is looked at again.
"""

from __future__ import annotations

import heapq
import re
from collections import Counter
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import polars as pl

SAFE: Final = re.compile(r"[A-Za-z0-9 _.,:;()\[\]=-]+")  # printed as they are by every encoder
SHORTEST: Final = 3  # of a literal's part that can be looked for at all
SHORT, LONG = 3, 4  # characters of a text: long ones let fewer lines through, short ones are fewer
TIMES: Final = (
    "0000-00-00T00:00:00.000000000Z",
    "0000 00:00:00.000000",
    "+00:00",
    "0000000000.000",
)
DIGITS: Final = str.maketrans("123456789", "000000000")
WEIGHT: Final = 20_000  # how much a text costs per sample character that it is found at
MANY: Final = 5_000  # rows for which it is worth building a regex, or looking for equals
LARGEST: Final = 200_000  # characters of texts that an engine takes in one regex
MOST: Final = 60  # texts that Rust's regex crate still looks for all at once


def hitting_set(literals: Iterable[str], sample: str) -> tuple[str, ...] | None:
    """Return texts that hit every literal, rare ones in *sample*; null where one has none.

    Args:
        literals: What is looked for.
        sample: Lines as they are in the file, without those that are kept anyway.
    """
    pieces = {literal: SAFE.findall(literal) for literal in literals}
    if not all(any(len(part) >= SHORTEST for part in parts) for parts in pieces.values()):
        return None
    short = _chosen(pieces, sample, SHORT)
    if len(short) > MOST:  # long ones would be more still
        return short
    long = _chosen(pieces, sample, LONG)
    return long if len(long) <= MOST else short


def _chosen(pieces: Mapping[str, Sequence[str]], sample: str, length: int) -> tuple[str, ...]:
    hits: dict[str, set[str]] = {}
    for literal, parts in pieces.items():
        texts = _texts(parts, length)
        # Rare in the sample, and in every line of an hour to come: 09: is no text to look for.
        for text in {text for text in texts if not _is_of_time(text)} or texts:
            hits.setdefault(text, set()).add(literal)
    found = Counter(sample[at : at + length] for at in range(len(sample) - length + 1))
    share = WEIGHT / max(len(sample), 1)
    return _greedy(hits, {text: 1 + share * found[text] for text in hits})


def _texts(parts: Sequence[str], length: int) -> set[str]:
    whole = {part for part in parts if SHORTEST <= len(part) < length}
    cut = {part[at : at + length] for part in parts for at in range(len(part) - length + 1)}
    return whole | cut


@cache  # the same few texts are parts of many literals
def _is_of_time(text: str) -> bool:
    """Return whether a time may hold *text*."""
    shape = text.translate(DIGITS)
    return not shape.isalpha() and any(shape in time for time in TIMES)


def _greedy(hits: dict[str, set[str]], cost: dict[str, float]) -> tuple[str, ...]:
    """Return texts until all is hit, each time the one that hits most for its cost."""
    left = set().union(*hits.values())
    heap = [(-len(found) / cost[text], text) for text, found in hits.items()]
    heapq.heapify(heap)
    chosen = []
    while left:
        _, text = heapq.heappop(heap)
        new = len(hits[text] & left)
        if not new:
            continue
        worth = -new / cost[text]
        if heap and worth > heap[0][0]:
            heapq.heappush(heap, (worth, text))
            continue
        chosen.append(text)
        left -= hits[text]
    return tuple(sorted(chosen))


def alternation(texts: Iterable[str]) -> str:
    """Return the regex that finds any of *texts*."""
    return _alternation(tuple(texts))


@lru_cache(maxsize=16)  # of the same thousand texts for every batch of records
def _alternation(texts: tuple[str, ...]) -> str:
    return "|".join(map(re.escape, texts))


def holds_any(text: pl.Expr, texts: Sequence[str], rows: int) -> pl.Expr:
    """Return whether *text* holds one of *texts*.

    A regex of a thousand texts is two to four times as fast as Polars' automaton, but takes as long
    to build as a thousand lines take to read; and an engine has room for so many only.

    Args:
        text: What is looked through.
        texts: What is looked for.
        rows: How many rows are asked.
    """
    if rows < MANY or sum(map(len, texts)) > LARGEST:
        return text.str.contains_any(list(texts))
    return text.str.contains(alternation(texts))
