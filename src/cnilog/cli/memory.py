"""Let the system's allocator keep what large blocks take: the process is ours alone.

A large file comes in blocks of 16 MB. The C library of Linux gives each back to the system when it
is freed, and the next one costs four thousand page faults: a twentieth of the CPU time of 2 GB
(measured by ``benchmarks``; Polars has an allocator of its own, see `cnilog.__main__`). It also
keeps memory for each thread apart, of which a process that reads by few threads holds the sum.
"""

from __future__ import annotations

import sys
from typing import Final

# Numbers of glibc's malloc.h, and what is set: blocks of less come from the heap, which keeps so
# much at its end, and there is one heap for all threads.
MMAP_THRESHOLD: Final = (-3, 32 << 20)
TRIM_THRESHOLD: Final = (-1, 64 << 20)
ARENA_MAX: Final = (-8, 1)


def settle() -> None:
    """Set it, before Polars starts its threads; nothing where the C library is another one."""
    if sys.platform != "linux":
        return
    import ctypes

    library = ctypes.CDLL(None)
    if hasattr(library, "mallopt"):
        for setting in (MMAP_THRESHOLD, TRIM_THRESHOLD, ARENA_MAX):
            library.mallopt(*setting)
