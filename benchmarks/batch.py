"""Measure a batch beyond its analysis: overhead, planning, memory of the driver, aggregation.

    python -m benchmarks.batch overhead          CPU a bundle, local and on a local Ray cluster
    python -m benchmarks.batch resume            10,000 finished bundles: planning, memory
    python -m benchmarks.batch aggregate         5,000 results: report, compaction, report
    python -m benchmarks.batch thousand DIR      1,000 bundles of 4.6 MB raw, written to DIR

CPU is user and system time of all processes, driver, workers and what they start.
"""

from __future__ import annotations

import contextlib
import ctypes
import gzip
import io
import json
import os
import resource
import subprocess
import sys
import tarfile
import tempfile
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.data import lines
from cnilog.analysis import analyze
from cnilog.batch import Plan, Tally, compact, open_batch, run_batch
from cnilog.batch.fleet import fleet_report
from cnilog.batch.job import Job, Receipt
from cnilog.batch.run import version
from cnilog.batch.runners.local import LocalRunner
from cnilog.batch.runners.ray import RayRunner
from cnilog.batch.work import Work
from cnilog.discovery.generate import generate

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cnilog.finding import Report

SUBREAPER = 36  # prctl: what our children leave behind is ours to wait for
SCENARIOS = ("subnet-exhausted", "healthy", "irsa-trust", "imds-blocked")
WARM = 400  # bundles before the workers are all started and warm
CREATED = 20  # different logs of the large bundles; the rest differs by its instance id


@dataclass(frozen=True, slots=True)
class Canned(Work):
    """Work without the analysis: everything else is as it is."""

    def report(self, job: Job) -> Report:
        """Return one of a few true reports."""
        kinds = _reports()
        return kinds[sum(job.source.encode()) % len(kinds)]


@cache
def _reports() -> list[Report]:
    with tempfile.TemporaryDirectory() as folder:
        for name in SCENARIOS:
            for path, data in generate(name, layout="bundle").items():
                Path(folder, f"{name}-{path}").write_bytes(data)
        return [analyze(str(path)) for path in sorted(Path(folder).iterdir())]


@dataclass
class CannedRunner:
    """Runs canned work on another runner."""

    inner: LocalRunner | RayRunner

    def run(self, work: Work, jobs: Iterable[Job]) -> Iterator[Receipt]:
        """Run canned work instead of *work*."""
        yield from self.inner.run(Canned(work.out, work.version), jobs)


def small(folder: Path, count: int) -> Path:
    """Write *count* small archives, no two alike."""
    folder.mkdir(parents=True, exist_ok=True)
    body = _tar({"var_log/aws-routed-eni/ipamd.log": b"".join(_line(n) for n in range(100))})
    for number in range(count):
        _write(folder, number, body)
    return folder


def large(folder: Path, count: int, each: int = 20_000) -> Path:
    """Write *count* archives of *each* lines in twenty files, 4.6 MB raw where *each* is 20,000.

    Only the first `CREATED` have logs of their own; an instance id before them, in a gzip member
    of its own, makes the others different bundles.
    """
    folder.mkdir(parents=True, exist_ok=True)
    bodies = [_tar(_logs(number, each)) for number in range(min(CREATED, count))]
    for number in range(count):
        _write(folder, number, bodies[number % len(bodies)])
    return folder


def _logs(seed: int, each: int) -> dict[str, bytes]:
    made = list(lines(each, 1000 + seed))
    names = ["ipamd.log", *(f"other-{part:02d}.log" for part in range(1, 20))]
    size = each // 20
    return {
        f"var_log/aws-routed-eni/{name}": "".join(
            f"{line}\n" for line in made[part * size : (part + 1) * size]
        ).encode()
        for part, name in enumerate(names)
    }


def _line(number: int) -> bytes:
    return (
        b'{"level":"info","ts":"2026-03-02T10:00:%02d.000Z","caller":"ipamd/ipamd.go:1","msg":"m"}\n'
        % (number % 60)
    )


def _tar(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(f"./{name}")
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return gzip.compress(buffer.getvalue(), 6, mtime=0)


def _write(folder: Path, number: int, body: bytes) -> None:
    instance = f"i-{number:017x}"
    member = tarfile.TarInfo("./system/instance-id.txt")
    member.size = len(instance)
    head = member.tobuf() + instance.encode().ljust(512, b"\0")
    path = folder / f"eks_{instance}_2026-03-02_1000-UTC_0.7.9.tar.gz"
    path.write_bytes(gzip.compress(head, 1, mtime=0) + body)


def _used(*arguments: str) -> tuple[float, float, dict[str, float]]:
    """Return CPU and wall seconds of this program run with *arguments*, and what it printed."""
    ctypes.CDLL(None).prctl(SUBREAPER, 1, 0, 0, 0)
    before, began = _cpu(), time.monotonic()
    # By its name, not as __main__: Ray would send the code of that, with empty caches, each time.
    program = "from benchmarks.batch import main; main()"
    child = subprocess.run(
        [sys.executable, "-c", program, *arguments], stdout=subprocess.PIPE, check=True
    )
    wall = time.monotonic() - began
    try:
        while True:  # workers that outlived their driver
            os.wait()
    except ChildProcessError:
        pass
    return _cpu() - before, wall, json.loads(child.stdout.splitlines()[-1])


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def once(runner: str, source: str, out: str, limit: str) -> None:
    """Run one canned batch and print what it cost its driver."""
    inner = LocalRunner(jobs=2) if runner == "local" else RayRunner(jobs=2)
    began = time.monotonic()
    planned: list[float] = []
    tally = run_batch(
        Plan(out, (source,), limit=int(limit) or None),
        CannedRunner(inner),
        tell=lambda *_: planned.append(time.monotonic() - began) if not planned else None,
    )
    own = resource.getrusage(resource.RUSAGE_SELF)
    print(
        json.dumps(
            {
                "done": tally.counts["done"],
                "skipped": tally.counts["skipped"],
                "peak_mb": own.ru_maxrss / 1024,
                "driver_cpu_s": own.ru_utime + own.ru_stime,
                "plan_s": planned[0],
            }
        )
    )


def steady(runner: str, source: str, out: str) -> None:
    """Run one canned batch and print the CPU of all its processes between two of its receipts."""
    inner = LocalRunner(jobs=2) if runner == "local" else RayRunner(jobs=2)
    seen: dict[int, float] = {}

    def tell(tally: Tally, receipt: Receipt | None) -> None:
        done = sum(tally.counts.values())
        if receipt and done in (WARM, tally.bundles):
            seen[done] = _tree_cpu()

    run_batch(Plan(out, (source,)), CannedRunner(inner), tell=tell)
    first, last = sorted(seen)
    print(json.dumps({"ms": (seen[last] - seen[first]) / (last - first) * 1000}))


def _tree_cpu() -> float:
    """Return the CPU seconds of this process and all below it, dead children counted."""
    parents, used = dict[int, int](), dict[int, float]()
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            with contextlib.suppress(OSError):
                fields = (entry / "stat").read_text("utf-8").rpartition(")")[2].split()
                parents[int(entry.name)] = int(fields[1])
                used[int(entry.name)] = sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
    ours = {os.getpid()}
    while more := {pid for pid, parent in parents.items() if parent in ours} - ours:
        ours |= more
    return sum(used[pid] for pid in ours)


def overhead(count: int = 1_200) -> None:
    """Print the CPU milliseconds that one more bundle costs beyond its analysis."""
    with tempfile.TemporaryDirectory() as home:
        source = small(Path(home, "in"), count)
        for runner in ("local", "ray"):
            told = _used("steady", runner, str(source), f"{home}/{runner}")[2]
            print(f"{runner:6} {told['ms']:6.2f} ms CPU a bundle", flush=True)


def resume(count: int = 10_000) -> None:
    """Print the driver's memory for a tenth of the bundles and for all, then a rerun's plan."""
    with tempfile.TemporaryDirectory() as home:
        source = small(Path(home, "in"), count)
        for some, out in ((count // 10, "few"), (count, "all")):
            told = _used("once", "local", str(source), f"{home}/{out}", str(some))[2]
            print(
                f"{told['done']:6,.0f} bundles: driver's peak {told['peak_mb']:.0f} MB", flush=True
            )
        cpu, wall, told = _used("once", "local", str(source), f"{home}/all", "0")
        print(
            f"resume over {told['skipped']:,.0f}: planned in {told['plan_s']:.2f} s, "
            f"{cpu:.2f} s CPU and {wall:.2f} s in all, driver's peak {told['peak_mb']:.0f} MB"
        )


def aggregate(count: int = 5_000) -> None:
    """Print how long a report over *count* results takes, before and after compaction."""
    with tempfile.TemporaryDirectory() as home:
        work = Canned(home, version(()))
        for number in range(count):
            work(
                Job(
                    f"bundles/{number:05d}.tgz",
                    1,
                    "1",
                    key=f"{number * 7919 % 65536:04x}{number:028x}",
                )
            )
        for step in ("report", "compact", "report of the compacted", "compact again"):
            began, cpu = time.monotonic(), time.process_time()
            if step.startswith("report"):
                fleet_report(open_batch(home))
            else:
                compact(home, work.version)
            print(
                f"{step:24} {time.monotonic() - began:5.2f} s, "
                f"{time.process_time() - cpu:5.2f} s CPU",
                flush=True,
            )


def thousand(folder: str, count: str = "1000") -> None:
    """Write the bundles, run ``cnilog batch`` over them, and print what it took."""
    source = large(Path(folder, "in"), int(count))
    with tarfile.open(next(source.iterdir())) as one:
        raw = sum(member.size for member in one)
    print(f"{raw / 1e6:.1f} MB raw each")
    before, began = _cpu(), time.monotonic()
    ctypes.CDLL(None).prctl(SUBREAPER, 1, 0, 0, 0)
    command = [sys.executable, "-m", "cnilog", "batch", str(source), "--out", f"{folder}/out"]
    subprocess.run(command, check=True)
    wall = time.monotonic() - began
    try:
        while True:
            os.wait()
    except ChildProcessError:
        pass
    print(f"{wall:.1f} s, {_cpu() - before:.1f} s CPU")


COMMANDS = {one.__name__: one for one in (once, steady, overhead, resume, aggregate, thousand)}


def main() -> None:
    """Run one of the commands."""
    COMMANDS[sys.argv[1]](*sys.argv[2:])  # type: ignore[operator]


if __name__ == "__main__":
    main()
