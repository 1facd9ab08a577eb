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
from cnilog.report import REPORTERS, View, reporter


def report(
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE",
            help="A report of --format json, - for standard input, or the --out of a batch.",
        ),
    ],
    format: Format = "text",
    output: Output = None,
    fail_on: Fail = None,
    redact: Redact = None,
    verbose: Verbose = False,
    quiet: Quiet = False,
    compact: Annotated[
        bool, typer.Option("--compact", help="Join a batch's small files first, for speed.")
    ] = False,
) -> None:
    """Render a saved report in another format, or sum up a batch."""
    reporter(format)
    if file.startswith("s3://") or Path(file).is_dir():
        finish(_fleet(file, format, view(output, verbose, quiet, redact), compact), output)
        return
    from cnilog.report.json import read

    document = read(_text(file), file=file)
    finish(REPORTERS[format](document, view(output, verbose, quiet, redact)), output)
    if fail_on and any(fails(cause.confidence, fail_on) for cause in document.causes):
        raise typer.Exit(FOUND)


def _fleet(root: str, format: str, view: View, compact: bool) -> str:
    from cnilog.batch import compact as join
    from cnilog.batch import open_batch, rendering
    from cnilog.batch.fleet import fleet_report

    batch = open_batch(root)
    if compact:
        join(root, batch.version)
        batch = open_batch(root, batch.version)
    return rendering.write(fleet_report(batch), format, view)


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
