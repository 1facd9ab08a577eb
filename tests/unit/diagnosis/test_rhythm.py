"""What periods say counts once for each pattern, however many places show it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from made_up import pattern, says

from cnilog.catalog import Pattern
from cnilog.diagnosis import weights
from cnilog.diagnosis.candidate import Candidate
from cnilog.diagnosis.rhythm import weigh_rhythm
from cnilog.finding import Sign

LOOP = {"repeats": {"signal": "it", "every": "2s", "tolerance": "100ms"}}
WAITS = pattern("not-serving", "symptom", signals=says("waiting"), when=LOOP)


def weighed(*signs: tuple[int, float]) -> Candidate:
    """Return a candidate with one symptom for each count and period, each in its own stream."""
    symptoms: list[tuple[Pattern, Sign]] = [
        (WAITS, Sign("not-serving", None, stream, ("it",), count, None, None, period_s=period))
        for stream, (count, period) in enumerate(signs)
    ]
    candidate = Candidate("denied", [WAITS])
    releases = SimpleNamespace(excludes=lambda *_: None)
    weigh_rhythm(candidate, symptoms, {}, cast("Any", SimpleNamespace(releases=releases)))
    return candidate


def test_a_loop_in_many_places_counts_once() -> None:
    many = weighed((5, 2.0), (9, 2.01), (7, 2.0))

    [told] = many.reasons
    assert "9 times" in told.text
    assert told.text.endswith("(and alike in 2 more places)")
    assert many.score == weighed((5, 2.0)).score == weights.REGULAR


def test_places_that_say_different_things_are_told_apart() -> None:
    both = weighed((5, 2.0), (9, 30.0))

    assert [reason.weight for reason in both.reasons] == [weights.REGULAR, weights.OTHER_PERIOD]
