"""What a batch says about a fleet: common causes, outliers, trends, what could not be read."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

import polars as pl

from cnilog.finding import Frozen

if TYPE_CHECKING:
    from cnilog.batch.frames import Batch

COMMON: Final = 0.5  # a cause on at least half of the bundles is the fleet's, not an outlier's
DIMENSIONS: Final = {  # fact of a node -> column of the matrix
    "node.zone": "zone",
    "node.subnet": "subnet",
    "node.instance_type": "instance type",
}
LOUD: Final = ("confirmed", "likely")


class FleetCause(Frozen):
    """One cause over all bundles."""

    id: str
    bundles: int
    share: float  # of the bundles that were analyzed
    nodes: int
    confirmed: int
    recovered: int
    first_seen: datetime | None
    last_seen: datetime | None
    common: bool  # on at least half of the bundles
    by: dict[str, dict[str, int]]  # dimension -> value -> bundles


class Unread(Frozen):
    """A bundle that could not be analyzed."""

    source: str
    status: str
    error: str


class Day(Frozen):
    """How many bundles first showed a cause on a day."""

    day: datetime
    id: str
    bundles: int


class Fleet(Frozen):
    """The report over a batch."""

    schema_version: int = 1
    batch_version: str
    bundles: int
    analyzed: int
    healthy: int  # bundles without a cause at likely or above
    causes: tuple[FleetCause, ...]
    unread: tuple[Unread, ...]
    trend: tuple[Day, ...]


def fleet_report(batch: Batch) -> Fleet:
    """Return what *batch* says in sum."""
    results = batch.results.select("key", "source", "status", "error", "cni").collect()
    analyzed = results.filter(pl.col("status") == "done")
    loud = batch.findings.filter(
        (pl.col("kind") == "cause") & pl.col("confidence").is_in(LOUD)
    ).collect()
    facts = batch.facts.collect()
    causes = [
        _cause(str(name[0]), found, facts, analyzed.height)
        for name, found in loud.group_by("id", maintain_order=True)
    ]
    return Fleet(
        batch_version=batch.version,
        bundles=results.height,
        analyzed=analyzed.height,
        healthy=analyzed.height - loud["key"].n_unique(),
        causes=tuple(sorted(causes, key=lambda cause: (-cause.bundles, cause.id))),
        unread=tuple(
            Unread(source=row["source"], status=row["status"], error=row["error"] or "")
            for row in results.filter(pl.col("status") != "done").sort("source").to_dicts()
        ),
        trend=_trend(loud),
    )


def _cause(name: str, found: pl.DataFrame, facts: pl.DataFrame, analyzed: int) -> FleetCause:
    bundles = found["key"].n_unique()
    by = {"cni version": _counts(found.select("key", value=pl.col("cni")))}
    for fact, dimension in DIMENSIONS.items():
        values = facts.filter(
            (pl.col("name") == fact) & pl.col("key").is_in(found["key"].implode())
        ).select("key", "value")
        by[dimension] = _counts(values)
    nodes = found.select(pl.col("nodes").explode(empty_as_null=False, keep_nulls=False))
    return FleetCause(
        id=name,
        bundles=bundles,
        share=bundles / max(1, analyzed),
        nodes=nodes["nodes"].n_unique(),
        confirmed=found.filter(pl.col("confidence") == "confirmed")["key"].n_unique(),
        recovered=found.filter(pl.col("recovered"))["key"].n_unique(),
        first_seen=found["first_seen"].min(),
        last_seen=found["last_seen"].max(),
        common=bundles >= COMMON * analyzed,
        by={dimension: counts for dimension, counts in by.items() if counts},
    )


def _counts(values: pl.DataFrame) -> dict[str, int]:
    """Return bundles by value, most first; null values are left out."""
    counted = (
        values.drop_nulls("value")
        .group_by("value")
        .agg(bundles=pl.col("key").n_unique())
        .sort("bundles", "value", descending=[True, False])
    )
    return dict(counted.iter_rows())


def _trend(loud: pl.DataFrame) -> tuple[Day, ...]:
    days = (
        loud.drop_nulls("first_seen")
        .group_by(pl.col("first_seen").dt.truncate("1d").alias("day"), "id")
        .agg(bundles=pl.col("key").n_unique())
        .sort("day", "id")
    )
    return tuple(Day(**row) for row in days.to_dicts())
