"""Write the conclusion down: findings, next steps, what is missing, the timeline."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Final

import polars as pl

from cnilog.diagnosis.fleet import in_common
from cnilog.diagnosis.pool import pool_notes
from cnilog.diagnosis.unknown import unknown_shapes
from cnilog.finding import Bar, Cause, Evidence, NextStep, Noise, Point, Report, Symptom

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from cnilog.catalog import Catalog, Pattern
    from cnilog.diagnosis.candidate import Candidate
    from cnilog.diagnosis.fleet import Traits
    from cnilog.diagnosis.setup import Setup
    from cnilog.finding import Fact, Sign
    from cnilog.matches import Matches
    from cnilog.reading import Reading

ORDER: Final = {"confirms": 0, "refutes": 1, "supports": 2, "missing": 3}
EVIDENCE_MOST: Final = 8
POINTS_MOST: Final = 2_000
BARS_MOST: Final = 200
STEPS_MOST: Final = 8
RIVALS: Final = 6  # candidates whose questions are worth asking
IPAMD_LOG: Final = "/var/log/aws-routed-eni/ipamd.log"
IPAMD_ASK: Final = (
    f"{IPAMD_LOG} of a failing node: kubectl debug node/NODE -it --image=busybox -- "
    f"chroot /host tail -n 300 {IPAMD_LOG}"
)
FILES: Final = {"ipamd": "ipamd.log", "entrypoint": "the aws-node container's log"}


def cause_of(candidate: Candidate) -> Cause:
    """Return the finding for *candidate*."""
    pattern = candidate.best
    signs = [sign for _, sign in candidate.signs]
    seen = signs or [sign for _, sign in candidate.symptoms]
    rhythm = next((sign for sign in seen if sign.period_s is not None), None)
    values: dict[str, tuple[str, ...]] = {}
    for sign in signs:
        for name, some in sign.values.items():
            values[name] = tuple(dict.fromkeys((*values.get(name, ()), *some)))
    values |= candidate.values
    lines = [line for sign in seen for line in (sign.evidence if signs else sign.evidence[-2:])]
    return Cause(
        id=candidate.id,
        title=_title(pattern.title, values),
        confidence=candidate.confidence,
        score=round(max(0.0, min(1.0, candidate.score)), 3),
        severity=pattern.severity,
        nodes=_nodes(candidate.places),
        first_seen=min((s.first_seen for s in seen if s.first_seen), default=None),
        last_seen=max((s.last_seen for s in seen if s.last_seen), default=None),
        count=_times(seen),
        period_s=rhythm.period_s if rhythm else None,
        jitter_s=rhythm.jitter_s if rhythm else None,
        recovered=candidate.recovered,
        recovered_nodes=candidate.healed,
        values=values,
        explains=tuple(dict.fromkeys(e for one in candidate.patterns for e in one.explains)),
        why=pattern.why.strip(),
        reasons=tuple(sorted(candidate.reasons, key=lambda one: ORDER[one.effect])),
        evidence=_distinct((*candidate.proofs, *lines)),
        remediation=(*_to_settle(candidate), *pattern.remediation),
        confirm_with=tuple(f"{one.collect}: {one.look_for}" for one in pattern.confirm_with),
        references=pattern.references,
    )


def _to_settle(candidate: Candidate) -> Iterator[str]:
    """Yield what to do first where a document says that the log cannot be right."""
    if candidate.contradiction:
        said = "; ".join(candidate.denials)
        yield (
            f"Settle first what disagrees with the log: {said}. The document may be of another "
            "role, cluster or time"
        )


def _distinct(lines: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """Return each place once, the first ones."""
    found = {(one.file, one.line): one for one in reversed(tuple(lines))}
    return tuple(reversed(found.values()))[:EVIDENCE_MOST]


def _times(signs: Sequence[Sign]) -> int:
    """Return how often *signs* were printed; what documents state counts where no line does."""
    printed = sum(sign.count for sign in signs if sign.stream is not None or sign.first_seen)
    return printed or sum(sign.count for sign in signs)


def _title(title: str, values: dict[str, tuple[str, ...]]) -> str:
    for name, some in values.items():
        title = title.replace("{" + name + "}", ", ".join(some))
    return title


def _nodes(signs: Iterable[Sign]) -> tuple[str, ...]:
    return tuple(sorted({sign.node for sign in signs if sign.node is not None}))


def symptom_of(pattern: Pattern, sign: Sign) -> Symptom:
    """Return the finding for a symptom's sign."""
    return Symptom(
        id=pattern.id,
        title=_title(pattern.title, sign.values),
        count=sign.count,
        period_s=sign.period_s,
        jitter_s=sign.jitter_s,
        first_seen=sign.first_seen,
        last_seen=sign.last_seen,
        nodes=_nodes([sign]),
        recovered=sign.recovered is not None,
        evidence=sign.evidence,
    )


def noise_of(pairs: Iterable[tuple[Pattern, Sign]]) -> list[Noise]:
    """Return how often each noise pattern was seen, by its signs."""
    counts: dict[str, int] = {}
    titles: dict[str, str] = {}
    for pattern, sign in pairs:
        counts[pattern.id] = counts.get(pattern.id, 0) + sign.count
        titles[pattern.id] = pattern.title
    return [Noise(id=name, count=count, title=titles[name]) for name, count in counts.items()]


def report_of(
    reading: Reading,
    matches: Matches | pl.DataFrame,
    said: pl.DataFrame,
    signs: Sequence[Sign],
    facts: Sequence[Fact],
    catalog: Catalog,
    setup: Setup,
    traits: Traits,
    causes: list[Cause],
    symptoms: list[Symptom],
    noise: list[Noise],
    refuted: list[Cause],
    chosen: dict[str, Pattern],
    contradictions: list[str],
) -> Report:
    """Return the whole report."""
    from cnilog.version import __version__

    nodes = reading.runs["node"].drop_nulls().unique().sort().to_list()
    return Report(
        cnilog=__version__,
        accounting=reading.accounting,
        sources=reading.sources,
        versions=setup.versions,
        causes=tuple(causes),
        symptoms=tuple(symptoms),
        noise=tuple(noise),
        unknown=unknown_shapes(reading.records, matches, [one.id for one in noise]),
        next_steps=next_steps(causes, chosen, no_ipamd=_lacks(reading, "ipamd")),
        refuted=tuple(refuted),
        nodes=tuple(nodes),
        missing=_missing(reading),
        notes=(
            *reading.notes,
            *catalog.notes,
            *contradictions,
            *pool_notes(said, facts, symptoms),
        ),
        fleet=in_common(causes, nodes, traits),
        node_facts=_node_facts(facts),
        timeline=_timeline(signs, catalog),
        histogram=_histogram(reading.histogram),
    )


def next_steps(
    causes: list[Cause], patterns: dict[str, Pattern], *, no_ipamd: bool
) -> tuple[NextStep, ...]:
    """Return what to collect where the logs cannot tell, most telling first.

    What speaks of several candidates comes before what settles one; then each candidate's first
    question comes before any second one.

    Args:
        causes: Best first.
        patterns: The pattern whose words each cause uses.
        no_ipamd: The log that says most is not among the sources.
    """
    rivals = _open(causes)[:RIVALS]
    steps: dict[str, tuple[dict[str, float], str]] = {}
    if no_ipamd and rivals:
        steps[IPAMD_ASK] = ({one.id: 0.0 for one in rivals}, "its last lines, and its first error")
    for rank, cause in enumerate(rivals):
        for place, one in enumerate(patterns[cause.id].confirm_with):
            collect = IPAMD_ASK if one.collect.endswith("ipamd.log") else one.collect
            tells, _ = steps.setdefault(collect, ({}, one.look_for))
            tells.setdefault(cause.id, place + rank / 100)
    ranked = sorted(steps.items(), key=lambda item: (-len(item[1][0]), min(item[1][0].values())))
    return tuple(
        NextStep(collect=collect, would_tell=tuple(tells), look_for=look_for)
        for collect, (tells, look_for) in ranked[:STEPS_MOST]
    )


def _open(causes: list[Cause]) -> list[Cause]:
    """Return the causes that leave something to settle: those of nodes without a proved cause."""
    if not causes or causes[0].confidence != "confirmed":
        return causes
    proved = {node for one in causes if one.confidence == "confirmed" for node in one.nodes}
    return [one for one in causes if proved and set(one.nodes) - proved]


def _missing(reading: Reading) -> tuple[str, ...]:
    if not reading.runs.height:
        return ()
    return tuple(
        f"no {name.removeprefix('the ')} among the sources: what {component} did is unknown"
        for component, name in FILES.items()
        if _lacks(reading, component)
    )


def _lacks(reading: Reading, component: str) -> bool:
    return component not in set(reading.runs["component"].cast(pl.String))


def _node_facts(facts: Sequence[Fact]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for fact in facts:
        if fact.node and fact.name.startswith("node."):
            found.setdefault(fact.node, {})[fact.name] = str(fact.value)
    return found


def _timeline(signs: Sequence[Sign], catalog: Catalog) -> tuple[Point, ...]:
    """Return when each of *signs* begins and is over, the first ones; of many few are shown."""
    moments: list[tuple[datetime, Sign, bool]] = []
    for sign in signs:
        if sign.first_seen is not None:
            moments.append((sign.first_seen, sign, False))
        if sign.recovered is not None and sign.recovered.timestamp() > 0:
            moments.append((sign.recovered, sign, True))
    first = sorted(moments, key=itemgetter(0))[:POINTS_MOST]
    return tuple(_point(ts, sign, catalog.by_id[sign.pattern], over) for ts, sign, over in first)


def _point(ts: datetime, sign: Sign, pattern: Pattern, over: bool) -> Point:
    if over:
        return Point(ts=ts, node=sign.node, kind="recovery", id=pattern.finding_id)
    return Point(
        ts=ts,
        node=sign.node,
        kind=pattern.kind,
        id=pattern.finding_id,
        count=sign.count,
        until=sign.last_seen,
    )


def _histogram(histogram: pl.DataFrame) -> tuple[Bar, ...]:
    timed = histogram.drop_nulls("minute")
    if not timed.height:
        return ()
    first, last = timed["minute"].min(), timed["minute"].max()
    minutes = int((last - first).total_seconds() // 60) + 1  # type: ignore[operator, union-attr]
    width = -(-minutes // BARS_MOST)
    bars = (
        timed.group_by(pl.col("minute").dt.truncate(f"{width}m"), pl.col("level").cast(pl.String))
        .agg(pl.col("count").sum())
        .sort("minute", "level")
    )
    return tuple(Bar(ts=ts, level=level, count=count) for ts, level, count in bars.iter_rows())
