"""Error-like records that nothing in the catalog or the dictionary explains, by their shape.

Error-like are errors, lines that no format knows and that speak of a failure, and, where they are
asked for, warnings that stand out. A shape that the message dictionary knows is the CNI's own and
no riddle. What stands out comes first: by level, only on failing nodes, just before the failure,
in a burst.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

import polars as pl

from cnilog.catalog.messages import dictionary
from cnilog.diagnosis.shapes import Shape, joined, shapes_of
from cnilog.finding import Evidence, Unknown
from cnilog.matches import Matches
from cnilog.schema import LEVEL

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SHAPES_MOST: Final = 20
LOUD: Final = ("error", "fatal")
SPEAKS: Final = (  # what a line without a level says of a failure
    r"(?i-u)\b(?:error|errors|failed|failure|failing|fatal|panic|exception|denied|refused|rejected"
    r"|unable|cannot|can't|could not|couldn't|timed out|timeout|unauthorized|forbidden|invalid"
    r"|corrupt\w*|killed|crash\w*|abort\w*)\b"
)
BURST: Final = 5  # records
BURST_S: Final = 60.0
BEFORE_S: Final = 120.0  # that long before a failure may have to do with it
BY_LEVEL: Final = {"fatal": 2.0, "warn": -1.5}

Failing = dict[str | None, datetime | None]


def unknown_shapes(
    records: pl.DataFrame,
    matches: Matches | pl.DataFrame,
    harmless: Iterable[str] = (),
    most: int = SHAPES_MOST,
    *,
    warnings: bool = False,
) -> tuple[Unknown, ...]:
    """Return the shapes of error-like records that nothing explains, those that stand out first.

    Args:
        records: Schema `RECORDS`.
        matches: What `cnilog.matching.find` found, or a frame of schema `MATCHES`.
        harmless: Ids of noise patterns: their records are no failure.
        most: At most so many.
        warnings: Also warnings, where anything but their number makes them stand out.
    """
    if isinstance(matches, pl.DataFrame):
        matches = Matches.of(matches)
    by_level = _by_level(warnings=warnings)
    matched = pl.col("record").is_in(matches.told("record")["record"].implode())
    left = records.lazy().filter(~matched & (by_level | ~pl.col("decoded"))).collect()
    # what no format knows meets the regex in a query of its own: it is little, and the regex slow
    loud = left.filter(by_level | (~pl.col("decoded") & pl.col("message").str.contains(SPEAKS)))
    if not loud.height:
        return ()
    shapes = [one for one in shapes_of(loud) if not dictionary().knows(one["whole"])]
    failing = _failing(matches, harmless)
    ranked = sorted(
        ((outstanding(one, failing), one) for one in joined(shapes)),
        key=lambda pair: (-pair[0], -pair[1]["count"], pair[1]["template"]),
    )
    told = [one for score, one in ranked if one["level"] != "warn" or score > BY_LEVEL["warn"]]
    return tuple(_unknown(one) for one in told[:most])


def _by_level(*, warnings: bool = False) -> pl.Expr:
    levels = pl.Series([*LOUD, "warn"] if warnings else LOUD, dtype=LEVEL)
    return pl.col("level").is_in(levels.implode()).fill_null(value=False)


def _failing(matches: Matches, harmless: Iterable[str]) -> Failing:
    """Return the nodes with a loud match, and when it first came."""
    told = matches.told("node", "ts", "level", but=frozenset(harmless))
    loud = told.filter(_by_level())
    return dict(loud.group_by("node").agg(pl.col("ts").min()).iter_rows())


def outstanding(shape: Shape, failing: Mapping[str | None, datetime | None]) -> float:
    """Return how much a *shape* stands out; only the order counts.

    Args:
        shape: As `shapes.shapes_of` gives it.
        failing: The nodes that fail, and since when.
    """
    score = BY_LEVEL.get(shape["level"], 0.0)
    nodes, first, last = shape["nodes"], shape["first"], shape["last"]
    if nodes and failing and set(nodes) <= failing.keys():
        score += 1.0
    starts = [start for node in nodes or [None] if (start := failing.get(node))]
    if first and any(0 <= (start - first).total_seconds() <= BEFORE_S for start in starts):
        score += 1.0
    if first and shape["count"] >= BURST and (last - first).total_seconds() <= BURST_S:
        score += 1.0
    return score


def _unknown(row: Shape) -> Unknown:
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
