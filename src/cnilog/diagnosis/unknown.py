"""Error-like records that nothing in the catalog or the dictionary explains, by their shape.

Values are masked first, in Polars; shapes of equal length that differ in few words are then one.
A shape that the message dictionary knows is the CNI's own and no riddle. What stands out comes
first: fatal before error, only on failing nodes, just before the failure, in a burst.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl

from cnilog.catalog.messages import dictionary
from cnilog.finding import Evidence, Unknown

if TYPE_CHECKING:
    from collections.abc import Iterable

SHAPES_MOST: Final = 20
SHAPES_LOOKED_AT: Final = 2_000  # the most frequent ones
EXAMPLES: Final = 3
TEMPLATE_MOST: Final = 300  # characters
LOUD: Final = ("error", "fatal")
ALIKE: Final = 0.7  # share of equal words from which two shapes are one
BURST: Final = 5  # records
BURST_S: Final = 60.0
BEFORE_S: Final = 120.0  # that long before a failure may have to do with it
BLANK: Final = "…"
# what differs from line to line of one template
_MASKS: Final = (
    (r"\"[^\"]*\"", '"…"'),
    (r"\b[a-z0-9-]+-[bcdfghjklmnpqrstvwxz2456789]{5}\b(?:\.[\w.-]+)?", BLANK),  # pods: no vowels
    (r"\b[a-z]+-[0-9a-f]{8,17}\b", BLANK),
    (r"\b(?:[0-9a-f]{2}:){5}[0-9a-f]{2}\b", BLANK),
    (r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", BLANK),
    (r"\b[0-9a-fA-F]{12,}\b", BLANK),
    (r"\b\d+(?:[.:]\d+)*(?:/\d+)?(?:ms|s|m|h|µs)?\b", BLANK),
)


def unknown_shapes(
    records: pl.DataFrame,
    matches: pl.DataFrame,
    harmless: Iterable[str] = (),
    most: int = SHAPES_MOST,
) -> tuple[Unknown, ...]:
    """Return the shapes of loud records that nothing explains, those that stand out first.

    Args:
        records: Schema `RECORDS`.
        matches: Schema `MATCHES`.
        harmless: Ids of noise patterns: their records are no failure.
        most: At most so many.
    """
    loud = records.filter(pl.col("level").cast(pl.String).is_in(LOUD)).join(
        matches.select("record").unique(), on="record", how="anti", maintain_order="left"
    )
    if not loud.height:
        return ()
    shapes = [one for one in _grouped(loud) if not dictionary().knows(one["whole"])]
    failing = _failing(matches, harmless)
    ranked = sorted(_merged(shapes), key=lambda one: (-_outstanding(one, failing), -one["count"]))
    return tuple(_unknown(one) for one in ranked[:most])


def _grouped(loud: pl.DataFrame) -> list[dict[str, Any]]:
    masked = pl.col("message").str.slice(0, TEMPLATE_MOST)
    for shape, word in _MASKS:
        masked = masked.str.replace_all(shape, word)
    return (
        loud.with_columns(template=masked, level=pl.col("level").cast(pl.String))
        .group_by("template", "level", maintain_order=True)
        .agg(
            count=pl.len(),
            nodes=pl.col("node").drop_nulls().unique().sort(),
            first=pl.col("ts").min(),
            last=pl.col("ts").max(),
            whole=pl.col("message").first(),
            examples=pl.struct("file", "line", "ts", "message").head(EXAMPLES),
        )
        .sort("count", descending=True, maintain_order=True)
        .head(SHAPES_LOOKED_AT)
        .to_dicts()
    )


def _merged(shapes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Join shapes of one level and length that differ in few words."""
    kept: dict[tuple[str, int, str], list[dict[str, Any]]] = {}
    for shape in shapes:
        words = shape["template"].split()
        near = kept.setdefault((shape["level"], len(words), words[0] if words else ""), [])
        for other in near:
            if _alike(words, other["template"].split()):
                _join(other, shape)
                break
        else:
            near.append(shape)
    return [shape for group in kept.values() for shape in group]


def _alike(words: list[str], others: list[str]) -> bool:
    """Return whether most words are equal; blanks say nothing."""
    pairs = [(a, b) for a, b in zip(words, others, strict=True) if BLANK not in (a, b)]
    return sum(a == b for a, b in pairs) >= ALIKE * max(1, len(pairs))


def _join(one: dict[str, Any], other: dict[str, Any]) -> None:
    pairs = zip(one["template"].split(), other["template"].split(), strict=True)
    one["template"] = " ".join(a if a == b else BLANK for a, b in pairs)
    one["count"] += other["count"]
    one["nodes"] = sorted({*one["nodes"], *other["nodes"]})
    one["first"] = min((t for t in (one["first"], other["first"]) if t), default=None)
    one["last"] = max((t for t in (one["last"], other["last"]) if t), default=None)
    one["examples"] = (one["examples"] + other["examples"])[:EXAMPLES]


def _failing(matches: pl.DataFrame, harmless: Iterable[str]) -> dict[str | None, Any]:
    """Return the nodes with a loud match, and when it first came."""
    loud = matches.filter(
        pl.col("level").cast(pl.String).is_in(LOUD) & ~pl.col("pattern").is_in(list(harmless))
    )
    return dict(loud.group_by("node").agg(pl.col("ts").min()).iter_rows())


def _outstanding(shape: dict[str, Any], failing: dict[str | None, Any]) -> float:
    """Return how much a shape stands out; only the order counts."""
    score = 2.0 if shape["level"] == "fatal" else 0.0
    nodes, first, last = shape["nodes"], shape["first"], shape["last"]
    if nodes and failing and set(nodes) <= failing.keys():
        score += 1.0
    starts = [failing[node] for node in nodes or [None] if failing.get(node)]
    if first and any(0 <= (start - first).total_seconds() <= BEFORE_S for start in starts):
        score += 1.0
    if first and shape["count"] >= BURST and (last - first).total_seconds() <= BURST_S:
        score += 1.0
    return score


def _unknown(row: dict[str, Any]) -> Unknown:
    return Unknown(
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
