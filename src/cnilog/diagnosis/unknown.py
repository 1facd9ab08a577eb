"""Error-like records that nothing in the catalog explains, grouped by their shape."""

from __future__ import annotations

from typing import Final

import polars as pl

from cnilog.finding import Evidence, Unknown

SHAPES_MOST: Final = 20
EXAMPLES: Final = 3
LOUD: Final = ("error", "fatal")
# what differs from line to line of one template
_MASKS: Final = (
    (r"\"[^\"]*\"", '"…"'),
    (r"\b[a-z]+-[0-9a-f]{8,17}\b", "…"),
    (r"\b[0-9a-fA-F]{12,}\b", "…"),
    (r"\b\d+(?:\.\d+)*(?:/\d+)?\b", "…"),
)


def unknown_shapes(records: pl.DataFrame, matches: pl.DataFrame) -> tuple[Unknown, ...]:
    """Return the shapes of loud records without a match, most frequent first.

    Args:
        records: Schema `RECORDS`.
        matches: Schema `MATCHES`.
    """
    loud = records.filter(pl.col("level").cast(pl.String).is_in(LOUD)).join(
        matches.select("record").unique(), on="record", how="anti", maintain_order="left"
    )
    if not loud.height:
        return ()
    masked = pl.col("message").str.slice(0, 300)
    for shape, word in _MASKS:
        masked = masked.str.replace_all(shape, word)
    grouped = (
        loud.with_columns(template=masked, level=pl.col("level").cast(pl.String))
        .group_by("template", "level", maintain_order=True)
        .agg(
            count=pl.len(),
            nodes=pl.col("node").drop_nulls().unique().sort(),
            first=pl.col("ts").min(),
            last=pl.col("ts").max(),
            examples=pl.struct("file", "line", "ts", "message").head(EXAMPLES),
        )
        .sort("count", descending=True, maintain_order=True)
        .head(SHAPES_MOST)
    )
    return tuple(
        Unknown(
            template=row["template"],
            level=row["level"],
            count=row["count"],
            nodes=tuple(row["nodes"]),
            first_seen=row["first"],
            last_seen=row["last"],
            evidence=tuple(
                Evidence(file=e["file"], line=e["line"], ts=e["ts"], text=e["message"])
                for e in row["examples"]
            ),
        )
        for row in grouped.to_dicts()
    )
