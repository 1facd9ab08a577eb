"""A batch survives what kills it: the rerun skips what is done and ends with the same table."""

from __future__ import annotations

import gzip
import os
import random
import resource
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from cnilog.batch import Plan, Tally, open_batch, run_batch
from cnilog.batch import run as run_module
from cnilog.batch.job import Job
from cnilog.batch.runners.local import LocalRunner
from cnilog.batch.store import FolderStore
from cnilog.batch.work import Work
from cnilog.discovery.generate import generate
from cnilog.errors import OutputError

if TYPE_CHECKING:
    from cnilog.batch.runners import Runner
    from cnilog.finding import Report

NAMES = ("irsa-trust", "healthy", "subnet-exhausted", "imds-blocked")
VICTIM = "cut.tar.gz"  # the bundle over which workers die
SOURCE = Path(__file__).parents[2] / "src"


@pytest.fixture(scope="module")
def bundles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of archives: good ones, a copy, one cut in half, garbage."""
    folder = tmp_path_factory.mktemp("bundles")
    for seed, name in enumerate(NAMES):
        for path, data in generate(name, layout="bundle", seed=seed).items():
            (folder / path).write_bytes(data)
    whole = sorted(folder.iterdir())[0].read_bytes()
    (folder / "a-copy.tar.gz").write_bytes(whole)
    (folder / VICTIM).write_bytes(whole[: len(whole) * 2 // 3])
    (folder / "garbage.zip").write_bytes(b"\x00\xffno archive" * 50)
    return folder


BUNDLES = len(NAMES) + 3


def _table(out: Path) -> pl.DataFrame:
    return open_batch(str(out)).results.sort("source").collect()


@pytest.fixture(scope="module")
def first_run(
    bundles: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Tally, pl.DataFrame]:
    """Return place, tally and table of a batch that nothing interrupted."""
    out = tmp_path_factory.mktemp("whole")
    tally = run_batch(Plan(str(out), (str(bundles),)), LocalRunner(jobs=2))
    return out, tally, _table(out)


@pytest.fixture(scope="module")
def whole(first_run: tuple[Path, Tally, pl.DataFrame]) -> pl.DataFrame:
    """Return the table of a batch that nothing interrupted."""
    return first_run[2]


def test_the_tally_adds_up_and_what_cannot_be_read_is_recorded(
    first_run: tuple[Path, Tally, pl.DataFrame],
) -> None:
    _, tally, table = first_run

    assert sum(tally.counts.values()) == tally.bundles == BUNDLES
    assert tally.counts["skipped"] == 1  # the copy
    bad = table.filter(pl.col("status") != "done")
    assert [Path(source).name for source in bad["source"]] == ["garbage.zip"]
    assert all(bad["error"])


def test_a_bomb_is_a_failed_bundle(tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.tar.gz"
    bomb.write_bytes(gzip.compress(bytes(4 << 20), 9) * 50)
    receipt = Work(str(tmp_path / "out"), "1")(Job(str(bomb), 1, "1"))

    assert (receipt.status, bool(receipt.error)) == ("failed", True)


def test_a_rerun_does_nothing_again(
    bundles: Path, first_run: tuple[Path, Tally, pl.DataFrame]
) -> None:
    again = run_batch(Plan(str(first_run[0]), (str(bundles),)), LocalRunner(jobs=2))

    assert again.counts["skipped"] == again.bundles == BUNDLES


def test_failed_bundles_are_tried_again_when_asked_for(
    bundles: Path, first_run: tuple[Path, Tally, pl.DataFrame]
) -> None:
    plan = Plan(str(first_run[0]), (str(bundles),), retry_failed=True)
    again = run_batch(plan, LocalRunner(jobs=2))

    assert (again.counts["failed"], again.counts["skipped"]) == (1, BUNDLES - 1)


def test_shards_share_a_ledger_and_make_the_same_table(
    bundles: Path, tmp_path: Path, whole: pl.DataFrame
) -> None:
    for index in range(2):
        plan = Plan(str(tmp_path), (str(bundles),), shard=(index, 2))
        run_batch(plan, LocalRunner(jobs=1))

    assert_frame_equal(_table(tmp_path), whole)


DRIVER = """
import os, signal, sys, threading
from cnilog.batch import Plan, run_batch
from cnilog.batch.runners.local import LocalRunner

def stop():
    os.killpg(0, signal.SIGKILL)  # the driver, its workers, all at once

def tell(tally, receipt):
    if receipt and sum(tally.counts.values()) >= {after}:
        threading.Timer({later}, stop).start()

if __name__ == "__main__":
    run_batch(Plan(sys.argv[2], (sys.argv[1],)), LocalRunner(jobs=2), tell=tell)
"""


def test_everything_killed_at_a_random_point_leaves_what_is_done(
    bundles: Path, tmp_path: Path, whole: pl.DataFrame
) -> None:
    after, later = random.randint(1, 4), random.random() * 0.2
    script, out = tmp_path / "driver.py", tmp_path / "out"
    script.write_text(DRIVER.format(after=after, later=later), "utf-8")
    killed = subprocess.run(
        [sys.executable, script, bundles, out],
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
        start_new_session=True,
        check=False,
    )
    run_batch(Plan(str(out), (str(bundles),)), LocalRunner(jobs=2))

    assert killed.returncode in (-signal.SIGKILL, 0), f"{after=} {later=}"
    assert_frame_equal(_table(out), whole)


@dataclass(frozen=True, slots=True)
class Dies(Work):
    """Work that ends its process over one bundle: so often, in that way, at that moment."""

    mark: str = ""
    times: int = 1
    way: str = "segfault"

    def report(self, job: Job) -> Report:
        """Analyze, unless it is time to die."""
        if job.source.endswith(VICTIM) and self._turn() < self.times:
            if self.way == "segfault":
                os.kill(os.getpid(), signal.SIGSEGV)
            elif self.way == "endless":
                threading.Event().wait()
            elif self.way == "fault":
                raise AssertionError("a fault of ours")
            else:  # written, but not renamed
                self._stop_before_rename()
        return super(Dies, self).report(job)

    def _turn(self) -> int:
        turn = len(list(Path(self.mark).iterdir()))
        Path(self.mark, str(turn)).touch()
        return turn

    def _stop_before_rename(self) -> None:
        def stop(path: Path, target: Path) -> None:
            os.kill(os.getpid(), signal.SIGKILL)

        Path.replace = stop  # type: ignore[assignment, method-assign]


@dataclass
class Deadly:
    """A runner whose workers do other work."""

    inner: Any
    kind: type[Work]
    extra: dict[str, Any]

    def run(self, work: Work, jobs: Any) -> Any:
        """Run the other work."""
        given = (work.out, work.version, work.patterns, work.retry_failed, work.deadline_s)
        yield from self.inner.run(self.kind(*given, **self.extra), jobs)


def _deadly(tmp_path: Path, inner: Runner, times: int, way: str) -> Deadly:
    mark = tmp_path / "mark"
    mark.mkdir()
    return Deadly(inner, Dies, {"mark": str(mark), "times": times, "way": way})


@pytest.mark.parametrize("way", ["segfault", "rename"])
def test_a_worker_that_dies_once_costs_nothing(
    way: str, bundles: Path, tmp_path: Path, whole: pl.DataFrame
) -> None:
    runner = _deadly(tmp_path, LocalRunner(jobs=2), 1, way)
    tally = run_batch(Plan(str(tmp_path / "out"), (str(bundles),)), runner)

    assert tally.counts["done"] == len(NAMES) + 1, tally.errors
    assert_frame_equal(_table(tmp_path / "out"), whole)


@pytest.mark.parametrize(
    ("way", "times", "reason"),
    [
        pytest.param("segfault", 9, "3 attempts: it ended its worker", id="crash"),
        pytest.param("endless", 9, "3 attempts: it ran past the deadline of 0.7 s", id="endless"),
    ],
)
def test_a_bundle_that_ends_its_worker_is_given_up_with_the_reason(
    way: str, times: int, reason: str, bundles: Path, tmp_path: Path, whole: pl.DataFrame
) -> None:
    runner = _deadly(tmp_path, LocalRunner(jobs=1), times, way)
    only = tmp_path / VICTIM  # alone, so that no other bundle meets the short deadline
    only.write_bytes((bundles / VICTIM).read_bytes())
    plan = Plan(str(tmp_path / "out"), (str(only),), deadline_s=0.7)
    tally = run_batch(plan, runner)

    assert tally.line() == "1 bundles = 0 done + 0 skipped + 0 failed + 1 given up"
    assert reason in _table(tmp_path / "out")["error"][0]
    assert not list(tmp_path.glob("out/v-*/attempts/*"))


def test_a_fault_of_ours_is_a_failed_bundle_with_its_place(bundles: Path, tmp_path: Path) -> None:
    runner = _deadly(tmp_path, LocalRunner(jobs=1), 9, "fault")
    tally = run_batch(Plan(str(tmp_path / "out"), (str(bundles / VICTIM),)), runner)

    assert tally.counts["failed"] == 1
    assert "a fault of cnilog: AssertionError: a fault of ours" in tally.errors[0].error


@dataclass(frozen=True, slots=True)
class NoRoom(Work):
    """Work on a disk that takes no file of more than so many bytes."""

    def report(self, job: Job) -> Report:
        """Analyze, then let the disk be full."""
        made = super(NoRoom, self).report(job)
        resource.setrlimit(
            resource.RLIMIT_FSIZE, (100, resource.getrlimit(resource.RLIMIT_FSIZE)[1])
        )
        return made


def test_a_full_disk_stops_the_batch_and_a_rerun_goes_on(
    bundles: Path, tmp_path: Path, whole: pl.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_module, "REFUSED_MOST", 2)
    plan = Plan(str(tmp_path), (str(bundles),))

    with pytest.raises(OutputError, match=r"cannot be written .*Make room"):
        run_batch(plan, Deadly(LocalRunner(jobs=2), NoRoom, {}))
    run_batch(plan, LocalRunner(jobs=2))

    assert_frame_equal(_table(tmp_path), whole)


def test_a_stop_from_outside_is_no_attempt(bundles: Path, tmp_path: Path) -> None:
    work = _deadly(tmp_path, LocalRunner(jobs=1), 9, "endless")
    plan = Plan(str(tmp_path / "out"), (str(bundles / VICTIM),))
    driver = work.run(Work(plan.out, "1"), iter([Job(plan.sources[0], 1, "1")]))
    thread = threading.Thread(target=lambda: next(driver, None), daemon=True)
    thread.start()
    until = time.monotonic() + 60
    while not list(tmp_path.glob("mark/*")) and time.monotonic() < until:
        threading.Event().wait(0.02)
    begun = list(tmp_path.glob("out/v-1/attempts/*"))
    for worker in work.inner.workers:
        worker.process.terminate()
        worker.process.join()

    assert begun
    assert not list(tmp_path.glob("out/v-1/attempts/*.1"))


def test_a_kill_between_write_and_rename_leaves_no_result(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(self: Path, target: Path) -> None:
        raise KeyboardInterrupt

    store = FolderStore(str(tmp_path))
    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", stop)
        with pytest.raises(KeyboardInterrupt):
            store.put("v-1/results/ab/abcd.parquet", b"whole")

    assert list(store.names("v-1")) == []
