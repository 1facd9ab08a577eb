"""From signs and facts to a report: candidates, their weights, their order, what is folded."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

import polars as pl

from cnilog.diagnosis.agreement import agreed
from cnilog.diagnosis.candidate import Candidate
from cnilog.diagnosis.causality import deeper_first, fold
from cnilog.diagnosis.company import Company, each_record
from cnilog.diagnosis.conclude import cause_of, noise_of, report_of, symptom_of
from cnilog.diagnosis.documented import documented
from cnilog.diagnosis.evidence import Book
from cnilog.diagnosis.fleet import read_traits
from cnilog.diagnosis.places import joined, order, parted
from cnilog.diagnosis.setup import read_setup
from cnilog.diagnosis.subnets import of_nodes
from cnilog.diagnosis.telling import telling
from cnilog.diagnosis.weigh import weigh

if TYPE_CHECKING:
    from cnilog.catalog import Catalog, Pattern
    from cnilog.finding import Fact, Report, Sign
    from cnilog.matches import Matches
    from cnilog.reading import Reading

BY_SYMPTOM_MOST: Final = 12  # candidates that only symptoms speak for


def diagnose(
    reading: Reading,
    matches: Matches | pl.DataFrame,
    signs: tuple[Sign, ...],
    facts: tuple[Fact, ...],
    catalog: Catalog,
) -> Report:
    """Return the report on a source.

    Args:
        reading: What was read; its records may be only those that matter.
        matches: What `cnilog.matching.find` found, or a frame of schema `MATCHES`.
        signs: What `cnilog.matching.signs` found.
        facts: What `cnilog.documents.read` found.
        catalog: The patterns that made the signs.
    """
    facts, disagreements = agreed(facts)
    said = telling(reading.records)
    setup = read_setup(said, facts)
    traits = read_traits(said, facts, setup.versions.by_node)
    facts = of_nodes(facts, said)
    heard = without_context(without_noise(signs, catalog), catalog)
    heard += documented(facts, heard, catalog)
    by_kind: dict[str, list[tuple[Pattern, Sign]]] = defaultdict(list)
    for sign in heard:
        pattern = catalog.by_id[sign.pattern]
        by_kind[pattern.kind].append((pattern, sign))
    candidates = _candidates(by_kind["cause"], by_kind["symptom"], facts, catalog)
    parts = [part for one in candidates for part in parted(one)]
    company = Company(by_kind["symptom"], catalog.rivals)
    book = Book(facts, reading.runs["node"].drop_nulls().unique())
    for part in parts:
        weigh(part, book.about(part.node), setup.at(part.node), company)
    silent = not (reading.runs.height or reading.records.height)
    kept, refuted = _judged(parts, documents_only=silent)
    causes = deeper_first([cause_of(one) for one in kept], catalog)
    symptoms = fold([symptom_of(*pair) for pair in by_kind["symptom"]], causes)
    noise = noise_of(by_kind["noise"])
    return report_of(
        reading,
        matches,
        said,
        heard,
        facts,
        catalog,
        setup,
        traits,
        causes,
        symptoms,
        noise,
        [cause_of(one) for one in refuted],
        {one.id: one.best for one in kept},
        [
            *dict.fromkeys(one.contradiction for one in parts if one.contradiction),
            *disagreements,
        ],
    )


def without_noise(signs: tuple[Sign, ...], catalog: Catalog) -> list[Sign]:
    """Return the signs that are left when noise has taken its records.

    A record that a noise pattern knows counts for no other pattern, but for a conclusive signal.
    """
    known = {
        record
        for sign in signs
        if catalog.by_id[sign.pattern].kind == "noise"
        for record in sign.records
    }
    return [sign for sign in signs if not _is_noise(sign, catalog, known)]


def without_context(signs: list[Sign], catalog: Catalog) -> list[Sign]:
    """Return the signs that are left when context has yielded.

    A symptom of severity info only says where something failed: it counts where no other pattern
    knows one of its records.
    """
    context = [n for n, sign in enumerate(signs) if _is_context(catalog.by_id[sign.pattern])]
    if not context:
        return signs
    each = each_record(signs)
    yields = pl.col("sign").is_in(context)
    others = each.filter(~yields)["record"]
    gone = {*each.filter(yields & pl.col("record").is_in(others.implode()))["sign"].unique()}
    return [sign for n, sign in enumerate(signs) if n not in gone]


def _is_context(pattern: Pattern) -> bool:
    return pattern.kind == "symptom" and pattern.severity == "info"


def _is_noise(sign: Sign, catalog: Catalog, known: set[int]) -> bool:
    pattern = catalog.by_id[sign.pattern]
    if pattern.kind == "noise" or not known:
        return False
    strengths = {pattern.signals[name].strength for name in sign.signals if name in pattern.signals}
    return "conclusive" not in strengths and all(map(known.__contains__, sign.records))


def _candidates(
    own: list[tuple[Pattern, Sign]],
    symptoms: list[tuple[Pattern, Sign]],
    facts: tuple[Fact, ...],
    catalog: Catalog,
) -> list[Candidate]:
    patterns: dict[str, list[Pattern]] = defaultdict(list)
    for pattern in catalog.patterns:
        if pattern.kind == "cause":
            patterns[pattern.finding_id].append(pattern)
    found = {name: Candidate(name, some) for name, some in patterns.items()}
    for pattern, sign in own:
        found[pattern.finding_id].signs.append((pattern, sign))
    alive = [(pattern, sign) for pattern, sign in symptoms if sign.recovered is None]
    for candidate in found.values():
        explained = {name for one in candidate.patterns for name in one.explains}
        seen = symptoms if candidate.signs else alive
        candidate.symptoms = [pair for pair in seen if pair[0].id in explained]
    named = {fact.name for fact in facts}
    return [one for one in found.values() if one.signs or one.symptoms or _weighed(one, named)]


def _weighed(candidate: Candidate, named: set[str]) -> bool:
    return any(w.fact in named for pattern in candidate.patterns for w in pattern.evidence)


def _judged(
    parts: list[Candidate], *, documents_only: bool
) -> tuple[list[Candidate], list[Candidate]]:
    """Return what is left, best first, and what the evidence rules out everywhere.

    Beside logs a document proves what the logs show signs of. Where nobody handed in a log, what
    the documents alone would bring about is told too.
    """
    told = [
        one
        for one in parts
        if one.signs or one.symptoms or (documents_only and one.confirmed_by_fact)
    ]
    out = [one for one in told if _is_out(one) and (one.signs or one.denials)]
    left = [one for one in told if not _is_out(one)]
    own = [one for one in left if one.signs or one.confirmed_by_fact]
    if any(one.confidence != "possible" for one in own):  # a hint adds nothing to what is plain
        own = [one for one in own if one.confirmed_by_fact or not one.hinted]
    proved = _proved(own)
    guesses = [one for one in left if not (one.signs or one.confirmed_by_fact)]
    guesses = [one for one in guesses if not _explained_away(one, proved)]
    by_id: dict[str, list[Candidate]] = defaultdict(list)
    for one in (*own, *guesses):
        by_id[one.id].append(one)
    ruled: dict[str, list[Candidate]] = defaultdict(list)
    for one in out:
        ruled[one.id].append(one)
    kept = sorted((joined(some, ruled[name]) for name, some in by_id.items()), key=order)
    by_symptom = [one for one in kept if not (one.signs or one.confirmed_by_fact)]
    dropped = {id(one) for one in by_symptom[BY_SYMPTOM_MOST:]}
    refuted = [joined(some) for name, some in ruled.items() if name not in by_id and some]
    return [one for one in kept if id(one) not in dropped], refuted


def _is_out(one: Candidate) -> bool:
    return one.refuted and one.strongest != "conclusive" and not one.confirmed_by_fact


def _proved(own: list[Candidate]) -> dict[str, set[str | None]]:
    """Return the nodes on which a proved cause explains a symptom, by symptom."""
    proved: dict[str, set[str | None]] = defaultdict(set)
    for one in own:
        if one.confidence == "confirmed":
            nodes = {sign.node for sign in one.places}
            for pattern in one.patterns:
                for name in pattern.explains:
                    proved[name] |= nodes
    return proved


def _explained_away(candidate: Candidate, proved: dict[str, set[str | None]]) -> bool:
    """Return whether every symptom that speaks for *candidate* has a proved cause on its node."""
    return all(_is_proved(sign.node, proved[pattern.id]) for pattern, sign in candidate.symptoms)


def _is_proved(node: str | None, nodes: set[str | None]) -> bool:
    """Return whether a cause on *nodes* may stand for a symptom on *node*; null may be any."""
    return bool(nodes) and (node is None or None in nodes or node in nodes)
