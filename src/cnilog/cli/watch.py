"""``cnilog watch``: say what is wrong while the lines still come."""

from __future__ import annotations

import os
import select
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal

import typer

from cnilog.cli.ending import FOUND, put
from cnilog.cli.options import Patterns
from cnilog.errors import SourceError

if TYPE_CHECKING:
    from cnilog.discovery.watch import News, Watcher

POLL_S: Final = 0.2


def watch(
    source: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[SOURCE...]", help="Files or folders; standard input if left out."),
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
    from cnilog.discovery.watch import Spool, Watcher

    files = tuple(one for one in source or () if str(one) != "-")
    for one in files:
        if not one.exists():
            raise SourceError(f"{one}: no such file or folder. Give logs that are written to")
    with tempfile.TemporaryDirectory(prefix="cnilog-watch-") as folder:
        watcher = Watcher(Spool(Path(folder)), load_catalog(*(patterns or ())))
        if files:
            _grow(watcher, files, format, exit_on)
        else:
            _stream(watcher, format, exit_on)


def _grow(watcher: Watcher, files: tuple[Path, ...], format: str, exit_on: str | None) -> None:
    from cnilog.discovery.watch import Tails

    tails = Tails(files)
    while True:  # until Ctrl-C
        tails.read(watcher.spool)
        if watcher.due():
            _tell(watcher.look(), format, exit_on)
        time.sleep(POLL_S)


def _stream(watcher: Watcher, format: str, exit_on: str | None) -> None:
    from cnilog.discovery.watch import BLOCK

    number = sys.stdin.fileno()
    while True:
        ready, _, _ = select.select([number], [], [], POLL_S)
        if ready:
            data = os.read(number, BLOCK)
            if not data:
                break
            watcher.spool.add("stdin", data)
        if watcher.due():
            _tell(watcher.look(), format, exit_on)
    watcher.spool.end()
    _tell(watcher.look(), format, exit_on)


def _tell(news: tuple[News, ...], format: str, exit_on: str | None) -> None:
    from cnilog.report.safety import visible

    for one in news:
        if format == "json":
            put(one.model_dump_json() + "\n")
        else:
            where = f" on {', '.join(one.nodes)}" if one.nodes else ""
            put(visible(f"{one.event}: {one.id} ({one.confidence}){where}: {one.title}") + "\n")
    enough = {"likely": ("likely", "confirmed"), "confirmed": ("confirmed",)}.get(exit_on or "", ())
    if any(one.event in ("found", "surer") and one.confidence in enough for one in news):
        raise typer.Exit(FOUND)
