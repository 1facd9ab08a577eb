"""Progress on standard error, for work that takes longer than a second on a terminal.

Bytes read of how many, files, rate and time left; gone when the work is done. Nothing is written
where standard error is no terminal.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from cnilog.analysis import Progress

PATIENCE_S: Final = 1.0  # before anything is shown


@contextmanager
def shown(wanted: bool) -> Iterator[Progress | None]:
    """Yield what the stages report their bytes to; nothing where nobody looks."""
    if not wanted or not sys.stderr.isatty():
        yield None
        return
    with _bar() as update:
        yield update


@contextmanager
def _bar() -> Iterator[Callable[[int, int | None, int], None]]:
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
    # One huge file reports nothing before it is done: the bar appears by itself.
    patience = threading.Timer(PATIENCE_S, bar.start)
    patience.daemon = True
    patience.start()

    def update(done: int, total: int | None, files: int) -> None:
        # Compressed files give more bytes than they have; then only the count is true.
        bar.update(
            task, completed=done, total=total if total and done <= total else None, files=files
        )

    try:
        yield update
    finally:
        patience.cancel()
        patience.join()  # else it could start what was just stopped
        bar.stop()
