"""What failing nodes have in common, and what sets them apart from the others.

all 14 nodes with subnet subnet-0a show subnet-exhausted, no other of the 40 nodes does
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from cnilog.finding import Cause, Fact

Traits = dict[str, dict[str, str]]  # node -> trait -> value

TRAITS: Final = {  # name of the fact, and the line in which ipamd says the same
    "node.subnet": ("subnet", r"Found subnet-id: (subnet-[0-9a-z]+)"),
    "node.zone": ("zone", r"Found availability zone: ([a-z0-9-]+)"),
    "node.region": ("region", r"Found availability zone: ([a-z]{2,4}(?:-[a-z]+)+-\d)"),
    "node.instance_type": ("instance type", r"Found instance-type: ([a-z0-9.-]+)"),
}
LITERALS: Final = ("Found subnet-id", "Found availability zone", "Found instance-type")
FEWEST: Final = 2  # nodes that share a trait: one alone shares everything with itself
MANY: Final = 3  # nodes from which on most of them are more than chance
MOST: Final = 0.8  # of the nodes with a trait, where it gathers a cause
ODD: Final = 0.2  # of the other nodes, that have the cause nevertheless


def read_traits(
    records: pl.DataFrame, facts: Iterable[Fact], versions: Mapping[str, str]
) -> Traits:
    """Return what is known of each node: from documents, else from what its ipamd says.

    Args:
        records: Columns `telling.COLUMNS`.
        facts: Facts with a node are used.
        versions: The CNI's version by node.
    """
    traits: Traits = {node: {"CNI version": version} for node, version in versions.items()}
    for name, value, node in _printed(records):
        traits.setdefault(node, {})[name] = value
    for fact in facts:
        if fact.node is not None and fact.name in TRAITS:
            traits.setdefault(fact.node, {})[TRAITS[fact.name][0]] = str(fact.value)
    return traits


def _printed(records: pl.DataFrame) -> Iterator[tuple[str, str, str]]:
    message = pl.col("message").str
    told = records.select("node", "component", "message").filter(
        message.contains_any(list(LITERALS))
    )
    named = told.filter(pl.col("node").is_not_null() & (pl.col("component") == "ipamd"))
    for name, shape in TRAITS.values() if named.height else ():
        found = named.select("node", value=message.extract(shape)).drop_nulls()
        for node, value in found.iter_rows():
            yield name, value, node


def in_common(causes: Iterable[Cause], nodes: Iterable[str], traits: Traits) -> tuple[str, ...]:
    """Return a sentence for each named cause of some of several nodes: what they share.

    A trait is told only where it is known of every node, and tells the failing ones apart.
    """
    everyone = set(nodes)
    if len(everyone) < FEWEST:
        return ()
    return tuple(
        sentence
        for cause in causes
        if cause.confidence != "possible" and cause.nodes and not cause.recovered
        for sentence in _sentences(cause, everyone, traits)
    )


def _sentences(cause: Cause, everyone: set[str], traits: Traits) -> Iterator[str]:
    failing = set(cause.nodes) & everyone
    others = everyone - failing
    if not failing:
        return
    if not others:
        yield f"{cause.id} is on all {len(everyone)} nodes"
        return
    told = [
        f"all {len(failing)} nodes with {name} {value} show {cause.id}, "
        f"no other of the {len(everyone)} nodes does"
        for name, value in _apart(failing, others, traits)
    ]
    if told:
        yield from told
    elif len(failing) == 1:
        yield f"{cause.id} is on {min(failing)} alone, not on the {len(others)} others"
    elif len(others) == 1 and len(failing) >= MANY:
        where = f"{len(failing)} of {len(everyone)} nodes"
        yield f"{cause.id} is on {where}, not on {min(others)} alone"
    else:
        gathered = _gathered(failing, others, traits)
        yield (
            gathered.format(cause.id)
            if gathered
            else (f"{cause.id} is on {len(failing)} of {len(everyone)} nodes")
        )


def _gathered(failing: set[str], others: set[str], traits: Traits) -> str | None:
    """Return the words for the trait that most failing nodes have and hardly another node has."""
    best: tuple[float, str] | None = None
    for name in ("CNI version", *(name for name, _ in TRAITS.values())):
        known = {
            node: traits[node][name] for node in failing | others if name in traits.get(node, {})
        }
        if len(known) < len(failing | others):
            continue
        for value in sorted({known[node] for node in failing}):
            inside = {node for node, one in known.items() if one == value}
            outside = known.keys() - inside
            here, there = len(inside & failing), len(outside & failing)
            if (
                here < MANY
                or not outside
                or there > ODD * len(outside)
                or here < MOST * len(inside)
            ):
                continue
            apart = here / len(inside) - there / len(outside)
            words = (
                f"{{}} is on {here} of the {len(inside)} nodes with {name} {value}, "
                f"on {there} of the {len(outside)} others"
            )
            best = max(best or (0.0, ""), (apart, words))
    return best[1] if best else None


def _apart(failing: set[str], others: set[str], traits: Traits) -> Iterator[tuple[str, str]]:
    """Yield the traits that all failing nodes share and no other node has."""
    if len(failing) < FEWEST:
        return
    for name in ("CNI version", *(name for name, _ in TRAITS.values())):
        here = {traits.get(node, {}).get(name) for node in failing}
        there = {traits.get(node, {}).get(name) for node in others}
        value = next(iter(here))
        if len(here) == 1 and value is not None and not there & {value, None}:
            yield name, value
