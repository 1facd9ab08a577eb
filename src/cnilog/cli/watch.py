"""``cnilog watch``: say what is wrong while the lines still come."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal

import typer

from cnilog.cli.ending import FOUND, put
from cnilog.cli.options import Patterns
from cnilog.errors import SourceError

if TYPE_CHECKING:
    from cnilog.discovery.news import News
    from cnilog.discovery.watch import Watcher

POLL_S: Final = 0.2
STDIN: Final = "-"
TOLD: Final = ("found", "surer", "returned")
ENOUGH: Final = {"likely": ("likely", "confirmed"), "confirmed": ("confirmed",)}
SHOWN: Final = 160  # characters of a line that shows it

Piece = tuple[str, bytes, datetime | None]


def watch(
    source: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[SOURCE...]", help="Files, folders or pipes; standard input if left out."
        ),
    ] = None,
    format: Annotated[Literal["text", "json"], typer.Option("--format", "-f")] = "text",
    exit_on: Annotated[
        Literal["likely", "confirmed"] | None,
        typer.Option(help="Exit 1 as soon as a cause is that sure."),
    ] = None,
    patterns: Patterns = None,
) -> None:
    """Print a cause when it becomes likely or confirmed, and again when it recovers."""
    from cnilog.catalog import load_catalog
    from cnilog.discovery.watch import Watcher

    pieces = _pieces([str(one) for one in source or ()] or [STDIN])
    with Watcher(load_catalog(*(patterns or ()))) as watcher:
        for some in pieces:
            for name, data, modified in some:
                watcher.add(name, data, modified)
                if watcher.due():
                    _tell(watcher.look(), format, exit_on)
            if watcher.due():
                _tell(watcher.look(), format, exit_on)
        _tell(watcher.look(last=True), format, exit_on)
        _sum_up(watcher)


def _pieces(sources: list[str]) -> Iterator[Iterator[Piece]]:
    """Yield again and again what is new in *sources*, some of it at a time; end with the pipes."""
    from cnilog.discovery.pipe import Pipes
    from cnilog.discovery.tails import Tails

    streams = [one for one in sources if one == STDIN or Path(one).is_fifo()]
    files = tuple(Path(one) for one in sources if one not in streams)
    for one in files:
        if not one.exists():
            raise SourceError(f"{one}: no such file or folder. Give logs that are written to")
    pipes, tails = Pipes([(one, _opened(one)) for one in streams]), Tails(files)
    while files or not pipes.ended:  # files have no end: until Ctrl-C
        if files:
            yield tails.read()
        if not pipes.ended:
            yield ((name, data, None) for name, data in pipes.read(POLL_S))
        else:
            time.sleep(POLL_S)


def _opened(stream: str) -> int:
    import os

    return sys.stdin.fileno() if stream == STDIN else os.open(stream, os.O_RDONLY)


def _tell(news: tuple[News, ...], format: str, exit_on: str | None) -> None:
    from cnilog.report.safety import shown

    for one in news:
        text = _as_json(one) if format == "json" else "\n".join(map(shown, _lines(one)))
        if not put(text + "\n"):
            raise typer.Exit
    if any(one.event in TOLD and one.confidence in ENOUGH.get(exit_on or "", ()) for one in news):
        raise typer.Exit(FOUND)


def _as_json(one: News) -> str:
    from cnilog.report.safety import disarm

    return disarm(one).model_dump_json()


def _lines(one: News) -> Iterator[str]:
    where = f" on {', '.join(one.nodes)}" if one.nodes else ""
    when = f"{one.last_seen:%H:%M:%S} " if one.last_seen else ""
    yield f"{when}{one.event}: {one.id} ({one.confidence}){where}: {one.title}"
    if one.event in TOLD:
        if one.evidence:
            yield f"    {one.file}:{one.line}: {one.evidence.splitlines()[0][:SHOWN]}"
        if one.remediation:
            yield f"    do: {one.remediation}"


def _sum_up(watcher: Watcher) -> None:
    """Say on standard error what was seen in all, and what to collect where that told nothing."""
    from cnilog.report.safety import shown

    report = watcher.report
    if report is None:
        return
    if not report.accounting.lines - report.accounting.blank:
        typer.echo("watched nothing: no line of a log came", err=True)
        return
    said = report.verdict.replace("; what is missing is named below", "")
    text = f"watched {report.accounting.lines:,} lines. {said}"
    if report.missing:
        text += f" Missing: {'; '.join(report.missing)}."
    if report.next_steps and not any(one.confidence != "possible" for one in report.causes):
        text += f" Collect first: {report.next_steps[0].collect}"
    typer.echo(shown(text), err=True)
