"""Write a report for a terminal: what a tired person has to know, from the top down.

    The aws-node role may not call 6 EC2 actions that IPv4 mode needs (confirmed).

    1 · CONFIRMED  The aws-node role may not call ec2:AssignPrivateIpAddresses
        iam-missing-ipv4-permissions · critical
        2024-05-14 00:18:20 to 00:25:01 UTC (6 m 41 s) · 214 times, every 2.0 s ± 30 ms
      Because
        ✓ role-policy.json allows ec2:AssignIpv6Addresses and none of the IPv4 actions
      Seen
        role-policy.json:7
          "Action": ["ec2:AssignIpv6Addresses", …
      Fix
        1. Attach the managed policy to the role:
           aws iam attach-role-policy --role-name NODE_ROLE …

Commands stand on lines of their own, unbroken, to be pasted. Only the terminal's own sixteen
colours are used, never for anything that the words do not say too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnilog.report import phrases
from cnilog.report.columns import Line, laid_out, line
from cnilog.report.paths import within
from cnilog.report.safety import disarm
from cnilog.report.steps import step
from cnilog.report.summary import commands, places, seen, summary

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cnilog.finding import Cause, Reason, Report
    from cnilog.report import View

REASONS: Final = 4
CAUSES: Final = 4  # told in full; the rest are named
NARROW: Final = 76  # columns that any terminal has beside the indent
NAMED: Final = 9
GUESSES: Final = 3  # named beside a cause that is sure

_COLOR: Final = {"confirmed": "bold red", "likely": "bold magenta", "possible": "bold"}
_EFFECT: Final = {"confirms": "bold green", "supports": "green", "refutes": "red", "missing": ""}


def write(report: Report, view: View) -> str:
    """Return the report as text, *view.width* columns wide."""
    report, folder = within(disarm(report, redact=bool(view.redact)))
    return laid_out(_lines(report, view, folder), width=view.width, color=view.color)


def _lines(report: Report, view: View, folder: str) -> Iterator[Line]:
    style = _COLOR[report.causes[0].confidence] if report.causes else "bold green"
    yield line(phrases.verdict(report), style if report.accounting.records else "bold")
    if view.detail == "verdict":
        return
    if not phrases.decided(report):
        yield from seen(report, view)
    yield from _causes(report, view)
    yield from summary(report, view, folder)


def _causes(report: Report, view: View) -> Iterator[Line]:
    """Yield causes in full as long as that helps, and the names of the others."""
    full = _told(report, everything=view.detail == "all")
    most = GUESSES if phrases.decided(report) else NAMED
    named = 0
    for number, cause in enumerate(report.causes, 1):
        if cause in full:
            yield line()
            yield from _cause(number, cause, report, view)
        elif named < most:
            yield from (line(),) if report.causes[number - 2] in full else ()
            yield line(f"{cause.confidence}: {cause.title} ({cause.id})", mark=f"{number} · ")
            named += 1
    yield from _more(len(report.causes) - len(full) - named)


def _told(report: Report, *, everything: bool) -> tuple[Cause, ...]:
    """Return the causes told in full.

    Beside a cause that is named guesses only distract; among guesses it is the first, and those
    that have more to show than the symptoms they would explain.
    """
    if everything:
        return report.causes
    if phrases.decided(report):
        return tuple(one for one in report.causes if one.confidence != "possible")[:CAUSES]
    shown = [one for one in report.causes[1:] if phrases.own(one, report)]
    return (*report.causes[:1], *shown[: CAUSES - 1])


def _cause(number: int, cause: Cause, report: Report, view: View) -> Iterator[Line]:
    everything = view.detail == "all"
    guess = cause.confidence == "possible" and not everything
    title = line(f"{cause.confidence.upper()}  ", _COLOR[cause.confidence], mark=f"{number} · ")
    title.text.append(cause.title, "bold")
    yield title
    yield from _facts(number, cause, report, guess=guess)
    if cause.why and not guess:
        yield from _section("Why", [line(cause.why, indent=4)])
    proof = phrases.own(cause, report) if guess else phrases.proof(cause, report)
    yield from _section("Because", _reasons(cause.reasons, everything))
    yield from _section("Seen", places(proof, everything))
    if number == 1 or not guess:  # a row of fixes for guesses would be the wrong thing to try
        yield from _section(phrases.cure(cause), _steps(cause.remediation))
    if everything:
        yield from _section("To be sure", _steps(cause.confirm_with))
        links = (line(link, indent=4, wrap=False) for link in cause.references)
        yield from _section("Read on", links)


def _facts(number: int, cause: Cause, report: Report, *, guess: bool) -> Iterator[Line]:
    """Yield which it is, when, how often, where, and what it brings about."""
    over = ("recovered",) if cause.recovered else ()
    facts = (
        " · ".join((cause.id, cause.severity, *over)),
        *(() if guess else _times(cause)),
        phrases.nodes(cause.nodes, of=len(report.nodes)),
        "" if guess and number > 1 else phrases.brings_about(cause, report),
        f"itself brought about by {', '.join(cause.explained_by)}" if cause.explained_by else "",
    )
    for fact in facts:
        if fact:
            yield line(fact, indent=4)


def _times(cause: Cause) -> tuple[str, ...]:
    times = tuple(filter(None, (phrases.when(cause), phrases.rhythm(cause))))
    joined = " · ".join(times)
    return (joined,) if len(joined) <= NARROW else times


def _section(title: str, lines: Iterable[Line]) -> Iterator[Line]:
    for number, one in enumerate(lines):
        if number == 0:
            yield line(title, "bold", indent=2)
        yield one


def _reasons(reasons: tuple[Reason, ...], everything: bool) -> Iterator[Line]:
    weighed = phrases.weighed(reasons)
    shown = weighed if everything else weighed[:REASONS]
    for reason in shown:
        mark = f"{phrases.EFFECTS[reason.effect]} "
        yield line(reason.text, indent=4, mark=mark, mark_style=_EFFECT[reason.effect])
    yield from _more(len(reasons) - len(shown))


def _steps(steps: tuple[str, ...]) -> Iterator[Line]:
    for number, text in enumerate(steps, 1):
        parts = step(text)
        mark = f"{number}. "
        words = f"{parts.words}:" if parts.commands and parts.words else parts.words
        if words:
            yield line(words, indent=4, mark=mark)
        yield from commands(parts, indent=4 + len(mark))


def _more(left: int) -> Iterator[Line]:
    if left > 0:
        yield line(f"… {left:,} more with -v", "dim", indent=4)
