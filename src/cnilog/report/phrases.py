"""Say the parts of a finding in words that every reporter shares.

since 2024-05-14 00:20:11 UTC · every 2.0 s ± 0.1 s · 214 times · on 3 of 4 nodes
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from cnilog.finding import Accounting, Cause, Evidence, Reason, Report, Symptom, Versions

EFFECTS: Final = {"confirms": "✓", "supports": "+", "refutes": "-", "missing": "?"}
_ORDER: Final = ("confirms", "refutes", "supports", "missing")  # what decides comes first
EFFECT_WORDS: Final = {
    "confirms": "proves it",
    "supports": "for it",
    "refutes": "against it",
    "missing": "not known",
}
WEIGHT: Final = {"confirmed": 0, "likely": 1, "possible": 2}


def verdict(report: Report) -> str:
    """Return the answer in one sentence."""
    return report.verdict or (_of_causes(report) if report.causes else _of_none(report))


def _of_causes(report: Report) -> str:
    first = report.causes[0]
    if first.confidence == "possible":
        number = len(report.causes)
        place = f"First of {number} candidates" if number > 1 else "The one candidate"
        return f"The logs cannot tell the cause. {place}: {first.title}."
    where = f", {len(first.nodes)} of {len(report.nodes)} nodes" if len(report.nodes) > 1 else ""
    over = ", recovered" if first.recovered else ""
    return f"{first.title} ({first.confidence}{over}{where})."


def _of_none(report: Report) -> str:
    """Return what silence means: it is never taken for health where something is missing."""
    if not (report.accounting.records or report.accounting.undecoded or report.sources):
        return "Nothing could be read."
    live = [one for one in report.symptoms if not one.recovered]
    if live:
        return f"No cause found for what is seen: {live[0].title}."
    if report.unknown:
        shapes = count(len(report.unknown), "kind")
        return f"No known cause found; {shapes} of error lines that no pattern knows."
    if report.missing:
        return "Nothing wrong found in what was given; what is missing is named below."
    return "Nothing wrong found."


def decided(report: Report) -> bool:
    """Return whether the logs name a cause, and not only candidates."""
    return any(cause.confidence != "possible" for cause in report.causes)


def count(number: int, noun: str, plural: str = "") -> str:
    """Return ``1 line``, ``2 lines``, ``12,345 lines``."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def moment(ts: datetime | None) -> str:
    """Return the time to the second, or nothing where it is unknown."""
    return f"{ts:%Y-%m-%d %H:%M:%S}" if ts else ""


def clock(ts: datetime | None) -> str:
    """Return the time of day with milliseconds, for lines whose day is said elsewhere."""
    return f"{ts:%H:%M:%S}.{ts.microsecond // 1000:03d}" if ts else ""


def duration(seconds: float) -> str:
    """Return ``250 ms``, ``2.0 s``, ``1 m 40 s``, ``3 h 5 m``, ``2 d 4 h``."""
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = ((days, "d"), (hours, "h"), (minutes, "m"), (rest, "s"))
    first = next(number for number, (size, _) in enumerate(parts) if size)
    return " ".join(f"{size} {unit}" for size, unit in parts[first : first + 2] if size)


def when(finding: Cause | Symptom) -> str:
    """Return since when and until when, in UTC."""
    first, last = finding.first_seen, finding.last_seen
    if not first:
        return ""
    if not last or last == first:
        return f"at {moment(first)} UTC"
    same_day = first.date() == last.date()
    until = f"{last:%H:%M:%S}" if same_day else moment(last)
    return f"{moment(first)} to {until} UTC ({duration((last - first).total_seconds())})"


def rhythm(finding: Cause | Symptom) -> str:
    """Return how often, and how regularly where it comes back at a period."""
    often = count(finding.count, "time") if finding.count else ""
    if not finding.period_s:
        return often
    jitter = f" ± {duration(finding.jitter_s)}" if finding.jitter_s else ""
    return f"{often}, every {duration(finding.period_s)}{jitter}".removeprefix(", ")


def nodes(names: Sequence[str], *, of: int = 0, show: int = 4) -> str:
    """Return ``on a, b`` or ``on 37 of 100 nodes: a, b, c, d and 33 more``."""
    if not names:
        return ""
    if len(names) == 1 and of <= 1:
        return f"node {names[0]}"
    total = f" of {of}" if of > len(names) else ""
    more = f" and {len(names) - show} more" if len(names) > show else ""
    noun = "node" if len(names) == 1 and not total else "nodes"
    return f"{len(names)}{total} {noun}: {', '.join(names[:show])}{more}"


def place(evidence: Evidence) -> str:
    """Return ``file:line``, or the file alone where no line is known."""
    return f"{evidence.file}:{evidence.line}" if evidence.line else evidence.file


def brings_about(cause: Cause, report: Report) -> str:
    """Return the symptoms found that *cause* explains, each with how often it was seen."""
    found = [_seen(one) for one in report.symptoms if one.id in cause.explains]
    return f"brings about {', '.join(found)}" if found else ""


def _seen(one: Symptom) -> str:
    period = f" every {duration(one.period_s)}" if one.period_s else ""
    return f"{one.id} ×{one.count:,}{period}"


def weighed(reasons: Sequence[Reason]) -> list[Reason]:
    """Return *reasons* with what weighs most first."""
    return sorted(reasons, key=lambda one: (_ORDER.index(one.effect), -abs(one.weight)))


def proof(cause: Cause, report: Report) -> list[Evidence]:
    """Return the places that show *cause*, each once, then one of each symptom it explains.

    What says something new comes before what says the same again.
    """
    symptoms = [one for one in report.symptoms if one.id in cause.explains]
    found = [*cause.evidence, *(place for one in symptoms for place in one.evidence[:1])]
    once = {(one.file, one.line, one.text): one for one in found}.values()
    first = {one.text: one for one in reversed(tuple(once))}
    return sorted(once, key=lambda one: first[one.text] is not one)


def own(cause: Cause, report: Report) -> list[Evidence]:
    """Return the places that show *cause* and are not those of a symptom."""
    symptoms = {place.text for one in report.symptoms for place in one.evidence}
    return [one for one in cause.evidence if one.text not in symptoms]


def cure(cause: Cause) -> str:
    """Return what the steps of *cause* are called: those of a guess are not to be taken yet."""
    return "Fix, if this is the cause" if cause.confidence == "possible" else "Fix"


def span(report: Report) -> str:
    """Return from when to when the sources reach, in UTC."""
    times = [time for one in report.sources for time in (one.first_ts, one.last_ts) if time]
    return f"{moment(min(times))} to {moment(max(times))} UTC" if times else ""


def releases(versions: Versions) -> str:
    """Return the release of the CNI, or the several ones with how many nodes run each."""
    counts = Counter(versions.by_node.values())
    if len(counts) < 2:
        return versions.cni or ""
    told = (f"{name} on {count(many, 'node')}" for name, many in counts.most_common())
    return ", ".join(told)


def lines_read(accounting: Accounting) -> str:
    """Return what became of every line, in words; zeros are left out."""
    parts = (
        (accounting.records, "record", "records"),
        (accounting.continued, "continued", "continued"),
        (accounting.blank, "blank", "blank"),
        (accounting.duplicate, "duplicate", "duplicates"),
        (accounting.undecoded, "undecoded", "undecoded"),
    )
    told = [count(number, one, many) for number, one, many in parts if number]
    return f"{count(accounting.lines, 'line')}: {', '.join(told) or 'none'}"
