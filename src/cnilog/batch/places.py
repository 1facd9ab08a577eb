"""Where a batch's causes were: one row a node, with what is known of it.

A node is counted once, however many bundles of it there are. A bundle that names no node counts
as one, under the bundle's own name.
"""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING, Final

import polars as pl

from cnilog.batch.table import CNI

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

DIMENSIONS: Final = {  # column -> fact of a node
    "cluster": None,  # the folder of the bundle
    "region": "node.region",
    "zone": "node.zone",
    "subnet": "node.subnet",
    "instance type": "node.instance_type",
    "CNI version": CNI,
}


def node_rows(results: pl.DataFrame) -> pl.DataFrame:
    """Return bundle, node and dimensions for every node of every analyzed bundle.

    Args:
        results: Columns key, source, cni, nodes and facts of schema `RESULTS`; analyzed bundles.

    Returns:
        Columns key, node, and those of `DIMENSIONS`; null where nothing is known.
    """
    nodes = (
        results.select("key", "source", "cni", "nodes")
        .explode("nodes", empty_as_null=True, keep_nulls=True)
        .select("key", "source", "cni", node=pl.col("nodes"))
    )
    facts = _facts(results)
    rows = nodes.join(facts, on=["key", "node"], how="left", nulls_equal=True)
    folders = _clusters(results["source"].to_list())
    return rows.select(
        "key",
        pl.coalesce("node", "source").alias("node"),
        pl.Series("cluster", [folders[source] for source in rows["source"]], dtype=pl.String),
        *[fact for name, fact in _known(rows) if name != "CNI version"],
        pl.coalesce(pl.col(CNI), "cni").alias("CNI version"),
    )


def _known(rows: pl.DataFrame) -> Iterable[tuple[str, pl.Expr]]:
    return [(name, pl.col(fact).alias(name)) for name, fact in DIMENSIONS.items() if fact]


def _facts(results: pl.DataFrame) -> pl.DataFrame:
    """Return one row a node of a bundle, a column for each fact of `DIMENSIONS`."""
    wanted = [fact for fact in DIMENSIONS.values() if fact]
    long = (
        results.select("key", "facts")
        .explode("facts", empty_as_null=False, keep_nulls=False)
        .select("key", pl.col("facts").struct.unnest())
        .filter(pl.col("name").is_in(wanted))
    )
    return long.group_by("key", "node").agg(
        pl.col("value").filter(pl.col("name") == fact).first().alias(fact) for fact in wanted
    )


def _clusters(sources: Sequence[str]) -> dict[str, str | None]:
    """Return the folder in which each bundle lies, where bundles lie in folders of their own.

    ``fleet/prod-eu/a.tgz`` and ``fleet/staging/b.tgz`` are of prod-eu and of staging.
    """
    parts = {source: source.rstrip("/").split("/")[:-1] for source in sources}
    levels = zip(*parts.values(), strict=False)
    shared = len(list(takewhile(lambda level: len(set(level)) == 1, levels)))
    return {
        source: folders[shared] if len(folders) > shared else None
        for source, folders in parts.items()
    }
