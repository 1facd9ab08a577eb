"""A stream tells its causes while it grows, and ends with the answer of all its lines."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cnilog.analysis import analyze
from cnilog.catalog import load_catalog
from cnilog.discovery.generate import generate
from cnilog.discovery.watch import Spool, Tails, Watcher

CATALOG = load_catalog()


def _lines(scenario: str) -> bytes:
    return b"".join(generate(scenario, layout="folder", nodes=1).values())


def _watch(data: bytes, *options: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "cnilog", "watch", "--format", "json", *options]
    return subprocess.run(command, input=data, capture_output=True, timeout=60, check=False)


@pytest.mark.parametrize("scenario", ["irsa-trust", "subnet-exhausted", "healthy"])
def test_the_last_answer_is_that_of_all_lines(scenario: str, tmp_path: Path) -> None:
    data = _lines(scenario)
    (tmp_path / "whole").mkdir()
    (tmp_path / "whole" / "stdin").write_bytes(data)
    watcher = Watcher(Spool(tmp_path / "spool"), CATALOG)
    for start in range(0, len(data), len(data) // 3 + 1):  # cuts lines anywhere
        watcher.spool.add("stdin", data[start : start + len(data) // 3 + 1])
        watcher.look()
    watcher.spool.end()
    watcher.look()

    whole = analyze(tmp_path / "whole", catalog=CATALOG)
    assert watcher.report is not None
    assert [(one.id, one.confidence, one.recovered) for one in watcher.report.causes] == [
        (one.id, one.confidence, one.recovered) for one in whole.causes
    ]
    assert watcher.report.accounting == whole.accounting


def test_a_cause_is_told_once(tmp_path: Path) -> None:
    watcher = Watcher(Spool(tmp_path), CATALOG)
    watcher.spool.add("stdin", _lines("irsa-trust"))
    first = watcher.look()

    assert "found" in {one.event for one in first}
    assert watcher.look() == ()


def test_a_rotated_file_is_followed(tmp_path: Path) -> None:
    log = tmp_path / "logs" / "ipamd.log"
    log.parent.mkdir()
    spool = Spool(tmp_path / "spool")
    tails = Tails((log.parent,))
    log.write_bytes(b"one\n")
    tails.read(spool)
    with log.open("ab") as file:
        file.write(b"two\n")
    log.rename(log.with_suffix(".log.1"))
    log.write_bytes(b"three\n")
    tails.read(spool)
    written = spool.folder / str(log).lstrip("/")

    assert sorted(written.read_bytes().split()) == [b"one", b"three", b"two"]


def test_binary_and_nothing_end_well() -> None:
    assert _watch(b"").returncode == 0
    assert _watch(bytes(range(256)) * 5_000).returncode == 0


def test_it_ends_with_1_on_a_cause() -> None:
    result = _watch(_lines("irsa-trust"), "--exit-on", "likely")

    assert result.returncode == 1
    assert json.loads(result.stdout.splitlines()[0])["event"] == "found"


def test_it_ends_with_130_on_an_interrupt() -> None:
    command = [sys.executable, "-m", "cnilog", "watch", "--format", "json"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(_lines("irsa-trust"))
        process.stdin.flush()
        assert b"found" in process.stdout.readline()  # it has begun
        os.kill(process.pid, signal.SIGINT)

        assert process.wait(timeout=30) == 130
