"""Read large files side by side: what comes after skimming has one thread for each of them."""

from __future__ import annotations

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import TYPE_CHECKING, Final

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future

    from cnilog.ingest.part import Part
    from cnilog.ingest.stream import Stream

MOST: Final = 4  # files at once at most; fewer where Polars has fewer threads
PULSE_S: Final = 0.2  # how often who waits looks at least


class Beside:
    """Files that are being read, in threads of their own."""

    def __init__(self) -> None:
        self._moved = Event()
        self._pool: ThreadPoolExecutor | None = None
        self._going: deque[tuple[Future[Part], Stream]] = deque()
        self._stopped = Event()
        self._done = 0  # bytes of files that were read

    @property
    def taken(self) -> int:
        """How many bytes were read so far."""
        return self._done + sum(stream.taken for _, stream in self._going)

    def read(
        self, stream: Stream, work: Callable[[Stream], Part], pulse: Callable[[], None]
    ) -> Future[Part]:
        """Let *work* read *stream*, which is its to close; wait where too many are being read.

        Args:
            stream: A file on disk.
            work: Asks it for blocks by `blocks`.
            pulse: Called now and then while this waits.
        """
        most = min(MOST, pl.thread_pool_size())
        while len(self._going) >= most:
            self._settle(pulse)
        if self._pool is None:
            self._pool = ThreadPoolExecutor(most)
        future = self._pool.submit(_closing, stream, work)
        future.add_done_callback(lambda _: self._moved.set())
        self._going.append((future, stream))
        return future

    def blocks(self, blocks: Iterator[bytes]) -> Iterator[bytes]:
        """Yield *blocks*, until `stop`."""
        for block in blocks:
            self._moved.set()
            if self._stopped.is_set():
                return
            yield block

    def settle(self, pulse: Callable[[], None]) -> None:
        """Wait for all files.

        Args:
            pulse: Called now and then.
        """
        while self._going:
            self._settle(pulse)
        if self._pool is not None:
            self._pool.shutdown()
            self._pool = None

    def stop(self) -> None:
        """Read no further; what was read is of no use."""
        self._stopped.set()
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def _settle(self, pulse: Callable[[], None]) -> None:
        future, stream = self._going[0]
        while not future.done():
            self._moved.wait(PULSE_S)
            self._moved.clear()
            pulse()
        self._going.popleft()
        self._done += stream.taken
        pulse()


def _closing(stream: Stream, work: Callable[[Stream], Part]) -> Part:
    with stream:
        part = work(stream)
        part.damaged = part.damaged or stream.damage
        return part
