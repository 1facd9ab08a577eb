"""On a Ray cluster of real processes a batch gives the same table, whatever dies on the way."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from cnilog.batch import Plan, open_batch, run_batch
from cnilog.batch.job import Job, Receipt
from cnilog.batch.runners.local import LocalRunner
from cnilog.batch.runners.ray import RayRunner
from cnilog.batch.work import Work
from cnilog.discovery.generate import generate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnilog.finding import Report

ray = pytest.importorskip("ray", reason="ray is not installed")
SOURCE = Path(__file__).parents[2] / "src"
NAMES = ("irsa-trust", "healthy", "subnet-exhausted")


@pytest.fixture(scope="module", autouse=True)
def cluster() -> Iterator[None]:
    """Start a cluster of two processors for all tests of this file."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("PYTHONPATH", f"{SOURCE}{os.pathsep}{os.environ.get('PYTHONPATH', '')}")
        ray.init(
            address="local", num_cpus=2, log_to_driver=False, include_dashboard=False,
            logging_level="ERROR",
        )  # fmt: skip
        yield
        ray.shutdown()


@pytest.fixture(scope="module")
def bundles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of archives, one of them garbage."""
    folder = tmp_path_factory.mktemp("bundles")
    for seed, name in enumerate(NAMES):
        for path, data in generate(name, layout="bundle", seed=seed).items():
            (folder / path).write_bytes(data)
    (folder / "garbage.zip").write_bytes(b"\x00\xffno archive" * 50)
    return folder


@dataclass(frozen=True, slots=True)
class Poisoned(Work):
    """Work that crashes once over the first bundle, and always over garbage."""

    mark: str = ""

    def report(self, job: Job) -> Report:
        """Analyze, or end the process as a fault in native code does."""
        if job.source.endswith("garbage.zip"):
            os.kill(os.getpid(), signal.SIGSEGV)
        if not Path(self.mark).exists():
            Path(self.mark).touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return super(Poisoned, self).report(job)


def _threads(job: Job) -> Receipt:
    return Receipt(job.source, "done", error=str(pl.thread_pool_size()))


class PoisonedRunner:
    """Ray with the other work."""

    def __init__(self, mark: Path) -> None:
        self.mark = str(mark)

    def run(self, work: Work, jobs: Any) -> Any:
        """Run the other work."""
        yield from RayRunner().run(Poisoned(work.out, work.version, mark=self.mark), jobs)


def test_workers_that_die_cost_only_the_poisonous_bundle(bundles: Path, tmp_path: Path) -> None:
    plain, poisoned = tmp_path / "plain", tmp_path / "poisoned"
    whole = run_batch(Plan(str(plain), (str(bundles),)), LocalRunner(jobs=1))
    plan = Plan(str(poisoned), (str(bundles),))
    hurt = run_batch(plan, PoisonedRunner(tmp_path / "mark"))

    assert whole.line() == "4 bundles = 3 done + 0 skipped + 1 failed + 0 given up"
    assert hurt.line() == "4 bundles = 3 done + 0 skipped + 0 failed + 1 given up"
    tables = [
        open_batch(str(out)).results.filter(status="done").sort("source").collect()
        for out in (plain, poisoned)
    ]
    assert_frame_equal(*tables)


def test_polars_has_one_thread_in_a_worker() -> None:
    receipts = RayRunner().run(_threads, [Job("a", 1, "1"), Job("b", 1, "1")])

    assert [receipt.error for receipt in receipts] == ["1", "1"]
