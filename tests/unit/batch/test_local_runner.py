"""A worker that dies costs only its bundle; one that never ends is ended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest

from cnilog.batch.job import Job, Receipt
from cnilog.batch.runners import local
from cnilog.batch.runners.local import PRELOAD, LocalRunner, processors
from cnilog.batch.runners.worker import THREADS


def _done(job: Job) -> Receipt:
    return Receipt(job.source, "done")


def _dies_once(job: Job) -> Receipt:
    mark = Path(job.stamp) / job.source
    if job.source == "poison" and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return Receipt(job.source, "done")


def _hangs_once(job: Job) -> Receipt:
    mark = Path(job.stamp) / job.source
    if job.source == "endless" and not mark.exists():
        mark.touch()
        time.sleep(3600)  # the deadline ends it
    return Receipt(job.source, "done")


def _threads(job: Job) -> Receipt:
    return Receipt(job.source, "done", error=str(pl.thread_pool_size()))


def _jobs(*names: str, stamp: str = "") -> list[Job]:
    return [Job(name, 1, stamp) for name in names]


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        pytest.param("150000 100000\n", 2, id="one and a half"),
        pytest.param("20000 100000\n", 1, id="a fifth"),
        pytest.param("800000 100000\n", 3, id="more than there are"),
        pytest.param("max 100000\n", 3, id="no bound"),
        pytest.param(None, 3, id="no container"),
    ],
)
def test_a_container_starts_no_more_workers_than_it_has_processors(
    told: str | None, expected: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1, 2}, raising=False)
    monkeypatch.setattr(local, "CONTAINER", tmp_path / "cpu.max")
    if told:
        (tmp_path / "cpu.max").write_text(told)

    assert processors() == expected


def test_every_job_gets_a_receipt() -> None:
    names = [f"b{index}" for index in range(20)]

    receipts = LocalRunner(jobs=2).run(_done, _jobs(*names))

    assert sorted(receipt.source for receipt in receipts) == sorted(names)


def test_a_killed_worker_costs_only_a_retry(tmp_path: Path) -> None:
    jobs = _jobs("a", "poison", "b", "c", stamp=str(tmp_path))

    receipts = list(LocalRunner(jobs=2).run(_dies_once, jobs))

    assert sorted(receipt.source for receipt in receipts) == ["a", "b", "c", "poison"]


def test_an_endless_bundle_is_ended_at_its_deadline(tmp_path: Path) -> None:
    jobs = _jobs("a", "endless", "b", stamp=str(tmp_path))

    receipts = list(LocalRunner(jobs=2, deadline_s=0.5).run(_hangs_once, jobs))

    assert sorted(receipt.source for receipt in receipts) == ["a", "b", "endless"]


@pytest.mark.parametrize("threads", ["1", "3"])
def test_polars_has_one_thread_in_a_worker_or_as_many_as_are_asked_for(threads: str) -> None:
    script = f"""
from {__name__} import LocalRunner, _jobs, _threads
if __name__ == "__main__":
    print([receipt.error for receipt in LocalRunner(jobs=2).run(_threads, _jobs("a", "b"))])
"""
    environment = {name: value for name, value in os.environ.items() if name != THREADS}
    environment |= {THREADS: threads} if threads != "1" else {}
    ran = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True, text=True, check=True, env=environment, cwd=Path(__file__).parents[3],
    )  # fmt: skip

    assert ran.stdout == f"['{threads}', '{threads}']\n"


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="/proc names the threads")
def test_what_workers_are_forked_with_has_started_no_pool() -> None:
    script = f"""
import {", ".join(PRELOAD)}
from pathlib import Path
print([task.joinpath("comm").read_text().strip() for task in Path("/proc/self/task").iterdir()])
"""
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert "polars-0" not in ran.stdout  # a worker forked with it would wait for ever
    assert "'python" in ran.stdout
