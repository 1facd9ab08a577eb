"""Progress on standard error, for work that takes longer than a second on a terminal.

Bytes read of how many, files, rate and time left; gone when the work is done. Nothing is written
where standard error is no terminal.
"""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from cnilog.analysis import Progress

PATIENCE_S: Final = 1.0  # before anything is shown


@contextmanager
def shown(wanted: bool, sources: Sequence[str] = ()) -> Iterator[Progress | None]:
    """Yield what the stages report their bytes to; nothing where nobody looks.

    The bytes of *sources* are what there is to read, where the reader cannot tell.
    """
    if not wanted or not sys.stderr.isatty():
        yield None
        return
    with _bar(_size(sources)) as update:
        yield update


@contextmanager
def _bar(size: int) -> Iterator[Callable[[int, int | None, int], None]]:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("reading"),
        BarColumn(bar_width=None),
        DownloadColumn(),
        TextColumn("{task.fields[files]:,} files"),
        TransferSpeedColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    bar = Bar(*columns, console=Console(stderr=True), transient=True, expand=True)
    task = bar.add_task("reading", total=None, files=0)
    # A huge document reports nothing before it is done: the bar appears by itself.
    patience = threading.Timer(PATIENCE_S, bar.start)
    patience.daemon = True
    patience.start()

    def update(done: int, total: int | None, files: int) -> None:
        whole = total or size
        # Compressed files give more bytes than they have; then only the count is true.
        bar.update(task, completed=done, total=whole if done <= whole else None, files=files)

    try:
        yield update
    finally:
        patience.cancel()
        patience.join()  # else it could start what was just stopped
        bar.stop()


def _size(sources: Sequence[str]) -> int:
    """Return the bytes of all files of *sources*; what cannot be asked counts nothing."""
    total = 0
    for source in map(Path, sources):
        for path in source.rglob("*") if source.is_dir() else (source,):
            with contextlib.suppress(OSError):
                total += path.stat().st_size if path.is_file() else 0
    return total
