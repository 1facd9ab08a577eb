"""``cnilog analyze``: what is wrong, why, and how to mend it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cnilog.cli.ending import FOUND, put
from cnilog.cli.memory import settle
from cnilog.cli.options import (
    Fail,
    Format,
    Limit,
    Output,
    Patterns,
    Quiet,
    Redact,
    Sources,
    Verbose,
    view,
)
from cnilog.cli.writing import check
from cnilog.report import REPORTERS, reporter


def analyze(
    source: Sources,
    format: Format = "text",
    output: Output = None,
    patterns: Patterns = None,
    since: Annotated[
        str | None,
        typer.Option(help="Only from then on: 2024-05-14T09:00, or 90m before the last record."),
    ] = None,
    until: Annotated[
        str | None, typer.Option(help="Only until then: 2024-05-14T10:00, or 10m before the last.")
    ] = None,
    node: Annotated[
        list[str] | None, typer.Option(help="Only this node; may be repeated.", metavar="NAME")
    ] = None,
    component: Annotated[
        list[str] | None, typer.Option(help="Only this program, such as ipamd; may be repeated.")
    ] = None,
    fail_on: Fail = None,
    limit: Limit = None,
    redact: Redact = None,
    no_progress: Annotated[bool, typer.Option("--no-progress", help="Show no progress.")] = False,
    verbose: Verbose = False,
    quiet: Quiet = False,
) -> None:
    """Say what is wrong, why, and how to mend it."""
    settle()
    reporter(format)  # before the work: a wrong name should not cost a minute
    check(output)
    from cnilog.analysis import Selection, analyze
    from cnilog.catalog import load_catalog
    from cnilog.cli.progress import shown
    from cnilog.ingest.limits import limits_of

    selection = Selection.of(since=since, until=until, nodes=node or (), components=component or ())
    with shown(not no_progress, source) as progress:
        report = analyze(
            source,
            catalog=load_catalog(*(patterns or ())),
            selection=selection,
            progress=progress,
            limits=limits_of(limit or ()),
        )
    finish(REPORTERS[format](report, view(output, verbose, quiet, redact)), output)
    if fail_on and any(fails(cause.confidence, fail_on) for cause in report.causes):
        raise typer.Exit(FOUND)


def finish(text: str, output: Path | None) -> None:
    """Write *text* where the user wants it."""
    if output is None or str(output) == "-":
        put(text)
        return
    from cnilog.cli.writing import write

    write(output, text)


def fails(confidence: str, fail_on: str) -> bool:
    """Return whether a cause of *confidence* is at or above *fail_on*."""
    rising = ("possible", "likely", "confirmed")
    return rising.index(confidence) >= rising.index(fail_on)
