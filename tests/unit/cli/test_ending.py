"""An interrupted command ends in one clean line."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(
    ("number", "code", "line"),
    [
        pytest.param(signal.SIGINT, 130, "cnilog: interrupted\n", id="Ctrl-C"),
        pytest.param(signal.SIGTERM, 143, "cnilog: terminated\n", id="SIGTERM"),
    ],
)
def test_a_signal_ends_it_with_one_line(tmp_path: Path, number: int, code: int, line: str) -> None:
    fifo = tmp_path / "report.json"
    os.mkfifo(fifo)
    process = subprocess.Popen(
        [sys.executable, "-m", "cnilog", "report", str(fifo)],
        cwd=ROOT / "src",
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    with fifo.open("w"):  # opens once the command reads: it is in the middle of its work
        process.send_signal(number)
        out, error = process.communicate(timeout=20)

    assert (process.returncode, out, error) == (code, "", line)
