"""What an analysis concludes: the report and its parts, frozen.

The report is the contract that reporters, saved results and other programs rely on (schema 1).
Keys may be added; none is renamed or removed. Times are RFC 3339 in UTC when written.

`Fact` and `Sign` are the two things that diagnosis weighs; they live here because the stages
that make them may not know the stage that reads them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Literal, NamedTuple

from cnilog.frozen import Frozen

if TYPE_CHECKING:
    from collections.abc import Sequence

Confidence = Literal["confirmed", "likely", "possible"]
Effect = Literal["supports", "confirms", "refutes", "missing"]
Severity = Literal["info", "low", "medium", "high", "critical"]
Value = str | int | float | bool | tuple[str, ...] | None


class Accounting(Frozen):
    """What became of every line.

    ``lines = records + continued + blank + duplicate + undecoded``, for a file and in sum.
    """

    files: int = 0
    skipped_files: int = 0
    lines: int = 0
    records: int = 0
    continued: int = 0
    blank: int = 0
    duplicate: int = 0
    undecoded: int = 0

    def holds(self) -> bool:
        """Return whether every line is accounted for."""
        parts = self.records + self.continued + self.blank + self.duplicate + self.undecoded
        return self.lines == parts


class Source(Frozen):
    """One file that was looked at."""

    file: str
    formats: tuple[str, ...] = ()
    component: str | None = None
    node: str | None = None
    pod: str | None = None
    container: str | None = None
    lines: int = 0
    records: int = 0
    continued: int = 0
    blank: int = 0
    duplicate: int = 0
    undecoded: int = 0
    first_ts: datetime | None = None
    last_ts: datetime | None = None
    skipped: str | None = None  # why it was not read
    damaged: str | None = None  # what was wrong with the part that could not be read
    document: str | None = None  # what kind of document it was read as


class Reason(Frozen):
    """One step of the sum behind a confidence, in words."""

    effect: Effect
    text: str
    weight: float = 0.0


class Evidence(Frozen):
    """One place in a source that supports a finding."""

    file: str
    line: int
    ts: datetime | None = None
    text: str
    context: tuple[str, ...] = ()  # lines around it, where they were kept


class Cause(Frozen):
    """A finding of kind cause."""

    id: str
    title: str
    confidence: Confidence
    score: float
    severity: Severity
    nodes: tuple[str, ...] = ()
    first_seen: datetime | None = None
    last_seen: datetime | None = None
    count: int = 0
    period_s: float | None = None
    jitter_s: float | None = None
    recovered: bool = False
    recovered_nodes: tuple[str, ...] = ()  # where it is over, while it fails on *nodes*
    values: dict[str, tuple[str, ...]] = {}
    explains: tuple[str, ...] = ()
    explained_by: tuple[str, ...] = ()  # deeper causes that bring this one about
    why: str = ""
    reasons: tuple[Reason, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    remediation: tuple[str, ...] = ()
    confirm_with: tuple[str, ...] = ()
    references: tuple[str, ...] = ()


class Symptom(Frozen):
    """A finding of kind symptom, folded under the causes that explain it."""

    id: str
    title: str
    count: int
    period_s: float | None = None
    jitter_s: float | None = None
    first_seen: datetime | None = None
    last_seen: datetime | None = None
    nodes: tuple[str, ...] = ()
    recovered: bool = False
    explained_by: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()


class Noise(Frozen):
    """Harmless lines that look like errors."""

    id: str
    count: int
    title: str = ""


class Unknown(Frozen):
    """An error-like shape that nothing in the catalog explains."""

    template: str
    level: str | None
    count: int
    nodes: tuple[str, ...] = ()
    first_seen: datetime | None = None
    last_seen: datetime | None = None
    evidence: tuple[Evidence, ...] = ()


class NextStep(Frozen):
    """Something to collect, and the causes it would tell apart."""

    collect: str
    would_tell: tuple[str, ...] = ()
    look_for: str = ""


class Versions(Frozen):
    """Versions the sources themselves state; null where they do not."""

    cni: str | None = None
    network_policy_agent: str | None = None
    by_node: dict[str, str] = {}


class Point(Frozen):
    """One thing on the timeline of a node: a sign, a start, a recovery."""

    ts: datetime
    node: str | None
    kind: Literal["cause", "symptom", "start", "recovery", "noise"]
    id: str
    count: int = 1
    until: datetime | None = None


class Bar(Frozen):
    """How many records of a level fell into a span of time."""

    ts: datetime
    level: str | None
    count: int


class Report(Frozen):
    """Everything that one analysis found; the only thing a reporter sees."""

    schema_: Literal[1] = 1
    cnilog: str = ""
    verdict: str = ""
    accounting: Accounting = Accounting()
    sources: tuple[Source, ...] = ()
    versions: Versions = Versions()
    causes: tuple[Cause, ...] = ()
    symptoms: tuple[Symptom, ...] = ()
    noise: tuple[Noise, ...] = ()
    unknown: tuple[Unknown, ...] = ()
    next_steps: tuple[NextStep, ...] = ()
    refuted: tuple[Cause, ...] = ()  # what the evidence rules out, with the reason kept
    nodes: tuple[str, ...] = ()
    fleet: tuple[str, ...] = ()  # what failing nodes have in common, in sentences
    missing: tuple[str, ...] = ()  # files whose absence leaves something unknown
    notes: tuple[str, ...] = ()  # contradictions, overridden patterns, damage: said once, in words
    node_facts: dict[str, dict[str, str]] = {}  # node -> fact (zone, instance type …) -> value
    timeline: tuple[Point, ...] = ()
    histogram: tuple[Bar, ...] = ()


class Fact(NamedTuple):
    """One thing read from a document that is not a log."""

    name: str  # dotted, from the closed list in the documents package
    value: Value
    file: str
    line: int | None = None
    node: str | None = None  # null: true of the whole source
    text: str = ""  # the words of the document, short enough to show


@dataclass(frozen=True, slots=True)
class Sign:
    """A pattern's shape in time that was found in one scope."""

    pattern: str
    node: str | None
    stream: int | None  # null where the pattern looks at a whole node
    signals: tuple[str, ...]  # the signals that took part
    count: int
    first_seen: datetime | None
    last_seen: datetime | None
    period_s: float | None = None
    jitter_s: float | None = None
    recovered: datetime | None = None  # when the recovery was seen
    at_end: bool = False  # still there in the last run of its stream
    values: dict[str, tuple[str, ...]] = field(default_factory=dict)
    evidence: tuple[Evidence, ...] = ()
    records: Sequence[int] = ()  # keys into RECORDS of every record that took part
    short: bool = False  # only a hint, in an excerpt too short to show the shape in time
    nameless: bool = False  # nothing tells that its lines are about the CNI


@dataclass(frozen=True, slots=True)
class Document:
    """A file that is not a log (or not only one), handed on for its facts."""

    file: str
    text: str
    node: str | None = None  # from its place in a bundle
    truncated: bool = False  # only the first part was kept
