"""Measure ``cnilog mine`` beside ``analyze``: CPU seconds and peak memory on many lines.

    python benchmarks/mine.py 1000000

Of the lines, 1 % are failures that the catalog knows and 1 % are of twenty planted templates.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from streams import stream

BEGIN = datetime(2026, 3, 2, 12, tzinfo=UTC)
STEP = timedelta(milliseconds=36)
WORDS = [first + second for first in ("qu", "mar", "tun", "vio", "cob") for second in
         ("okka", "ble", "dra", "let")]  # fmt: skip


def write(path: Path, count: int) -> None:
    """Write *count* lines to *path*."""
    dice = random.Random(1)
    steady = [line for line in stream("scale-down", "v1.18.3", nodes=10).splitlines() if _zap(line)]
    failing = [
        line
        for line in stream("subnet-exhausted", "v1.18.3").splitlines()
        if b'"level":"error"' in line or b'"level":"warn"' in line
    ]
    with path.open("wb") as file:
        for number in range(count):
            chance = dice.random()
            if chance < 0.01:
                line = dice.choice(failing)
            elif chance < 0.02:
                text = f"{dice.choice(WORDS).title()} gadget refused cargo {dice.randrange(10**6)}"
                line = b'{"level":"error","ts":"","caller":"x/y.go:1","msg":"%s"}' % text.encode()
            else:
                line = steady[number % len(steady)]
            file.write(_at(line, BEGIN + number * STEP) + b"\n")


def _zap(line: bytes) -> bool:
    return line.startswith(b'{"level"')


def _at(line: bytes, moment: datetime) -> bytes:
    head, _, rest = line.partition(b'"ts":"')
    stamp = f"{moment:%Y-%m-%dT%H:%M:%S.%f}"[:-3] + "Z"
    return head + b'"ts":"' + stamp.encode() + rest[rest.index(b'"') :]


def measure(command: str, path: Path) -> tuple[float, float, int]:
    """Return CPU seconds, peak MB and lines of output of a command on *path*."""
    process = subprocess.Popen(
        [sys.executable, "-m", "cnilog", command, str(path)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    output = process.stdout.read()
    _, _, used = os.wait4(process.pid, 0)
    process.returncode = 0
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, output.count(" × ")


def main(count: int) -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ipamd.log"
        write(path, count)
        print(f"{count:,} lines, {path.stat().st_size >> 20} MiB")
        for command in ("analyze", "mine"):
            seconds, megabytes, shown = measure(command, path)
            told = f", {shown} templates" if command == "mine" else ""
            print(f"{command}: {seconds:.1f} s CPU, {megabytes:.0f} MB{told}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
