"""Facts that need two documents: a pool and a limit, two dumps of one node."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Final

from cnilog.documents.instances import limits
from cnilog.documents.whereabouts import regions
from cnilog.finding import Fact

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    Network = ipaddress.IPv4Network | ipaddress.IPv6Network

BACKENDS: Final = "iptables.backends"
OURS: Final = "10-aws.conflist"
CLUSTER_TAG: Final = "cluster.k8s.amazonaws.com/name"  # ipamd tags its ENIs so (v1.8.0 and later)
FEWEST: Final = 4  # addresses of which most must be strange


def derived(facts: Sequence[Fact]) -> tuple[Fact, ...]:
    """Return *facts* with those of one node joined that say something only together."""
    return (
        *_without_backends(facts),
        *_backends(facts),
        *_at_limit(facts),
        *_no_nitro(facts),
        *_strangers(facts),
        *_no_way_out(facts),
        *_first_config(facts),
        *_no_cluster_tag(facts),
        *regions(facts),
    )


def _without_backends(facts: Sequence[Fact]) -> Iterator[Fact]:
    yield from (fact for fact in facts if fact.name != BACKENDS)


def _backends(facts: Sequence[Fact]) -> Iterator[Fact]:
    """Yield one fact a node: its backends come from dumps of their own."""
    by_node: dict[str | None, list[Fact]] = {}
    for fact in facts:
        if fact.name == BACKENDS:
            by_node.setdefault(fact.node, []).append(fact)
    for node, dumps in by_node.items():
        words = {word for one in dumps if isinstance(one.value, tuple) for word in one.value}
        shown = next((one for one in dumps if one.value), dumps[0])
        text = "; ".join(dict.fromkeys(one.text for one in dumps))
        yield Fact(BACKENDS, tuple(sorted(words)), shown.file, shown.line, node, text)


def _types(facts: Sequence[Fact]) -> dict[str | None, str]:
    """Return the instance type by node; under null the one that all nodes have."""
    found: dict[str | None, str] = {
        fact.node: str(fact.value) for fact in facts if fact.name == "node.instance_type"
    }
    if len(set(found.values())) == 1:
        found[None] = next(iter(found.values()))
    return found


def _at_limit(facts: Sequence[Fact]) -> Iterator[Fact]:
    types = _types(facts)
    told = {fact.node for fact in facts if fact.name == "ipamd.at_eni_limit"}
    for fact in facts:
        kind = types.get(fact.node, types.get(None)) if fact.name == "ipamd.enis" else None
        most = limits().get(kind) if kind else None
        if most and fact.node not in told and isinstance(fact.value, int):
            text = f"{fact.value} of {most.enis} ENIs of {kind}"
            full = fact.value >= most.enis
            yield Fact("ipamd.at_eni_limit", full, fact.file, fact.line, fact.node, text)


def _no_nitro(facts: Sequence[Fact]) -> Iterator[Fact]:
    """Yield a fact for each type that is known to have no prefixes, where they are asked for."""
    asked = next(
        (
            fact
            for fact in facts
            if fact.name == "env.ENABLE_PREFIX_DELEGATION" and str(fact.value).lower() == "true"
        ),
        None,
    )
    kinds = dict.fromkeys(_types(facts).values())
    known = [kind for kind in kinds if kind in limits()]
    if asked is None or not known:
        return
    without = tuple(kind for kind in known if not limits()[kind].nitro)
    text = f"no prefixes on {', '.join(without)}" if without else "every type can hold prefixes"
    yield Fact("prefix.unsupported_types", without, asked.file, asked.line, text=text)


def _pairs(facts: Sequence[Fact], one: str, other: str) -> Iterator[tuple[Fact, Fact]]:
    """Yield two facts of one node, or of the one source that names no node."""
    there = {fact.node: fact for fact in facts if fact.name == other}
    yield from (
        (fact, there[fact.node]) for fact in facts if fact.name == one and fact.node in there
    )


def _strangers(facts: Sequence[Fact]) -> Iterator[Fact]:
    """Yield what the checkpoint gave out and the pool does not hold, where that is most of it.

    The two files are of two moments, and pods come and go: a few differences are none.
    """
    for given, pool in _pairs(facts, "checkpoint.addresses", "ipamd.pool.ranges"):
        held, ranges = _texts(given), _texts(pool)
        known = [found for one in ranges if (found := _network(one))]
        strange = [one for one in held if not _within(one, known)]
        if len(held) >= FEWEST and len(strange) > len(held) / 2:
            text = (
                f"{len(strange)} of {len(held)} addresses that it gave out are not in the pool of "
                f"{pool.file}: {', '.join(strange[:3])}"
            )
            yield Fact("checkpoint.problems", (text,), given.file, given.line, given.node, text)


def _texts(fact: Fact) -> tuple[str, ...]:
    return fact.value if isinstance(fact.value, tuple) else (str(fact.value),)


def _network(text: str) -> Network | None:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None


def _within(text: str, ranges: Sequence[Network]) -> bool:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return True  # what is no address is another problem
    return any(address in one for one in ranges)


def _no_way_out(facts: Sequence[Fact]) -> Iterator[Fact]:
    """Yield tables that rules send pods to, and that have no default route."""
    for asked, there in _pairs(facts, "rules.pod_tables", "routes.default_tables"):
        dead = [one for one in _texts(asked) if one not in _texts(there)]
        if dead:
            text = f"table {', '.join(dead)} of pods' ENIs has no default route ({there.file})"
            yield Fact("routes.problems", (text,), there.file, there.line, there.node, text)
        else:
            text = "every table of pods' ENIs has a default route"
            yield Fact("routes.problems", (), there.file, there.line, there.node, text)


def _first_config(facts: Sequence[Fact]) -> Iterator[Fact]:
    """Yield the configuration that the runtime takes: the first one by name."""
    by_node: dict[str | None, list[Fact]] = {}
    for fact in facts:
        if fact.name == "conflist.file":
            by_node.setdefault(fact.node, []).append(fact)
    for node, some in by_node.items():
        names = sorted({name for one in some for name in _texts(one)})
        first = next((one for one in some if names[:1] and names[0] in _texts(one)), None)
        if first is not None and OURS in names:
            text = f"{names[0]} comes first of {', '.join(names)}"
            yield Fact("conflist.first", names[0], first.file, first.line, node, text)


def _no_cluster_tag(facts: Sequence[Fact]) -> Iterator[Fact]:
    """Yield the tag that a policy asks for and that aws-node, without CLUSTER_NAME, never sets."""
    asks = [
        one for one in facts if one.name == "iam.condition_keys" and CLUSTER_TAG in str(one.value)
    ]
    read = [one for one in facts if one.name == "env.problems"]
    named = any(one.name == "env.CLUSTER_NAME" and one.value for one in facts)
    if not asks or not read:
        return
    tags = () if named else tuple(key for key in _texts(asks[0]) if CLUSTER_TAG in key)
    text = "CLUSTER_NAME is set" if named else f"CLUSTER_NAME is not set ({read[0].file})"
    yield Fact("iam.unset_tags", tags, asks[0].file, asks[0].line, text=text)
