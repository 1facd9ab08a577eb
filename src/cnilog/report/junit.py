"""Write a report as JUnit XML: a cause is a failed case, a healthy input one that passed.

    <testsuites name="cnilog" tests="2" failures="1">
      <testsuite name="causes" …>
        <testcase classname="cnilog.confirmed" name="iam-missing-ipv4-permissions">
          <failure type="confirmed" message="The aws-node role may not call …">…</failure>

A cause that is only possible, and one that has recovered, is skipped with its reason: a pipeline
should not break on a guess. What was ruled out passes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET

from cnilog.report import phrases
from cnilog.report.safety import cut, disarm

if TYPE_CHECKING:
    from cnilog.finding import Cause, Report
    from cnilog.report import View

CASES: Final = 2_000
TEXT: Final = 600
_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write(report: Report, view: View) -> str:
    """Return the document."""
    report = disarm(report, redact=bool(view.redact))
    causes = report.causes[:CASES]
    failed = sum(_fails(cause) for cause in causes)
    cases = [*map(_case, causes), *map(_passed, report.refuted[:CASES])]
    if not causes:
        cases.append(ET.Element("testcase", classname="cnilog", name="nothing wrong found"))
    skipped = sum(not _fails(cause) for cause in causes)
    totals = {
        "tests": str(len(cases)),
        "failures": str(failed),
        "errors": "0",
        "skipped": str(skipped),
        "time": "0",
    }
    root = ET.Element("testsuites", {"name": "cnilog", **totals})
    suite = ET.SubElement(root, "testsuite", {"name": "causes", **totals})
    properties = ET.SubElement(suite, "properties")
    for name, value in _properties(report):
        ET.SubElement(properties, "property", name=name, value=_xml(value))
    suite.extend(cases)
    ET.SubElement(suite, "system-out").text = _xml(phrases.verdict(report))
    ET.indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ET.tostring(root, "unicode")}\n'


def _fails(cause: Cause) -> bool:
    return cause.confidence != "possible" and not cause.recovered


def _case(cause: Cause) -> ET.Element:
    case = ET.Element("testcase", classname=f"cnilog.{cause.confidence}", name=_xml(cause.id))
    if cause.evidence:
        case.set("file", _xml(cause.evidence[0].file))
        case.set("line", str(cause.evidence[0].line))
    if _fails(cause):
        failure = ET.SubElement(case, "failure", type=cause.confidence, message=_xml(cause.title))
        failure.text = _xml(_body(cause))
    else:
        why = "recovered" if cause.recovered else "only possible"
        ET.SubElement(case, "skipped", message=_xml(f"{why}: {cause.title}"))
    return case


def _passed(cause: Cause) -> ET.Element:
    return ET.Element("testcase", classname="cnilog.refuted", name=_xml(cause.id))


def _body(cause: Cause) -> str:
    lines = [line for line in (phrases.when(cause), phrases.rhythm(cause)) if line]
    lines += [f"{phrases.EFFECT_WORDS[one.effect]}: {one.text}" for one in cause.reasons[:20]]
    lines += [f"{phrases.place(one)}: {cut(one.text, TEXT)}" for one in cause.evidence[:3]]
    lines += [f"fix: {text}" for text in cause.remediation[:10]]
    return "\n".join(lines)


def _properties(report: Report) -> list[tuple[str, str]]:
    found = [("cnilog", report.cnilog), ("lines", str(report.accounting.lines))]
    return [*found, ("vpc-cni", report.versions.cni)] if report.versions.cni else found


def _xml(text: str) -> str:
    """Return *text* without the few characters that XML cannot hold even escaped."""
    return _NOT_XML.sub("\ufffd", text)
