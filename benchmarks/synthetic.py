"""Measure what more patterns cost: with the shipped catalog, twice and four times as many.

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


def grown(catalog: Catalog, times: int) -> Catalog:
    """Return *catalog* with made-up patterns, *times* as many in all."""
    made = (_made_up(one, turn) for turn in range(1, times) for one in catalog.patterns)
    return Catalog(patterns=(*catalog.patterns, *made))


def _made_up(pattern: Pattern, turn: int) -> Pattern:
    signals = {
        name: signal.model_copy(
            update={
                "contains": tuple(f"{text[::-1]} {pattern.id} {turn}" for text in signal.contains)
            }
        )
        for name, signal in pattern.signals.items()
    }
    return pattern.model_copy(update={"id": f"{pattern.id}-made-up-{turn}", "signals": signals})


def seconds(source: str, catalog: Catalog) -> float:
    """Return the CPU seconds of reading what may matter in *source*, and matching it."""
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.process_time()
        matching.match(ingest.read(source, keep=catalog.literals).records, catalog)
        best = min(best, time.process_time() - start)
    return best


def table(source: str) -> str:
    """Return a Markdown table of the times with more and more patterns."""
    catalog = load_catalog()
    rows = ["| patterns | CPU s, reading and matching | times |", "|---|---|---|"]
    first = 0.0
    for times in (1, 2, 4):
        more = grown(catalog, times)
        took = seconds(source, more)
        first = first or took
        rows.append(f"| {len(more.patterns)} | {took:.2f} | {took / first:.2f} |")
    return "\n".join(rows)


if __name__ == "__main__":
    print(table(sys.argv[1]))
