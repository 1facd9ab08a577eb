"""The command line: arguments in, text and exit code out.

One file a command. Nothing heavy is imported before a command runs, so that `--help` and shell
completion are instant; the library does the work, a command only calls it.
"""

from __future__ import annotations

from typing import Annotated, Any

import typer

from cnilog.cli.commands import COMMANDS, Made
from cnilog.cli.ending import Ending
from cnilog.cli.words import take_as_they_are
from cnilog.version import __version__


class _Commands(Ending):
    def __init__(self, **settings: Any) -> None:
        super().__init__(**{**settings, "commands": Made(COMMANDS)})

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse what stands before the command."""
        take_as_they_are(self, ctx)
        return super().parse_args(ctx, args)


app = typer.Typer(
    name="cnilog",
    cls=_Commands,
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
