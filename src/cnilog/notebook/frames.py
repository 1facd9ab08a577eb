"""A report's parts as Polars frames: column, type, meaning of null.

Rows are in the order of the report, best cause first. The names are those of the JSON document.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, get_args

import polars as pl

from cnilog.finding import Confidence, Effect, Severity
from cnilog.schema import LEVEL, TIME

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cnilog.finding import Cause, Report, Symptom
    from cnilog.frozen import Frozen

NAMES: Final = pl.List(pl.String())

CAUSES: Final = pl.Schema(
    {
        "id": pl.String(),  # of the closed list of causes
        "title": pl.String(),
        "confidence": pl.Enum(get_args(Confidence)),
        "score": pl.Float64(),  # sum of the reasons' weights; only its order means something
        "severity": pl.Enum(get_args(Severity)),
        "nodes": NAMES,
        "first_seen": TIME,  # null where no line of its own has a time
        "last_seen": TIME,
        "count": pl.UInt32(),  # records that show it
        "period_s": pl.Float64(),  # null where it does not come back at a period
        "jitter_s": pl.Float64(),
        "recovered": pl.Boolean(),
        "explains": NAMES,  # symptoms and shallower causes
        "explained_by": NAMES,  # deeper causes
        "why": pl.String(),
        "remediation": NAMES,
        "confirm_with": NAMES,
    }
)
SYMPTOMS: Final = pl.Schema(
    {
        "id": pl.String(),
        "title": pl.String(),
        "count": pl.UInt32(),
        "period_s": pl.Float64(),  # null where it does not come back at a period
        "jitter_s": pl.Float64(),
        "first_seen": TIME,
        "last_seen": TIME,
        "nodes": NAMES,
        "recovered": pl.Boolean(),
        "explained_by": NAMES,  # causes it is folded under
    }
)
EVIDENCE: Final = pl.Schema(
    {
        "kind": pl.Enum(["cause", "symptom", "unknown", "refuted"]),  # of the finding
        "id": pl.String(),  # of the finding; an unknown shape's template
        "file": pl.String(),
        "line": pl.UInt32(),  # 1-based; 0 where the whole file is meant
        "ts": TIME,  # null where the place has no time
        "text": pl.String(),
    }
)
REASONS: Final = pl.Schema(
    {
        "id": pl.String(),  # of the cause
        "effect": pl.Enum(get_args(Effect)),
        "text": pl.String(),
        "weight": pl.Float64(),
    }
)
TIMELINE: Final = pl.Schema(
    {
        "ts": TIME,
        "until": TIME,  # null for a moment
        "node": pl.String(),  # null where unknown
        "kind": pl.Enum(["cause", "symptom", "start", "recovery", "noise"]),
        "id": pl.String(),
        "count": pl.UInt32(),
    }
)
LEVELS: Final = pl.Schema(
    {
        "ts": TIME,  # start of the bar
        "level": LEVEL,  # null for records without one
        "count": pl.UInt32(),
    }
)
SOURCES: Final = pl.Schema(
    {
        "file": pl.String(),
        "formats": NAMES,
        "component": pl.String(),
        "node": pl.String(),
        "lines": pl.UInt32(),
        "records": pl.UInt32(),
        "undecoded": pl.UInt32(),
        "first_ts": TIME,
        "last_ts": TIME,
        "document": pl.String(),  # kind of document it was read as
        "skipped": pl.String(),  # why it was not read
        "damaged": pl.String(),  # what was wrong with the rest of it
    }
)


def causes(report: Report) -> pl.DataFrame:
    """Return the causes, best first. Schema `CAUSES`."""
    return _frame(report.causes, CAUSES)


def symptoms(report: Report) -> pl.DataFrame:
    """Return the symptoms. Schema `SYMPTOMS`."""
    return _frame(report.symptoms, SYMPTOMS)


def timeline(report: Report) -> pl.DataFrame:
    """Return signs, starts and recoveries of each node. Schema `TIMELINE`."""
    return _frame(report.timeline, TIMELINE)


def levels(report: Report) -> pl.DataFrame:
    """Return how many records of each level came when. Schema `LEVELS`."""
    return _frame(report.histogram, LEVELS)


def sources(report: Report) -> pl.DataFrame:
    """Return every file that was looked at. Schema `SOURCES`."""
    return _frame(report.sources, SOURCES)


def reasons(report: Report) -> pl.DataFrame:
    """Return each step behind each confidence, for and against. Schema `REASONS`."""
    rows = [
        (cause.id, reason.effect, reason.text, reason.weight)
        for cause in report.causes
        for reason in cause.reasons
    ]
    return pl.DataFrame(rows, schema=REASONS, orient="row")


def evidence(report: Report) -> pl.DataFrame:
    """Return every place that was shown for a finding. Schema `EVIDENCE`."""
    findings: list[tuple[str, str, Cause | Symptom | object]] = [
        *(("cause", cause.id, cause) for cause in report.causes),
        *(("symptom", symptom.id, symptom) for symptom in report.symptoms),
        *(("unknown", shape.template, shape) for shape in report.unknown),
        *(("refuted", cause.id, cause) for cause in report.refuted),
    ]
    rows = [
        (kind, name, one.file, one.line, one.ts, one.text)
        for kind, name, finding in findings
        for one in getattr(finding, "evidence", ())
    ]
    return pl.DataFrame(rows, schema=EVIDENCE, orient="row")


def _frame(models: Iterable[Frozen], schema: pl.Schema) -> pl.DataFrame:
    rows = [[_plain(getattr(model, name)) for name in schema] for model in models]
    return pl.DataFrame(rows, schema=schema, orient="row")


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value
