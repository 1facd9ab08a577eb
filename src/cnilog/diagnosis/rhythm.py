"""What periods tell: of a retry loop, and of a container's restarts."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Final

from cnilog.diagnosis import weights

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnilog.catalog.model import Pattern
    from cnilog.catalog.when import Repeats, When
    from cnilog.diagnosis.candidate import Candidate
    from cnilog.diagnosis.evidence import Facts
    from cnilog.diagnosis.setup import Setup
    from cnilog.finding import Sign

# initialDelay 60 s, three failures 10 s apart, the grace period, and the first back-off
LIVENESS_S: Final = (75.0, 150.0)
RESTART_PERIOD: Final = "pods.aws_node.restart_period_s"


def weigh_rhythm(
    candidate: Candidate,
    symptoms: Sequence[tuple[Pattern, Sign]],
    facts: Facts,
    setup: Setup,
) -> None:
    """Add what the symptoms' periods and versions say to the sum of *candidate*.

    What a pattern's signs say alike in many places counts once, by the place with most of it.
    """
    said: dict[tuple[str, float], dict[tuple[object, object], tuple[int, str]]] = {}
    for pattern, sign in symptoms:
        for weight, text in (*_loop(pattern, sign), *_era(pattern, sign, setup)):
            places = said.setdefault((pattern.id, weight), {})
            places.setdefault((sign.node, sign.stream), (sign.count, text))
    for (_, weight), places in said.items():
        text = max(places.values(), key=itemgetter(0))[1]
        more = len(places) - 1
        alike = f" (and alike in {more} more place{'s' * (more > 1)})" if more else ""
        candidate.add(weight, text + alike, "supports" if weight >= 0 else "refutes")
    periods = [float(str(fact.value)) for fact in facts.get(RESTART_PERIOD, ())]
    if periods and symptoms:
        candidate.add(weights.REGULAR, _restarts(min(periods)))


def _loop(pattern: Pattern, sign: Sign) -> Iterator[tuple[float, str]]:
    """Compare the sign's period with that of the loop the pattern describes."""
    loop = next((one for one in _repeats(pattern.when) if one.signal in sign.signals), None)
    if sign.period_s is None:
        return
    times = (
        f"{pattern.id} every {sign.period_s:.3g} s, {sign.count} times, without a success after it"
    )
    if loop is None:
        yield 0.0, times
    elif abs(sign.period_s * 1000 - loop.every) <= loop.tolerance:
        yield weights.REGULAR, f"{times}: the period of that loop"
    else:
        yield (
            weights.OTHER_PERIOD,
            f"{pattern.id} comes every {sign.period_s:.3g} s; the loop that prints it has "
            f"{loop.every / 1000:g} s",
        )


def _repeats(when: When | None) -> Iterator[Repeats]:
    if when is None:
        return
    if when.repeats is not None:
        yield when.repeats
    for inner in (*(when.all or ()), *(when.any or ())):
        yield from _repeats(inner)


def _era(pattern: Pattern, sign: Sign, setup: Setup) -> Iterator[tuple[float, str]]:
    """Doubt a text that the release which the log states never printed."""
    spans = [pattern.signals[name].versions for name in sign.signals if name in pattern.signals]
    versions = [setup.releases.excludes(sign, span) if span else None for span in spans]
    if versions and all(versions):
        text = f"{versions[0]} never printed {pattern.id}'s text: it is one of {spans[0]}"
        yield weights.NEVER_PRINTED / 3, text


def _restarts(period_s: float) -> str:
    low, high = LIVENESS_S
    if period_s < low:
        what = "faster than liveness kills, the process ends by itself"
    elif period_s <= high:
        what = "liveness kills of a process that never serves"
    else:
        what = "back-off, or a process that serves for a while"
    return f"a restart every {period_s:.0f} s: {what}"
