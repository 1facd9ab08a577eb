"""One bundle's result as one row of Parquet: numbers for questions, the report for the rest.

Nothing in a row depends on who wrote it or when, so that a rerun writes the same row.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Final

import polars as pl

if TYPE_CHECKING:
    from cnilog.batch.job import Status
    from cnilog.finding import Cause, Report, Symptom

TIME: Final = pl.Datetime("us", "UTC")
FINDING: Final = pl.Struct(
    {
        "kind": pl.String(),  # cause or symptom
        "id": pl.String(),
        "title": pl.String(),
        "confidence": pl.String(),  # null for symptoms
        "score": pl.Float64(),
        "severity": pl.String(),
        "nodes": pl.List(pl.String()),
        "first_seen": TIME,
        "last_seen": TIME,
        "count": pl.Int64(),
        "period_s": pl.Float64(),
        "recovered": pl.Boolean(),
        "explained_by": pl.List(pl.String()),
    }
)
SIGN: Final = pl.Struct(
    {"ts": TIME, "until": TIME, "node": pl.String(), "kind": pl.String(), "id": pl.String()}
)
SOURCE: Final = pl.Struct(
    {
        "file": pl.String(),
        "lines": pl.Int64(),
        "records": pl.Int64(),
        "undecoded": pl.Int64(),
        "skipped": pl.String(),
        "damaged": pl.String(),
    }
)
FACT: Final = pl.Struct({"node": pl.String(), "name": pl.String(), "value": pl.String()})
CNI: Final = "node.cni"  # the fact that names a node's CNI version
RESULTS: Final = pl.Schema(
    {
        "key": pl.String(),  # of the bundle's content
        "source": pl.String(),  # as it was named when it was analyzed
        "status": pl.String(),  # done, failed, given up
        "error": pl.String(),  # null when done
        "damage": pl.String(),  # why not all of it could be read; null where all could be
        "cni": pl.String(),  # version the logs state; null where they do not
        "verdict": pl.String(),
        "nodes": pl.List(pl.String()),
        "lines": pl.Int64(),
        "records": pl.Int64(),
        "continued": pl.Int64(),
        "blank": pl.Int64(),
        "duplicate": pl.Int64(),
        "undecoded": pl.Int64(),
        "files": pl.Int64(),
        "skipped_files": pl.Int64(),
        "first_seen": TIME,  # of all records
        "last_seen": TIME,
        "findings": pl.List(FINDING),
        "signs": pl.List(SIGN),
        "sources": pl.List(SOURCE),
        "facts": pl.List(FACT),  # of each node: instance type, zone, subnet …
        "report": pl.String(),  # the whole report as JSON; null when not done
    }
)


def done_row(key: str, source: str, report: Report) -> bytes:
    """Return the Parquet bytes of a finished bundle."""
    accounting = report.accounting.model_dump()
    times = [
        (file.first_ts, file.last_ts) for file in report.sources if file.first_ts and file.last_ts
    ]
    row: dict[str, object] = {name: accounting.get(name) for name in RESULTS.names()}
    row |= {
        "key": key,
        "source": source,
        "status": "done",
        "damage": _damage(source, report),
        "cni": report.versions.cni,
        "verdict": report.verdict,
        "nodes": list(report.nodes),
        "first_seen": min((first for first, _ in times), default=None),
        "last_seen": max((last for _, last in times), default=None),
        "findings": [*map(_cause, report.causes), *map(_symptom, report.symptoms)],
        "signs": [
            {"ts": p.ts, "until": p.until, "node": p.node, "kind": p.kind, "id": p.id}
            for p in report.timeline
        ],
        "sources": [
            file.model_dump(include={field.name for field in SOURCE.fields})
            for file in report.sources
        ],
        "facts": [
            {"node": node, "name": name, "value": value}
            for node, facts in sorted(report.node_facts.items())
            for name, value in sorted(facts.items())
        ]
        + [
            {"node": node, "name": CNI, "value": value}
            for node, value in sorted(report.versions.by_node.items())
        ],
        "report": report.model_dump_json(),
    }
    return _parquet(row)


def _damage(source: str, report: Report) -> str | None:
    """Return what was cut or broken; files that are no logs are no damage."""
    reasons = [
        file.damaged or (file.skipped if file.file == source else None) for file in report.sources
    ]
    return "; ".join(dict.fromkeys(reason for reason in reasons if reason)) or None


def failed_row(key: str, source: str, status: str, error: str) -> bytes:
    """Return the Parquet bytes of a bundle that could not be analyzed."""
    row: dict[str, object] = dict.fromkeys(RESULTS.names())
    return _parquet(row | {"key": key, "source": source, "status": status, "error": error})


def read_row(table: bytes) -> tuple[Status, str]:
    """Return status and error of the one row of *table*."""
    row = pl.read_parquet(io.BytesIO(table), columns=["status", "error"]).row(0)
    return row[0], row[1] or ""


def _cause(cause: Cause) -> dict[str, object]:
    return {
        "kind": "cause",
        "id": cause.id,
        "title": cause.title,
        "confidence": cause.confidence,
        "score": cause.score,
        "severity": cause.severity,
        **_seen(cause),
    }


def _symptom(symptom: Symptom) -> dict[str, object]:
    empty = {"confidence": None, "score": None, "severity": None}
    return {"kind": "symptom", "id": symptom.id, "title": symptom.title, **empty, **_seen(symptom)}


def _seen(finding: Cause | Symptom) -> dict[str, object]:
    return {
        "nodes": list(finding.nodes),
        "first_seen": finding.first_seen,
        "last_seen": finding.last_seen,
        "count": finding.count,
        "period_s": finding.period_s,
        "recovered": finding.recovered,
        "explained_by": list(finding.explained_by),
    }


def _parquet(row: dict[str, object]) -> bytes:
    buffer = io.BytesIO()
    pl.DataFrame([row], schema=RESULTS).write_parquet(buffer, compression="zstd", statistics=False)
    return buffer.getvalue()
