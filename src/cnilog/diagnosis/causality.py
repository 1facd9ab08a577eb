"""What brings what about: symptoms under their causes, shallow causes under deeper ones."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cnilog.catalog import Catalog
    from cnilog.finding import Cause, Symptom

_RANK = {"confirmed": 0, "likely": 1, "possible": 2}


def deeper_first(causes: list[Cause], catalog: Catalog) -> list[Cause]:
    """Return *causes* with each below those that bring it about and are as well supported."""
    explains: dict[str, set[str]] = {}
    for pattern in catalog.patterns:
        if pattern.kind == "cause":
            explains.setdefault(pattern.finding_id, set()).update(pattern.explains)
    result: list[Cause] = []
    for cause in causes:
        deeper = tuple(
            other.id
            for other in causes
            if cause.id in explains.get(other.id, ())
            and _meet(cause.nodes, other.nodes)
            and _RANK[other.confidence] <= _RANK[cause.confidence]
            and other.confidence != "possible"
        )
        result.append(cause.model_copy(update={"explained_by": deeper}) if deeper else cause)
    return sorted(result, key=lambda one: (_RANK[one.confidence], bool(one.explained_by)))


def fold(symptoms: list[Symptom], causes: list[Cause]) -> list[Symptom]:
    """Return *symptoms*, merged by id, each with the causes that explain it, best first."""
    by_id: dict[str, list[Symptom]] = {}
    for symptom in symptoms:
        by_id.setdefault(symptom.id, []).append(symptom)
    return [_joined(some, causes) for some in by_id.values()]


def _meet(here: tuple[str, ...], there: tuple[str, ...]) -> bool:
    """Return whether two findings may be about one node; what names no node may be about any."""
    return not here or not there or not set(here).isdisjoint(there)


def _joined(some: list[Symptom], causes: list[Cause]) -> Symptom:
    """Return *some* of one id as one; a single one as it is, but for what explains it."""
    first, nodes = some[0], tuple(dict.fromkeys(node for one in some for node in one.nodes))
    explained_by = tuple(
        one.id for one in causes if first.id in one.explains and _meet(nodes, one.nodes)
    )
    if len(some) == 1:
        return first.model_copy(update={"explained_by": explained_by})
    return first.model_copy(
        update={
            "count": sum(one.count for one in some),
            "nodes": nodes,
            "period_s": _first(one.period_s for one in some),
            "jitter_s": _first(one.jitter_s for one in some),
            "first_seen": min((one.first_seen for one in some if one.first_seen), default=None),
            "last_seen": max((one.last_seen for one in some if one.last_seen), default=None),
            "recovered": all(one.recovered for one in some),
            "evidence": tuple(islice((line for one in some for line in one.evidence), 5)),
            "explained_by": explained_by,
        }
    )


def _first(values: Iterable[float | None]) -> float | None:
    return next((value for value in values if value is not None), None)
