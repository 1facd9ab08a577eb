"""``cnilog watch`` as a process: streams that pause, flood, begin again, break and end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from streams import stream

COMMAND = [sys.executable, "-m", "cnilog", "watch", "--format", "json"]
HERE = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "src")}
FAILING = stream("subnet-exhausted", "v1.18.3")
LATER = stream("irsa-trust", "v1.18.3", seed=8).replace(b"2026-03-02T", b"2026-03-03T")


@contextmanager
def _watching(*options: str) -> Iterator[subprocess.Popen[bytes]]:
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [*COMMAND, *options], stdin=pipe, stdout=pipe, stderr=pipe, env=HERE
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def _say(process: subprocess.Popen[bytes], data: bytes) -> None:
    assert process.stdin is not None
    process.stdin.write(data)
    process.stdin.flush()


def _hear(process: subprocess.Popen[bytes]) -> tuple[str, str]:
    """Return the next news; wait for it."""
    assert process.stdout is not None
    told = json.loads(process.stdout.readline())
    return told["event"], told["id"]


def test_a_stream_that_pauses_floods_and_breaks_is_watched_to_its_end() -> None:
    healthy = stream("healthy", "v1.18.3", nodes=40)
    with _watching() as process:
        _say(process, FAILING[: len(FAILING) - 40])  # the last line has no end yet
        heard = _hear(process)  # while the writer pauses
        _say(process, FAILING[-40:])
        _say(process, healthy * 4)
        _say(process, bytes(range(256)) * 400 + b"\n")
        _say(process, LATER)
        assert process.stdin is not None
        process.stdin.close()
        rest = process.stdout.read().decode() if process.stdout else ""
        said = process.stderr.read().decode() if process.stderr else ""

        assert heard == ("found", "subnet-exhausted")
        assert process.wait(timeout=60) == 0
        assert '"found","id":"iam-irsa-trust"' in rest
        assert "Traceback" not in said


def test_it_ends_with_1_on_a_cause_and_leaves_the_writer_alone() -> None:
    with _watching("--exit-on", "confirmed") as process:
        _say(process, FAILING)

        assert _hear(process) == ("found", "subnet-exhausted")
        assert process.wait(timeout=60) == 1


def test_files_are_watched_through_a_rotation_until_an_interrupt(tmp_path: Path) -> None:
    log = tmp_path / "ipamd.log"
    half = FAILING.index(b"\n", len(FAILING) // 5) + 1
    log.write_bytes(FAILING[:half])
    with _watching(str(tmp_path)) as process:
        log.rename(tmp_path / "ipamd.log.1")
        log.write_bytes(FAILING[half:])

        assert _hear(process) == ("found", "subnet-exhausted")
        os.kill(process.pid, signal.SIGINT)
        assert process.wait(timeout=60) == 130


def test_a_watched_stream_is_left_at_once_when_the_watch_is_ended() -> None:
    with _watching() as process:
        _say(process, FAILING)

        assert _hear(process) == ("found", "subnet-exhausted")
        process.terminate()
        assert process.wait(timeout=60) == 143
        assert process.stderr is not None
        assert process.stderr.read().decode().endswith("cnilog: terminated\n")


@pytest.mark.parametrize(
    ("data", "says"),
    [
        pytest.param(b"", "no line of a log came", id="nothing"),
        pytest.param(bytes(range(256)) * 2_000, "no line of a log came", id="binary"),
        pytest.param(stream("healthy", "v1.18.3"), "Nothing wrong found", id="healthy"),
    ],
)
def test_it_says_at_the_end_what_it_saw(data: bytes, says: str) -> None:
    done = subprocess.run(
        COMMAND, input=data, capture_output=True, timeout=60, check=False, env=HERE
    )

    assert (done.returncode, done.stdout) == (0, b"")
    assert says in done.stderr.decode()


def test_a_reader_that_goes_away_ends_it() -> None:
    with _watching() as process:
        assert process.stdout is not None
        process.stdout.close()
        _say(process, FAILING)

        assert process.wait(timeout=60) == 0
