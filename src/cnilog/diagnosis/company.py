"""Which symptoms the same lines show: a cause must account for all that a line says.

`add cmd: failed to assign an IP address to container` is a sandbox that failed, and an ipamd that
answered. What keeps ipamd from answering explains the first and not the second.
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Final

import polars as pl

from cnilog.diagnosis import weights

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnilog.catalog import Pattern
    from cnilog.diagnosis.candidate import Candidate
    from cnilog.finding import Sign

LOOKED_AT: Final = 20  # records of a sign: those of one text agree


def each_record(signs: Sequence[Sign]) -> pl.DataFrame:
    """Return the records of *signs*, all in turn: ``sign``, a number from 0, and ``record``.

    Ten thousand records of each of a hundred signs are too many for Python's sets.
    """
    records = array("I")
    for sign in signs:
        records.extend(sign.records)
    sizes = pl.Series([len(sign.records) for sign in signs], dtype=pl.UInt32)
    numbers = pl.int_range(len(signs), dtype=pl.UInt32, eager=True).repeat_by(sizes)
    of = numbers.explode(empty_as_null=False, keep_nulls=False)
    return pl.DataFrame({"sign": of, "record": pl.Series(records, dtype=pl.UInt32)})


class Company:
    """The symptoms of every record that a symptom's sign holds."""

    def __init__(self, symptoms: Sequence[tuple[Pattern, Sign]], rivals: Mapping[str, int]) -> None:
        """Keep which symptoms each record shows.

        Args:
            symptoms: What was seen.
            rivals: How many causes may bring about each symptom.
        """
        self._rivals = rivals
        self._shown: dict[int, set[str]] = {}
        self._alike: dict[int, tuple[Sign, set[str]]] = {}  # by the id of the sign
        self._against: dict[str, frozenset[str]] = {}
        for pattern, _ in symptoms:
            self._against[pattern.id] = frozenset(pattern.against)
        each = each_record([sign for _, sign in symptoms])
        first = pl.int_range(pl.len()).over("sign") < LOOKED_AT
        asked_for = each.filter(first)["record"].unique()
        shown = each.filter(pl.col("record").is_in(asked_for.implode()))
        for number, record in shown.iter_rows():
            self._shown.setdefault(record, set()).add(symptoms[number][0].id)

    def telling(self, symptom: str) -> float:
        """Return what *symptom* is worth: the fewer causes explain it, the more."""
        causes = self._rivals.get(symptom, 0)
        fits = [weight for most, weight in weights.TELLING.items() if 0 < causes <= most]
        return max(fits, default=weights.SYMPTOM)

    def unexplained(self, candidate: Candidate, said: set[str]) -> list[str]:
        """Return what was *said* beside what *candidate* brings about."""
        explained = {name for one in candidate.patterns for name in one.explains}
        return sorted(said - explained)

    def opposed(self, candidate: Candidate, said: set[str]) -> list[str]:
        """Return what was *said* that *candidate* would not show."""
        return sorted(name for name in said if candidate.id in self._against[name])

    def said(self, candidate: Candidate) -> set[str]:
        """Return the symptoms that the lines show which speak for *candidate*."""
        found: set[str] = set()
        for _, sign in candidate.symptoms:
            found |= self._on_all(sign)
        return found

    def _on_all(self, sign: Sign) -> set[str]:
        """Return the symptoms that each record of *sign* shows; a hundred causes ask for them."""
        if id(sign) not in self._alike:
            shown = [self._shown.get(record, set()) for record in sign.records[:LOOKED_AT]]
            self._alike[id(sign)] = sign, set.intersection(*shown) if shown else set()
        return self._alike[id(sign)][1]
