"""Large blocks that follow each other take the same memory."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

BLOCKS = """
import resource, sys, threading
from cnilog.cli.memory import settle
if "settled" in sys.argv:
    settle()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
def read():
    for _ in range(20):  # two at a time, as one is skimmed while the next is read
        one, other = bytearray(b"x") * (16 << 20), bytearray(b"x") * (17 << 20)
        del one, other
thread = threading.Thread(target=read)
thread.start()
thread.join()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def faults(*arguments: str) -> int:
    command = [sys.executable, "-c", BLOCKS, *arguments]
    return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="of glibc's allocator")
def test_freed_blocks_are_taken_again() -> None:
    assert faults("settled") < faults() * 0.8
