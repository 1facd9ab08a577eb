"""The part of a terminal's report that comes after the causes: the rest of what was found.

    Symptoms    pod-sandbox-failed ×12 · ipamd-not-serving ×214
    Harmless    1,290 lines that look like errors and are none, 3 patterns
    Unknown     2 shapes of error lines that no pattern knows, 41 lines
    Read        4 files, 12,345 lines: 12,340 records, 5 blank
    Next        1. Collect ipamd.log

Lists are cut after a few entries; `-v` shows them whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnilog.report import phrases
from cnilog.report.columns import Line, line
from cnilog.report.safety import cut
from cnilog.report.steps import Step, step

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from cnilog.finding import Evidence, NextStep, Noise, Report, Source, Symptom, Unknown
    from cnilog.report import View

EVIDENCE: Final = 3  # places shown: enough to check a finding by eye, few enough to read
MESSAGE: Final = 320  # characters of one message, about five lines of a terminal
ENTRIES: Final = 5  # of each list; -v shows all
SETTLING: Final = 2  # next steps where a cause is named already
LABEL: Final = 12  # columns of the labels at the left


def summary(report: Report, view: View, folder: str) -> Iterator[Line]:
    """Yield the lines below the causes; *folder* is where all files are."""
    most = 10_000 if view.detail == "all" else ENTRIES
    if not phrases.decided(report):
        yield from _next(report.next_steps, most)
    yield line()
    yield from _block("Ruled out", (f"{c.title} ({c.id})" for c in report.refuted), most)
    yield from _block("In common", report.fleet, most)
    yield from _block("Symptoms", (_symptom(one) for one in _unfolded(report, view)), most)
    yield from _block("Unknown", (_unknown(one) for one in report.unknown), most)
    yield from _block("Harmless", _harmless(report.noise, view), most)
    yield from _block("Read", _read(report, folder), most)
    if view.detail == "all":
        yield from _block("Files", map(_file, report.sources), most)
    yield from _block("Not read", (_unread(one) for one in _problems(report)), most)
    yield from _block("Missing", report.missing, most)
    yield from _block("Note", report.notes, most)
    if phrases.decided(report):
        yield from _next(report.next_steps, most if view.detail == "all" else SETTLING)


def seen(report: Report, view: View) -> Iterator[Line]:
    """Yield the symptoms with a place each: what is known where the cause is not."""
    everything = view.detail == "all"
    for number, one in enumerate(report.symptoms[: None if everything else EVIDENCE]):
        yield line()
        yield line(one.title, "bold", mark="Seen  " if number == 0 else "      ", mark_style="bold")
        told = ", ".join(part for part in (phrases.rhythm(one), phrases.when(one)) if part)
        yield line(" · ".join(part for part in (one.id, told) if part), indent=6)
        yield from places(one.evidence if everything else one.evidence[:1], everything, indent=6)


def places(evidence: Sequence[Evidence], everything: bool, indent: int = 4) -> Iterator[Line]:
    """Yield places in the sources, with what stands there."""
    shown = evidence if everything else evidence[:EVIDENCE]
    told: set[str] = set()
    for one in shown:
        again = "  the same" if one.text in told else ""
        at = f"{phrases.place(one)}  {phrases.clock(one.ts)}".rstrip()
        yield line(f"{at}{again}", indent=indent)
        told.add(one.text)
        if again:
            continue
        if everything and one.context:
            yield line("\n".join(one.context), indent=indent + 2)
        else:
            text = one.text if everything else cut(one.text, MESSAGE)
            yield line(text, "italic", indent=indent + 2)
    if len(evidence) > len(shown):
        yield line(f"… {len(evidence) - len(shown):,} more with -v", "dim", indent=indent)


def commands(parts: Step, indent: int) -> Iterator[Line]:
    """Yield what is to be pasted: a command unbroken, JSON wrapped where it has spaces."""
    for command in parts.commands:
        yield line(command, "bold", indent=indent, wrap=command.startswith("{"))
    if parts.then:
        yield line(parts.then, indent=indent)


def _block(label: str, entries: Iterable[str], most: int) -> Iterator[Line]:
    entries = tuple(entries)
    if not entries:
        return
    for number, entry in enumerate(entries[:most]):
        yield line(entry, mark=(label if number == 0 else "").ljust(LABEL), mark_style="bold")
    if len(entries) > most:
        yield line(f"… {len(entries) - most:,} more with -v", "dim", indent=LABEL)


def _unfolded(report: Report, view: View) -> tuple[Symptom, ...]:
    """Return the symptoms that no cause above stands for; all of them where all is asked for."""
    if not phrases.decided(report):
        return ()  # told at the top
    causes = {cause.id for cause in report.causes if cause.confidence != "possible"}
    return tuple(
        one
        for one in report.symptoms
        if view.detail == "all" or not causes.intersection(one.explained_by)
    )


def _symptom(one: Symptom) -> str:
    told = ", ".join(part for part in (phrases.rhythm(one), phrases.when(one)) if part)
    under = f"; explained by {', '.join(one.explained_by)}" if one.explained_by else ""
    return f"{one.title} ({one.id}): {told}{under}"


def _unknown(one: Unknown) -> str:
    at = f" ({phrases.place(one.evidence[0])})" if one.evidence else ""
    return f"×{one.count:,} {one.level or 'line'}: {cut(one.template, 160)}{at}"


def _harmless(noise: tuple[Noise, ...], view: View) -> Iterator[str]:
    if noise:
        total = sum(one.count for one in noise)
        looks = "looks like an error and is" if total == 1 else "look like errors and are"
        yield f"{phrases.count(total, 'line')} that {looks} known to be harmless"
    if view.detail == "all":
        yield from (f"×{one.count:,} {one.title or one.id} ({one.id})" for one in noise)


def _read(report: Report, folder: str) -> Iterator[str]:
    files = phrases.count(report.accounting.files, "file")
    within = f" in {folder}" if folder else ""
    yield f"{files}{within}, {phrases.lines_read(report.accounting)}"
    if phrases.span(report):
        yield phrases.span(report)
    if report.versions.cni:
        yield f"VPC CNI {phrases.releases(report.versions)}"


def _file(one: Source) -> str:
    what = "/".join(one.formats) or one.document or "not read"
    told = (what, one.component or "", one.node or "", phrases.count(one.lines, "line"))
    return f"{one.file}: {', '.join(part for part in told if part)}"


def _problems(report: Report) -> tuple[Source, ...]:
    return tuple(one for one in report.sources if one.skipped or one.damaged)


def _unread(one: Source) -> str:
    return f"{one.file}: {one.skipped or one.damaged}"


def _next(steps: tuple[NextStep, ...], most: int) -> Iterator[Line]:
    if steps:
        yield line()
        yield line("Next", "bold")
    for number, one in enumerate(steps[:most], 1):
        parts = step(one.collect)
        words = parts.words or "Run"
        yield line(f"{words}:" if parts.commands else words, indent=2, mark=f"{number}. ")
        yield from commands(parts, indent=5)
        if one.look_for:
            yield line(f"look for {one.look_for}", indent=5)
        if one.would_tell:
            verb = "tells apart" if len(one.would_tell) > 1 else "would settle"
            yield line(f"{verb} {', '.join(one.would_tell)}", indent=5)
    if len(steps) > most:
        yield line(f"… {len(steps) - most} more with -v", "dim", indent=2)
