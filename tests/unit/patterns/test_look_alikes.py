"""One error, many wraps: what holds on a line that keeps coming names one cause and no other."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
from look_alikes import lines

from cnilog import load_catalog
from cnilog.matching import match, signs
from cnilog.schema import HISTOGRAM, RECORDS, RUNS, empty

RANK = {"weak": 0, "strong": 1, "conclusive": 2}
TIMES = 6  # how often each line comes, a minute apart
START = datetime(2024, 5, 14, 9, 21, 7, tzinfo=UTC)


def frame(rows: list[dict[str, Any]], schema: pl.Schema) -> pl.DataFrame:
    """Return *rows* as a frame of *schema*; a column that a row lacks is null."""
    return pl.DataFrame([dict.fromkeys(schema) | row for row in rows], schema=schema)


def stream(number: int, message: str) -> list[dict[str, Any]]:
    """Return the records of one ipamd that says *message* again and again."""
    return [
        {
            "record": number * TIMES + turn,
            "file": "ipamd.log",
            "line": number * TIMES + turn + 1,
            "stream": number,
            "run": 0,
            "node": f"node-{number}",
            "component": "ipamd",
            "ts": START + timedelta(minutes=turn),
            "message": message,
            "raw": message,
            "decoded": True,
        }
        for turn in range(TIMES)
    ]


def test_what_holds_names_one_cause() -> None:
    catalog = load_catalog()
    pairs = lines()
    rows = [row for number, (_, text) in enumerate(pairs) for row in stream(number, text)]
    runs = [
        {**row, "first_ts": START, "last_ts": row["ts"], "records": TIMES, "restarted": False}
        for row in rows[TIMES - 1 :: TIMES]
    ]
    runs = [{name: row[name] for name in RUNS if name in row} for row in runs]
    matches = match(frame(rows, RECORDS), catalog)
    best: dict[str, dict[str, int]] = defaultdict(dict)
    for sign in signs(matches, frame(runs, RUNS), empty(HISTOGRAM), catalog):
        pattern = catalog.by_id[sign.pattern]
        if pattern.kind == "cause":
            rank = max(RANK[pattern.signals[name].strength] for name in sign.signals)
            causes = best[str(sign.node)]
            causes[pattern.finding_id] = max(rank, causes.get(pattern.finding_id, 0))
    wrong = []
    for number, (wanted, message) in enumerate(pairs):
        found = best[f"node-{number}"]
        top = max(found.values(), default=-1)
        named = {cause for cause, rank in found.items() if rank == top}
        if top < RANK["strong"] or named != {wanted}:
            wrong.append(f"{wanted}, not {named or 'nothing'}: {message[:200]}")
    assert not wrong, "\n".join(wrong[:20])
