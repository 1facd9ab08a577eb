"""A cause under consideration: what speaks for it and against it, as a sum with reasons."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from cnilog.diagnosis import weights
from cnilog.finding import Evidence, Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cnilog.catalog import Pattern
    from cnilog.finding import Confidence, Effect, Sign

STRENGTHS: Final = tuple(weights.OWN)  # the most specific first


@dataclass(slots=True)
class Candidate:
    """One cause id, on one node; once joined, on every node where it stands alike."""

    id: str
    patterns: list[Pattern]
    signs: list[tuple[Pattern, Sign]] = field(default_factory=list)
    symptoms: list[tuple[Pattern, Sign]] = field(default_factory=list)
    reasons: list[Reason] = field(default_factory=list)
    proofs: list[Evidence] = field(default_factory=list)  # documents
    denials: list[str] = field(default_factory=list)  # what refuting documents say
    values: dict[str, tuple[str, ...]] = field(default_factory=dict)  # of confirming documents
    score: float = 0.0
    confirmed_by_fact: bool = False
    refuted: bool = False
    doubted: bool = False  # the version or the guard speaks against the log's own words
    recovered: bool = False
    node: str | None = None  # null: of the whole source, or not known
    healed: tuple[str, ...] = ()  # nodes where it is over, while it fails here

    def add(self, weight: float, text: str, effect: Effect = "supports") -> None:
        """Add a step to the sum."""
        self.score += weight
        self.reasons.append(Reason(effect=effect, text=text, weight=round(weight, 3)))

    @property
    def strongest(self) -> str | None:
        """The strength of the strongest signal that took part; null without any.

        A hint in an excerpt is weak whatever it says.
        """
        found = ("weak" if short else strength for strength, short in self._strengths())
        return min(found, key=STRENGTHS.index, default=None)

    @property
    def specific(self) -> int:
        """How specific its lines are, 0 the most, though they be hints: it breaks ties."""
        return min((STRENGTHS.index(strength) for strength, _ in self._strengths()), default=9)

    def _strengths(self) -> Iterator[tuple[str, bool]]:
        kinds = {(one.id, sign.signals, sign.short): one for one, sign in self.signs}
        for (_, names, short), pattern in kinds.items():  # many signs, and few kinds of them
            for name in names:
                if name in pattern.signals:
                    yield pattern.signals[name].strength, short

    @property
    def hinted(self) -> bool:
        """Whether no more speaks for it than hints in an excerpt."""
        return bool(self.signs) and all(sign.short for _, sign in self.signs)

    @property
    def nameless(self) -> bool:
        """Whether its lines name neither who wrote them nor anything of the CNI."""
        return bool(self.signs) and all(sign.nameless for _, sign in self.signs)

    @property
    def places(self) -> list[Sign]:
        """The signs that tell where it is: its own; a document's proof holds for all symptoms."""
        own = [sign for _, sign in self.signs]
        explained = [sign for _, sign in self.symptoms]
        return [*own, *explained] if self.confirmed_by_fact or not own else own

    @property
    def contradiction(self) -> str | None:
        """What the log and a document say against each other, with both places; null if agreed."""
        places = [line for _, sign in self.signs for line in sign.evidence]
        if not places or not self.denials or self.strongest == "weak":
            return None
        said = f"{places[0].file}:{places[0].line}"
        return f"{self.id}: the log says so ({said}), but {'; '.join(self.denials)}"

    @property
    def best(self) -> Pattern:
        """The pattern whose words the finding uses: the one with the strongest sign.

        Where a document proves it and the signs are vague, the cause's own pattern speaks.
        """
        ranks: dict[tuple[str, tuple[str, ...]], int] = {}  # of kinds of signs, which are few

        def rank(pair: tuple[Pattern, Sign]) -> tuple[int, int]:
            pattern, sign = pair
            kind = pattern.id, sign.signals
            if kind not in ranks:
                ranks[kind] = _rank(pattern, sign.signals)
            return ranks[kind], -sign.count

        plain = [pattern for pattern in self.patterns if pattern.id == self.id]
        proved = self.confirmed_by_fact and self.strongest == "weak"
        if self.signs and not (proved and plain):
            return min(self.signs, key=rank)[0]
        return (plain or self.patterns)[0]

    @property
    def confidence(self) -> Confidence:
        """How sure: symptoms alone, or trouble that healed, are never more than possible."""
        if self.recovered:
            return "possible"
        if self.confirmed_by_fact and (self.signs or self.symptoms):
            return "confirmed"
        if self.doubted or self.nameless:
            return "possible"
        if self.strongest == "conclusive":
            return "confirmed"
        if self.strongest == "strong" and self.score >= weights.LIKELY:
            return "likely"
        return "possible"


def _rank(pattern: Pattern, names: Iterable[str]) -> int:
    """Return how specific the signals of *names* are, 0 the most."""
    strengths = (pattern.signals[name].strength for name in names if name in pattern.signals)
    return min(map(STRENGTHS.index, strengths), default=len(STRENGTHS))
