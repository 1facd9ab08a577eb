"""One cause on several nodes: weigh it on each by itself, then say what holds of them together.

A version, a recovery, a document about a node speak of that node only. A sign without a node may
be about any of them.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from cnilog.diagnosis.candidate import Candidate
from cnilog.finding import Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cnilog.catalog import Pattern
    from cnilog.finding import Sign

    Pair = tuple[Pattern, Sign]

RANK: Final = {"confirmed": 0, "likely": 1, "possible": 2}
SHOWN: Final = 3  # nodes named in a reason; the rest are counted


def parted(candidate: Candidate) -> list[Candidate]:
    """Return *candidate* as one for each node that speaks for it; itself where there is one."""
    own, symptoms = _by_node(candidate.signs), _by_node(candidate.symptoms)
    nodes = sorted(node for node in {*own, *symptoms} if node is not None)
    if len(nodes) < 2:
        candidate.node = nodes[0] if nodes else None
        return [candidate]
    loose = own.pop(None, [])
    anywhere = symptoms.pop(None, [])
    parts = []
    for node in nodes:
        mine = [*own[node], *loose] if node in own else []
        seen = [*symptoms.get(node, ()), *anywhere]
        # without a line of its own, a symptom that healed is no reason to think of it
        seen = seen if mine else [pair for pair in seen if pair[1].recovered is None]
        parts.append(Candidate(candidate.id, candidate.patterns, mine, seen, node=node))
    if loose and not own:
        parts.append(Candidate(candidate.id, candidate.patterns, loose, candidate.symptoms))
    return parts


def _by_node(pairs: Iterable[Pair]) -> dict[str | None, list[Pair]]:
    found: dict[str | None, list[Pair]] = defaultdict(list)
    for pair in pairs:
        found[pair[1].node].append(pair)
    return dict(found)


def order(one: Candidate) -> tuple[int, bool, float, int, str]:
    """Return by what candidates are ordered, best first."""
    return RANK[one.confidence], one.recovered, -round(one.score, 6), one.specific, one.id


def joined(parts: Sequence[Candidate], out: Sequence[Candidate] = ()) -> Candidate:
    """Return the parts of one cause as one candidate, that of the node where it is surest.

    Nodes that stand as it does are joined; what is over or ruled out elsewhere is a reason.

    Args:
        parts: Weighed; at least one.
        out: Those that are ruled out on their node.
    """
    best, *others = sorted(parts, key=lambda one: (*order(one), one.node or ""))
    alike = [_stands_as(one, best) for one in others]
    apart = [one for one, same in zip(others, alike, strict=True) if not same]
    _merge(best, [one for one, same in zip(others, alike, strict=True) if same])
    if more := sum(alike):
        best.add(0.0, f"the same on {more} more node{'s' if more > 1 else ''}")
    best.healed = tuple(one.node for one in apart if one.recovered and one.node)
    for words, nodes in _elsewhere([one for one in apart if one.recovered]).items():
        best.reasons.append(Reason(effect="refutes", text=f"{_listed(nodes)} {words}"))
    doubted = [one for one in apart if one.doubted and not one.recovered]
    for words, nodes in _elsewhere([*doubted, *out]).items():
        best.reasons.append(Reason(effect="refutes", text=f"not {_listed(nodes)}: {words}"))
    return best


def _stands_as(one: Candidate, best: Candidate) -> bool:
    """Return whether *one* is the same finding on another node."""
    if best.confidence != "possible":
        return one.confidence != "possible"
    backed = [bool(some.signs or some.confirmed_by_fact) for some in (one, best)]
    return (one.recovered, one.doubted) == (best.recovered, best.doubted) and backed[0] == backed[1]


def _merge(best: Candidate, others: Sequence[Candidate]) -> None:
    """Add what *others* show to *best*; what several of them hold is kept once."""
    every = (best, *others)
    best.signs = list({id(pair): pair for one in every for pair in one.signs}.values())
    best.symptoms = list({id(pair): pair for one in every for pair in one.symptoms}.values())
    best.proofs = list(dict.fromkeys(proof for one in every for proof in one.proofs))
    for one in others:
        for name, values in one.values.items():
            best.values[name] = tuple(dict.fromkeys((*best.values.get(name, ()), *values)))


def _elsewhere(parts: Iterable[Candidate]) -> dict[str, list[str]]:
    """Return why it is not that elsewhere, each reason with its nodes."""
    found: dict[str, list[str]] = defaultdict(list)
    for part in parts:
        words = next((one.text for one in part.reasons if one.effect == "refutes"), None)
        if words and part.node:
            found[words].append(part.node)
    return found


def _listed(nodes: Sequence[str]) -> str:
    more = len(nodes) - SHOWN
    return f"on {', '.join(nodes[:SHOWN])}" + (f" and {more} more" if more > 0 else "")
