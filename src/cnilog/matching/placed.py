"""Part the matches by pattern and place: one stream, or one node.

A long log with many faults has a thousand such parts of a few rows each, so what each part needs
is worked out for all matches at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnilog.catalog import Catalog, Pattern

GROUP: Final = 50_000  # matches parted at a time
ADDED: Final = {  # columns beside those of `MATCHES`
    # milliseconds; a match without a time stands where it was read
    "ms": (pl.col("ts").dt.epoch("us") / 1000)
    .forward_fill()
    .over("pattern", "node", "stream")
    .fill_null(float("-inf")),
    "timed": pl.col("ts").is_not_null(),
    "valued": pl.col("values").list.len() > 0,
}


@dataclass(frozen=True, slots=True)
class Placed:
    """All matches of one pattern in one place, in reading order: `MATCHES` and `ADDED`."""

    pattern: Pattern
    node: str | None
    stream: int | None  # null where the pattern looks at nodes
    rows: pl.DataFrame


def placed(matches: pl.DataFrame, catalog: Catalog) -> Iterator[Placed]:
    """Yield the parts of *matches*, in the order in which their patterns and places first come."""
    for group in _groups(matches):
        yield from _parts(group, catalog)


def _groups(matches: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Yield *matches* some patterns at a time: parting them holds each twice."""
    if matches.height <= GROUP:
        yield matches
        return
    names: list[str] = []
    rows = 0
    for name, count in matches.group_by("pattern", maintain_order=True).len().iter_rows():
        if names and rows + count > GROUP:
            yield matches.filter(pl.col("pattern").is_in(names))
            names, rows = [], 0
        names.append(name)
        rows += count
    yield matches.filter(pl.col("pattern").is_in(names))


def _parts(matches: pl.DataFrame, catalog: Catalog) -> Iterator[Placed]:
    of_nodes = [pattern.id for pattern in catalog.patterns if pattern.per == "node"]
    rows = (
        matches.lazy()
        .with_row_index("place")
        .sort("record", maintain_order=True)
        .with_columns(
            place=pl.col("place").min().over("pattern"),
            home=pl.when(~pl.col("pattern").is_in(of_nodes)).then("stream"),
            first=pl.col("place"),
            **ADDED,
        )
        .collect()
    )
    parts = rows.partition_by("pattern", "node", "home", maintain_order=True)
    for part in sorted(parts, key=lambda part: (part["place"][0], part["first"].min())):
        pattern = catalog.by_id[part["pattern"][0]]
        yield Placed(pattern, part["node"][0], part["home"][0], _thinned(part, pattern))


def _thinned(rows: pl.DataFrame, pattern: Pattern) -> pl.DataFrame:
    """Return *rows* without the steady lines that nothing follows but their like."""
    if not pattern.steady:
        return rows
    timely = rows.sort("ms", "record", maintain_order=True)
    last = (timely["signal"] != timely["signal"].shift(-1)).fill_null(value=True)
    return timely.filter(last | ~timely["signal"].is_in(pattern.steady)).sort(
        "record", maintain_order=True
    )
