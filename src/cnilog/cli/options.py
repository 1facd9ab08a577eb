"""Options that several commands share, and the view they ask for."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from cnilog.report import REPORTERS, View

Sources = Annotated[
    list[str],
    typer.Argument(
        metavar="SOURCE...",
        help="Files, folders or archives of logs, or s3:// addresses; - is standard input.",
        show_default=False,
    ),
]
Format = Annotated[
    str,
    typer.Option(
        "--format",
        "-f",
        metavar="FORMAT",
        help=f"One of {', '.join(REPORTERS)}.",
        autocompletion=lambda: list(REPORTERS),
    ),
]
Output = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="FILE", help="Write there, whole or not at all."),
]
Patterns = Annotated[
    list[Path] | None,
    typer.Option(metavar="DIR", help="Add or override patterns; may be repeated."),
]
Fail = Annotated[
    Literal["possible", "likely", "confirmed"] | None,
    typer.Option(help="Exit 1 where a cause is at least that sure."),
]
Redact = Annotated[
    bool | None,
    typer.Option(
        "--redact/--no-redact",
        help="Replace accounts, hosts, addresses and ids (markdown does so by itself).",
        show_default=False,
    ),
]
Limit = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME=N",
        help="How much of an archive or folder is read: members, depth, member-mib, total-mib, "
        "ratio, seconds. May be repeated.",
        show_default=False,
    ),
]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="All reasons and evidence.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Only the verdict.")]


def view(output: Path | None, verbose: bool, quiet: bool, redact: bool | None) -> View:
    """Return how the reader looks: a terminal has a width and colours, a file has not."""
    terminal = output is None and sys.stdout.isatty()
    return View(
        width=_columns(terminal),
        color=terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb",
        detail="verdict" if quiet else "all" if verbose else "normal",
        redact=redact,
    )


def _columns(terminal: bool) -> int:
    """Return the terminal's width, or COLUMNS; what is read elsewhere is 100 columns wide."""
    return max(40, shutil.get_terminal_size((100, 24)).columns) if terminal else _asked()


def _asked() -> int:
    asked = os.environ.get("COLUMNS", "")
    return max(40, int(asked)) if asked.isdecimal() else 100
