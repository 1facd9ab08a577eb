"""How many addresses a node had when pods got none: used, free, cooling down.

pool of node-a: 14 addresses, 12 in use, 0 free, 2 cooling down (enis.json:2)

The event of a pod that gets no address says none of it. Introspection does, metrics do in part,
and ipamd's own log at level debug does at each request.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from cnilog.finding import Fact, Symptom

WANTING: Final = {"pod-ip-assignment-failed", "pool-empty", "ip-allocation-failed"}
LITERALS: Final = ("pool stats: total",)
STATS: Final = r"pool stats: total:? ?(\d+), assigned (\d+)"
SHOWN: Final = 5  # nodes; a fleet has its own page


def pool_notes(
    records: pl.DataFrame, facts: Iterable[Fact], symptoms: Sequence[Symptom]
) -> tuple[str, ...]:
    """Return a sentence on the pool of each node whose pods want addresses.

    Args:
        records: Columns `telling.COLUMNS`.
        facts: Those of introspection and metrics are used, before what the log says.
        symptoms: Nothing is said where none of them is about addresses.
    """
    wanting = [one for one in symptoms if one.id in WANTING]
    if not wanting:
        return ()
    nodes = {node for one in wanting for node in one.nodes}
    told = dict(_from_documents(facts))
    for node, words in _from_log(records):
        told.setdefault(node, words)
    mine = {
        node: words for node, words in told.items() if not nodes or node is None or node in nodes
    }
    return tuple(
        f"pool{f' of {node}' if node else ''}: {words}"
        for node, words in list(mine.items())[:SHOWN]
    )


def _from_documents(facts: Iterable[Fact]) -> Iterator[tuple[str | None, str]]:
    by_place: dict[tuple[str | None, str], dict[str, Fact]] = {}
    for fact in facts:
        if fact.name.startswith("ipamd.pool.") or fact.name == "ipamd.enis":
            by_place.setdefault((fact.node, fact.file), {})[fact.name] = fact
    for (node, file), found in by_place.items():
        total, used = found.get("ipamd.pool.total"), found.get("ipamd.pool.assigned")
        if total is None or used is None:
            continue
        cooling = found.get("ipamd.pool.cooling")
        cools = int(str(cooling.value)) if cooling else 0
        free = max(0, int(str(total.value)) - int(str(used.value)) - cools)
        known = f", {cools} cooling down" if cooling else ", cooling down not known"
        enis = found.get("ipamd.enis")
        where = (
            f" on {enis.value} ENIs" if enis and enis.value != 1 else " on 1 ENI" if enis else ""
        )
        yield (
            node,
            (
                f"{total.value} addresses{where}, {used.value} in use, {free} free{known} "
                f"({file}:{total.line or 1})"
            ),
        )


def _from_log(records: pl.DataFrame) -> Iterator[tuple[str | None, str]]:
    """Yield what ipamd said last of its pool, by node; it does so when a pod asks."""
    said = records.select(
        "node",
        "file",
        "line",
        total=pl.col("message").str.extract(STATS, 1).cast(pl.Int64, strict=False),
        used=pl.col("message").str.extract(STATS, 2).cast(pl.Int64, strict=False),
    ).drop_nulls(["total", "used"])
    for node, file, line, total, used in said.unique(
        "node", keep="last", maintain_order=True
    ).iter_rows():
        left = f"{total - used} free or cooling down"
        yield node, f"{total} addresses, {used} in use, {left}, when last asked ({file}:{line})"
