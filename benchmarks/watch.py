"""Measure ``cnilog watch`` on a steady stream: share of a core, time until the news, memory.

    python benchmarks/watch.py 1000      # lines a second, for 15 s

A line of a full subnet is written after 10 s; the time until its news is measured from there.
Linux only: the figures of the process come from /proc.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from streams import stream

SECONDS, MARKED, WARM = 15.0, 10.0, 4.0
STAMP = re.compile(rb'"ts":"[^"]*"')
STEADY = re.compile(rb"IP stats|pool|econcil|AddNetwork|DelNetwork|Skipping|assign")
BEGIN = datetime(2026, 3, 2, 12, tzinfo=UTC)


def stamped(line: bytes, seconds: float) -> bytes:
    """Return *line* as it is said that many seconds after the begin."""
    ts = f"{BEGIN + timedelta(seconds=seconds):%Y-%m-%dT%H:%M:%S.%f}"[:-3]
    return STAMP.sub(b'"ts":"%sZ"' % ts.encode(), line, count=1)


def used_s(process: int) -> float:
    """Return the CPU time of a process."""
    fields = Path(f"/proc/{process}/stat").read_text("utf-8").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def peak_mib(process: int) -> int:
    """Return the most memory that a process held."""
    text = Path(f"/proc/{process}/status").read_text("utf-8")
    return int(text.split("VmHWM:")[1].split()[0]) // 1024


def steady_lines() -> tuple[list[bytes], bytes]:
    """Return lines of a node at rest, and one that tells a cause."""
    lines = stream("scale-down", "v1.18.3", nodes=30).splitlines(keepends=True)
    failing = stream("subnet-exhausted", "v1.18.3").splitlines(keepends=True)
    marker = next(line for line in failing if b"InsufficientFreeAddresses" in line)
    return [line for line in lines if line.startswith(b"{") and STEADY.search(line)], marker


def main(rate: int) -> None:
    """Write *rate* lines a second to a watch, and print what it took."""
    lines, marker = steady_lines()
    command = [sys.executable, "-m", "cnilog", "watch", "--format", "json"]
    pipe = subprocess.PIPE
    process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL)
    assert process.stdin is not None
    assert process.stdout is not None
    heard: list[tuple[float, dict[str, str]]] = []
    told = process.stdout
    reader = threading.Thread(
        target=lambda: heard.extend((time.monotonic(), json.loads(line)) for line in told)
    )
    reader.start()
    began, written, marked, warm = time.monotonic(), 0, None, (0.0, 0.0)
    while (now := time.monotonic() - began) < SECONDS:
        until = int(now * rate)
        some = [stamped(lines[n % len(lines)], n / rate) for n in range(written, until)]
        written = until
        if marked is None and now > MARKED:
            some.append(stamped(marker, now))
            marked = time.monotonic()
        warm = warm if warm[0] or now < WARM else (now, used_s(process.pid))
        process.stdin.write(b"".join(some))
        process.stdin.flush()
        time.sleep(0.02)
    share = (used_s(process.pid) - warm[1]) / (SECONDS - warm[0])
    print(f"{written:,} lines at {rate:,}/s: {share:.0%} of a core, {peak_mib(process.pid)} MiB")
    process.stdin.close()
    process.wait()
    reader.join()
    for at, one in heard:
        print(f"{one['event']} {one['id']} {at - (marked or at):.2f} s after its line")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000)
