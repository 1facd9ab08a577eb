"""Read files side by side: what comes after skimming has one thread for each of them."""

from __future__ import annotations

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from threading import Event
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future

    from cnilog.ingest.part import Part
    from cnilog.ingest.stream import Stream

MOST: Final = 4  # works at once at most; fewer where Polars has fewer threads
PULSE_S: Final = 0.2  # how often who waits looks at least
T = TypeVar("T")


class Beside:
    """Works that go on in threads of their own: long files, and short ones many at a time."""

    def __init__(self) -> None:
        self._moved = Event()
        self._pool: ThreadPoolExecutor | None = None
        self._going: deque[tuple[Future[Any], Callable[[], int]]] = deque()
        self._stopped = Event()
        self._done = 0  # bytes of files that were read

    @property
    def taken(self) -> int:
        """How many bytes of long files were read so far."""
        return self._done + sum(taken() for _, taken in self._going)

    def read(
        self, stream: Stream, work: Callable[[Stream], Part], pulse: Callable[[], None]
    ) -> Future[Part]:
        """Let *work* read *stream*, which is closed at its end.

        Args:
            stream: A file on disk.
            work: Asks it for blocks by `blocks`.
            pulse: Called now and then while this waits, where too many works go on.
        """
        with ExitStack() as opened:
            opened.enter_context(stream)
            future = self._put(partial(_closing, stream, work), lambda: stream.taken, pulse)
            opened.pop_all()  # the work closes it from now on
        return future

    def start(
        self, work: Callable[[], Part], damage: str | None, size: int, pulse: Callable[[], None]
    ) -> Future[Part]:
        """Let *work* read a file that is held in memory.

        Args:
            work: Reads it.
            damage: What is known to be wrong with it.
            size: How many bytes of its source were read for it.
            pulse: Called now and then while this waits, where too many works go on.
        """
        return self._put(partial(_damaged, work, damage), lambda: size, pulse)

    def run(self, work: Callable[[], None]) -> Future[None] | None:
        """Let *work* go on in a thread; at once where there is one only, and then null."""
        if pl.thread_pool_size() == 1:
            work()
            return None
        return self._put(work, lambda: 0, lambda: None)

    def blocks(self, blocks: Iterator[bytes]) -> Iterator[bytes]:
        """Yield *blocks*, until `stop`."""
        for block in blocks:
            self._moved.set()
            if self._stopped.is_set():
                return
            yield block

    def settle(self, pulse: Callable[[], None]) -> None:
        """Wait for all works; what one raised is raised here.

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

    def _put(
        self, work: Callable[[], T], taken: Callable[[], int], pulse: Callable[[], None]
    ) -> Future[T]:
        most = min(MOST, pl.thread_pool_size())
        while len(self._going) >= most:
            self._settle(pulse)
        if self._pool is None:
            self._pool = ThreadPoolExecutor(most)
        future = self._pool.submit(work)
        future.add_done_callback(lambda _: self._moved.set())
        self._going.append((future, taken))
        return future

    def _settle(self, pulse: Callable[[], None]) -> None:
        future, taken = self._going[0]
        while not future.done():
            self._moved.wait(PULSE_S)
            self._moved.clear()
            pulse()
        self._going.popleft()
        self._done += taken()
        pulse()
        future.result()


def ahead(items: Iterator[T]) -> Iterator[T]:
    """Yield *items*, each of which is made while the one before it is used."""
    end = object()
    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(next, items, end)
        while (item := coming.result()) is not end:
            coming = pool.submit(next, items, end)
            yield cast("T", item)


def _closing(stream: Stream, work: Callable[[Stream], Part]) -> Part:
    with stream:
        part = work(stream)
        part.damaged = part.damaged or stream.damage
        return part


def _damaged(work: Callable[[], Part], damage: str | None) -> Part:
    part = work()
    part.damaged = part.damaged or damage
    return part
