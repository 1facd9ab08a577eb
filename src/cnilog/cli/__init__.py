"""The command line: arguments in, text and exit code out.

One file a command. Nothing heavy is imported before a command runs, so that `--help` and shell
completion are instant; the library does the work, a command only calls it.
"""

from __future__ import annotations

from typing import Annotated

import typer

from cnilog.cli.analyze import analyze
from cnilog.cli.batch import batch
from cnilog.cli.diff import diff
from cnilog.cli.ending import Commands
from cnilog.cli.explain import explain
from cnilog.cli.fetch import app as fetch
from cnilog.cli.generate import generate
from cnilog.cli.iam import iam
from cnilog.cli.mine import mine
from cnilog.cli.patterns import app as patterns
from cnilog.cli.read import read
from cnilog.cli.redact import redact
from cnilog.cli.report import report
from cnilog.cli.undecoded import undecoded
from cnilog.cli.watch import watch
from cnilog.version import __version__

app = typer.Typer(
    name="cnilog",
    cls=Commands,
    help="Name the root cause in AWS VPC CNI logs, with the evidence and the fix.",
    no_args_is_help=True,
    rich_markup_mode=None,  # plain help: the same piped, coloured or read aloud
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"cnilog {__version__}")
        raise typer.Exit


@app.callback()
def cnilog(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say the version.")
    ] = False,
) -> None:
    """Name the root cause in AWS VPC CNI logs, with the evidence and the fix."""


app.command()(analyze)
app.command()(batch)
app.command()(report)
app.command()(read)
app.command()(undecoded)
app.command()(redact)
app.command()(diff)
app.command()(explain)
app.command()(mine)
app.command()(watch)
app.command()(generate)
app.add_typer(fetch, name="fetch")
app.command()(iam)
app.add_typer(patterns, name="patterns")
