"""Symptoms that documents show: a table of pods tells of a crash loop as well as an event does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnilog.catalog.expressions import holds
from cnilog.diagnosis.evidence import named, proof
from cnilog.finding import Sign

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cnilog.catalog import Catalog, Pattern
    from cnilog.finding import Fact


def documented(facts: Iterable[Fact], heard: Iterable[Sign], catalog: Catalog) -> list[Sign]:
    """Return the symptoms that *facts* show and no line does.

    Args:
        facts: What documents say.
        heard: The signs of the lines.
        catalog: Its symptoms say by what facts they are shown.
    """
    known = {sign.pattern for sign in heard}
    by_name: dict[str, list[Fact]] = {}
    for fact in facts:
        by_name.setdefault(fact.name, []).append(fact)
    return [
        sign
        for pattern in catalog.patterns
        if pattern.kind == "symptom" and pattern.id not in known
        for sign in _shown(pattern, by_name)
    ]


def _shown(pattern: Pattern, facts: dict[str, list[Fact]]) -> Iterator[Sign]:
    """Yield one sign for each node that *pattern* is shown on."""
    found: dict[str | None, list[Fact]] = {}
    for weighing in pattern.evidence:
        for fact in named(facts, weighing.fact):
            if weighing.confirms and holds(weighing.confirms, fact.value, {}):
                found.setdefault(fact.node, []).append(fact)
    for node, some in found.items():
        yield Sign(
            pattern=pattern.id,
            node=node,
            stream=None,
            signals=(),
            count=len(some),
            first_seen=None,
            last_seen=None,
            at_end=True,
            evidence=tuple(proof(fact) for fact in some),
        )
