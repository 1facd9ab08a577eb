"""Write a report as SARIF 2.1.0: a cause is a result that points at files and lines.

    {"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "cnilog", "rules": […]}},
     "results": [{"ruleId": "iam-missing-ipv4-permissions", "level": "error", "locations": […]}]}]}

Confirmed and likely causes are errors or warnings by severity, possible ones notes. What was ruled
out, and what has recovered, is there too, as such.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from cnilog.report import phrases
from cnilog.report.safety import cut, disarm
from cnilog.report.steps import step

if TYPE_CHECKING:
    from cnilog.finding import Cause, Evidence, Report
    from cnilog.report import View

RESULTS: Final = 5_000  # what code scanning takes of one run
PLACES: Final = 10
TEXT: Final = 1_000
SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
_SCORE: Final = {"info": 1.0, "low": 3.0, "medium": 5.0, "high": 7.5, "critical": 9.5}

Json = dict[str, object]


def write(report: Report, view: View) -> str:
    """Return the document."""
    report = disarm(report, redact=bool(view.redact))
    causes = report.causes[:RESULTS]
    refuted = report.refuted[: RESULTS - len(causes)]
    rules = {cause.id: cause for cause in reversed((*causes, *refuted))}
    order = {name: number for number, name in enumerate(sorted(rules))}
    run: Json = {
        "tool": {
            "driver": {
                "name": "cnilog",
                "version": report.cnilog or "0",
                "rules": [_rule(rules[name]) for name in order],
            }
        },
        "columnKind": "unicodeCodePoints",
        "results": [
            *(_result(cause, order[cause.id], report) for cause in causes),
            *(_result(cause, order[cause.id], report, kind="notApplicable") for cause in refuted),
        ],
        "invocations": [_invocation(report)],
        "properties": {"verdict": phrases.verdict(report)},
    }
    document = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(document, ensure_ascii=True, indent=2) + "\n"


def _rule(cause: Cause) -> Json:
    rule: Json = {
        "id": cause.id,
        "shortDescription": {"text": cut(cause.title, TEXT)},
        "fullDescription": {"text": cut(cause.why or cause.title, TEXT)},
        "help": {"text": _help(cause)},
        "defaultConfiguration": {"level": _level(cause)},
        "properties": {
            "security-severity": str(_SCORE[cause.severity]),
            "tags": ["vpc-cni"],
        },
    }
    links = [link for link in cause.references if link.startswith("https://")]
    return rule | ({"helpUri": quote(links[0], safe=":/?#[]@!$&'()*+,;=%~-._")} if links else {})


def _help(cause: Cause) -> str:
    lines = []
    for number, text in enumerate(cause.remediation, 1):
        parts = step(text)
        lines.append(f"{number}. {parts.words}".rstrip())
        lines += [f"   {command}" for command in parts.commands]
        lines += [f"   {parts.then}"] if parts.then else []
    return cut("\n".join(lines) or "No fix is known.", 4 * TEXT)


def _result(cause: Cause, rule: int, report: Report, kind: str = "fail") -> Json:
    reasons = "; ".join(one.text for one in cause.reasons[:5])
    told = [cause.title, phrases.rhythm(cause), phrases.when(cause), reasons]
    passed = kind != "fail" or cause.recovered
    result: Json = {
        "ruleId": cause.id,
        "ruleIndex": rule,
        "kind": kind if kind != "fail" else "informational" if cause.recovered else "fail",
        "level": "none" if passed else _level(cause),
        "message": {"text": cut(". ".join(part for part in told if part), TEXT)},
        "locations": [_location(one) for one in cause.evidence[:PLACES]],
        "partialFingerprints": {"cause/v1": _fingerprint(cause)},
        "properties": {
            "confidence": cause.confidence,
            "score": cause.score,
            "nodes": [cut(node, 200) for node in cause.nodes[:100]],
            "recovered": cause.recovered,
        },
    }
    return result | ({"occurrenceCount": cause.count} if cause.count else {})


def _level(cause: Cause) -> str:
    if cause.confidence == "possible" or cause.severity in {"info", "low"}:
        return "note"
    return "error" if cause.severity in {"high", "critical"} else "warning"


def _location(one: Evidence) -> Json:
    region: Json = {"region": _region(one)} if one.line else {}
    return {
        "physicalLocation": {"artifactLocation": {"uri": _uri(one.file)}, **region},
        "message": {"text": cut(one.text, TEXT)},
    }


def _region(one: Evidence) -> Json:
    return {"startLine": one.line, "snippet": {"text": cut(one.text, TEXT)}}


def _uri(file: str) -> str:
    """Return *file* as a relative reference; no name can become a scheme, a host or a query."""
    text = quote(file.replace("\\", "/"), safe="/!-._~")
    return text.lstrip("/") if not file.startswith("/") else f"file://{text}"


def _fingerprint(cause: Cause) -> str:
    """Return what stays the same when the same trouble is analysed again."""
    text = "\n".join((cause.id, *sorted(cause.nodes)))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _invocation(report: Report) -> Json:
    skipped = [one for one in report.sources if one.skipped or one.damaged][:100]
    notes: list[Json] = [
        {"level": "warning", "message": {"text": f"{one.file}: {one.skipped or one.damaged}"}}
        for one in skipped
    ]
    notes += [
        {"level": "note", "message": {"text": cut(text, TEXT)}} for text in report.notes[:100]
    ]
    return {"executionSuccessful": True, "toolExecutionNotifications": notes}
