"""Read pipes as bytes come, without waiting for more, on every operating system."""

from __future__ import annotations

import os
import queue
import threading
import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

BLOCK: Final = 1 << 20
HELD: Final = 16  # blocks: a writer that is faster than we are waits
TOGETHER: Final = 4 << 20  # bytes that are handed on at a time
GATHER_S: Final = 0.05  # writers give a line at a time

Piece = tuple[str, bytes]


class Pipes:
    """Pipes that are read at the same time.

    Args:
        pipes: Name and file descriptor of each.
    """

    def __init__(self, pipes: Sequence[tuple[str, int]]) -> None:
        self._pieces: queue.Queue[Piece] = queue.Queue(HELD)
        self._open = len(pipes)
        for name, number in pipes:
            threading.Thread(target=self._read, args=(name, number), daemon=True).start()

    def _read(self, name: str, number: int) -> None:
        try:
            while data := os.read(number, BLOCK):
                self._pieces.put((name, data))
        except OSError:  # a terminal that was closed, a device that went: nothing more will come
            pass
        finally:
            self._pieces.put((name, b""))

    @property
    def ended(self) -> bool:
        """Whether all writers have gone and everything was handed on."""
        return self._open == 0

    def read(self, wait_s: float) -> list[Piece]:
        """Return what came by now; wait for something at most so long."""
        found: dict[str, list[bytes]] = {}
        size, until = 0, time.monotonic() + wait_s
        while self._open and size < TOGETHER and (left := until - time.monotonic()) > 0:
            try:
                name, data = self._pieces.get(timeout=left)
            except queue.Empty:
                break
            self._open -= not data
            if not size:
                until = min(until, time.monotonic() + GATHER_S)
            size += len(data)
            found.setdefault(name, []).append(data)
        return [(name, b"".join(some)) for name, some in found.items()]
