"""Go through many bundles, once each, whatever happens on the way."""

from __future__ import annotations

import hashlib
import os
import socket
import uuid
from collections import Counter
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import TYPE_CHECKING, Final

from cnilog.batch.bundles import find_bundles, shard
from cnilog.batch.compaction import MANY, compact
from cnilog.batch.content import content_key
from cnilog.batch.ledger import Ledger
from cnilog.batch.store import open_store
from cnilog.batch.table import RESULTS
from cnilog.batch.work import DEADLINE_S, Work
from cnilog.buckets import is_address
from cnilog.errors import CnilogError, OutputError
from cnilog.ingest.limits import LIMITS, Limits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from cnilog.batch.job import Job, Receipt
    from cnilog.batch.runners import Runner

REMEMBER_EVERY: Final = 200  # receipts between two notes of what was seen
REMEMBER_MOST: Final = 5_000  # entries of one file: it is written anew with every note
NAMED: Final = 100  # failures that are kept to be named
REFUSED_MOST: Final = 10  # bundles one after another that the storage refuses: then it is over


@dataclass(frozen=True, slots=True)
class Plan:
    """What a batch is to do."""

    out: str
    sources: tuple[str, ...]
    patterns: tuple[str, ...] = ()
    retry_failed: bool = False
    limit: int | None = None
    shard: tuple[int, int] = (0, 1)  # index from 0, count
    deadline_s: float = DEADLINE_S  # for one bundle
    limits: Limits = LIMITS  # of one bundle


@dataclass(slots=True)
class Tally:
    """How far a batch is; ``bundles = done + skipped + failed + given up`` at the end."""

    bundles: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    size_bytes: int = 0  # of what is to do
    read_bytes: int = 0  # of them, so far
    errors: list[Receipt] = field(default_factory=list)  # the first of those not analyzed
    aside: tuple[str, ...] = ()  # files that belong to no bundle
    failed_before: int = 0  # of the skipped, known to have failed in an earlier run
    joining: bool = False  # all is done but for joining the small files

    def line(self) -> str:
        """Return the line that adds up."""
        names = ("done", "skipped", "failed", "given up")
        parts = " + ".join(f"{self.counts[name]} {name}" for name in names)
        return f"{self.bundles} bundles = {parts}"

    @property
    def any_failed(self) -> bool:
        """Return whether a bundle could not be analyzed."""
        return bool(self.bad)

    @property
    def bad(self) -> int:
        """How many bundles could not be analyzed."""
        return self.counts["failed"] + self.counts["given up"]


def run_batch(
    plan: Plan, runner: Runner, *, tell: Callable[[Tally, Receipt | None], None] | None = None
) -> Tally:
    """Analyze every bundle of *plan* that is not done yet, and return the tally.

    Args:
        plan: Where to read and to write.
        runner: Where the work runs.
        tell: Called when the plan is made (without a receipt), after each bundle, and when the
            results are joined (without one).

    Raises:
        SourceError: A source is not there, or holds no bundle.
        OutputError: The place for the results cannot be written, or not any more; what was done
            is kept, and a rerun goes on.
    """
    work = Work(
        plan.out,
        version(plan.patterns, plan.limits),
        plan.patterns,
        plan.retry_failed,
        plan.deadline_s,
        plan.limits,
    )
    ledger = Ledger(open_store(plan.out), work.version)
    tally, todo = _planned(plan, ledger)
    if tell:
        tell(tally, None)
    notes = _Notes(ledger)
    refused = 0
    with closing(notes), closing(runner.run(work, _consumed(todo))) as receipts:
        for receipt in receipts:
            _count(tally, receipt)
            notes.add(receipt)
            refused = refused + 1 if receipt.unwritten else 0
            if refused >= REFUSED_MOST:
                advice = f"{tally.counts['done']} bundles were done and are kept; run it again"
                raise OutputError(f"{receipt.error}. Make room or mend the access; {advice}")
            if tell:
                tell(tally, receipt)
    if plan.shard == (0, 1):  # else every part would do it again, each with what is there by then
        tally.joining = True
        if tell:
            tell(tally, None)
        with suppress(CnilogError):  # it costs only speed
            compact(plan.out, work.version, least=MANY)
    return tally


def _planned(plan: Plan, ledger: Ledger) -> tuple[Tally, list[Job]]:
    """Return what is to do, without analyzing a bundle; the ledger's lists are dropped after."""
    ledger.load()
    found = find_bundles(plan.sources, out=plan.out)
    finished = ledger.done if plan.retry_failed else ledger.done | ledger.failed
    known = [_known(job, ledger) for job in found.jobs]
    mine = {job.source for job in shard(known, *plan.shard)}
    open_jobs = _without_copies([job for job in known if job.key not in finished])
    todo = [job for job in open_jobs if job.source in mine]
    # What an earlier run began and did not finish may be deadly: everything else goes first.
    todo.sort(key=lambda job: job.key in ledger.tried)
    tally = Tally(aside=found.aside)
    tally.counts["skipped"] = len(mine) - len(todo)
    if not plan.retry_failed:
        tally.failed_before = sum(job.key in ledger.failed for job in known if job.source in mine)
    if plan.limit is not None:
        todo, passed = _first(todo, plan.limit, finished)
        tally.counts["skipped"] += passed
    tally.bundles = tally.counts["skipped"] + len(todo)
    tally.size_bytes = sum(job.size_bytes for job in todo)
    ledger.forget()
    return tally, todo


def _first(jobs: Sequence[Job], most: int, finished: set[str]) -> tuple[list[Job], int]:
    """Return the first *most* jobs that are to do, and how many before them are done.

    A run that was killed may not have noted the keys of the last that it did.
    """
    found: list[Job] = []
    passed = 0
    for job in jobs:
        if len(found) == most:
            break
        known = job if job.key else _read(job)
        if known.key in finished:
            passed += 1
        else:
            found.append(known)
    return found, passed


def _known(job: Job, ledger: Ledger) -> Job:
    return job if job.key else replace(job, key=ledger.key_of(job.seen_as))


def _without_copies(jobs: Sequence[Job]) -> list[Job]:
    """Return *jobs* with one of those that have the same content: always the first by name.

    Only files of the same size are read for it. Else it would depend on which worker is the
    faster one under which name a content stands in the results.
    """
    kept: dict[str, Job] = {}
    for _, group in groupby(jobs, key=lambda job: job.size_bytes):
        same = list(group)
        for job in map(_read, same) if len(same) > 1 else same:
            kept.setdefault(job.key or job.source, job)
    return list(kept.values())


def _read(job: Job) -> Job:
    with suppress(OSError, CnilogError):  # the worker will say what is wrong with it
        return replace(job, key=content_key(job))
    return job


def _consumed(todo: list[Job]) -> Iterator[Job]:
    """Yield the jobs and let go of them, so that memory does not stay at the plan's height."""
    todo.reverse()
    while todo:
        yield todo.pop()


def _count(tally: Tally, receipt: Receipt) -> None:
    tally.counts[receipt.status] += 1
    tally.read_bytes += receipt.size_bytes
    if receipt.error and len(tally.errors) < NAMED:
        tally.errors.append(receipt)


class _Notes:
    """Write down now and then which source had which key, in files of this driver's own."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger, self._entries, self._file = ledger, dict[str, str](), 0
        self._writer = f"{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:8]}"

    def add(self, receipt: Receipt) -> None:
        """Note *receipt*; what S3's listing tells needs no note."""
        if receipt.key and receipt.seen_as and not is_address(receipt.source):
            self._entries[receipt.seen_as] = receipt.key
            if len(self._entries) % REMEMBER_EVERY == 0:
                self._write()

    def _write(self) -> None:
        self._ledger.remember(f"{self._writer}-{self._file}", self._entries)
        if len(self._entries) >= REMEMBER_MOST:
            self._entries, self._file = {}, self._file + 1

    def close(self) -> None:
        """Write what is left; a note that cannot be written costs only speed."""
        if self._entries:
            with suppress(CnilogError):
                self._write()


def version(patterns: tuple[str, ...], limits: Limits = LIMITS) -> str:
    """Return the version of what a result depends on: program, catalog, shape, other limits."""
    from cnilog.catalog import load_catalog
    from cnilog.version import __version__

    catalog = load_catalog(*patterns)
    digest = hashlib.blake2b(digest_size=6)
    other = () if limits == LIMITS else (repr(limits),)
    for part in (__version__, catalog.model_dump_json(), str(RESULTS), *other):
        digest.update(part.encode())
    return digest.hexdigest()
