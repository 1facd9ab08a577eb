"""One error, many wraps: the strongest signals on a line name one cause and no other."""

from __future__ import annotations

from collections import defaultdict

import polars as pl
from look_alikes import lines

from cnilog import load_catalog
from cnilog.matching import match
from cnilog.schema import RECORDS

RANK = {"weak": 0, "strong": 1, "conclusive": 2}
HELPERS = ("works", "serving", "reached", "error", "denied", "blocked", "limit", "custom")


def records(messages: list[str]) -> pl.DataFrame:
    """Return the messages as records of one ipamd stream."""
    rows = {name: [None] * len(messages) for name in RECORDS}
    count = range(len(messages))
    known = {
        "record": list(count),
        "file": ["ipamd.log"] * len(messages),
        "line": [number + 1 for number in count],
        "stream": [0] * len(messages),
        "run": [0] * len(messages),
        "component": ["ipamd"] * len(messages),
        "message": messages,
        "raw": messages,
        "decoded": [True] * len(messages),
    }
    return pl.DataFrame({**rows, **known}, schema=RECORDS)


def test_the_strongest_signals_name_one_cause() -> None:
    catalog = load_catalog()
    pairs = lines()
    best: dict[int, dict[str, int]] = defaultdict(dict)
    for row in match(records([message for _, message in pairs]), catalog).iter_rows(named=True):
        pattern = catalog.by_id[row["pattern"]]
        transient = pattern.finding_id == "ip-pool-exhausted-transient"
        if pattern.kind != "cause" or row["signal"] in HELPERS or transient:
            continue
        rank = RANK[pattern.signals[row["signal"]].strength]
        causes = best[row["record"]]
        causes[pattern.finding_id] = max(rank, causes.get(pattern.finding_id, 0))
    wrong = []
    for number, (wanted, message) in enumerate(pairs):
        top = max(best[number].values(), default=-1)
        named = {cause for cause, rank in best[number].items() if rank == top}
        if top < RANK["strong"] or named != {wanted}:
            wrong.append(f"{wanted}, not {named or 'nothing'}: {message[:200]}")
    assert not wrong, "\n".join(wrong[:20])
