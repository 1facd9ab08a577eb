"""A made-up catalog of few patterns, and logs of a line a second, to try one rule of diagnosis."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl

from cnilog.catalog import Catalog, Pattern
from cnilog.diagnosis import diagnose
from cnilog.finding import Accounting, Fact, Report
from cnilog.matching import match, signs
from cnilog.reading import Reading
from cnilog.schema import HISTOGRAM, RECORDS, RUNS, empty

START = datetime(2026, 3, 2, 10, tzinfo=UTC)
EXAMPLES = {
    "match": [{"log": "x", "from": "made up"}],
    "reject": [{"log": "y", "because": "made up"}],
}


def pattern(name: str, kind: str = "cause", **more: Any) -> Pattern:
    shown = {"title": name, "why": "made up", "examples": EXAMPLES}
    return Pattern.model_validate({"id": name, "kind": kind} | shown | more)


def says(text: str, strength: str = "strong", **more: Any) -> dict[str, Any]:
    return {"it": {"contains": text, "strength": strength} | more}


def report(
    patterns: list[Pattern], *lines: tuple[str, str], facts: tuple[Fact, ...] = ()
) -> Report:
    """Return the report on *lines*, each a node (or nothing) and its message."""
    nodes = list(dict.fromkeys(node for node, _ in lines))
    rows = [
        dict.fromkeys(RECORDS)
        | {
            "record": number,
            "file": f"{node}.log",
            "line": number + 1,
            "stream": nodes.index(node),
            "run": 0,
            "node": node or None,
            "component": "ipamd",
            "ts": START + timedelta(seconds=number),
            "level": "error",
            "message": message,
            "decoded": True,
        }
        for number, (node, message) in enumerate(lines)
    ]
    records = pl.DataFrame(rows, schema=RECORDS)
    runs = pl.DataFrame(
        [
            dict.fromkeys(RUNS)
            | {
                "stream": nodes.index(node),
                "run": 0,
                "node": node or None,
                "component": "ipamd",
                "file": f"{node}.log",
                "line": max(row["line"] for row in rows if row["file"] == f"{node}.log"),
                "first_ts": START,
                "last_ts": START + timedelta(seconds=len(lines)),
                "records": len(lines),
                "restarted": False,
            }
            for node in nodes
        ],
        schema=RUNS,
    )
    reading = Reading(
        records=records,
        runs=runs,
        histogram=empty(HISTOGRAM),
        sources=(),
        accounting=Accounting(),
        documents=(),
        notes=(),
    )
    catalog = Catalog(patterns=tuple(patterns))
    matches = match(records, catalog)
    found = signs(matches, runs, empty(HISTOGRAM), catalog)
    return diagnose(reading, matches, found, facts, catalog)


def sure(one: Report) -> list[tuple[str, str]]:
    return [(cause.id, cause.confidence) for cause in one.causes]
