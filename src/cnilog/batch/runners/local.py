"""Worker processes on this machine, one bundle each at a time.

A pool of the standard library breaks as a whole when one worker dies; here a worker has a pipe of
its own, so its death or its deadline costs only the bundle it held. That bundle comes again until
the ledger gives it up.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection, wait
from multiprocessing.forkserver import ensure_running
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cnilog.batch.job import Job, Receipt
from cnilog.batch.runners.worker import THREADS, settle

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator
    from multiprocessing.context import ForkServerProcess
    from types import FrameType

DEADLINE_S: Final = 660.0  # for one bundle; the worker's own deadline comes before
LOOK_S: Final = 1.0  # how often deadlines are looked at
STOP_S: Final = 5.0  # for a worker that is stopped to take its mark away
DEATHS_MOST: Final = 5  # of workers, over one bundle that the ledger never learns of
CONTAINER: Final = Path("/sys/fs/cgroup/cpu.max")  # "<µs> <of µs>" or "max <of µs>"
PRELOAD: Final = ["cnilog.analysis", "cnilog.batch.work"]


@dataclass(slots=True)
class _Worker:
    process: ForkServerProcess
    pipe: Connection
    job: Job | None = None
    since: float = 0.0

    def give(self, job: Job) -> None:
        self.job, self.since = job, time.monotonic()
        with contextlib.suppress(BrokenPipeError):  # died while it was idle: its end is seen next
            self.pipe.send(job)

    def late(self, deadline_s: float) -> bool:
        return time.monotonic() - self.since > deadline_s

    def end(self) -> None:
        self.process.kill()
        self.process.join()
        self.pipe.close()


@dataclass(slots=True)
class LocalRunner:
    """Run on *jobs* processes (as many as there are processors to use, where it is 0)."""

    jobs: int = 0
    deadline_s: float = DEADLINE_S
    workers: list[_Worker] = field(default_factory=list)

    def run(self, work: Callable[[Job], Receipt], jobs: Iterable[Job]) -> Generator[Receipt]:
        """Yield receipts as workers finish; a killed worker's bundle is given again."""
        context = _forks()
        waiting, again, deaths = iter(jobs), list[Job](), Counter[str]()
        try:
            while busy := self._feed(waiting, again, context, work):
                for worker in self._settled(busy):
                    receipt, job = _take(worker, self.deadline_s), worker.job
                    worker.job = None
                    if receipt is None and job is not None:
                        self._drop(worker)
                        deaths[job.source] += 1
                        receipt = _hopeless(job, deaths[job.source])
                        again.extend([] if receipt else [replace(job, again=True)])
                    if receipt is not None:
                        deaths.pop(receipt.source, None)
                        yield receipt
        finally:
            self._stop()

    def _feed(
        self,
        waiting: Iterator[Job],
        again: list[Job],
        context: multiprocessing.context.ForkServerContext,
        work: Callable[[Job], Receipt],
    ) -> list[_Worker]:
        """Give a job to every idle worker, start workers while there are jobs; return the busy."""
        idle = [worker for worker in self.workers if worker.job is None]
        while idle or len(self.workers) < (self.jobs or processors()):
            job = again.pop() if again else next(waiting, None)
            if job is None:
                break
            if not idle:
                idle.append(_start(context, work))
                self.workers.append(idle[0])
            idle.pop().give(job)
        return [worker for worker in self.workers if worker.job is not None]

    def _settled(self, busy: list[_Worker]) -> list[_Worker]:
        """Return the workers that answered, died, or ran past the deadline."""
        ready = set(map(id, wait([worker.pipe for worker in busy], LOOK_S)))
        return [
            worker for worker in busy if id(worker.pipe) in ready or worker.late(self.deadline_s)
        ]

    def _drop(self, worker: _Worker) -> None:
        worker.end()
        self.workers.remove(worker)

    def _stop(self) -> None:
        """End all workers: those at work are told first, so that they take their marks away."""
        for worker in self.workers:
            worker.process.terminate()
        until = time.monotonic() + STOP_S
        for worker in self.workers:
            worker.process.join(max(0.0, until - time.monotonic()))
            worker.end()
        self.workers.clear()


def _take(worker: _Worker, deadline_s: float) -> Receipt | None:
    """Return what the worker says; null when it died or is too late."""
    try:
        if not worker.pipe.poll() and worker.late(deadline_s):
            return None
        receipt: Receipt = worker.pipe.recv()
    except (EOFError, OSError):
        return None
    return receipt


def _hopeless(job: Job, deaths: int) -> Receipt | None:
    """Return a receipt for a bundle whose workers die before they can count the attempt."""
    if deaths < DEATHS_MOST:
        return None
    why = f"{deaths} workers ended before they began it; their words are on standard error"
    return Receipt(job.source, "given up", error=why)


def processors() -> int:
    """Return how many processors there are to use: not more than a container may."""
    here = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    try:
        quota, period = CONTAINER.read_text("ascii").split()
    except (OSError, ValueError):
        quota, period = "max", "1"
    most = here or 1
    return most if quota == "max" else max(1, min(most, -(-int(quota) // int(period))))


def _forks() -> multiprocessing.context.ForkServerContext:
    """Return what forks workers, with Polars told to keep to one thread in each of them.

    Polars asks for that when it is imported, which the fork server does: later is too late.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOAD)
    chosen = os.environ.get(THREADS)
    os.environ[THREADS] = chosen or "1"
    try:
        ensure_running()
    finally:
        if chosen is None:
            del os.environ[THREADS]
    return context


def _start(
    context: multiprocessing.context.ForkServerContext, work: Callable[[Job], Receipt]
) -> _Worker:
    ours, theirs = context.Pipe()
    here = dict(os.environ)  # the fork server keeps the one of its start, with old credentials
    process = context.Process(target=_serve, args=(theirs, work, here), daemon=True)
    process.start()
    theirs.close()  # so that the worker's death is the end of the pipe
    return _Worker(process, ours)


def _serve(pipe: Connection, work: Callable[[Job], Receipt], environment: dict[str, str]) -> None:
    os.environ.update(environment)
    signal.signal(signal.SIGTERM, _unwind)
    with contextlib.suppress(EOFError, KeyboardInterrupt, BrokenPipeError):  # the driver is gone
        while True:
            pipe.send(work(pipe.recv()))
            settle()


def _unwind(number: int, frame: FrameType | None) -> None:
    raise SystemExit(0)
