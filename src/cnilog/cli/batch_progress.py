"""Progress of a batch on standard error: bundles, rate, time left, failures so far.

    412 of 1,000 bundles ━━━━━━━━━╸━━━━━━━━━━━━━━  33.1/s  18 s left  2 not analyzed

The bar goes by bytes, since large bundles come first. Nothing is written where standard error is
no terminal.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from cnilog.batch.job import Receipt
    from cnilog.batch.run import Tally

EACH: Final = 200_000  # bytes of archive that cost about as much as a bundle without any
PER_SECOND: Final = 4  # times the line is drawn

Tell = Callable[["Tally", "Receipt | None"], None]


@contextmanager
def shown(wanted: bool) -> Iterator[Tell | None]:
    """Yield what a batch reports each bundle to; nothing where nobody looks."""
    if not wanted or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    columns = (TextColumn("{task.fields[words]}"), BarColumn(), TextColumn("{task.fields[rest]}"))
    console = Console(stderr=True)
    with Progress(
        *columns, console=console, transient=True, refresh_per_second=PER_SECOND
    ) as drawn:
        task = drawn.add_task("", total=None, words="looking for bundles", rest="")
        began = time.monotonic()

        def tell(tally: Tally, receipt: Receipt | None) -> None:
            done, total = weights(tally)
            drawn.update(
                task,
                completed=done,
                total=total,
                words=counted(tally),
                rest=rest(tally, time.monotonic() - began),
            )

        yield tell


def weights(tally: Tally) -> tuple[int, int]:
    """Return how much of how much is done, in bytes."""
    skipped = tally.counts["skipped"]
    done = sum(tally.counts.values()) - skipped
    todo = tally.bundles - skipped
    return tally.read_bytes + EACH * done, max(1, tally.size_bytes + EACH * todo)


def counted(tally: Tally) -> str:
    """Return how many bundles of how many are behind us."""
    return f"{sum(tally.counts.values()):,} of {tally.bundles:,} bundles"


def rest(tally: Tally, seconds: float) -> str:
    """Return rate, time left and failures in words."""
    done, total = weights(tally)
    finished = sum(tally.counts.values()) - tally.counts["skipped"]
    parts = []
    if tally.joining:
        parts = ["joining the results"]
    elif finished and seconds > 0:
        parts = [f"{finished / seconds:,.1f}/s", f"{_span(seconds * (total - done) / done)} left"]
    if tally.counts["skipped"]:
        parts.append(f"{tally.counts['skipped']:,} skipped")
    if tally.bad:
        parts.append(f"{tally.bad:,} not analyzed")
    return "  ".join(parts)


def _span(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"
