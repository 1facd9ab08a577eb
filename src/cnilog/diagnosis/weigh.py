"""Weigh one candidate: its own signs, its symptoms, documents, versions and recovery."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnilog.diagnosis import weights
from cnilog.diagnosis.evidence import weigh_evidence
from cnilog.diagnosis.rhythm import weigh_rhythm

if TYPE_CHECKING:
    from collections.abc import Collection

    from cnilog.catalog.model import Pattern
    from cnilog.diagnosis.candidate import Candidate
    from cnilog.diagnosis.company import Company
    from cnilog.diagnosis.evidence import Facts
    from cnilog.diagnosis.setup import Setup
    from cnilog.finding import Sign

# Groups of a regex that a reason names: none that names somebody's host or account.
TOLD: Final = ("action", "verb", "resource", "plugin", "call")
MOST_TOLD: Final = 4  # values of each


def weigh(candidate: Candidate, facts: Facts, setup: Setup, company: Company) -> None:
    """Fill the sum of *candidate*, with the facts and the set-up of its node."""
    if candidate.signs:
        _own(candidate)
        _version(candidate, setup)
        _recovery(candidate)
    _symptoms(candidate, company, setup)
    if not candidate.signs:
        _beside(candidate, company)
        weigh_rhythm(candidate, candidate.symptoms, facts, setup)
    for pattern in _patterns(candidate):
        for weighing in pattern.evidence:
            if weighing.versions and not setup.releases.within(candidate.node, weighing.versions):
                continue
            weigh_evidence(candidate, weighing, facts, fits=setup.fits(pattern.applies))
    _guard(candidate, setup)


def _beside(candidate: Candidate, company: Company) -> None:
    """Weigh what else the lines say that speak for it."""
    said = company.said(candidate)
    unexplained = company.unexplained(candidate, said)
    if unexplained:
        text = f"it would not explain {', '.join(unexplained)}, which the same lines show"
        candidate.add(weights.UNEXPLAINED, text, "refutes")
    opposed = company.opposed(candidate, said)
    if opposed:
        text = f"it does not show as {', '.join(opposed)}"
        candidate.add(weights.OPPOSED, text, "refutes")


def _patterns(candidate: Candidate) -> list[Pattern]:
    return list({one.id: one for one in candidate.patterns}.values())


def _own(candidate: Candidate) -> None:
    strength = candidate.strongest or "weak"
    pattern = candidate.best
    says = [
        pattern.signals[name].title
        for _, sign in candidate.signs
        for name in sign.signals
        if name in pattern.signals and (sign.short or pattern.signals[name].strength == strength)
    ]
    count = sum(sign.count for _, sign in candidate.signs)
    text = next((one for one in says if one), None) or pattern.title
    text += _named(candidate)
    noun = "record" if count == 1 else "records"
    candidate.add(weights.OWN[strength], f"the log says so: {text} ({count} {noun})")
    if candidate.nameless:
        candidate.add(0.0, "nothing tells which program said so", "missing")
    if candidate.hinted:
        text = "the excerpt is too short to show how often it came and what followed"
        candidate.add(0.0, text, "missing")
    if count > 1:
        candidate.add(weights.AGAIN, f"{count} times")
    for _, sign in candidate.signs:
        if sign.period_s and (sign.jitter_s or 0) <= weights.JITTER * sign.period_s:
            candidate.add(weights.REGULAR, f"every {sign.period_s:g} s, as a loop that fails")
            break
    if any(sign.at_end and sign.recovered is None for _, sign in candidate.signs):
        candidate.add(weights.AT_END, "still there in the last run of the log")


def _named(candidate: Candidate) -> str:
    """Return what its lines name, of what nobody minds to see in a sentence."""
    found = {
        name: tuple(
            dict.fromkeys(v for _, sign in candidate.signs for v in sign.values.get(name, ()))
        )
        for name in TOLD
    }
    told = [f"{name} {', '.join(some[:MOST_TOLD])}" for name, some in found.items() if some]
    return f": {'; '.join(told)}" if told else ""


def _version(candidate: Candidate, setup: Setup) -> None:
    """Weigh the release that wrote the signs: a fault, or a text, is of certain releases only."""
    outside = [_outside(*pair, setup) for pair in candidate.signs]
    against = next((found for found in outside if found), None)
    if against is not None and all(outside):
        candidate.add(*against, "refutes")
        candidate.doubted = True
        return
    if against is not None:  # what another release wrote speaks for nothing here
        kept = zip(candidate.signs, outside, strict=True)
        candidate.signs = [pair for pair, found in kept if not found]
    for pattern, sign in candidate.signs:
        span = pattern.versions or (f"<{pattern.fixed_in}" if pattern.fixed_in else None)
        version = setup.releases.inside(sign, span) if span and pattern.fixed_in else None
        if version is not None and span is not None:
            text = f"you run {version}; fixed in {pattern.fixed_in}"
            later = setup.releases.mended(sign, span)
            candidate.add(0.0, text if later is None else f"{version} ran then; now it is {later}")
            return


def _outside(pattern: Pattern, sign: Sign, setup: Setup) -> tuple[float, str] | None:
    """Return the weight and the words against *sign*, where its release cannot have the fault."""
    if pattern.versions and (version := setup.releases.excludes(sign, pattern.versions)):
        fixed = f"; fixed in {pattern.fixed_in}" if pattern.fixed_in else ""
        text = f"the fault is in {pattern.versions}{fixed}; the log states {version}"
        return weights.OTHER_VERSION, text
    spans = [pattern.signals[name].versions for name in sign.signals if name in pattern.signals]
    versions = [setup.releases.excludes(sign, span) if span else None for span in spans]
    if versions and all(versions):
        return (
            weights.NEVER_PRINTED,
            f"{versions[0]} never printed this: it is a text of {spans[0]}",
        )
    return None


def _recovery(candidate: Candidate) -> None:
    healed = [sign for _, sign in candidate.signs if sign.recovered is not None]
    if healed and len(healed) == len(candidate.signs):
        when = max(sign.recovered for sign in healed if sign.recovered is not None)
        moment = f" at {when:%H:%M:%S}" if when.timestamp() > 0 else ""
        candidate.add(weights.HEALED, f"it is over: a success followed{moment}", "refutes")
        candidate.recovered = True


def _share(pattern: Pattern, found: Collection[str]) -> float:
    """Return how much of what *pattern* brings about was seen."""
    return sum(name in found for name in pattern.explains) / len(pattern.explains)


def _symptoms(candidate: Candidate, company: Company, setup: Setup) -> None:
    found = list(dict.fromkeys(sign.pattern for _, sign in candidate.symptoms))
    if not found:
        return
    if candidate.signs:
        weight = min(weights.SYMPTOMS_MOST, weights.SYMPTOM * len(found))
        candidate.add(weight, f"it explains {', '.join(found)}")
        return
    telling = [one for one in candidate.patterns if not set(found).isdisjoint(one.explains)]
    usual = any(pattern.usual == candidate.id for pattern, _ in candidate.symptoms)
    prior = max(_prior(pattern, setup, usual=usual) for pattern in telling)
    weight = sum(company.telling(name) for name in found)
    weight += weights.FOCUS * max(_share(pattern, found) for pattern in telling)
    candidate.add(prior + weight, f"it would explain {', '.join(found)}")
    candidate.add(0.0, "no line of its own was seen", "missing")


def _prior(pattern: Pattern, setup: Setup, *, usual: bool) -> float:
    """Return how common the cause is: one of another set-up than the default is rarely met.

    It is as common as its pattern says where that set-up is known to be the one at hand.
    """
    if usual:
        return weights.PRIOR["usual"]
    found = weights.PRIOR[pattern.frequency]
    return found if setup.fits(pattern.applies) else min(found, weights.PRIOR["occasional"])


def _guard(candidate: Candidate, setup: Setup) -> None:
    """Rule out what is about another set-up, unless a line names the cause."""
    if candidate.strongest == "conclusive":
        return
    reason = setup.excludes(candidate.best.applies)
    if reason:
        candidate.add(0.0, reason, "refutes")
        candidate.refuted = True
