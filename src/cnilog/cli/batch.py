"""``cnilog batch``: many bundles, once each, whatever happens on the way."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal

import typer

from cnilog.cli.ending import complain, put
from cnilog.cli.options import Patterns
from cnilog.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnilog.batch.run import Tally
    from cnilog.batch.runners import Runner
    from cnilog.ingest.limits import Limits

SOME_FAILED: Final = 3
LAST_RESORT_S: Final = 60.0  # after the worker's own deadline
LISTED: Final = 20  # failed bundles named on standard error


def batch(
    source: Annotated[
        list[str],
        typer.Argument(
            metavar="SOURCE...", help="Folders of bundles, bundles, or s3:// addresses."
        ),
    ],
    out: Annotated[
        str,
        typer.Option("--out", "-o", metavar="DIR", help="Where the results go; may be s3://."),
    ],
    runner: Annotated[Literal["local", "ray"], typer.Option(help="Where the work runs.")] = "local",
    jobs: Annotated[int, typer.Option(min=0, help="Processes; 0 is one a core.")] = 0,
    address: Annotated[str, typer.Option(help="The Ray cluster, as host:port.")] = "local",
    shard: Annotated[
        str, typer.Option(metavar="I/N", help="Only this part of the bundles, from 0/N.")
    ] = "0/1",
    limit: Annotated[
        list[str] | None,
        typer.Option(
            metavar="N|NAME=N",
            help="At most so many bundles; or how much of one is read, as for analyze. "
            "May be repeated.",
            show_default=False,
        ),
    ] = None,
    retry_failed: Annotated[
        bool, typer.Option("--retry-failed", help="Try failed bundles again.")
    ] = False,
    deadline: Annotated[
        float, typer.Option(min=0.1, metavar="SECONDS", help="The most for one bundle.")
    ] = 600.0,
    patterns: Patterns = None,
    no_progress: Annotated[bool, typer.Option("--no-progress", help="Show no progress.")] = False,
) -> None:
    """Analyze many bundles; what is done already is skipped."""
    part = _shard(shard)
    most, limits = _limits(limit or ())
    from cnilog.batch import Plan, run_batch
    from cnilog.cli.batch_progress import shown

    plan = Plan(
        out=out,
        sources=tuple(source),
        patterns=tuple(str(Path(folder).resolve()) for folder in patterns or ()),
        retry_failed=retry_failed,
        limit=most,
        shard=part,
        deadline_s=deadline,
        limits=limits,
    )
    with shown(not no_progress) as tell:
        tally = run_batch(plan, _runner(runner, jobs, address, deadline), tell=tell)
    _complain(tally)
    put(f"{tally.line()}\n")
    if tally.any_failed:
        raise typer.Exit(SOME_FAILED)


def _complain(tally: Tally) -> None:
    """Name what was not analyzed, the first of it."""
    from cnilog.batch.rendering import reason

    if tally.aside:
        others = f" and {len(tally.aside) - 3:,} more" if len(tally.aside) > 3 else ""
        names = ", ".join(tally.aside[:3])
        complain(f"left aside, for they belong to no bundle: {names}{others}")
    if tally.failed_before:
        before = f"{tally.failed_before:,} of the skipped could not be analyzed before"
        complain(f"{before}; --retry-failed tries again")
    for receipt in tally.errors[:LISTED]:
        complain(f"{receipt.source}: {reason(receipt.error, receipt.source)}")
    if tally.bad > LISTED:
        complain(f"{tally.bad - LISTED:,} more were not analyzed; cnilog report names them")


def _limits(given: Sequence[str]) -> tuple[int | None, Limits]:
    """Return how many bundles there are to be at most, and how much of each is read."""
    from cnilog.ingest.limits import limits_of

    counts = [one for one in given if "=" not in one]
    for one in counts:
        if not (one.isascii() and one.isdigit() and int(one[:18])):
            advice = "Write --limit 100 for a hundred bundles, or --limit ratio=1000"
            raise SourceError(f"--limit '{one}': is no number of bundles. {advice}")
    most = min((int(one[:18]) for one in counts), default=None)
    return most, limits_of([one for one in given if "=" in one])


def _shard(text: str) -> tuple[int, int]:
    index, _, count = text.partition("/")
    if not (index.isdecimal() and count.isdecimal() and int(index) < int(count)):
        raise SourceError(f"--shard '{text}': is no part. Write 0/4, 1/4, 2/4 or 3/4, for instance")
    return int(index), int(count)


def _runner(name: str, jobs: int, address: str, deadline: float) -> Runner:
    from cnilog.batch.runners.local import LocalRunner
    from cnilog.batch.runners.ray import RayRunner

    if name == "local":
        return LocalRunner(jobs=jobs, deadline_s=deadline + LAST_RESORT_S)
    return RayRunner(jobs=jobs, address=address)
