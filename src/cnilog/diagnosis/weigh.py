"""Weigh one candidate: its own signs, its symptoms, documents, versions and recovery."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnilog.catalog.expressions import holds
from cnilog.catalog.versions import within
from cnilog.diagnosis import weights
from cnilog.diagnosis.rhythm import weigh_rhythm
from cnilog.finding import Evidence

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cnilog.catalog.model import Pattern, Weighing
    from cnilog.diagnosis.candidate import Candidate
    from cnilog.diagnosis.setup import Setup
    from cnilog.finding import Fact, Sign


def weigh(candidate: Candidate, facts: Sequence[Fact], setup: Setup) -> None:
    """Fill the sum of *candidate*."""
    if candidate.signs:
        _own(candidate)
        _version(candidate, setup)
        _recovery(candidate)
    _symptoms(candidate)
    if not candidate.signs:
        weigh_rhythm(candidate, candidate.symptoms, facts, setup)
    for pattern in _patterns(candidate):
        for weighing in pattern.evidence:
            _evidence(candidate, weighing, facts, fits=setup.fits(pattern.applies))


def _patterns(candidate: Candidate) -> list[Pattern]:
    return list({one.id: one for one in candidate.patterns}.values())


def _own(candidate: Candidate) -> None:
    strength = candidate.strongest or "weak"
    pattern = candidate.best
    says = [
        pattern.signals[name].title
        for _, sign in candidate.signs
        for name in sign.signals
        if name in pattern.signals and pattern.signals[name].strength == strength
    ]
    count = sum(sign.count for _, sign in candidate.signs)
    text = next((one for one in says if one), None) or pattern.title
    noun = "record" if count == 1 else "records"
    candidate.add(weights.OWN[strength], f"the log says so: {text} ({count} {noun})")
    if count > 1:
        candidate.add(weights.AGAIN, f"{count} times")
    for _, sign in candidate.signs:
        if sign.period_s and (sign.jitter_s or 0) <= weights.JITTER * sign.period_s:
            candidate.add(weights.REGULAR, f"every {sign.period_s:g} s, as a loop that fails")
            break
    if any(sign.at_end and sign.recovered is None for _, sign in candidate.signs):
        candidate.add(weights.AT_END, "still there in the last run of the log")


def _version(candidate: Candidate, setup: Setup) -> None:
    version = setup.versions.cni
    if version is None:
        return
    for pattern, sign in candidate.signs:
        if pattern.versions and within(version, pattern.versions) is False:
            fixed = f"; fixed in {pattern.fixed_in}" if pattern.fixed_in else ""
            text = f"the fault is in {pattern.versions}{fixed}; the log states {version}"
            candidate.add(weights.OTHER_VERSION, text, "refutes")
            candidate.doubted = True
            return
        if pattern.fixed_in:
            candidate.add(0.0, f"you run {version}; fixed in {pattern.fixed_in}")
        spans = [pattern.signals[name].versions for name in sign.signals if name in pattern.signals]
        if spans and all(span and within(version, span) is False for span in spans):
            text = f"{version} never printed this: it is a text of {spans[0]}"
            candidate.add(weights.NEVER_PRINTED, text, "refutes")
            candidate.doubted = True
            return


def _recovery(candidate: Candidate) -> None:
    healed = [sign for _, sign in candidate.signs if sign.recovered is not None]
    if healed and len(healed) == len(candidate.signs):
        when = max(sign.recovered for sign in healed if sign.recovered is not None)
        moment = f" at {when:%H:%M:%S}" if when.timestamp() > 0 else ""
        candidate.add(weights.HEALED, f"it is over: a success followed{moment}", "refutes")
        candidate.recovered = True


def _symptoms(candidate: Candidate) -> None:
    found = list(dict.fromkeys(sign.pattern for _, sign in candidate.symptoms))
    if not found:
        return
    if candidate.signs:
        weight = min(weights.SYMPTOMS_MOST, weights.SYMPTOM * len(found))
        candidate.add(weight, f"it explains {', '.join(found)}")
        return
    telling = [one for one in candidate.patterns if not set(found).isdisjoint(one.explains)]
    prior = max(weights.PRIOR[pattern.frequency] for pattern in telling)
    weight = min(weights.SYMPTOMS_MOST, weights.SYMPTOM * len(found))
    candidate.add(prior + weight, f"it would explain {', '.join(found)}")
    candidate.add(0.0, "no line of its own was seen", "missing")


def _evidence(
    candidate: Candidate, weighing: Weighing, facts: Iterable[Fact], *, fits: bool
) -> None:
    """Weigh one line of a pattern's evidence.

    What is missing for another set-up than this one confirms nothing.
    """
    for fact in facts:
        if not _named(fact.name, weighing.fact):
            continue
        captured = _captured(candidate.signs)
        words = _says(weighing, fact)
        if any(reason.text == words for reason in candidate.reasons):
            continue
        if fits and weighing.confirms and holds(weighing.confirms, fact.value, captured):
            candidate.confirmed_by_fact = True
            if isinstance(fact.value, tuple):
                candidate.values[fact.name.rpartition(".")[2]] = fact.value
            candidate.add(max(0.0, weights.CONFIRMS - candidate.score), words, "confirms")
            candidate.proofs.insert(0, _proof(fact))
        elif weighing.supports and holds(weighing.supports, fact.value, captured):
            candidate.add(weights.SUPPORTS, words)
            candidate.proofs.append(_proof(fact))
        elif weighing.refutes and holds(weighing.refutes, fact.value, captured):
            candidate.refuted = True
            candidate.denials.append(words)
            candidate.add(0.0, words, "refutes")
            candidate.proofs.append(_proof(fact))


def _named(name: str, wanted: str) -> bool:
    return name == wanted or (wanted.endswith(".*") and name.startswith(wanted[:-1]))


def _captured(signs: Iterable[tuple[Pattern, Sign]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for _, sign in signs:
        for name, values in sign.values.items():
            found[name] = (*found.get(name, ()), *values)
    return found


def _says(weighing: Weighing, fact: Fact) -> str:
    value = ", ".join(fact.value) if isinstance(fact.value, tuple) else str(fact.value)
    says = weighing.says or f"{weighing.fact} is {{value}}"
    return f"{says.replace('{value}', value or 'none')} ({fact.file})"


def _proof(fact: Fact) -> Evidence:
    value = ", ".join(fact.value) if isinstance(fact.value, tuple) else str(fact.value)
    return Evidence(file=fact.file, line=fact.line or 1, text=fact.text or f"{fact.name}: {value}")
