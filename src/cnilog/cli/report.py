"""``cnilog report``: render a saved report again."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from cnilog.cli.analyze import fails, finish
from cnilog.cli.ending import FOUND
from cnilog.cli.options import Fail, Format, Output, Quiet, Redact, Verbose, view
from cnilog.errors import SourceError
from cnilog.report import REPORTERS, reporter


def report(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="A report of --format json; - is standard input.")
    ],
    format: Format = "text",
    output: Output = None,
    fail_on: Fail = None,
    redact: Redact = None,
    verbose: Verbose = False,
    quiet: Quiet = False,
) -> None:
    """Render a saved report in another format."""
    reporter(format)
    from cnilog.report.json import read

    document = read(_text(file), file=file)
    finish(REPORTERS[format](document, view(output, verbose, quiet, redact)), output)
    if fail_on and any(fails(cause.confidence, fail_on) for cause in document.causes):
        raise typer.Exit(FOUND)


def _text(file: str) -> str:
    try:
        return sys.stdin.read() if file == "-" else Path(file).read_text("utf-8")
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise SourceError(
            f"{file}: {reason}. Name a file written by cnilog analyze --format json"
        ) from error
    except UnicodeDecodeError as error:
        raise SourceError(
            f"{file}: is no text. Name a file written by cnilog analyze --format json"
        ) from error
