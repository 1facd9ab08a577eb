"""Ray Core tasks, on a cluster or on this machine; needs the extra ``cnilog[ray]``.

Several bundles a task, a bounded number of tasks under way, results written by the task itself.
When a task dies its bundles are given again one by one, so that the one at fault is found; the
ledger counts the attempts, for Ray does not count a kill for memory.
"""

from __future__ import annotations

import itertools
import os
import pickle
import time
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from cnilog.batch.job import Job, Receipt
from cnilog.batch.runners.worker import THREADS, settle
from cnilog.errors import CnilogError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator

A_TASK: Final = 4  # bundles; some ms of overhead a task against 0.2 to 2 s a bundle
LOOK_S: Final = 2.0  # how often the size of the cluster is asked for
WINDOW: Final = 4  # tasks under way for each processor
DEATHS_MOST: Final = 5  # of tasks, over one bundle that the ledger never learns of


@dataclass(slots=True)
class RayRunner:
    """Run on the Ray cluster at *address*; ``local`` starts one on this machine.

    The address is always given: a stale address file of a dead cluster misleads ``auto``.
    """

    jobs: int = 0
    address: str = "local"

    def run(self, work: Callable[[Job], Receipt], jobs: Iterable[Job]) -> Generator[Receipt]:
        """Yield receipts as tasks finish."""
        ray = _import_ray()
        mine = not ray.is_initialized()
        if mine:
            options: dict[str, Any] = {}
            if self.address == "local":
                options = {"num_cpus": self.jobs or None, "include_dashboard": False}
            ray.init(address=self.address, log_to_driver=False, logging_level="ERROR", **options)
        try:
            yield from self._drive(ray, work, iter(jobs))
        finally:
            if mine:
                ray.shutdown()

    def _drive(
        self, ray: Any, work: Callable[[Job], Receipt], jobs: Iterator[Job]
    ) -> Iterator[Receipt]:
        task = ray.remote(max_retries=0)(_several)
        packed = ray.cloudpickle.dumps(work)
        slots = _slots(ray)
        under_way: dict[Any, list[Job]] = {}
        queue = _Queue(jobs, next(slots))
        while True:
            while len(under_way) < next(slots) and (some := queue.take()):
                under_way[task.remote(packed, some)] = some
            if not under_way:
                return
            finished, _ = ray.wait(list(under_way), num_returns=1)
            some = under_way.pop(finished[0])
            try:
                yield from ray.get(finished[0])
            except ray.exceptions.RayError:  # the worker died: find out by which bundle
                yield from queue.give_back(some)


def _slots(ray: Any) -> Iterator[int]:
    """Yield how many tasks may be under way; looked up again and again, for clusters grow."""
    while True:
        number = max(1, int(ray.cluster_resources().get("CPU", 1))) * WINDOW
        until = time.monotonic() + LOOK_S
        yield number
        while time.monotonic() < until:
            yield number


class _Queue:
    """What is to be given to tasks: first singly, so that all have something to do, then more."""

    def __init__(self, jobs: Iterator[Job], slots: int) -> None:
        self._jobs, self._singly = jobs, slots
        self._again, self._deaths = list[Job](), Counter[str]()

    def take(self) -> list[Job]:
        """Return the bundles of one task; none where nothing is left."""
        if self._again:
            return [self._again.pop()]
        size = 1 if self._singly > 0 else A_TASK
        self._singly -= 1
        return list(itertools.islice(self._jobs, size))

    def give_back(self, some: list[Job]) -> Iterator[Receipt]:
        """Take back what a dead task held; yield receipts for what kills before it is counted."""
        for job in some:
            self._deaths[job.source] += 1
            if self._deaths[job.source] < DEATHS_MOST:
                self._again.append(replace(job, again=True))
            else:
                why = f"{DEATHS_MOST} tasks ended before they could count the attempt"
                yield Receipt(job.source, "given up", error=why)


def _several(packed: bytes, jobs: list[Job]) -> list[Receipt]:
    """Work on *jobs*. The work comes packed: it imports Polars, which asks then for its threads."""
    os.environ.setdefault(THREADS, "1")
    work: Callable[[Job], Receipt] = pickle.loads(packed)
    receipts = [work(job) for job in jobs]
    settle()
    return receipts


def _import_ray() -> Any:  # Ray is an extra without complete types
    os.environ.setdefault("RAY_task_oom_retries", "2")
    os.environ.setdefault("RAY_DISABLE_IMPORT_WARNING", "1")
    try:
        import ray
    except ImportError as error:
        advice = "Install it with: pip install 'cnilog[ray]'"
        raise CnilogError(f"--runner ray: the package ray is not installed. {advice}") from error
    return ray
