"""Analyze one bundle and write its result: what a worker does, whatever engine runs it.

Whatever is in a bundle ends as a row: a result, or the reason why there is none. What a worker
cannot survive (a crash in native code, no memory, the deadline) leaves the mark of the attempt.
"""

from __future__ import annotations

import os
import signal
import threading
import time
import traceback
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cnilog.batch.content import content_key, name_key
from cnilog.batch.job import Job, Receipt, Status
from cnilog.batch.ledger import MOST_ATTEMPTS, Ledger
from cnilog.batch.store import open_store
from cnilog.batch.table import done_row, failed_row, read_row
from cnilog.errors import CnilogError, OutputError
from cnilog.ingest.limits import LIMITS, Limits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnilog.catalog import Catalog
    from cnilog.finding import Report

DEADLINE_S: Final = 600.0  # for one bundle; a bundle takes 0.1 to 3 s
GRACE_S: Final = 20.0  # from the deadline to the end by force


@dataclass(frozen=True, slots=True)
class Work:
    """All that a worker must know; small enough to travel."""

    out: str
    version: str
    patterns: tuple[str, ...] = ()
    retry_failed: bool = False
    deadline_s: float = DEADLINE_S
    limits: Limits = LIMITS

    def __call__(self, job: Job) -> Receipt:
        """Analyze *job* unless it is done, write the result, return the receipt."""
        begin = time.monotonic()
        try:
            receipt = self._receipt(_ledger(self.out, self.version), job)
        except OutputError as error:
            receipt = Receipt(job.source, "failed", error=str(error), unwritten=True)
        seconds = time.monotonic() - begin
        return replace(receipt, seconds=seconds, size_bytes=job.size_bytes, seen_as=job.seen_as)

    def _receipt(self, ledger: Ledger, job: Job) -> Receipt:
        try:
            key = content_key(job)
        except (OSError, CnilogError) as error:
            return _failed(ledger, job, name_key(job.source), "failed", str(error))
        if ledger.has(key, retry_failed=self.retry_failed and not job.again):
            return _finished(ledger, job, key)
        turn = ledger.begin(key)
        if turn > MOST_ATTEMPTS:
            return _failed(ledger, job, key, "given up", ledger.why(key))
        with self._watched(ledger, key, turn):
            return self._analyze(ledger, job, key, turn)

    def _analyze(self, ledger: Ledger, job: Job, key: str, turn: int) -> Receipt:
        try:
            report = self.report(job)
            table = done_row(key, job.source, report)
        except CnilogError as error:
            return _failed(ledger, job, key, "failed", str(error), turn)
        except (KeyboardInterrupt, SystemExit):
            ledger.forget_attempt(key, turn)  # stopped from outside: not the bundle's fault
            raise
        except BaseException as error:
            return _failed(ledger, job, key, "failed", _fault(error), turn)
        ledger.finish(key, table, turn)
        loud = sum(cause.confidence != "possible" for cause in report.causes)
        return Receipt(job.source, "done", key, causes=loud)

    def report(self, job: Job) -> Report:
        """Return what is wrong in the bundle."""
        from cnilog.analysis import analyze

        return analyze(job.reading, catalog=_catalog(self.patterns), limits=self.limits)

    @contextmanager
    def _watched(self, ledger: Ledger, key: str, turn: int) -> Iterator[None]:
        """End this process at the deadline: with a note why, else by the kernel's alarm."""
        watch = threading.Timer(self.deadline_s, _too_late, (ledger, key, turn, self.deadline_s))
        watch.daemon = True
        watch.start()
        alarm = hasattr(signal, "setitimer") and signal.getsignal(signal.SIGALRM) == signal.SIG_DFL
        if alarm:  # works even where native code never gives the interpreter back
            signal.setitimer(signal.ITIMER_REAL, self.deadline_s + GRACE_S)
        try:
            yield
        finally:
            watch.cancel()
            if alarm:
                signal.setitimer(signal.ITIMER_REAL, 0)


def _too_late(ledger: Ledger, key: str, turn: int, deadline_s: float) -> None:
    try:
        ledger.explain(key, turn, f"it ran past the deadline of {deadline_s:g} s")
    finally:
        os._exit(1)


def _failed(
    ledger: Ledger, job: Job, key: str, status: Status, error: str, turn: int = MOST_ATTEMPTS
) -> Receipt:
    ledger.fail(key, failed_row(key, job.source, status, error), turn)
    return Receipt(job.source, status, key, error)


def _finished(ledger: Ledger, job: Job, key: str) -> Receipt:
    """Return the receipt of what was done before; by this run, where its worker then died."""
    if not job.again:
        return Receipt(job.source, "skipped", key)
    failed = ledger.store.get(ledger.failed_name(key))
    if failed is None:
        return Receipt(job.source, "done", key)
    status, error = read_row(failed)
    return Receipt(job.source, status, key, error)


def _fault(error: BaseException) -> str:
    """Return what is to be reported of an error that nobody expected."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if f"{os.sep}cnilog{os.sep}" in frame.filename] or frames
    where = f" at {Path(ours[-1].filename).name}:{ours[-1].lineno}" if ours else ""
    words = " ".join(str(error).split())[:500]
    return f"a fault of cnilog: {type(error).__name__}: {words}{where}. Please report it"


@cache
def _ledger(out: str, version: str) -> Ledger:
    return Ledger(open_store(out), version)


@cache
def _catalog(folders: tuple[str, ...]) -> Catalog:
    from cnilog.catalog import load_catalog

    return load_catalog(*folders)
