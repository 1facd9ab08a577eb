"""Worker processes on this machine, one bundle each at a time.

A pool of the standard library breaks as a whole when one worker dies; here a worker has a pipe of
its own, so its death or its deadline costs only the bundle it held. That bundle comes again until
the ledger gives it up.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import time
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, Final

from cnilog.batch.job import Job, Receipt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from multiprocessing.context import ForkServerProcess

DEADLINE_S: Final = 600.0  # for one bundle; a bundle takes 0.1 to 3 s
LOOK_S: Final = 1.0  # how often deadlines are looked at
PRELOAD: Final = ["cnilog.analysis", "cnilog.batch.work"]


@dataclass(slots=True)
class _Worker:
    process: ForkServerProcess
    pipe: Connection
    job: Job | None = None
    since: float = 0.0

    def give(self, job: Job) -> None:
        self.job, self.since = job, time.monotonic()
        self.pipe.send(job)

    def late(self, deadline_s: float) -> bool:
        return time.monotonic() - self.since > deadline_s

    def end(self) -> None:
        self.process.kill()
        self.process.join()
        self.pipe.close()


@dataclass(slots=True)
class LocalRunner:
    """Run on *jobs* processes of this machine (as many as it has cores, where it is 0)."""

    jobs: int = 0
    deadline_s: float = DEADLINE_S
    workers: list[_Worker] = field(default_factory=list)

    def run(self, work: Callable[[Job], Receipt], jobs: Iterable[Job]) -> Iterator[Receipt]:
        """Yield receipts as workers finish; a killed worker's bundle is given again."""
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(PRELOAD)
        waiting, again = iter(jobs), list[Job]()
        try:
            for _ in range(self.jobs or os.cpu_count() or 1):
                self.workers.append(_start(context, work))
            while busy := self._feed(waiting, again):
                for worker in self._settled(busy):
                    receipt, job = _take(worker, self.deadline_s), worker.job
                    worker.job = None
                    if receipt is not None:
                        yield receipt
                    elif job is not None:
                        again.append(job)
                        worker.end()
                        self.workers[self.workers.index(worker)] = _start(context, work)
        finally:
            for worker in self.workers:
                worker.end()
            self.workers.clear()

    def _feed(self, waiting: Iterator[Job], again: list[Job]) -> list[_Worker]:
        """Give a job to every idle worker; return those that have one."""
        for worker in self.workers:
            if worker.job is None:
                job = again.pop() if again else next(waiting, None)
                if job is not None:
                    worker.give(job)
        return [worker for worker in self.workers if worker.job is not None]

    def _settled(self, busy: list[_Worker]) -> list[_Worker]:
        """Return the workers that answered, died, or ran past the deadline."""
        ready = set(map(id, wait([worker.pipe for worker in busy], LOOK_S)))
        return [
            worker for worker in busy if id(worker.pipe) in ready or worker.late(self.deadline_s)
        ]


def _take(worker: _Worker, deadline_s: float) -> Receipt | None:
    """Return what the worker says; null when it died or is too late."""
    try:
        if not worker.pipe.poll() and worker.late(deadline_s):
            return None
        receipt: Receipt = worker.pipe.recv()
    except (EOFError, OSError):
        return None
    return receipt


def _start(
    context: multiprocessing.context.ForkServerContext, work: Callable[[Job], Receipt]
) -> _Worker:
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, work), daemon=True)
    process.start()
    theirs.close()  # so that the worker's death is the end of the pipe
    return _Worker(process, ours)


def _serve(pipe: Connection, work: Callable[[Job], Receipt]) -> None:
    os.environ.setdefault("POLARS_MAX_THREADS", "1")
    with contextlib.suppress(EOFError, KeyboardInterrupt):  # the driver is gone or stops
        while True:
            pipe.send(work(pipe.recv()))
