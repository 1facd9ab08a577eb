"""Measure what more patterns cost: with the shipped catalog, and with twice as many.

    python -m benchmarks.synthetic LOGS

The added patterns are shaped as the shipped ones are (literals, regexes, components) and look for
texts that no log holds, as most patterns do on any one log.
"""

from __future__ import annotations

import sys
import time

from cnilog import ingest, matching
from cnilog.catalog import Catalog, Pattern, load_catalog

ROUNDS = 3  # the least CPU time of them counts


def doubled(catalog: Catalog) -> Catalog:
    """Return *catalog* with a made-up pattern for each of its own."""
    return Catalog(patterns=(*catalog.patterns, *(_made_up(one) for one in catalog.patterns)))


def _made_up(pattern: Pattern) -> Pattern:
    signals = {
        name: signal.model_copy(
            update={"contains": tuple(f"{text[::-1]} {pattern.id}" for text in signal.contains)}
        )
        for name, signal in pattern.signals.items()
    }
    return pattern.model_copy(update={"id": f"{pattern.id}-made-up", "signals": signals})


def seconds(source: str, catalog: Catalog) -> float:
    """Return the CPU seconds of reading what may matter in *source*, and matching it."""
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.process_time()
        matching.match(ingest.read(source, keep=catalog.literals).records, catalog)
        best = min(best, time.process_time() - start)
    return best


def main() -> None:
    """Print both times and their ratio."""
    source, catalog = sys.argv[1], load_catalog()
    one, two = seconds(source, catalog), seconds(source, doubled(catalog))
    print(f"{len(catalog.patterns)} patterns: {one:.3f} s of CPU")
    print(f"twice as many patterns: {two:.3f} s, {100 * (two / one - 1):+.1f} %")


if __name__ == "__main__":
    main()
