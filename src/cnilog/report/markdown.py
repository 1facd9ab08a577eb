"""Write a report as GitHub-flavoured Markdown, to be pasted into a ticket.

    **The aws-node role may not call 6 EC2 actions that IPv4 mode needs (confirmed).**

    ### 1. The aws-node role may not call ec2:AssignPrivateIpAddresses
    **confirmed** · critical · `iam-missing-ipv4-permissions` · 214 times, every 2.0 s ± 30 ms
    <details><summary>Evidence (4 places)</summary> …

A ticket is read by strangers: accounts, hosts, addresses and ids are replaced unless the user says
`--no-redact`. Text from a log stands in code blocks, which end by a fence longer than any inside;
where it stands in a sentence, every character that Markdown would act on is escaped.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from cnilog.report import phrases
from cnilog.report.paths import within
from cnilog.report.safety import cut, disarm
from cnilog.report.steps import step

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from cnilog.finding import Cause, Evidence, NextStep, Report, Symptom
    from cnilog.report import View

CAUSES: Final = 10  # told in full; a ticket takes 65,536 characters
ROWS: Final = 30
EVIDENCE: Final = 5
TEXT: Final = 1_000  # characters of one message
LONGEST: Final = 60_000  # characters in all
_ACTING: Final = re.compile(r"([\\`*\[\]<>|~&$]|(?<![^\W_])_|_(?![^\W_])|^[-+=#])")
_NUMBER: Final = re.compile(r"^(\d+)(?=[.)])")
_SITE: Final = re.compile(r"(?i)(\b(?:https?|ftp|www)(?=[:.])|[@#](?=\w))")


def write(report: Report, view: View) -> str:
    """Return the ticket's text."""
    report, _ = within(disarm(report, redact=view.redact is not False))
    kept: list[str] = []
    room = LONGEST
    for block in _blocks(report, view):
        room -= len(block) + 1
        if room < 0:
            kept.append("_Cut here: the report is longer than a ticket takes._\n")
            break
        kept.append(block)
    return "\n".join(kept)


def prose(text: str) -> str:
    """Return *text* on one line, with nothing in it that Markdown acts on."""
    escaped = _NUMBER.sub(r"\1\\", _ACTING.sub(r"\\\1", " ".join(text.split())))
    # A link, a mention or an issue is made by the site, not by marks: an empty comment parts it.
    return _SITE.sub(r"\1<!-- -->", escaped)


def code(text: str) -> str:
    """Return *text* as a code span that no backtick inside can end."""
    flat = " ".join(text.split())
    fence = "`" * (1 + max((len(run) for run in re.findall(r"`+", flat)), default=0))
    pad = " " if flat.startswith("`") or flat.endswith("`") else ""
    return f"{fence}{pad}{flat}{pad}{fence}" if flat else ""


def fenced(text: str, language: str = "text") -> str:
    """Return *text* as a code block that no fence inside can end."""
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall(r"`+", text)), default=0))
    return f"{fence}{language}\n{text}\n{fence}\n"


def _blocks(report: Report, view: View) -> Iterator[str]:
    yield f"**{prose(phrases.verdict(report))}**\n"
    if view.detail == "verdict":
        return
    for number, cause in enumerate(report.causes[:CAUSES], 1):
        yield from _cause(number, cause, report)
    yield from _list("Further causes", (_named(cause) for cause in report.causes[CAUSES:]))
    yield from _list("What failing nodes have in common", map(prose, report.fleet))
    yield from _next(report.next_steps)
    yield from _rest(report)


def _cause(number: int, cause: Cause, report: Report) -> Iterator[str]:
    yield f"### {number}. {prose(cause.title)}\n"
    facts = (
        f"**{cause.confidence}**{', recovered' if cause.recovered else ''}",
        cause.severity,
        code(cause.id),
        prose(phrases.rhythm(cause)),
        prose(phrases.when(cause)),
        prose(phrases.nodes(cause.nodes, of=len(report.nodes))),
        prose(phrases.brings_about(cause, report)),
    )
    yield " · ".join(fact for fact in facts if fact) + "\n"
    if cause.why:
        yield f"{prose(cause.why)}\n"
    yield from _steps(phrases.cure(cause), cause.remediation)
    yield from _list(
        "",
        (
            f"{phrases.EFFECT_WORDS[r.effect]}: {prose(r.text)}"
            for r in phrases.weighed(cause.reasons)
        ),
    )
    yield from _evidence(phrases.proof(cause, report))


def _steps(title: str, steps: tuple[str, ...]) -> Iterator[str]:
    if not steps:
        return
    lines = [f"**{title}**\n"]
    for number, text in enumerate(steps[:ROWS], 1):
        parts = step(text)
        words = prose(parts.words) or "Run"
        lines.append(f"{number}. {words}{':' if parts.commands else ''}")
        for command in parts.commands:
            block = fenced(command, "sh").replace("\n", "\n   ").rstrip()
            lines.append(f"   {block}")
        lines += [f"\n   {prose(parts.then)}\n"] if parts.then else []
    yield "\n".join(lines) + "\n"


def _evidence(evidence: Sequence[Evidence]) -> Iterator[str]:
    if not evidence:
        return
    yield f"<details><summary>Evidence ({phrases.count(len(evidence), 'place')})</summary>\n"
    for one in evidence[:EVIDENCE]:
        yield f"{code(phrases.place(one))} {phrases.moment(one.ts)}".rstrip() + "\n"
        yield fenced(cut("\n".join(one.context) or one.text, TEXT))
    if len(evidence) > EVIDENCE:
        yield f"… {len(evidence) - EVIDENCE:,} more\n"
    yield "</details>\n"


def _next(steps: tuple[NextStep, ...]) -> Iterator[str]:
    if not steps:
        return
    yield "### What to collect next\n"
    for number, one in enumerate(steps[:ROWS], 1):
        parts = step(one.collect)
        look = f", look for {prose(one.look_for)}" if one.look_for else ""
        told = f" (tells apart {', '.join(map(code, one.would_tell))})" if one.would_tell else ""
        yield f"{number}. {prose(parts.words)}{look}{told}"
        for command in parts.commands:
            yield "   " + fenced(command, "sh").replace("\n", "\n   ").rstrip()
        if parts.then:
            yield f"\n   {prose(parts.then)}\n"
    yield ""


def _rest(report: Report) -> Iterator[str]:
    yield from _list(
        "Symptoms",
        (
            f"{prose(one.title)} ({code(one.id)}): {prose(phrases.rhythm(one))}{_under(one)}"
            for one in report.symptoms
        ),
    )
    yield from _list(
        "Error lines that no pattern knows",
        (
            f"×{one.count:,} {one.level or ''} {code(cut(one.template, 200))}"
            for one in report.unknown
        ),
    )
    yield from _list("Missing and noteworthy", map(prose, (*report.missing, *report.notes)))
    harmless = sum(one.count for one in report.noise)
    lines = phrases.lines_read(report.accounting)
    read = f"Read {phrases.count(report.accounting.files, 'file')}, {lines}; "
    cni = f" VPC CNI {code(report.versions.cni)}." if report.versions.cni else ""
    yield f"<sub>{read}{harmless:,} known to be harmless.{cni} cnilog {report.cnilog}.</sub>\n"


def _under(one: Symptom) -> str:
    return f", explained by {', '.join(map(code, one.explained_by))}" if one.explained_by else ""


def _named(cause: Cause) -> str:
    return f"{cause.confidence}: {prose(cut(cause.title, 200))} ({code(cause.id)})"


def _list(title: str, entries: Iterable[str]) -> Iterator[str]:
    entries = list(entries)
    if not entries:
        return
    if title:
        yield f"### {title}\n"
    more = [f"- … {len(entries) - ROWS:,} more"] if len(entries) > ROWS else []
    yield "\n".join([*(f"- {entry}" for entry in entries[:ROWS]), *more]) + "\n"
