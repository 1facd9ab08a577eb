"""What documents say of one candidate: proof, support, denial; on a node, only what is about it."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from cnilog.catalog.expressions import holds
from cnilog.diagnosis import weights
from cnilog.finding import Evidence

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cnilog.catalog.model import Pattern, Weighing
    from cnilog.diagnosis.candidate import Candidate
    from cnilog.finding import Fact, Sign

    Facts = dict[str, list[Fact]]


class Book:
    """All facts of a source, to be asked by node.

    A fact about one node says nothing of another. Where the source knows of one node only, by
    whatever name a document calls it, every fact is about that one.
    """

    def __init__(self, facts: Iterable[Fact], nodes: Iterable[str]) -> None:
        """Keep *facts*; *nodes* are those that the logs name."""
        self._facts = tuple(facts)
        self._named = {_host(one.node) for one in self._facts if one.node is not None}
        self._alone = len({*map(_host, nodes)}) <= 1 and len(self._named) <= 1
        self._by_host: dict[str | None, Facts] = {}

    def about(self, node: str | None) -> Facts:
        """Return by name what is said of *node*, and of the source as a whole.

        A node that is not known may be any: everything is returned.
        """
        host = None if node is None else _host(node)
        if host not in self._by_host:
            found: Facts = defaultdict(list)
            for fact in self._facts:
                about_it = fact.node is None or _host(fact.node) == host
                if self._alone or host is None or about_it:
                    found[fact.name].append(fact)
            self._by_host[host] = dict(found)
        return self._by_host[host]


def _host(node: str) -> str:
    """Return the name of a node without its domain."""
    return node.partition(".")[0].lower()


def named(facts: Facts, wanted: str) -> Iterable[Fact]:
    """Yield the facts of that name; one that ends in ``.*`` stands for any last word."""
    if not wanted.endswith(".*"):
        yield from facts.get(wanted, ())
        return
    for name, some in facts.items():
        if name.startswith(wanted[:-1]):
            yield from some


def weigh_evidence(candidate: Candidate, weighing: Weighing, facts: Facts, *, fits: bool) -> None:
    """Weigh one line of a pattern's evidence.

    What is missing for another set-up than this one confirms nothing.
    """
    for fact in _agreed(list(named(facts, weighing.fact)), candidate.node):
        captured = _captured(candidate.signs)
        words = _says(weighing, fact)
        if any(reason.text == words for reason in candidate.reasons):
            continue
        if fits and weighing.confirms and holds(weighing.confirms, fact.value, captured):
            candidate.confirmed_by_fact = True
            if isinstance(fact.value, tuple):
                candidate.values[fact.name.rpartition(".")[2]] = fact.value
            candidate.add(max(0.0, weights.CONFIRMS - candidate.score), words, "confirms")
            candidate.proofs.insert(0, proof(fact))
        elif weighing.supports and holds(weighing.supports, fact.value, captured):
            candidate.add(weights.SUPPORTS, words)
            candidate.proofs.append(proof(fact))
        elif weighing.refutes and holds(weighing.refutes, fact.value, captured):
            candidate.refuted = True
            candidate.denials.append(words)
            candidate.add(0.0, words, "refutes")
            candidate.proofs.append(proof(fact))


def _agreed(facts: list[Fact], node: str | None) -> list[Fact]:
    """Return what may be weighed: of a node that is not known, only what all nodes share."""
    if node is not None or len({one.value for one in facts if one.node is not None}) <= 1:
        return facts
    return [one for one in facts if one.node is None]


def _captured(signs: Sequence[tuple[Pattern, Sign]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for _, sign in signs:
        for name, values in sign.values.items():
            found[name] = (*found.get(name, ()), *values)
    return found


def _says(weighing: Weighing, fact: Fact) -> str:
    if fact.value == () and fact.text:  # a sentence made for problems says nothing of none
        return f"{fact.text} ({fact.file})"
    value = ", ".join(fact.value) if isinstance(fact.value, tuple) else str(fact.value)
    says = weighing.says or f"{weighing.fact} is {{value}}"
    return f"{says.replace('{value}', value or 'none')} ({fact.file})"


def proof(fact: Fact) -> Evidence:
    """Return the place in a document that states *fact*."""
    value = ", ".join(fact.value) if isinstance(fact.value, tuple) else str(fact.value)
    return Evidence(file=fact.file, line=fact.line or 1, text=fact.text or f"{fact.name}: {value}")
