"""Progress on standard error, for work that takes longer than a second on a terminal.

Bytes read of how many, files, rate and time left; gone when the work is done. Nothing is written
where standard error is no terminal.
"""

from __future__ import annotations

import sys
import time
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
        TimeRemainingColumn,
        TransferSpeedColumn,
    )
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("reading"),
        BarColumn(bar_width=None),
        DownloadColumn(),
        TextColumn("{task.fields[files]} files"),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    bar = Bar(*columns, console=Console(stderr=True), transient=True, expand=True)
    task = bar.add_task("reading", total=None, files=0)
    began = time.monotonic()

    def update(done: int, total: int | None, files: int) -> None:
        if not bar.live.is_started and time.monotonic() - began > PATIENCE_S:
            bar.start()
        bar.update(task, completed=done, total=total, files=files)

    try:
        yield update
    finally:
        if bar.live.is_started:
            bar.stop()
