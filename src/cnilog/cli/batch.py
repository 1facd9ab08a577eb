"""``cnilog batch``: many bundles, once each, whatever happens on the way."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal

import typer

from cnilog.cli.ending import complain, put
from cnilog.cli.options import Patterns
from cnilog.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnilog.batch.job import Receipt
    from cnilog.batch.run import Tally
    from cnilog.batch.runners import Runner

SOME_FAILED: Final = 3
TELL_EVERY_S: Final = 1.0
LISTED: Final = 20  # failed bundles named on standard error


def batch(
    source: Annotated[
        list[str],
        typer.Argument(
            metavar="SOURCE...", help="Folders of bundles, bundles, or s3:// addresses."
        ),
    ],
    out: Annotated[str, typer.Option(metavar="DIR", help="Where the results go; may be s3://.")],
    runner: Annotated[Literal["local", "ray"], typer.Option(help="Where the work runs.")] = "local",
    jobs: Annotated[int, typer.Option(min=0, help="Processes; 0 is one a core.")] = 0,
    address: Annotated[str, typer.Option(help="The Ray cluster, as host:port.")] = "local",
    shard: Annotated[
        str, typer.Option(metavar="I/N", help="Only this part of the bundles, from 0/N.")
    ] = "0/1",
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many bundles.")] = None,
    retry_failed: Annotated[
        bool, typer.Option("--retry-failed", help="Try failed bundles again.")
    ] = False,
    patterns: Patterns = None,
    no_progress: Annotated[bool, typer.Option("--no-progress", help="Show no progress.")] = False,
) -> None:
    """Analyze many bundles; what is done already is skipped."""
    part = _shard(shard)
    from cnilog.batch import Plan, run_batch

    plan = Plan(
        out=out,
        sources=tuple(source),
        patterns=tuple(str(Path(folder).resolve()) for folder in patterns or ()),
        retry_failed=retry_failed,
        limit=limit,
        shard=part,
    )
    tally = run_batch(plan, _runner(runner, jobs, address), tell=_teller(not no_progress))
    for receipt in tally.errors[:LISTED]:
        complain(f"{receipt.source}: {receipt.error}")
    put(f"{tally.line()}\n")
    if tally.any_failed:
        raise typer.Exit(SOME_FAILED)


def _shard(text: str) -> tuple[int, int]:
    index, _, count = text.partition("/")
    if not (index.isdecimal() and count.isdecimal() and int(index) < int(count)):
        raise SourceError(f"--shard '{text}': is no part. Write 0/4, 1/4, 2/4 or 3/4, for instance")
    return int(index), int(count)


def _runner(name: str, jobs: int, address: str) -> Runner:
    from cnilog.batch.runners.local import LocalRunner
    from cnilog.batch.runners.ray import RayRunner

    return LocalRunner(jobs=jobs) if name == "local" else RayRunner(jobs=jobs, address=address)


def _teller(wanted: bool) -> Callable[[Tally, Receipt], None] | None:
    """Return what writes a line now and then, or nothing where nobody looks."""
    if not wanted or not sys.stderr.isatty():
        return None
    began = last = time.monotonic()

    def tell(tally: Tally, receipt: Receipt) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last < TELL_EVERY_S:
            return
        last = now
        done = sum(tally.counts.values())
        left = (tally.bundles - done) * (now - began) / max(1, done - tally.counts["skipped"])
        typer.echo(
            f"\r\x1b[K{done:,} of {tally.bundles:,} bundles, {left:,.0f} s left", nl=False, err=True
        )
        if done == tally.bundles:
            typer.echo("\r\x1b[K", nl=False, err=True)

    return tell
