"""A batch survives what kills it: the rerun skips what is done and ends with the same table."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from cnilog.batch import Plan, open_batch, run_batch
from cnilog.batch.job import Job, Receipt
from cnilog.batch.runners.local import LocalRunner
from cnilog.batch.runners.ray import RayRunner
from cnilog.batch.store import FolderStore
from cnilog.discovery.generate import generate

NAMES = ("irsa-trust", "healthy", "subnet-exhausted", "imds-blocked", "scale-up", "api-throttled")


@pytest.fixture(scope="module")
def bundles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of archives, one of them cut in half."""
    folder = tmp_path_factory.mktemp("bundles")
    for seed, name in enumerate(NAMES):
        for path, data in generate(name, layout="bundle", seed=seed).items():
            (folder / path).write_bytes(data)
    whole = sorted(folder.iterdir())[0].read_bytes()
    (folder / "cut.tar.gz").write_bytes(whole[: len(whole) // 2])
    (folder / "garbage.zip").write_bytes(b"\x00\xffno archive" * 50)
    return folder


def _table(out: Path) -> pl.DataFrame:
    return open_batch(str(out)).results.sort("source").collect()


@pytest.fixture(scope="module")
def whole(bundles: Path, tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    """Return the table of a batch that nothing interrupted."""
    out = tmp_path_factory.mktemp("whole")
    run_batch(Plan(str(out), (str(bundles),)), LocalRunner(jobs=2))
    return _table(out)


def test_the_tally_adds_up_and_garbage_is_recorded(bundles: Path, tmp_path: Path) -> None:
    tally = run_batch(Plan(str(tmp_path), (str(bundles),)), LocalRunner(jobs=2))

    assert sum(tally.counts.values()) == tally.bundles == len(NAMES) + 2


def test_a_rerun_does_nothing_again(bundles: Path, tmp_path: Path) -> None:
    plan = Plan(str(tmp_path), (str(bundles),))
    run_batch(plan, LocalRunner(jobs=2))
    again = run_batch(plan, LocalRunner(jobs=2))

    assert again.counts["skipped"] == again.bundles


@pytest.mark.parametrize("after", [1, 3])
def test_a_killed_driver_leaves_what_is_done(
    after: int, bundles: Path, tmp_path: Path, whole: pl.DataFrame
) -> None:
    code = (
        "import os, signal, sys\n"
        "from cnilog.batch import Plan, run_batch\n"
        "from cnilog.batch.runners.local import LocalRunner\n"
        "def tell(tally, receipt):\n"
        f"    if sum(tally.counts.values()) >= {after}: os.kill(os.getpid(), signal.SIGKILL)\n"
        "if __name__ == '__main__':\n"
        "    run_batch(Plan(sys.argv[2], (sys.argv[1],)), LocalRunner(jobs=2), tell=tell)\n"
    )
    script = tmp_path / "driver.py"
    script.write_text(code, "utf-8")
    out = tmp_path / "out"
    killed = subprocess.run([sys.executable, script, bundles, out], check=False)

    run_batch(Plan(str(out), (str(bundles),)), LocalRunner(jobs=2))

    assert killed.returncode == -signal.SIGKILL
    assert_frame_equal(_table(out), whole)


def test_a_kill_between_write_and_rename_leaves_no_result(
    bundles: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(self: Path, target: Path) -> None:
        raise KeyboardInterrupt

    store = FolderStore(str(tmp_path))
    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", stop)
        with pytest.raises(KeyboardInterrupt):
            store.put("v-1/results/ab/abcd.parquet", b"whole")

    assert list(store.names("v-1")) == []


def test_a_bundle_that_kills_its_worker_is_given_up_after_three(
    bundles: Path, tmp_path: Path
) -> None:
    class Poisoned(LocalRunner):
        def run(self, work: Any, jobs: Any) -> Any:
            return super().run(_Poison(work), jobs)

    tally = run_batch(Plan(str(tmp_path), (str(bundles),)), Poisoned(jobs=2))

    assert tally.counts["given up"] == 1
    assert sum(tally.counts.values()) == tally.bundles


class _Poison:
    """Die in the middle of the bundle that is named, as a fault in native code would."""

    def __init__(self, work: Any) -> None:
        self.work = work

    def __call__(self, job: Job) -> Receipt:
        if job.source.endswith("cut.tar.gz"):
            from cnilog.batch.content import content_key
            from cnilog.batch.ledger import MOST_ATTEMPTS, Ledger
            from cnilog.batch.store import open_store

            ledger = Ledger(open_store(self.work.out), self.work.version)
            if ledger.begin(content_key(job)) <= MOST_ATTEMPTS:
                os.kill(os.getpid(), signal.SIGSEGV)
        receipt: Receipt = self.work(job)
        return receipt


def test_ray_gives_the_same_table(bundles: Path, tmp_path: Path, whole: pl.DataFrame) -> None:
    pytest.importorskip("ray", reason="ray is not installed")

    run_batch(Plan(str(tmp_path), (str(bundles),)), RayRunner(jobs=2))

    assert_frame_equal(_table(tmp_path), whole)
