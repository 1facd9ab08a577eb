"""What brings what about: symptoms under their causes, shallow causes under deeper ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
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
    merged: dict[str, Symptom] = {}
    for symptom in symptoms:
        known = merged.get(symptom.id)
        merged[symptom.id] = _joined(known, symptom) if known else symptom
    return [
        symptom.model_copy(
            update={
                "explained_by": tuple(
                    one.id
                    for one in causes
                    if symptom.id in one.explains and _meet(symptom.nodes, one.nodes)
                )
            }
        )
        for symptom in merged.values()
    ]


def _meet(here: tuple[str, ...], there: tuple[str, ...]) -> bool:
    """Return whether two findings may be about one node; what names no node may be about any."""
    return not here or not there or not set(here).isdisjoint(there)


def _joined(one: Symptom, other: Symptom) -> Symptom:
    firsts = [ts for ts in (one.first_seen, other.first_seen) if ts]
    lasts = [ts for ts in (one.last_seen, other.last_seen) if ts]
    return one.model_copy(
        update={
            "count": one.count + other.count,
            "nodes": tuple(dict.fromkeys((*one.nodes, *other.nodes))),
            "period_s": one.period_s if one.period_s is not None else other.period_s,
            "jitter_s": one.jitter_s if one.jitter_s is not None else other.jitter_s,
            "first_seen": min(firsts, default=None),
            "last_seen": max(lasts, default=None),
            "recovered": one.recovered and other.recovered,
            "evidence": (*one.evidence, *other.evidence)[:5],
        }
    )
