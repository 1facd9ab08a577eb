"""``cnilog fetch``: bring logs here, into a folder that ``analyze`` reads as it is."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    name="fetch",
    help="Bring logs here from CloudWatch or a cluster.",
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
)
Out = Annotated[Path, typer.Option("--out", "-o", metavar="DIR", help="Folder to write to.")]


@app.command()
def cloudwatch(
    log_group: Annotated[str, typer.Option(help="The log group's name.")],
    since: Annotated[str, typer.Option(help="30m, 2h, 3d, or 2026-03-02T10:00:00Z.")],
    out: Out,
    until: Annotated[str | None, typer.Option(help="The same forms; now if left out.")] = None,
    stream: Annotated[
        list[str] | None, typer.Option(help="Beginning of a stream's name; may be repeated.")
    ] = None,
) -> None:
    """Fetch a log group; a stopped fetch into the same folder goes on."""
    from cnilog.fetch import fetch_cloudwatch
    from cnilog.fetch.cloudwatch import Window, parse_since

    now = datetime.now(UTC)  # the end, too: another fetch tomorrow is another one
    begin, end = parse_since(since, now), parse_since(until, now) if until else now
    asked = f"{since} to {until or 'now'}"
    window = Window(log_group, begin, end, tuple(stream or ()), asked)
    path = fetch_cloudwatch(window, out, tell=_told if sys.stderr.isatty() else None)
    typer.echo(f"{path}", err=True)


def _told(count: int) -> None:
    typer.echo(f"\r{count:,} events", err=True, nl=False)


@app.command()
def kube(
    out: Out,
    context: Annotated[str | None, typer.Option(help="kubectl's context.")] = None,
    kubectl: Annotated[str, typer.Option(help="The program to run.")] = "kubectl",
    tail: Annotated[int, typer.Option(help="Lines of each container; -1 is all.")] = -1,
) -> None:
    """Fetch aws-node's logs, pods, events, DaemonSet and service account with your kubectl."""
    from cnilog.fetch import fetch_kube
    from cnilog.report.safety import shown

    flags = [f"--context={context}"] if context else []
    refused = fetch_kube(out, kubectl=kubectl, flags=flags, tail=tail)
    for complaint in refused:
        typer.echo(f"left out: {shown(complaint)}", err=True)
    typer.echo(f"{out}: ready for cnilog analyze {out}", err=True)
