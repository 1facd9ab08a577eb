"""Facts that need two documents: a pool and a limit, two dumps of one node."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnilog.documents.instances import limits
from cnilog.finding import Fact

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

BACKENDS: Final = "iptables.backends"


def derived(facts: Sequence[Fact]) -> tuple[Fact, ...]:
    """Return *facts* with those of one node joined that say something only together."""
    return (*_without_backends(facts), *_backends(facts), *_at_limit(facts), *_no_nitro(facts))


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
