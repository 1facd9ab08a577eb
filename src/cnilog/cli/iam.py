"""``cnilog iam``: what the role of aws-node may not do, before a start shows it."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from cnilog.cli.ending import FOUND, put
from cnilog.cli.options import Limit, Sources


def iam(
    policy: Sources,
    mode: Annotated[
        Literal["ipv4", "prefix-delegation", "custom-networking", "pod-eni", "ipv6"] | None,
        typer.Option(help="Judge this mode only."),
    ] = None,
    version: Annotated[
        str | None, typer.Option(metavar="X.Y.Z", help="Judge this release of the CNI only.")
    ] = None,
    format: Annotated[Literal["text", "json"], typer.Option("--format", "-f")] = "text",
    limit: Limit = None,
    fail: Annotated[
        bool, typer.Option("--fail", help="Exit 1 where something needed is missing.")
    ] = False,
) -> None:
    """Say what a policy, role, trust, service account or Terraform call lacks, for each mode.

    Several files count as one role's, unless they name different roles.
    """
    from cnilog.documents.check import check
    from cnilog.ingest import read
    from cnilog.ingest.limits import limits_of
    from cnilog.report.safety import shown
    from cnilog.secrets import mask

    documents = read(policy, limits=limits_of(limit or ())).documents
    answer = check(documents, mode=mode, version=version)
    put(mask(answer.as_json()) if format == "json" else shown(answer.as_text(), lines=True))
    if fail and answer.lacking:
        raise typer.Exit(FOUND)
