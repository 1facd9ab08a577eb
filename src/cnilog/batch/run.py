"""Go through many bundles, once each, whatever happens on the way."""

from __future__ import annotations

import hashlib
import os
import socket
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from cnilog.batch.bundles import find_bundles, shard
from cnilog.batch.job import Job
from cnilog.batch.ledger import Ledger
from cnilog.batch.store import open_store
from cnilog.batch.table import RESULTS
from cnilog.batch.work import Work

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cnilog.batch.job import Receipt
    from cnilog.batch.runners import Runner

REMEMBER_EVERY: Final = 200  # receipts between two notes of what was seen


@dataclass(frozen=True, slots=True)
class Plan:
    """What a batch is to do."""

    out: str
    sources: tuple[str, ...]
    patterns: tuple[str, ...] = ()
    retry_failed: bool = False
    limit: int | None = None
    shard: tuple[int, int] = (0, 1)  # index from 0, count


@dataclass(slots=True)
class Tally:
    """How far a batch is; ``bundles = done + skipped + failed + given up`` at the end."""

    bundles: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    size_bytes: int = 0
    errors: list[Receipt] = field(default_factory=list)

    def line(self) -> str:
        """Return the line that adds up."""
        names = ("done", "skipped", "failed", "given up")
        parts = " + ".join(f"{self.counts[name]} {name}" for name in names)
        return f"{self.bundles} bundles = {parts}"

    @property
    def any_failed(self) -> bool:
        """Return whether a bundle could not be analyzed."""
        return bool(self.counts["failed"] + self.counts["given up"])


def run_batch(
    plan: Plan, runner: Runner, *, tell: Callable[[Tally, Receipt], None] | None = None
) -> Tally:
    """Analyze every bundle of *plan* that is not done yet, and return the tally.

    Args:
        plan: Where to read and to write.
        runner: Where the work runs.
        tell: Called after each bundle, for progress.

    Raises:
        SourceError: A source is not there, or holds no bundle.
        OutputError: The place for the results cannot be written.
    """
    work = Work(plan.out, version(plan.patterns), plan.patterns, plan.retry_failed)
    ledger = Ledger(open_store(plan.out), work.version).load()
    jobs = shard(find_bundles(plan.sources), *plan.shard)
    todo, done = _split(jobs, ledger, plan)
    tally = Tally(bundles=len(todo) + len(done))
    tally.counts["skipped"] = len(done)
    stamps = {job.source: f"{job.source}|{job.stamp}" for job in todo}
    seen: dict[str, str] = {}
    writer = f"{socket.gethostname()}-{os.getpid()}"
    for receipt in runner.run(work, todo):
        _count(tally, receipt)
        if receipt.key:
            seen[stamps[receipt.source]] = receipt.key
        if len(seen) % REMEMBER_EVERY == REMEMBER_EVERY - 1:
            ledger.remember(writer, seen)
        if tell:
            tell(tally, receipt)
    if seen:
        ledger.remember(writer, seen)
    return tally


def _split(jobs: Sequence[Job], ledger: Ledger, plan: Plan) -> tuple[list[Job], list[Job]]:
    """Return what is to do, at most *plan.limit*, and what is done, without reading a bundle."""
    finished = ledger.done if plan.retry_failed else ledger.done | ledger.failed
    todo, done = list[Job](), list[Job]()
    for job in jobs:
        known = ledger.key_of(job.source, job.stamp)
        (done if known in finished else todo).append(job)
    return todo[: plan.limit], done


def _count(tally: Tally, receipt: Receipt) -> None:
    tally.counts[receipt.status] += 1
    if receipt.error:
        tally.errors.append(receipt)


def version(patterns: tuple[str, ...]) -> str:
    """Return the version of what a result depends on: program, catalog, and the result's shape."""
    from cnilog.catalog import load_catalog
    from cnilog.version import __version__

    catalog = load_catalog(*patterns)
    digest = hashlib.blake2b(digest_size=6)
    for part in (__version__, catalog.model_dump_json(), str(RESULTS)):
        digest.update(part.encode())
    return digest.hexdigest()
